"""The list of issues of all reports, and one step on many of them with a verdict for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from backoffice.access.permissions import Permission, may
from backoffice.accounts import queries as accounts
from backoffice.core import clock
from backoffice.core.errors import Invalid, OfficeError, Problem, Refused
from backoffice.core.i18n import Sentence
from backoffice.organizations import queries as organizations
from backoffice.reports import gaps, issuing, shelf
from backoffice.web.access import actor, requires
from backoffice.web.case_page import zone_name
from backoffice.web.report_issues import NEEDED, choices, take
from backoffice.web.report_words import ACTS, STATES, place_name
from backoffice.web.reports import FIRST_YEAR, blueprint, readable_zones

AT_ONCE = (issuing.REQUEST, issuing.APPROVE, issuing.PUBLISH)
"""The steps that can be taken on many issues."""
MOST = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One issue in a preview or a result: what it says to the step; nothing is a yes."""

    line: shelf.Line
    said: tuple[Sentence, ...]

    @property
    def ok(self) -> bool:
        return not self.said


def wanted() -> shelf.Filter:
    """The filter the address asks for; what it cannot mean is left out."""
    args = request.args
    state = args.get("state", "")
    return shelf.Filter(
        year=args.get("year", type=int),
        zone=args.get("zone", "")[:20],
        state=state if state in STATES else "",
        page=max(1, args.get("page", 1, type=int)),
    )


def _address(**changes: object) -> str:
    """The list's address with some of its filter changed."""
    arguments = {**request.args.to_dict(), **changes}
    kept: dict[str, Any] = {name: value for name, value in arguments.items() if value not in (None, "")}
    return url_for("reports.issues", **kept)


@blueprint.get("/issues")
@requires(Permission.REPORT_READ)
def issues() -> ResponseReturnValue:
    """Every issue somebody may see, by year, zone and state."""
    return _list_page()


def _list_page(problems: Sequence[Problem] = ()) -> ResponseReturnValue:
    filter_, allowed = wanted(), readable_zones()
    body = render_template(
        "staff/report_issues.html",
        page=shelf.page(filter_, actor()),
        filter=filter_,
        zones=[(row.code, zone_name(row)) for row in organizations.zones() if allowed is None or row.id in allowed],
        all_zones=allowed is None,
        years=range(clock.today().year, FIRST_YEAR - 1, -1),
        states=STATES,
        place_name=place_name,
        paged=lambda number: _address(page=number),
        filtered=bool(request.args),
        acts={act: ACTS[act] for act in AT_ONCE if may(actor(), NEEDED[act])},
        problems=problems,
        errors_on_page=bool(problems),
        form=FlaskForm(),
    )
    return make_response(body, 422 if problems else 200)


@blueprint.post("/issues")
@requires(Permission.REPORT_READ)
def many() -> ResponseReturnValue:
    """What each of the chosen issues says to a step; confirmed, the step on those that can, each by itself."""
    act = request.form.get("act", "")
    lines = shelf.these(request.form.getlist("issue")[:MOST], actor())
    if act not in AT_ONCE or not lines or not may(actor(), NEEDED[act]):
        ko = "처리와 보고서를 하나 이상 골라 주세요."
        return _list_page([Problem("issue", Sentence(ko, "Choose a step and at least one report."))])
    if request.form.get("sure") != "yes":
        return _many_page(act, _preview(act, lines), done=False)
    return _many_page(act, [_taken(act, line) for line in lines], done=True)


def _preview(act: str, lines: Sequence[shelf.Line]) -> list[Row]:
    """The same queries for one issue and for a hundred."""
    me = actor().user_id or 0
    ties, acts = accounts.delegation_ties(me), shelf.acts_of([line.issue.id for line in lines])
    live = {year: gaps.many(_places(lines, year), year) for year in {line.issue.year for line in lines}}
    rows = []
    for line in lines:
        row = line.issue
        found = live[row.year][row.zone_id] or gaps.read(row.gaps) if act == issuing.APPROVE else ()
        by = issuing.standpoint(row, acts[row.id], me, ties)
        offered = next((one for one in choices(row, by, found) if one.act == act), None)
        reasons = offered.reasons if offered else issuing.reasons_against(row, act, by)
        answered = issuing.reasons_against(row, act, by, found) if offered and not reasons else reasons
        rows.append(Row(line, tuple(one.sentence for one in answered)))
    return rows


def _places(lines: Sequence[shelf.Line], year: int) -> list[int | None]:
    return [line.issue.zone_id for line in lines if line.issue.year == year]


def _taken(act: str, line: shelf.Line) -> Row:
    """One issue, at the revision that was seen; a refusal stops no other."""
    number = line.issue.number
    seen = request.form.get(f"revision-{number}", 0, type=int)
    try:
        take(number, act, "", seen)
    except Refused as refused:
        return Row(shelf.one(number, actor()), tuple(one.sentence for one in refused.reasons))
    except (Invalid, OfficeError) as other:
        return Row(shelf.one(number, actor()), (other.sentence,))
    return Row(shelf.one(number, actor()), ())


def _many_page(act: str, rows: Sequence[Row], *, done: bool) -> ResponseReturnValue:
    body = render_template(
        "staff/report_many.html",
        act=act,
        label=ACTS[act],
        rows=rows,
        open=[row for row in rows if row.ok],
        done=done,
        states=STATES,
        place_name=place_name,
        form=FlaskForm(),
    )
    return make_response(body)
