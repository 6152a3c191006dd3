"""The SQL all figures stand on: every rest of a case in a state, with exact times that are equal on both databases."""

from typing import Any

from sqlalchemy import CTE, BigInteger, ColumnElement, and_, case, func, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from backoffice.analytics.selection import Book, Selection, conditions
from backoffice.cases.models import Case
from backoffice.engine.spine import CREATION, TRANSITION, History, PassedDeadline
from backoffice.engine.standing import stands

PERCENTILES = "nearest rank"
"""A percentile is the smallest value that at least so many percent of all values do not exceed: no interpolation."""


class microseconds(FunctionElement[int]):  # noqa: N801  # reads like the SQL function it stands for
    """An instant as whole microseconds since 1970, exact on every database."""

    type = BigInteger()
    inherit_cache = True


@compiles(microseconds, "postgresql")
def _on_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    return f"CAST(extract(epoch FROM {compiler.process(element.clauses, **options)}) * 1000000 AS BIGINT)"


@compiles(microseconds, "sqlite")
def _on_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    instant = compiler.process(element.clauses, **options)
    return (
        f"(CAST(strftime('%s', substr({instant}, 1, 19)) AS INTEGER) * 1000000"
        f" + CAST(substr({instant}, 21, 6) AS INTEGER))"
    )


def stays(wanted: Selection) -> CTE:
    """One row per rest: entered by which step, left by which, under which deadline.

    Steps that stay in a state do not count, nor steps that were taken back at once, nor their taking back.
    ``left_at`` is empty while the case still rests there. ``visit`` counts the rests of a case in the same state.
    """
    moves = (
        select(
            History.case_id, History.revision, History.kind, History.action, History.role, History.source,
            History.target.label("state"), History.at, PassedDeadline.due_at, Case.workflow_version.label("version"),
            Case.due_at.label("due_now"),
        )
        .join(Case, Case.id == History.case_id)
        .outerjoin(
            PassedDeadline,
            and_(PassedDeadline.case_id == History.case_id, PassedDeadline.revision == History.revision),
        )
        .where(*conditions(wanted), or_(History.kind == CREATION, History.source != History.target))
        .where(stands())
        .cte("move")
    )  # fmt: skip
    ordered: dict[str, Any] = {"partition_by": moves.c.case_id, "order_by": moves.c.revision}

    def after(column: ColumnElement[Any]) -> Any:
        return func.lead(column).over(**ordered)

    return select(
        moves.c.case_id, moves.c.revision, moves.c.version, moves.c.kind, moves.c.action, moves.c.source, moves.c.state,
        moves.c.at.label("entered_at"),
        microseconds(moves.c.at).label("entered"),
        after(moves.c.at).label("left_at"),
        after(microseconds(moves.c.at)).label("left"),
        after(moves.c.kind).label("left_kind"),
        after(moves.c.role).label("left_role"),
        after(moves.c.state).label("next_state"),
        after(moves.c.due_at).label("due_at"),
        moves.c.due_now,
        func.row_number()
        .over(partition_by=(moves.c.case_id, moves.c.state), order_by=moves.c.revision)
        .label("visit"),
    ).cte("stay")  # fmt: skip


def explained(wanted: Selection, book: Book) -> CTE:
    """The stays with what their states mean; ends are no stays. ``how`` says what became of each stay.

    ``left``: work went on. ``given_up``: withdrawn or cancelled there. ``moved``: by a change of version, not by a step.
    ``open``: still there. Only ``left`` is a complete time; the others are censored and counted apart.
    """
    stay, here = stays(wanted), book.places()
    ahead = here.alias("ahead")
    how = case(
        (stay.c.left_at.is_(None), "open"),
        (stay.c.left_kind != TRANSITION, "moved"),
        (ahead.c.ending == "cancelled", "given_up"),
        else_="left",
    )
    return (
        select(
            *stay.c,
            here.c.position,
            here.c.side,
            here.c.ending,
            ahead.c.position.label("next_position"),
            ahead.c.ending.label("next_ending"),
            how.label("how"),
            (stay.c.left - stay.c.entered).label("lasted"),
        )
        .join(here, and_(here.c.version == stay.c.version, here.c.state == stay.c.state))
        .outerjoin(ahead, and_(ahead.c.version == stay.c.version, ahead.c.state == stay.c.next_state))
        .where(here.c.ending.in_(("", "refused")))
        .cte("explained")
    )


def counted(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """How many rows of a group fulfil a condition."""
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def rank_in(value: ColumnElement[Any], *group: ColumnElement[Any]) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """The place of a value among those of its group, and how many there are: for ``percentile`` one level above."""
    return (
        func.row_number().over(partition_by=group, order_by=value).label("place"),
        func.count().over(partition_by=group).label("of"),
    )


def percentile(percent: int, table: CTE, value: ColumnElement[Any], among: ColumnElement[bool]) -> ColumnElement[int]:
    """The percentile of a group by nearest rank, from ``place`` and ``of`` of the table."""
    return func.max(case((and_(among, table.c.place == (percent * table.c.of + 99) // 100), value)))


def summed(length: ColumnElement[int]) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """The sum of lengths in two columns, seconds and the rest: microseconds alone would overflow on a large database."""
    return func.sum(length // 1_000_000), func.sum(length % 1_000_000)


def total_of(seconds: Any, rest: Any) -> int:
    """The two columns of ``summed`` as whole microseconds."""
    return int(seconds) * 1_000_000 + int(rest)
