"""One value of the ledger: its editions, the proposal to restate it, and what a second person says to that."""

from decimal import Decimal

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from backoffice.access.permissions import Permission, may, zones_with
from backoffice.accounts import queries as accounts
from backoffice.core import audit, clock
from backoffice.core.db import transaction
from backoffice.core.errors import Invalid, Problem
from backoffice.core.i18n import Sentence
from backoffice.imports import cells
from backoffice.imports.queries import standing_measures, visible_files
from backoffice.outcomes import ledger, restating
from backoffice.outcomes.entry_checks import Entry, check, is_answer
from backoffice.outcomes.ledger import Line
from backoffice.outcomes.models import Measure
from backoffice.reports.queries import published_about
from backoffice.reports.shelf import reaches
from backoffice.web.access import actor, requires, visit
from backoffice.web.case_page import zone_name
from backoffice.web.staff import blueprint
from backoffice.web.staff.outcomes import readable, say
from workflows.indicators import Indicator, all_indicators


@blueprint.get("/outcomes/<int:measure_id>")
@requires(Permission.OUTCOME_READ)
def measure(measure_id: int) -> ResponseReturnValue:
    """One value with all of its editions."""
    return _page(ledger.one(measure_id, readable()))


def _page(line: Line, problems: list[Problem] | None = None, status: int = 200) -> ResponseReturnValue:
    row, found, me = line.measure, ledger.editions(line.measure), actor().user_id or 0
    proposals = restating.of_measures([one.measure.id for one in found], readable())
    waiting = next((one.proposal for one in proposals if not one.proposal.verdict), None)
    stands = row.superseded_at is None
    people = {one.measure.recorded_by for one in found}
    people |= {who for one in proposals for who in (one.proposal.proposed_by, one.proposal.decided_by)}
    return make_response(
        render_template(
            "staff/measure.html",
            line=line,
            editions=found,
            proposals=[one.proposal for one in proposals],
            waiting=waiting,
            indicator=all_indicators().get(row.indicator),
            people=accounts.names([who for who in people if who]),
            files=visible_files({one.file.id for one in found if one.file}, actor()),
            say=say,
            may_propose=stands and waiting is None and _reaches(row, Permission.OUTCOME_IMPORT),
            may_decide=waiting is not None
            and _reaches(row, Permission.OUTCOME_CONFIRM)
            and restating.may_decide(waiting, me),
            mine=waiting is not None and waiting.proposed_by == me,
            report=restating.open_report(row),
            published=_published(row),
            problems=problems or [],
            errors_on_page=bool(problems),
            typed=request.form,
            form=FlaskForm(),
        ),
        status,
    )


def _published(row: Measure) -> list[tuple[str, bool]]:
    """The published issues a value may stand in, and which of them the present person may open."""
    found = published_about(row.zone_id, row.year)
    return [
        (one.number, may(actor(), Permission.REPORT_READ) and reaches(actor(), Permission.REPORT_READ, one))
        for one in found
    ]


def _reaches(row: Measure, permission: Permission) -> bool:
    """Whether the present person holds a permission for the zone of a value."""
    zones = zones_with(actor(), permission)
    return may(actor(), permission) and (zones is None or row.zone_id in zones)


@blueprint.post("/outcomes/<int:measure_id>")
@requires(Permission.OUTCOME_IMPORT)
def restate(measure_id: int) -> ResponseReturnValue:
    """Propose a new edition of one value with a reason; a second person decides."""
    line = ledger.one(measure_id, zones_with(actor(), Permission.OUTCOME_IMPORT))
    try:
        value, denominator, reason = _typed(line)
        with transaction():
            old = ledger.one(measure_id, zones_with(actor(), Permission.OUTCOME_IMPORT)).measure
            restating.propose(
                old,
                value,
                denominator=denominator,
                reason=reason,
                evidence=request.form.get("evidence", ""),
                actor_id=actor().user_id or 0,
            )
            audit.record(visit(), "outcome:propose", about=f"{old.indicator} {old.year}", reason=reason)
    except Invalid as invalid:
        return _page(line, list(invalid.problems), 422)
    flash(_("정정을 요청했습니다. 다른 승인권자가 승인하면 새 값이 됩니다."), "success")
    return redirect(url_for("staff.measure", measure_id=measure_id))


@blueprint.get("/outcomes/restatements")
@requires(Permission.OUTCOME_READ)
def restatements() -> ResponseReturnValue:
    """What waits for a decision."""
    lines = restating.waiting(readable())
    return render_template(
        "staff/restatements.html",
        lines=lines,
        people=accounts.names([line.proposal.proposed_by for line in lines]),
        indicators=all_indicators(),
        zone_name=zone_name,
        say=say,
    )


@blueprint.post("/outcomes/restatements/<int:proposal_id>/accept")
@requires(Permission.OUTCOME_CONFIRM)
def accept_restatement(proposal_id: int) -> ResponseReturnValue:
    """Write the new edition somebody else proposed; the old one stays visible."""
    with transaction():
        line = restating.one(proposal_id, zones_with(actor(), Permission.OUTCOME_CONFIRM))
        new = restating.accept(line.proposal, actor_id=actor().user_id or 0)
        about = f"{line.measure.indicator} {line.measure.year}"
        audit.record(visit(), "outcome:restate", about=about, reason=line.proposal.reason)
        new_id = new.id
    flash(_("정정했습니다. 앞의 값은 이력에 남아 있습니다."), "success")
    return redirect(url_for("staff.measure", measure_id=new_id))


@blueprint.post("/outcomes/restatements/<int:proposal_id>/refuse")
@requires(Permission.OUTCOME_CONFIRM)
def refuse_restatement(proposal_id: int) -> ResponseReturnValue:
    """Keep the value, with the reason."""
    zones = zones_with(actor(), Permission.OUTCOME_CONFIRM)
    measure_id = restating.one(proposal_id, zones).measure.id
    answer = request.form.get("answer", "")
    try:
        with transaction():
            line = restating.one(proposal_id, zones)
            restating.refuse(line.proposal, answer, actor_id=actor().user_id or 0)
            about = f"{line.measure.indicator} {line.measure.year}"
            audit.record(visit(), "outcome:refuse", about=about, reason=answer[:500])
    except Invalid as invalid:
        return _page(ledger.one(measure_id, readable()), list(invalid.problems), 422)
    flash(_("정정을 승인하지 않았습니다. 값은 그대로입니다."), "success")
    return redirect(url_for("staff.measure", measure_id=measure_id))


@blueprint.post("/outcomes/restatements/<int:proposal_id>/withdraw")
@requires(Permission.OUTCOME_IMPORT)
def withdraw_restatement(proposal_id: int) -> ResponseReturnValue:
    """Take one's own proposal back."""
    with transaction():
        line = restating.one(proposal_id, zones_with(actor(), Permission.OUTCOME_IMPORT))
        restating.withdraw(line.proposal, actor_id=actor().user_id or 0)
        audit.record(visit(), "outcome:withdraw", about=f"{line.measure.indicator} {line.measure.year}")
        measure_id = line.measure.id
    flash(_("정정 요청을 거두었습니다."), "success")
    return redirect(url_for("staff.measure", measure_id=measure_id))


def _typed(line: Line) -> tuple[Decimal, Decimal | None, str]:
    """The new value, its denominator and the reason. Raises Invalid with every problem."""
    indicator, reason, problems = all_indicators()[line.measure.indicator], request.form.get("reason", "").strip(), []
    numbers: dict[str, Decimal | None] = {}
    for name in ("value", "denominator"):
        try:
            typed = request.form.get(name, "")[:40]
            numbers[name] = cells.read_value(typed, indicator, indicator.unit_label.ko).value if typed.strip() else None
        except cells.CellRefused as refused:
            problems.append(Problem(name, refused.sentence))
    if numbers.get("value") is None and not problems:
        problems.append(Problem("value", Sentence("새 값을 적어 주세요.", "Write the new value.")))
    if not is_answer(reason):
        problems.append(Problem("reason", Sentence("정정 사유를 5자 이상 적어 주세요.", "Give the reason in five letters or more.")))  # fmt: skip
    value = numbers.get("value")
    if value is not None and not problems and not request.form.get("sure"):
        problems += _doubts(line.measure, indicator, value, numbers.get("denominator"))
    if problems or value is None:
        raise Invalid(problems)
    return value, numbers.get("denominator"), reason


def _doubts(row: Measure, indicator: Indicator, value: Decimal, denominator: Decimal | None) -> list[Problem]:
    """What the entry checks ask about; ticking the box answers them, and the reason is kept with the value."""
    firms = [row.organization_id] if row.organization_id else []
    earlier = standing_measures(firms, [row.zone_id], [row.year - 1])
    before = earlier.get((row.zone_id, row.organization_id or 0, row.indicator, row.year - 1, row.scope))
    entry = Entry(indicator, row.year, value, denominator, before.value if before else None)
    return [Problem("sure", finding.sentence) for finding in check(entry, clock.today().year)]
