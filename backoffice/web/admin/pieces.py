"""The pieces a definition is edited in: where each stands, and which inputs it has."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, get_args

from backoffice.core.errors import NotFound
from backoffice.core.i18n import Sentence
from backoffice.web.admin.inputs import Choice, Input
from workflows.definition import Workflow
from workflows.forms import Document, Feed, FieldType
from workflows.glossary import EFFECTS, GUARDS
from workflows.roles import READ_ONLY, ROLE_LABELS, Role
from workflows.vocabulary import Vocabulary
from workflows.wording import NAMES, PARTS

NEW = "new"
DUE_HINT = Sentence(
    "예: 7d(7일), 5bd(근무일 5일), 3m(3개월), call_closes+7d, fact:agreement_end+60d, february_end",
    "For example 7d, 5bd (business days), 3m, call_closes+7d, fact:agreement_end+60d, february_end",
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a draft: its part, its place in the data, what stands there, and its inputs."""

    part: str
    place: tuple[str | int, ...]
    data: dict[str, Any]
    inputs: tuple[Input, ...]
    named: bool = False
    """Whether a name must be given first: it is new, and its place is its name."""

    @property
    def is_new(self) -> bool:
        return bool(self.place) and self.place[-1] == NEW


def find(path: str, data: dict[str, Any], workflow: Workflow, words: Vocabulary) -> Piece:
    """The piece behind an address such as ``states/screening``, ``transitions/3`` or ``forms/reason/0/new``.

    Raises NotFound.
    """
    place = _place(path.split("/"))
    part = _PARTS.get((str(place[0]) if place else "", len(place)))
    if part is None:
        raise NotFound
    found: Any = data
    for step in place:
        if step == NEW:
            found = {}
            break
        try:
            found = found[step]
        except (KeyError, IndexError, TypeError) as error:
            raise NotFound from error
    if not isinstance(found, dict):
        raise NotFound
    named = place[-1:] == (NEW,) and part in {"state", "form", "document"}
    inputs = _INPUTS[part](_Words(workflow, words, place))
    return Piece(part, place, found if place else data, tuple(inputs), named)


def _place(steps: list[str]) -> tuple[str | int, ...]:
    """Forms name section and field by number; their keys lie between."""
    if steps == ["program"]:
        return ()
    read: list[str | int] = [int(step) if step.isdigit() and len(step) < 5 else step for step in steps]
    if read[0] == "forms" and len(read) == 4:
        return ("forms", read[1], "sections", read[2], "fields", read[3])
    return tuple(read)


_PARTS = {
    ("", 0): "program", ("stages", 2): "stage", ("states", 2): "state", ("transitions", 2): "step", ("forms", 2): "form",
    ("forms", 6): "field", ("documents", 2): "document",
}  # fmt: skip


def put(data: dict[str, Any], piece: Piece, fresh: dict[str, Any], name: str) -> None:
    """Set a piece in the data: in its place, under its new name, or at the end of its list."""
    if not piece.place:
        data.update(fresh)
        for gone in set(piece.data) - set(fresh):
            data.pop(gone, None)
        return
    around = _around(data, piece)
    if piece.named:
        around[name] = fresh
    elif piece.is_new:
        around.append(fresh)
    else:
        around[piece.place[-1]] = fresh


def drop(data: dict[str, Any], piece: Piece) -> None:
    """Take a piece out."""
    del _around(data, piece)[piece.place[-1]]


def _around(data: dict[str, Any], piece: Piece) -> Any:
    found: Any = data
    for step in piece.place[:-1]:
        found = found.setdefault(step, {}) if isinstance(found, dict) and isinstance(step, str) else found[step]
    return found


@dataclass(frozen=True, slots=True)
class _Words:
    """What there is to choose from."""

    workflow: Workflow
    vocabulary: Vocabulary
    place: tuple[str | int, ...]

    def states(self) -> list[Choice]:
        return [Choice(name, Sentence(one.label.ko, one.label.en)) for name, one in self.workflow.states.items()]

    def stages(self) -> list[Choice]:
        return [Choice(one.code, Sentence(one.label.ko, one.label.en)) for one in self.workflow.stages]

    def actions(self) -> list[Choice]:
        labels = [(name, self.workflow.label_of(name)) for name in self.workflow.actions()]
        return [Choice(name, Sentence(label.ko, label.en)) for name, label in labels]

    def forms(self) -> list[Choice]:
        return [Choice(name, Sentence(one.title.ko, one.title.en)) for name, one in self.workflow.forms.items()]

    def documents(self) -> list[Choice]:
        return [Choice(name, Sentence(one.label.ko, one.label.en)) for name, one in self.workflow.documents.items()]

    def roles(self) -> list[Choice]:
        return [Choice(role.value, Sentence(*ROLE_LABELS[role])) for role in Role if role not in READ_ONLY]

    def guards(self) -> list[Choice]:
        return _explained(self.vocabulary.guards, GUARDS)

    def effects(self) -> list[Choice]:
        return _explained(self.vocabulary.effects, EFFECTS)


def _explained(names: Iterable[str], glossary: dict[str, tuple[str, str]]) -> list[Choice]:
    return [Choice(name, Sentence(*glossary.get(name, (name, name)))) for name in sorted(names)]


def _codes(words: Iterable[str]) -> list[Choice]:
    return [Choice(word, Sentence(word, word)) for word in words]


def _input(name: str, kind: Any, **more: Any) -> Input:
    last = name.rpartition(".")[2]
    ko, en = _LABELS.get(name) or NAMES.get(last, (last, last))
    return Input(name, kind, Sentence(ko, en[:1].upper() + en[1:]), **more)


_LABELS = {
    "from": ("어디서", "From"), "to": ("어디로", "To"), "action": ("처리 부호", "Action"), "code": ("부호", "Code"),
    "deadline.due": ("기한", "Deadline"), "approvals.n": ("필요한 승인 수", "Approvals needed"),
    "approvals.distinct_roles": ("서로 다른 역할", "Distinct roles"), "when.field": ("묻는 경우: 항목", "Asked when: field"),
    "when.is_one_of": ("묻는 경우: 값", "Asked when: values"), "sections": ("쪽과 항목", "Pages and fields"),
    "tasks": ("과업", "Tasks"), "edit": ("여기서 쓰는 서식", "Forms filled here"), "fields": ("묶음의 열", "Columns of the group"),
}  # fmt: skip


def _program(words: _Words) -> list[Input]:
    return [
        _input("title", "label", required=True),
        _input("summary", "long_label", required=True),
        _input("initial", "choice", choices=words.states(), required=True),
    ]


def _stage(words: _Words) -> list[Input]:
    del words
    return [_input("code", "text", required=True), _input("label", "label", required=True)]


def _state(words: _Words) -> list[Input]:
    final = {"success": ("성공", "Success"), "failure": ("실패", "Failure"), "cancelled": ("취소", "Cancelled")}
    return [
        _input("label", "label", required=True),
        _input("public", "label"),
        _input("stage", "choice", choices=words.stages(), required=True),
        _input("owner", "choice", choices=words.roles()),
        _input("deadline.due", "text", hint=DUE_HINT),
        _input("deadline.remind", "words", hint=Sentence("예: -7d, -1d", "For example -7d, -1d")),
        _input("deadline.escalate_to", "choice", choices=words.roles()),
        _input("deadline.on_breach", "choice", choices=words.actions()),
        _input("deadline.basis", "text"),
        _input("deadline.setting", "text"),
        _input("no_deadline", "text"),
        _input("final", "choice", choices=[Choice(code, Sentence(*said)) for code, said in final.items()]),
        _input("tags", "words"),
        _input("edit", "lines", hint=Sentence("한 줄에 하나: 서식: 역할, 역할", "One a line: form: role, role")),
        _input("tasks", "yaml"),
    ]


def _step(words: _Words) -> list[Input]:
    argument = Sentence("딸린 값이 있으면 오른쪽에 적습니다.", "Write an argument, if there is one, to the right.")
    tones = {"primary": ("주요", "Primary"), "normal": ("보통", "Normal"), "danger": ("주의", "Danger")}
    return [
        _input("action", "text", required=True),
        _input("label", "label", required=True),
        _input("hint", "label"),
        _input("public", "label"),
        _input("from", "choices", choices=words.states(), required=True),
        _input("to", "choice", choices=words.states(), required=True),
        _input("by", "choices", choices=words.roles(), required=True),
        _input("requires", "named", choices=words.guards(), hint=argument),
        _input("separate_from", "choices", choices=words.actions()),
        _input("approvals.n", "number"),
        _input("approvals.distinct_roles", "choices", choices=words.roles()),
        _input("input", "choice", choices=words.forms()),
        _input("documents", "choices", choices=words.documents()),
        _input("effects", "named", choices=words.effects(), hint=argument),
        _input("compensate", "named", choices=words.effects()),
        _input("tone", "choice", choices=[Choice(code, Sentence(*said)) for code, said in tones.items()]),
        _input("bulk", "flag"),
        _input("undo", "number"),
        _input("basis", "text"),
    ]


def _form(words: _Words) -> list[Input]:
    del words
    hint = Sentence(
        "항목 하나하나는 서식 목록에서도 고칠 수 있습니다.", "Single fields can be edited from the list of forms too."
    )
    return [_input("title", "label", required=True), _input("sections", "yaml", required=True, hint=hint)]


def _field(words: _Words) -> list[Input]:
    form = words.workflow.forms.get(str(words.place[1]))
    others = _codes(field.name for field in form.fields) if form else []
    options = Sentence("한 줄에 하나: 부호 | 한국어 | 영어", "One a line: code | Korean | English")
    return [
        _input("name", "text", required=True),
        _input("type", "choice", choices=_codes(get_args(FieldType)), required=True),
        _input("label", "label", required=True),
        _input("hint", "label"),
        _input("required", "flag"),
        *(_input(name, "number") for name in ("min", "max", "min_length", "max_length")),
        _input("unit", "label"),
        _input("options", "lines", hint=options),
        _input("document", "choice", choices=words.documents()),
        _input("feeds", "choice", choices=_codes(get_args(Feed))),
        _input("when.field", "choice", choices=others),
        _input("when.is_one_of", "words"),
        _input("after", "choice", choices=others),
        *(_input(name, "number") for name in ("min_rows", "max_rows")),
        _input("total", "text"),
        _input("fields", "yaml"),
    ]


def _document(words: _Words) -> list[Input]:
    del words
    kinds = get_args(get_args(Document.model_fields["types"].annotation)[0])
    return [
        _input("label", "label", required=True),
        _input("types", "choices", choices=_codes(kinds)),
        _input("max_mb", "number"),
        _input("many", "flag"),
        _input("personal", "flag"),
    ]


_INPUTS: dict[str, Callable[[_Words], list[Input]]] = {
    "program": _program, "stage": _stage, "state": _state, "step": _step, "form": _form, "field": _field,
    "document": _document,
}  # fmt: skip


def title_of(piece: Piece) -> Sentence:
    """``상태 고치기``, ``New state``."""
    ko, en = PARTS[piece.part]
    return Sentence(f"새 {ko}", f"New {en.lower()}") if piece.is_new else Sentence(f"{ko} 고치기", f"Edit {en.lower()}")
