"""What each code of a finding means, in one sentence, for guides and pages."""

from workflows.values import Label


def _said(ko: str, en: str) -> Label:
    return Label(ko=ko, en=en)


CODES: dict[str, Label] = {
    "WF001": _said("글을 읽을 수 없습니다. 들여쓰기, 따옴표, 괄호를 확인해 주세요.", "The file cannot be read."),
    "WF002": _said("빠졌거나 모르는 값이 있습니다.", "It does not fit the language of definitions."),
    "WF101": _said("없는 상태를 가리킵니다.", "It names a state that does not exist."),
    "WF102": _said("조건이나 효과의 인자가 맞지 않습니다.", "A guard or effect gets an argument it does not take."),
    "WF103": _said("없는 조건을 가리킵니다.", "It names a guard that does not exist."),
    "WF104": _said("없는 효과나 메일을 가리킵니다.", "It names an effect or mail that does not exist."),
    "WF105": _said("없는 처리를 가리킵니다.", "It names an action that does not exist."),
    "WF106": _said("없는 서식을 가리킵니다.", "It names a form that does not exist."),
    "WF107": _said("없는 서류를 가리킵니다.", "It names a document that does not exist."),
    "WF108": _said("없는 단계를 가리킵니다.", "It names a stage that does not exist."),
    "WF109": _said("처리 이름으로 쓸 수 없는 낱말입니다.", "The name of an action is reserved."),
    "WF110": _said("기한의 기준일이 없습니다.", "A deadline counts from a date that does not exist."),
    "WF111": _said("없는 연결이나 업무를 가리킵니다.", "It names a link or workflow that does not exist."),
    "WF112": _said("없거나 그 상태에 없는 과업을 가리킵니다.", "It names a task that does not exist, or not there."),
    "WF113": _said("서식의 항목이 스스로 모순됩니다.", "A form field contradicts itself or names an unknown field."),
    "WF114": _said("선언했지만 아무 데도 쓰지 않습니다.", "It is declared and never used."),
    "WF115": _said("같은 것이 두 번 적혀 있습니다.", "The same thing is listed twice."),
    "WF116": _said("다른 사업이 쓰는 약호입니다.", "Another program has the same code."),
    "WF201": _said("종료 상태에서 나가는 처리입니다.", "A step leaves a final state."),
    "WF202": _said("한 상태의 같은 처리가 두 번 적혀 있습니다.", "One action is written twice for one state."),
    "WF203": _said("처음부터 이 상태에 이르는 길이 없습니다.", "A state cannot be reached from the first one."),
    "WF204": _said("끝으로 가는 길이 없는 상태입니다.", "No way leads from a state to an end."),
    "WF205": _said("성공으로 끝나는 상태가 없습니다.", "There is no successful end."),
    "WF206": _said("종료 상태에서 시작합니다.", "It starts in a final state."),
    "WF207": _said(
        "함께 성립할 수 없는 조건이라 열리지 않는 처리입니다.", "A step asks for what never holds together."
    ),
    "WF208": _said("아무것도 바꾸지 않는 처리입니다.", "A step changes nothing."),
    "WF209": _said(
        "시스템만 할 수 있는데 시키는 곳이 없는 처리입니다.", "Only the system may take a step, and nothing makes it."
    ),
    "WF301": _said("열린 상태에 담당자가 없습니다.", "An open state has no owner who acts."),
    "WF302": _said("담당자가 할 수 있는 처리가 없습니다.", "The owner of a state cannot do anything there."),
    "WF303": _said("기한도, 기한이 없는 까닭도 없습니다.", "A state has no deadline and no reason for it, or both."),
    "WF304": _said("기한 경과 처리를 시스템이 할 수 없습니다.", "The system cannot take the breach action."),
    "WF305": _said("종료 상태에 할 일이 남아 있습니다.", "Something is left to do in a final state."),
    "WF306": _said("볼 수만 있는 역할에게 처리를 맡겼습니다.", "A role that may only look is asked to act."),
    "WF307": _said("아무도 할 수 없는 처리입니다.", "Nobody may take a step."),
    "WF308": _said("지킬 수 없거나 뜻이 없는 직무 분리입니다.", "A separation of duties is impossible or pointless."),
    "WF309": _said("채울 수 없는 승인 요건입니다.", "The approvals asked for cannot be given."),
    "WF310": _said("채울 수 없는 정족수입니다.", "A quorum cannot be met."),
    "WF311": _said("성과보고 없이 지원 건이 끝납니다.", "A funded case ends without its outcome reports."),
    "WF312": _said("알림이 기한에 맞지 않습니다.", "A reminder does not fit its deadline."),
    "WF313": _said("도울 수 없는 사람에게 알립니다.", "A delay is told to somebody who cannot help."),
    "WF314": _said("법정 기한을 공고가 바꿀 수 있습니다.", "A call may change a deadline set by law."),
    "WF315": _said("들어서자마자 끝나는 기한입니다.", "A deadline is over as soon as the state is entered."),
    "WF316": _said(
        "공고 설정 하나가 서로 다른 기한을 정합니다.", "One setting of a call sets deadlines of two lengths."
    ),
    "WF317": _said("되돌릴 수 없는 처리에 되돌리기가 있습니다.", "A step may be undone although its effects last."),
    "WF318": _said("건마다 다른 것을 한꺼번에 처리합니다.", "A bulk step asks for what differs from case to case."),
    "WF319": _said("원래 건에서 할 수 없는 처리입니다.", "A step on the parent case cannot be taken."),
    "WF320": _said("열 수 없거나 끝없이 이어지는 연결입니다.", "A link cannot be opened as written, or has no end."),
    "WF321": _said("믿을 수 없는 처리 시계입니다.", "A clock is paused or counted in a way nobody can trust."),
    "WF322": _said("근거나 길이가 없는 기한 연장입니다.", "An extension names no law or no length."),
    "WF323": _said(
        "그 서류를 쓰지 않는 역할에게 맡긴 쪽이 있습니다.", "A page is left to a role that never fills its form."
    ),
    "WF401": _said("이미 발행된 판입니다. 판 번호를 올려 주세요.", "A published version has changed."),
    "WF402": _said("한 처리의 이름이 두 가지입니다.", "One action has two labels."),
    "WF403": _said(
        "한국어나 영어 글이 그 말로 되어 있지 않습니다.", "A Korean or English text is not in that language."
    ),
    "WF404": _said(
        "이전(移轉) 대응표가 맞지 않습니다.", "A migration does not lead from an earlier version into this one."
    ),
    "WF405": _said(
        "없앤 상태에 진행 중인 건이 있습니다. 어디로 옮길지 적어 주세요.",
        "Cases rest in a removed state and have nowhere to go.",
    ),
    "WF406": _said(
        "기업에 메일을 보내면서 진행 내역에는 숨깁니다.", "Companies get a mail about a step their timeline hides."
    ),
    "WF407": _said("기업이 내부 용어를 보게 됩니다.", "Companies read internal wording."),
    "WF408": _said("두 상태의 이름이 같습니다.", "Two states have one label."),
    "WF409": _said("한 화면의 두 단추 이름이 같습니다.", "Two buttons on one page read the same."),
    "WF410": _said("메일이 인용할 내용을 묻지 않습니다.", "A mail quotes what nobody is asked for."),
    "WF411": _said("다른 업무 흐름의 글입니다.", "The text is of another workflow."),
    "WF501": _said("시나리오와 정의가 다릅니다.", "A scenario and its definition disagree."),
    "WF502": _said("어느 시나리오도 거치지 않는 처리입니다.", "No scenario takes a step."),
    "WF503": _said(
        "시나리오나 가정이 없는 것을 가리킵니다.",
        "Scenarios are missing, or they or the facts name what does not exist.",
    ),
}
"""Every code a file can be found with."""
