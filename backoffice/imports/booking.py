"""Booking a checked file as a whole, and taking the whole of it back: set by set, in one transaction of the caller's."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import (
    ColumnElement,
    Date,
    Subquery,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from backoffice.access.actors import Actor
from backoffice.core import clock
from backoffice.core.db import db, rows_changed
from backoffice.core.errors import Conflict, Forbidden, Refused
from backoffice.core.i18n import Sentence
from backoffice.imports import queries
from backoffice.imports.models import ImportLine
from backoffice.organizations.models import Organization
from backoffice.organizations.services import NewOrganization, register
from backoffice.outcomes.entry_checks import is_answer
from backoffice.outcomes.models import Import, Measure, Target
from backoffice.outcomes.services import ledger_changed, lock_ledger
from backoffice.reports.queries import issued_since

BATCH = 500


def bookable(import_id: int) -> ColumnElement[bool]:
    """The lines that will stand in the ledger: a row of sums belongs to no zone and never does."""
    return and_(
        ImportLine.import_id == import_id,
        ImportLine.verdict.in_(queries.BOOKABLE),
        ImportLine.zone_id.is_not(None),
    )


def count_bookable(import_id: int) -> int:
    return db.session.scalar(select(func.count()).select_from(ImportLine).where(bookable(import_id))) or 0


def ready(row: Import, actor: Actor) -> None:
    """Raise Refused, Conflict or Forbidden with what keeps a file from being booked."""
    if row.status not in {"checked", "booking"}:
        raise Refused.because("not_checked", "먼저 검사를 마쳐야 합니다.", "The file has to be checked first.")
    waiting = queries.unanswered(row.id)
    if waiting:
        raise Refused.because(
            "unanswered", f"답하지 않은 확인사항이 {waiting}건 있습니다. 모두 답한 뒤 다시 눌러 주세요.",
            f"{waiting} findings wait for an answer; answer them all first.",
        )  # fmt: skip
    zones = _zones(row.id)
    if not zones:
        raise Refused.because("nothing", "가져올 값이 없습니다.", "There is nothing to import.")
    allowed = queries.writable_zones(actor)
    if allowed is not None and not zones <= allowed:
        raise Forbidden


def book(row: Import, actor: Actor) -> int:
    """Put every bookable line into the ledger: how many. Raises Refused, Forbidden, or Conflict when the ledger moved."""
    ready(row, actor)
    lock_ledger(_zones(row.id))
    if row.subject == "targets":
        booked = _book_targets(row)
    else:
        _register_new(row.id)
        _refuse_moved(row.id)
        booked = _book_measures(row, actor)
    ledger_changed(_places(row.id))
    row.status, row.booked_at, row.booked_by = "booked", clock.now(), actor.user_id
    row.counts = {**row.counts, "booked": booked}
    db.session.flush()
    return booked


def _zones(import_id: int) -> frozenset[int]:
    found = db.session.scalars(select(ImportLine.zone_id).where(bookable(import_id)).distinct())
    return frozenset(zone for zone in found if zone is not None)


def _places(import_id: int) -> set[tuple[int, int]]:
    """Every (zone, year) the file speaks of."""
    query = select(ImportLine.zone_id, ImportLine.year).where(bookable(import_id)).distinct()
    return {(zone_id, year) for zone_id, year in db.session.execute(query) if zone_id is not None}


def _register_new(import_id: int) -> None:
    """Organizations the register did not know are registered under the name the file gives them, unverified."""
    query = (
        select(ImportLine.business_number, func.min(ImportLine.name), func.min(ImportLine.zone_id))
        .where(bookable(import_id), ImportLine.organization_id.is_(None), ImportLine.business_number != "")
        .group_by(ImportLine.business_number)
    )
    for number, name, zone_id in db.session.execute(query).all():
        register(NewOrganization(kind="company", name_ko=name, business_number=number, zone_id=zone_id))
    same = select(Organization.id).where(Organization.business_number == ImportLine.business_number).scalar_subquery()
    db.session.execute(
        update(ImportLine)
        .where(bookable(import_id), ImportLine.organization_id.is_(None), ImportLine.business_number != "")
        .values(organization_id=same)
        .execution_options(synchronize_session=False)
    )


_ATTRIBUTION = case((ImportLine.organization_id.is_(None), "zone"), else_="direct")


def _current(import_id: int) -> Subquery:
    """The newest current measure of every key in the years of the file."""
    years = select(ImportLine.year).where(bookable(import_id))
    firm = func.coalesce(Measure.organization_id, 0).label("firm")
    key = (Measure.zone_id, firm, Measure.indicator, Measure.year, Measure.scope, Measure.attribution)
    return (
        select(*key, func.max(Measure.id).label("id"))
        .where(Measure.superseded_at.is_(None), Measure.year.in_(years))
        .group_by(*key)
        .subquery()
    )


def _refuse_moved(import_id: int) -> None:
    """What was checked must still be true: nobody recorded one of these values meanwhile. Raises Conflict."""
    now = _current(import_id)
    same = and_(
        now.c.zone_id == ImportLine.zone_id,
        now.c.firm == func.coalesce(ImportLine.organization_id, 0),
        now.c.indicator == ImportLine.indicator,
        now.c.year == ImportLine.year,
        now.c.scope == ImportLine.scope,
        now.c.attribution == _ATTRIBUTION,
    )
    moved = db.session.scalar(
        select(func.count())
        .select_from(ImportLine)
        .outerjoin(now, same)
        .where(bookable(import_id), func.coalesce(now.c.id, 0) != func.coalesce(ImportLine.replaces_id, 0))
    )
    if moved:
        raise _moved(moved)


def _moved(count: int) -> Conflict:
    return Conflict(
        "ledger_moved",
        Sentence(
            f"검사한 뒤에 {count}건의 값이 바뀌었습니다. 다시 검사한 다음 가져와 주세요.",
            f"{count} values changed since the check; check again, then import.",
        ),
    )


def _book_measures(row: Import, actor: Actor) -> int:
    """New editions for what stood there, first editions for the rest. One statement per year."""
    replaced = select(ImportLine.replaces_id).where(bookable(row.id), ImportLine.replaces_id.is_not(None))
    db.session.execute(
        update(Measure)
        .where(Measure.id.in_(replaced), Measure.superseded_at.is_(None))
        .values(superseded_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    years = db.session.scalars(select(ImportLine.year).where(bookable(row.id)).distinct()).all()
    for year in sorted(years):
        _book_year(row, year, actor)
    return count_bookable(row.id)


def _book_year(row: Import, year: int, actor: Actor) -> None:
    source = {
        Measure.zone_id: ImportLine.zone_id,
        Measure.organization_id: ImportLine.organization_id,
        Measure.case_id: Measure.case_id,
        Measure.report_id: Measure.report_id,
        Measure.indicator: ImportLine.indicator,
        Measure.scope: ImportLine.scope,
        Measure.year: ImportLine.year,
        Measure.period_from: literal(date(year, 1, 1), Date),
        Measure.period_to: literal(date(year, 12, 31), Date),
        Measure.value: ImportLine.value,
        Measure.denominator: ImportLine.denominator,
        Measure.attribution: _ATTRIBUTION,
        Measure.panel: func.coalesce(Measure.panel, ""),
        Measure.edition: func.coalesce(Measure.edition, 0) + 1,
        Measure.recorded_at: literal(clock.now(), Measure.recorded_at.type),
        Measure.recorded_by: literal(actor.user_id, Measure.recorded_by.type),
        Measure.import_id: ImportLine.import_id,
        Measure.row_number: ImportLine.row_number,
        Measure.answer: ImportLine.answer,
    }
    # The line brings the value; what it replaces lends its case, its report and its edition.
    rows = (
        select(*source.values())
        .select_from(ImportLine)
        .outerjoin(Measure, Measure.id == ImportLine.replaces_id)
        .where(bookable(row.id), ImportLine.year == year)
        .order_by(ImportLine.row_number, ImportLine.id)
    )
    db.session.execute(insert(Measure).from_select([column.key for column in source], rows, include_defaults=False))


def _book_targets(row: Import) -> int:
    lines = db.session.scalars(select(ImportLine).where(bookable(row.id))).all()
    for line in lines:
        known = db.session.get(Target, (line.zone_id, line.indicator, line.year))
        if (known.value if known else None) != line.before:
            raise _moved(1)
        if known is None:
            known = Target(zone_id=line.zone_id, indicator=line.indicator, year=line.year, value=line.value)
            db.session.add(known)
        known.value, known.import_id = line.value or known.value, row.id
    return len(lines)


# ---- and back


def undo(row: Import, actor: Actor, reason: str) -> int:
    """Take a booked file out of the ledger and put back what it replaced: how many values.

    Raises Refused when something was built on it: a later edition of one of its values, or an issued report.
    """
    if row.status != "booked":
        raise Refused.because("not_booked", "가져온 자료만 되돌릴 수 있습니다.", "Only a booked import can be undone.")
    if not is_answer(reason):
        raise Refused.because(
            "reason", "되돌리는 사유를 5자 이상 적어 주세요.", "Give the reason in five letters or more."
        )
    allowed = queries.writable_zones(actor)
    zones = _zones(row.id)
    if allowed is not None and not zones <= allowed:
        raise Forbidden
    lock_ledger(zones)
    _refuse_built_on(row)
    taken = _undo_targets(row) if row.subject == "targets" else _undo_measures(row)
    ledger_changed(_places(row.id))
    row.status, row.undone_at, row.reason = "undone", clock.now(), reason.strip()
    row.counts = {**row.counts, "undone": taken}
    db.session.flush()
    return taken


def _refuse_built_on(row: Import) -> None:
    later = db.session.scalar(
        select(func.count()).where(Measure.import_id == row.id, Measure.superseded_at.is_not(None))
    )
    if later:
        raise Refused.because(
            "restated", f"이 자료의 값 {later}건이 그 뒤에 정정되었습니다. 값마다 정정해 주세요.",
            f"{later} of its values were restated since; restate them one by one.",
        )  # fmt: skip
    issue = issued_since(row.booked_at, _places(row.id)) if row.booked_at else None
    if issue:
        raise Refused.because(
            "reported", f"이 자료로 보고서({issue})가 나갔습니다. 되돌리지 않고 값마다 정정해 주세요.",
            f"Report {issue} was made of it; restate the values instead.",
        )  # fmt: skip


def _undo_measures(row: Import) -> int:
    replaced: Sequence[int | None] = db.session.scalars(
        select(ImportLine.replaces_id).where(bookable(row.id), ImportLine.replaces_id.is_not(None))
    ).all()
    taken = rows_changed(delete(Measure).where(Measure.import_id == row.id))
    for first in range(0, len(replaced), BATCH):
        db.session.execute(
            update(Measure)
            .where(Measure.id.in_(replaced[first : first + BATCH]))
            .values(superseded_at=None)
            .execution_options(synchronize_session=False)
        )
    return taken


def _undo_targets(row: Import) -> int:
    lines = db.session.scalars(select(ImportLine).where(bookable(row.id))).all()
    changed = exists().where(
        Target.zone_id == ImportLine.zone_id, Target.indicator == ImportLine.indicator, Target.year == ImportLine.year,
        or_(Target.import_id.is_(None), Target.import_id != row.id, Target.value != ImportLine.value),
    )  # fmt: skip
    if db.session.scalar(select(func.count()).select_from(ImportLine).where(bookable(row.id), changed)):
        raise Refused.because("restated", "이 목표가 그 뒤에 바뀌었습니다. 목표를 다시 올려 주세요.",
                              "These targets were changed since; upload them again.")  # fmt: skip
    for line in lines:
        known = db.session.get_one(Target, (line.zone_id, line.indicator, line.year))
        if line.before is None:
            db.session.delete(known)
        else:
            known.value, known.import_id = line.before, None
    return len(lines)
