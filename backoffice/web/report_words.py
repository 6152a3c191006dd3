"""How issues of reports are told on screen: the names of states and of what is done to an issue, and its zone's."""

from dataclasses import dataclass

from backoffice.core.i18n import Sentence, language
from backoffice.organizations.models import Zone
from backoffice.reports import issuing, models
from backoffice.web.case_page import zone_name


@dataclass(frozen=True, slots=True)
class Word:
    """A label and the tone of its chip."""

    label: Sentence
    tone: str = "info"


STATES = {
    models.DRAFT: Word(Sentence("초안", "Draft"), "gray"),
    models.IN_REVIEW: Word(Sentence("확인 중", "In review"), "warning"),
    models.APPROVED: Word(Sentence("승인됨", "Approved"), "info"),
    models.PUBLISHED: Word(Sentence("발간됨", "Published"), "success"),
    models.RETURNED: Word(Sentence("돌려보냄", "Returned"), "danger"),
    models.SUPERSEDED: Word(Sentence("대체됨", "Superseded"), "gray"),
}

ACTS = {
    issuing.FREEZE: Sentence("수치 고정", "Froze the figures"),
    issuing.REQUEST: Sentence("확인 요청", "Ask for review"),
    issuing.RECALL: Sentence("요청 거두기", "Take the request back"),
    issuing.CHECK: Sentence("확인 의견", "Checked"),
    issuing.RETURN: Sentence("돌려보내기", "Return"),
    issuing.APPROVE: Sentence("승인", "Approve"),
    issuing.PUBLISH: Sentence("발간", "Publish"),
    issuing.SUPERSEDE: Sentence("새 호로 대체", "Superseded by a newer issue"),
}

NOTES = {
    issuing.REQUEST: Sentence("전할 말(선택)", "A word to go with it (optional)"),
    issuing.CHECK: Sentence("의견", "Opinion"),
    issuing.RETURN: Sentence("사유", "Reason"),
}
"""What the text that goes with a step is called."""

EDITIONS = {"internal": Sentence("내부판", "Internal edition"), "public": Sentence("공개판", "Public edition")}

NATION = Sentence("전국 종합", "All zones")


def place_name(zone: Zone | None) -> str:
    """A zone's name in the reader's language; without one it is the nation."""
    return zone_name(zone) if zone else NATION.text(language())
