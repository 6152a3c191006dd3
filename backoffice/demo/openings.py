"""The calls of the demo: announced in the order of their opening, each with criteria, money and a panel."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from backoffice.core import clock, periods
from backoffice.core.db import transaction
from backoffice.demo import sources
from backoffice.demo.moments import World, roll_back
from backoffice.demo.society import Society
from backoffice.demo.sources import CallPlan
from backoffice.funding.services import set_budget
from backoffice.programs.services import NewCall, NewCriterion, create_call, publish_call
from backoffice.reviews.services import compose_panel

MILLION = 1_000_000
NOTICE = timedelta(days=6)
"""How long before its opening a call is written and published."""


@dataclass(frozen=True, slots=True)
class Announced:
    """A call that exists."""

    plan: CallPlan
    id: int
    year: int
    opens: date
    closes: date


def opening_day(plan: CallPlan, world: World) -> date:
    """The working day a call opens on."""
    opens = plan.opens
    if opens.ago is not None:
        return periods.roll_forward(world.day - timedelta(days=opens.ago))
    return periods.roll_forward(date(world.reported_year + opens.years, opens.month, opens.day))


def announce(society: Society, world: World) -> dict[str, Announced]:
    """Create every call: key -> call. A call that has not opened yet is announced before the build day all the same."""
    plans = sorted(sources.calls().calls, key=lambda plan: opening_day(plan, world))
    rounds: Counter[int] = Counter()
    announced: dict[str, Announced] = {}
    for plan in plans:
        opens = opening_day(plan, world)
        if plan.own:
            closes = periods.roll_forward(opens + timedelta(days=plan.days))
            announced[plan.key] = Announced(plan, 0, opens.year, opens, closes)
            continue
        rounds[opens.year] += not plan.title_ko
        written = roll_back(min(opens - NOTICE, world.day - timedelta(days=1)))
        with clock.travelling(_at(written, 10, 0)):
            announced[plan.key] = _announce(plan, society, opens, number=rounds[opens.year])
    return announced


def _announce(plan: CallPlan, society: Society, opens: date, *, number: int) -> Announced:
    closes = periods.roll_forward(opens + timedelta(days=plan.days))
    with transaction():
        call = create_call(
            _new_call(plan, _at(opens, 9, 0), _at(closes, 23, 59), number=number), society.actors["hq_staff.hq"].user_id
        )
        if plan.budget:
            set_budget(call.id, plan.budget * MILLION)
        if plan.panel:
            members = [society.actors[seat].user_id or 0 for seat in plan.panel]
            compose_panel(call, society.actors[plan.chair].user_id or 0, members)
        if plan.published:
            publish_call(call)
        return Announced(plan, call.id, call.year, opens, closes)


def _at(day: date, hour: int, minute: int) -> datetime:
    return clock.seoul(day.year, day.month, day.day, hour, minute)


def _new_call(plan: CallPlan, opens_at: datetime, closes_at: datetime, *, number: int) -> NewCall:
    texts, year = sources.calls(), clock.in_seoul(opens_at).year
    words = {"year": year, "number": number, "theme_ko": plan.theme_ko, "theme_en": plan.theme_en}
    return NewCall(
        workflow=plan.workflow,
        year=year,
        title_ko=(plan.title_ko or texts.title_ko).format_map(words),
        title_en=(plan.title_en or texts.title_en).format_map(words),
        summary_ko=(plan.summary_ko or texts.summary_ko).format_map(words),
        summary_en=(plan.summary_en or texts.summary_en).format_map(words),
        opens_at=opens_at,
        closes_at=closes_at,
        max_amount=plan.max_amount * MILLION,
        grace_minutes=plan.grace,
        expected_awards=plan.awards,
        presentation=plan.presentation,
        contact=texts.contact,
        deadline_settings=dict(plan.deadlines),
        criteria=[
            NewCriterion(item.code, item.ko, item.en, item.points, item.hint_ko, item.hint_en)
            for item in (texts.criteria if plan.published and plan.panel else ())
        ],
    )
