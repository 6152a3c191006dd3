"""The inputs a piece of a definition is edited with: from its data to what a form shows, and back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from werkzeug.datastructures import MultiDict

from backoffice.core.errors import Problem
from backoffice.core.i18n import Sentence
from workflows import reading
from workflows.writer import dump

Kind = Literal["text", "label", "long_label", "number", "flag", "choice", "choices", "words", "named", "lines", "yaml"]
Typed = MultiDict[str, str]
BLANK_ROWS = 2
MAX_FRAGMENT = 60_000


@dataclass(frozen=True, slots=True)
class Choice:
    code: str
    label: Sentence


@dataclass(frozen=True, slots=True)
class Input:
    """One thing to fill in. ``name`` is its key in the piece; a dot leads into a part, such as ``deadline.due``."""

    name: str
    kind: Kind
    label: Sentence
    hint: Sentence | None = None
    choices: Sequence[Choice] = ()
    required: bool = False

    @property
    def id(self) -> str:
        return self.name.replace(".", "-").replace("_", "-")


def looked_up(piece: Any, name: str) -> Any:
    """The value under a dotted name, None where there is none."""
    for part in name.split("."):
        piece = piece.get(part) if isinstance(piece, dict) else None
    return piece


def shown(piece: Mapping[str, Any], inputs: Sequence[Input]) -> Typed:
    """What a form shows for a piece, field by field."""
    typed: Typed = MultiDict()
    for one in inputs:
        value = looked_up(piece, one.name)
        for name, text in _SHOW[one.kind](one.id, value):
            typed.add(name, text)
    return typed


def taken(piece: Mapping[str, Any], inputs: Sequence[Input], typed: Typed) -> tuple[dict[str, Any], list[Problem]]:
    """The piece with what was typed, and what cannot be read. Keys no input is about stay as they are."""
    fresh: dict[str, Any] = {name: _copied(value) for name, value in piece.items()}
    problems: list[Problem] = []
    for one in inputs:
        try:
            value = _TAKE[one.kind](one, typed)
        except _Unreadable as error:
            problems.append(Problem(one.id, error.sentence))
            continue
        if value is None and one.required:
            ko, en = f"'{one.label.ko}'을(를) 입력해 주세요.", f"Fill in '{one.label.en}'."
            problems.append(Problem(one.id, Sentence(ko, en)))
        before = looked_up(fresh, one.name)
        value = _AS_BEFORE[one.kind](_listed(before), value) if one.kind in _AS_BEFORE else value
        if value not in (before, _listed(before)) or (value is None) != (before is None):
            _put(fresh, one.name, value)
    return fresh, problems


def _in_order(before: list[Any], value: Any) -> Any:
    """Boxes have no order: what was chosen before keeps its own, what is new comes behind."""
    chosen = value or []
    return [*(item for item in before if item in chosen), *(item for item in chosen if item not in before)] or None


def _in_words(before: list[Any], value: Any) -> Any:
    """``word:argument`` and ``{word: argument}`` say the same: what nobody changed keeps the spelling it had."""
    spelled = {_pair(item): item for item in before}
    return [spelled.get(_pair(item), item) for item in value or []] or None


_AS_BEFORE: dict[Kind, Callable[[list[Any], Any], Any]] = {"choices": _in_order, "named": _in_words}


def _copied(value: Any) -> Any:
    return {name: _copied(inner) for name, inner in value.items()} if isinstance(value, dict) else value


def _put(piece: dict[str, Any], name: str, value: Any) -> None:
    """Set the value under a dotted name, or take the name out; a part left empty goes too."""
    head, dot, rest = name.partition(".")
    if dot:
        inner: dict[str, Any] = piece[head] if isinstance(piece.get(head), dict) else {}
        _put(inner, rest, value)
        value = inner or None
    if value is None:
        piece.pop(head, None)
    else:
        piece[head] = value


class _Unreadable(ValueError):
    def __init__(self, ko: str, en: str) -> None:
        super().__init__(ko)
        self.sentence = Sentence(ko, en)


Pairs = list[tuple[str, str]]


def _show_text(name: str, value: Any) -> Pairs:
    return [(name, "" if value is None else str(value))]


def _show_label(name: str, value: Any) -> Pairs:
    value = value if isinstance(value, dict) else {}
    return [(f"{name}-ko", str(value.get("ko", ""))), (f"{name}-en", str(value.get("en", "")))]


def _show_flag(name: str, value: Any) -> Pairs:
    return [(name, "yes")] if value else []


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _show_choices(name: str, value: Any) -> Pairs:
    return [(name, str(item)) for item in _listed(value)]


def _show_words(name: str, value: Any) -> Pairs:
    return [(name, ", ".join(str(item) for item in _listed(value)))]


def _pair(item: Any) -> tuple[str, str]:
    """The word of a guard or an effect, and its argument as text."""
    word, argument = next(iter(item.items())) if isinstance(item, dict) else (str(item).partition(":")[0::2])
    return word, argument if isinstance(argument, str) else dump([argument]).removeprefix("- ").strip()


def _show_named(name: str, value: Any) -> Pairs:
    """One row per guard or effect: its name and its argument."""
    pairs: Pairs = []
    for item in _listed(value):
        word, argument = _pair(item)
        pairs += [(name, word), (f"{name}-argument", argument)]
    return pairs + [(name, ""), (f"{name}-argument", "")] * BLANK_ROWS


def _show_lines(name: str, value: Any) -> Pairs:
    """``code | 한국어 | English``, one option a line; for a mapping ``form: role, role``."""
    if isinstance(value, dict):
        return [(name, "\n".join(f"{key}: {', '.join(map(str, _listed(inner)))}" for key, inner in value.items()))]
    rows = [(item.get("code", ""), item.get("label", {})) for item in _listed(value)]
    return [(name, "\n".join(f"{code} | {label.get('ko', '')} | {label.get('en', '')}" for code, label in rows))]


def _show_yaml(name: str, value: Any) -> Pairs:
    return [(name, "" if value is None else dump(value).rstrip())]


_SHOW: dict[Kind, Callable[[str, Any], Pairs]] = {
    "text": _show_text, "number": _show_text, "choice": _show_text, "label": _show_label, "long_label": _show_label,
    "flag": _show_flag, "choices": _show_choices, "words": _show_words, "named": _show_named, "lines": _show_lines,
    "yaml": _show_yaml,
}  # fmt: skip


def _take_text(one: Input, typed: Typed) -> Any:
    return typed.get(one.id, "").strip() or None


def _take_label(one: Input, typed: Typed) -> Any:
    ko, en = typed.get(f"{one.id}-ko", "").strip(), typed.get(f"{one.id}-en", "").strip()
    if not (ko or en):
        return None
    if not (ko and en):
        raise _Unreadable(
            f"'{one.label.ko}'은(는) 한국어와 영어를 모두 적어 주세요.",
            f"Write '{one.label.en}' in Korean and English.",
        )
    return {"ko": ko, "en": en}


def _take_number(one: Input, typed: Typed) -> Any:
    text = typed.get(one.id, "").strip().replace(",", "")
    if not text:
        return None
    try:
        return int(text) if len(text) <= 15 else int("")
    except ValueError as error:
        raise _Unreadable(
            f"'{one.label.ko}'은(는) 숫자로 적어 주세요.", f"Write '{one.label.en}' as a number."
        ) from error


def _take_flag(one: Input, typed: Typed) -> Any:
    return True if typed.get(one.id) else None


def _take_choices(one: Input, typed: Typed) -> Any:
    return [value for value in typed.getlist(one.id) if value] or None


def _take_words(one: Input, typed: Typed) -> Any:
    return [word.strip() for word in typed.get(one.id, "").split(",") if word.strip()] or None


def _take_named(one: Input, typed: Typed) -> Any:
    found: list[Any] = []
    for word, argument in zip(typed.getlist(one.id), typed.getlist(f"{one.id}-argument"), strict=False):
        text = argument.strip()
        if not word:
            continue
        if text.startswith(("{", "[")) or text.lstrip("-").isdigit():
            found.append({word: _fragment(one, text)})
        else:
            found.append(f"{word}:{text}" if text else word)
    return found or None


def _take_lines(one: Input, typed: Typed) -> Any:
    rows = [line.strip() for line in typed.get(one.id, "").splitlines() if line.strip()]
    if one.name == "edit":
        pairs = [row.partition(":") for row in rows]
        return {
            key.strip(): [word.strip() for word in words.split(",") if word.strip()] for key, _, words in pairs
        } or None
    options = []
    for row in rows:
        parts = [part.strip() for part in row.split("|")]
        if len(parts) != 3 or not all(parts):
            raise _Unreadable(
                f"'{row[:40]}' 줄은 '부호 | 한국어 | 영어'로 적어 주세요.",
                f"Write the line '{row[:40]}' as code | Korean | English.",
            )
        options.append({"code": parts[0], "label": {"ko": parts[1], "en": parts[2]}})
    return options or None


def _take_yaml(one: Input, typed: Typed) -> Any:
    text = typed.get(one.id, "").replace("\r\n", "\n")
    return _fragment(one, text) if text.strip() else None


def _fragment(one: Input, text: str) -> Any:
    """A piece of YAML under the same bounds as a whole definition."""
    try:
        if len(text) > MAX_FRAGMENT:
            raise reading.Refused(1, (), "is too long", "write less")
        return reading.read(text.encode())[0]
    except (reading.Refused, UnicodeError) as error:
        line, what = getattr(error, "line", 1), getattr(error, "what", "is not readable")
        raise _Unreadable(
            f"'{one.label.ko}'의 {line}번째 줄을 읽을 수 없습니다({what}). 들여쓰기와 괄호를 확인해 주세요.",
            f"Line {line} of '{one.label.en}' cannot be read ({what}); check indentation and brackets.",
        ) from error


_TAKE: dict[Kind, Callable[[Input, Typed], Any]] = {
    "text": _take_text, "number": _take_number, "choice": _take_text, "label": _take_label, "long_label": _take_label,
    "flag": _take_flag, "choices": _take_choices, "words": _take_words, "named": _take_named, "lines": _take_lines,
    "yaml": _take_yaml,
}  # fmt: skip
