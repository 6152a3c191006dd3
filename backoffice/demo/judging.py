"""How reviewers of the demo judge: each a little sterner or kinder, with a comment that fits the points."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random

from backoffice.cases.models import Case
from backoffice.core import clock
from backoffice.demo.moments import between
from backoffice.demo.stage import Run, Stage
from backoffice.engine import tasks
from backoffice.programs.queries import call_by_id
from backoffice.reviews import services as reviews
from backoffice.reviews.models import Sheet
from backoffice.reviews.queries import sheets_of_case

GOOD, FAIR = 80, 66
"""From how many points a comment praises, and from how many it weighs."""


def score_sheets(
    stage: Stage, run: Run, row: Case, *, quality: int, conflict: bool, leave: int, since: datetime
) -> None:
    """Fill the open sheets of a case around ``quality`` points; ``leave`` of them stay open, the first of these begun.

    With ``conflict`` the first reviewer steps back and a colleague takes the sheet. Call inside a transaction.
    """
    if conflict:
        first = _open_sheets(row.id)[0]
        with clock.travelling(since + timedelta(hours=20)):
            reviews.declare_conflict(first, stage.scope(run, row).resolve("=pick:conflicts"))
    waiting = _open_sheets(row.id)
    ceilings = {item.code: item.max_points for item in call_by_id(run.cast.call.id).criteria}
    for place, sheet in enumerate(waiting[: len(waiting) - leave]):
        part, end = (place + 1) / (len(waiting) + 1), clock.now()
        with clock.travelling(between(since, end, part * 0.6)):
            reviews.declare_no_conflict(sheet)
        with clock.travelling(between(since, end, part)):
            total = _judge(sheet, ceilings, quality=quality, rng=run.rng)
            level = "good" if total >= GOOD else "fair" if total >= FAIR else "weak"
            comment = stage.scope(run, row).resolve(f"=pick:comments_{level}")
            reviews.save_sheet(sheet, _points(ceilings, total, run.rng), comment, seen=sheet.revision)
            reviews.seal(sheet)
    if leave:
        _begin(waiting[-leave], ceilings, quality)


def _begin(sheet: Sheet, ceilings: Mapping[str, int], quality: int) -> None:
    """A sheet somebody has begun and not finished: no conflict, the first two criteria, no comment yet."""
    reviews.declare_no_conflict(sheet)
    first = dict(list(ceilings.items())[:2])
    points = {code: ceiling * quality // 100 for code, ceiling in first.items()}
    reviews.save_sheet(sheet, points, "", seen=sheet.revision)


def _open_sheets(case_id: int) -> list[Sheet]:
    return [sheet for sheet, status in sheets_of_case(case_id) if status == tasks.OPEN]


def _judge(sheet: Sheet, ceilings: Mapping[str, int], *, quality: int, rng: Random) -> int:
    """The total a reviewer is heading for: quality, the reviewer's own measure, and the day."""
    temper = sheet.reviewer_id % 5 - 2
    return max(20, min(sum(ceilings.values()) - 2, quality + temper + rng.randint(-4, 4)))


def _points(ceilings: Mapping[str, int], total: int, rng: Random) -> dict[str, int]:
    """Points by criterion that add up to the total, none over its ceiling."""
    whole = sum(ceilings.values())
    points = {code: min(ceiling, ceiling * total // whole) for code, ceiling in ceilings.items()}
    for _ in range(4):
        giving, taking = rng.sample(list(ceilings), 2)
        if points[giving] > ceilings[giving] // 2 and points[taking] < ceilings[taking]:
            points[giving] -= 1
            points[taking] += 1
    for code in sorted(ceilings, key=lambda code: points[code] - ceilings[code]):
        points[code] += min(ceilings[code] - points[code], total - sum(points.values()))
    return points
