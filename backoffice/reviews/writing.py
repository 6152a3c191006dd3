"""What a reviewer types into a sheet: read point by point, kept even when it cannot be read, never over newer text."""

from collections.abc import Mapping, Sequence
from typing import Any

from backoffice.core.errors import Invalid, Problem, Refused
from backoffice.core.i18n import Sentence
from backoffice.core.money import read_integer
from backoffice.forms.readers import UNREAD, clean, is_unread, shown
from backoffice.programs.models import Criterion
from backoffice.reviews.models import Sheet

COMMENT = "comment"
LONGEST = 5_000
"""Letters of a comment."""


def names(criteria: Sequence[Criterion]) -> tuple[str, ...]:
    """What a sheet asks: the code of each criterion, then the comment."""
    return (*(item.code for item in criteria), COMMENT)


def text_of(sheet: Sheet, name: str) -> str:
    """What stands in one field of a sheet, as it was typed."""
    if name == COMMENT:
        return sheet.comment
    points = sheet.scores.get(name, "")
    return shown(points) if is_unread(points) else str(points)


def write(
    sheet: Sheet, typed: Mapping[str, str], criteria: Sequence[Criterion], *, seen: Mapping[str, int]
) -> list[str]:
    """Keep what was typed; answers the fields in which other text was saved since ``seen``: those stay as they are.

    Raises Refused when the sheet is sealed or nothing was declared yet.
    """
    refuse_closed(sheet)
    ceilings = {item.code: item for item in criteria}
    before = {name: text_of(sheet, name) for name in typed}
    clashes = [
        name
        for name, text in typed.items()
        if seen.get(name, 0) != sheet.revision and before[name] not in ("", _kept(text))
    ]
    scores = dict(sheet.scores)
    for name in typed.keys() - set(clashes):
        if name == COMMENT:
            sheet.comment = _kept(typed[name])
        elif name in ceilings:
            scores[name] = _points(ceilings[name], typed[name])
    sheet.scores = {code: points for code, points in scores.items() if points is not None}
    if any(text_of(sheet, name) != before[name] for name in typed):
        sheet.revision += 1
    return clashes


def problems(sheet: Sheet, criteria: Sequence[Criterion]) -> list[Problem]:
    """What was typed and is no score: each with what a score is."""
    return [
        _no_points(item)
        for item in criteria
        if is_unread(sheet.scores.get(item.code)) or not 0 <= points_of(sheet).get(item.code, 0) <= item.max_points
    ]


def points_of(sheet: Sheet) -> dict[str, int]:
    """Criterion -> points, of those that could be read."""
    return {code: points for code, points in sheet.scores.items() if not is_unread(points)}


def _kept(text: str) -> str:
    return clean(text)[:LONGEST]


def _points(item: Criterion, text: str) -> Any:
    text = clean(text)[:40]
    if not text:
        return None
    try:
        points = read_integer(text, item.code, ko="점수", en="a score")
    except Invalid:
        return {UNREAD: text}
    return points if 0 <= points <= item.max_points else {UNREAD: text}


def _no_points(item: Criterion) -> Problem:
    return Problem(
        item.code,
        Sentence(
            f"'{item.label_ko}'은(는) 0~{item.max_points}점 사이의 정수로 적어 주세요.",
            f"Score '{item.label_en}' with a whole number from 0 to {item.max_points}.",
        ),
    )


def refuse_closed(sheet: Sheet) -> None:
    """Raises Refused when the sheet is sealed or nothing was declared yet."""
    if sheet.sealed_at is not None:
        raise Refused.because("sealed", "이미 제출한 평가표입니다.", "This sheet is sealed already.")
    if sheet.conflict != "none":
        raise Refused.because(
            "undeclared",
            "이해충돌 여부를 먼저 확인해 주세요.",
            "Declare first whether you have a conflict of interest.",
        )
