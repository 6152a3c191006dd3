"""The demo is complete, true to its rules, and the same however often it is built."""

import hashlib
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest
from sqlalchemy import func, select

from backoffice.access.permissions import OFFICE
from backoffice.accounts.models import User
from backoffice.accounts.services import sign_in
from backoffice.app import create_app
from backoffice.cases.models import Attachment, Case, CaseZone
from backoffice.core import clock, outbox
from backoffice.core.audit import AccessEvent
from backoffice.core.db import db, transaction
from backoffice.core.errors import Refused
from backoffice.demo import ground, sources
from backoffice.demo.build import accounts, reset
from backoffice.demo.deeds import act
from backoffice.demo.society import PASSWORD
from backoffice.engine.chain import verify
from backoffice.engine.spine import History
from backoffice.funding.models import Agreement, BudgetLine, Expenditure, Instalment, Reservation, Settlement
from backoffice.organizations.queries import zones
from backoffice.outcomes.models import Measure
from backoffice.programs.queries import open_calls
from tests.demo.conftest import Built
from tests.demo.content import digests
from tests.machine import settings_for
from tests.mold import build_on, empty_office
from workflows import catalogue
from workflows.roles import Role


def test_every_state_of_the_programs_the_demo_tells_about_is_inhabited(standing: Built) -> None:
    lived_in = {(name, state) for name, state in db.session.execute(select(Case.workflow, Case.state).distinct())}
    told = {name for name, _ in lived_in}
    states = {(one.workflow, state) for one in catalogue.workflows() if one.workflow in told for state in one.states}
    assert states == lived_in
    assert {plan.workflow for plan in sources.calls().calls} <= told


def test_every_history_is_whole(standing: Built) -> None:
    checked, breaks = verify(db.session)
    assert breaks == []
    assert checked > 120


def test_every_zone_leads_cases(standing: Built) -> None:
    query = (
        select(CaseZone.zone_id, func.count().label("cases")).where(CaseZone.lead.is_(True)).group_by(CaseZone.zone_id)
    )
    led = {row.zone_id: row.cases for row in db.session.execute(query)}
    assert {zone.id for zone in zones()} == set(led)
    assert min(led.values()) >= 5


def test_building_again_changes_nothing(standing: Built) -> None:
    before = digests()
    db.session.remove()
    assert build_on(standing.app, standing.day) < 5
    assert digests() == before


def test_a_demo_that_was_killed_half_way_is_built_anew_and_the_same(standing: Built, tmp_path: Path) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("compared on SQLite")
    expected = standing.fresh
    again = empty_office(tmp_path)
    steps = [mock.DEFAULT] * 200 + [KeyboardInterrupt]
    with mock.patch("backoffice.demo.play.act", wraps=act, side_effect=steps), pytest.raises(KeyboardInterrupt):
        build_on(again, standing.day)
    build_on(again, standing.day)
    with again.app_context():
        found = digests()
        db.session.remove()
    assert [name for name in expected if found[name] != expected[name]] == []


def test_budgets_agreements_and_payments_add_up(standing: Built) -> None:
    for line in db.session.scalars(select(BudgetLine)):
        held = select(func.coalesce(func.sum(Reservation.amount), 0)).where(
            Reservation.budget_line_id == line.id, Reservation.released_at.is_(None)
        )
        under = select(
            func.coalesce(func.sum(Agreement.amount - Agreement.released), 0),
            func.coalesce(func.sum(Agreement.disbursed), 0),
        ).join(Case, Case.id == Agreement.case_id)
        concluded = under.where(Case.call_id == line.call_id, Agreement.concluded_at.is_not(None))
        assert line.reserved == db.session.scalar(held)
        assert (line.committed, line.disbursed) == tuple(db.session.execute(concluded).one())
    for agreement in db.session.scalars(select(Agreement).where(Agreement.concluded_at.is_not(None))):
        parts = list(db.session.scalars(select(Instalment).where(Instalment.agreement_id == agreement.id)))
        assert sum(part.amount for part in parts) == agreement.amount
        assert sum(part.amount for part in parts if part.paid_at) == agreement.disbursed
        assert all(part.paid_by != part.ordered_by for part in parts if part.paid_at)


def test_accounts_are_settled_to_the_won(standing: Built) -> None:
    settled = list(db.session.scalars(select(Settlement)))
    for account in settled:
        spent = select(func.sum(Expenditure.amount)).where(Expenditure.agreement_id == account.agreement_id)
        assert account.spent == db.session.scalar(spent)
        assert account.recognised + account.recovery == account.disbursed
    assert {account.recovery > 0 for account in settled} == {True, False}


def test_every_attachment_is_in_the_store_and_is_what_it_says(standing: Built) -> None:
    store = standing.app.extensions["files"]
    contents = {(row.sha256, row.size) for row in db.session.execute(select(Attachment.sha256, Attachment.size))}
    assert len(contents) > 100
    for sha256, size in contents:
        content = store.read(sha256)
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (sha256, size)


def test_nothing_of_the_past_is_waiting_and_no_deadline_is_broken(standing: Built) -> None:
    waiting = select(func.count()).select_from(outbox.Job).where(outbox.Job.status != outbox.DONE)
    assert db.session.scalar(waiting) == 0
    day = standing.day
    with clock.travelling(clock.seoul(day.year, day.month, day.day, 0, 1)):
        assert standing.app.extensions["engine"].breach() == 0
    assert clock.in_seoul(db.session.scalars(select(func.max(History.at))).one()).date() < day


def test_one_call_takes_applications_and_closes_at_the_end_of_a_day(standing: Built) -> None:
    day = standing.day
    with clock.travelling(clock.seoul(day.year, day.month, day.day, 10)):
        (call,) = (call for call in open_calls() if call.host_case_id is None)
    closing = clock.in_seoul(call.closes_at)
    assert timedelta(days=10) <= closing.date() - day <= timedelta(days=18)
    assert f"{closing:%H:%M}" == "23:59"


def test_people_work_on_working_days(standing: Built) -> None:
    moments = db.session.scalars(select(History.at).where(History.actor_id.is_not(None)))
    days = Counter(clock.in_seoul(moment).weekday() >= 5 for moment in moments)
    assert days[True] <= days[False] // 50


def test_every_printed_account_signs_in_and_every_role_is_there(standing: Built) -> None:
    printed = accounts()
    with transaction():
        assert all(sign_in(one.email, PASSWORD).email == one.email for one in printed)
    wanted = set(Role) - {Role.SYSTEM, Role.SUPPLIER}
    assert {one.role for one in printed} == wanted
    assert "applicant.nanomeditech@demo.example" in {one.email for one in printed}


def test_outcomes_are_booked_for_firms_and_zones_and_one_was_restated(standing: Built) -> None:
    firms = select(func.count(Measure.organization_id.distinct()))
    assert (db.session.scalar(firms) or 0) >= 10
    wide = select(func.count(Measure.zone_id.distinct())).where(Measure.attribution == "zone")
    assert db.session.scalar(wide) == 14
    assert db.session.scalar(select(func.max(Measure.edition))) == 2


def test_whoever_acted_had_looked_before(standing: Built) -> None:
    looked = set(db.session.scalars(select(AccessEvent.actor_id).where(AccessEvent.act == "case:read")))
    staff = select(History.actor_id).where(History.role.in_(OFFICE), History.actor_id.is_not(None))
    assert looked <= set(db.session.scalars(staff))
    assert len(looked) > 15


def test_the_build_is_quick(standing: Built, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\ndemo built on {db.engine.dialect.name} in {standing.seconds:.1f} s (wanted: under 60)\n")
    assert standing.seconds > 0


def test_nobodys_own_data_is_touched(tmp_path: Path) -> None:
    app = empty_office(tmp_path)
    with app.app_context():
        with transaction():
            db.session.add(User(email="somebody@example.kr", name="누군가", password_hash="x"))
        with pytest.raises(Refused) as refused:
            reset(app)
        assert refused.value.reasons[0].code == "not_a_demo"
        assert ground.survey("any") is ground.Ground.FOREIGN
        db.session.remove()


def test_outside_of_demo_mode_nothing_is_built(tmp_path: Path) -> None:
    app = create_app(settings_for(tmp_path).model_copy(update={"demo": False}))
    with pytest.raises(Refused):
        reset(app)
