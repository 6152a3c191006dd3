"""Cases change their version through the pages: one person asks, another looks and decides, a job moves them and tells each."""

from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import func, select

from backoffice.accounts.models import RoleGrant
from backoffice.accounts.queries import by_email
from backoffice.cases import moving
from backoffice.cases.models import BulkRow, Case
from backoffice.cases.versions import survey
from backoffice.core import clock
from backoffice.core.audit import AccessEvent
from backoffice.core.db import db, transaction
from backoffice.engine.chain import verify
from backoffice.engine.migrating import migrate_case
from backoffice.engine.spine import MIGRATION, History
from backoffice.programs.services import publish_workflow
from tests.browse import Page, Person
from tests.crowd import make_cases, make_crowd
from tests.jobs.desk import run_jobs
from tests.make import make_user
from tests.queries import counted
from tests.versions import PLANNING, RENAMED, loaded, next_version
from workflows.roles import Role

COMPARISON = f"/admin/workflows/{PLANNING}/1/2"
REASON = "개정된 지침에 따라 사전검토의 이름을 바꿉니다."


@dataclass
class Office:
    """Three cases of version 1, a version 2 that calls their state otherwise, and the people."""

    app: Flask
    asker: Person
    decider: Person
    decider_email: str
    cases: list[int]

    def asked(self, **typed: str) -> Page:
        page = self.asker.get(COMPARISON)
        return self.asker.submit(page, "/moves", **{"to-screening": "eligibility", "reason": REASON, **typed})

    def went(self, address: str, **typed: str) -> Page:
        return self.decider.submit(self.decider.get(address), "/go", **{"sure": "yes", **typed})

    def versions(self) -> list[int]:
        with self.app.app_context():
            found = list(db.session.scalars(select(Case.workflow_version).order_by(Case.id)))
            db.session.remove()
            return found

    def moves(self) -> int:
        with self.app.app_context():
            found = db.session.scalar(select(func.count()).select_from(History).where(History.kind == MIGRATION))
            db.session.remove()
            return int(found or 0)


@pytest.fixture
def office(app: Flask) -> Office:
    with app.app_context():
        crowd = make_crowd(app.extensions["engine"])
        cases = make_cases(crowd, 3, state="screening")
        with transaction():
            publish_workflow(loaded(next_version(*RENAMED)), None)
        asker, decider = make_user(Role.HQ_STAFF), make_user(Role.APPROVER)
        db.session.remove()
    return Office(app, Person(app, asker.email), Person(app, decider.email), decider.email, cases)


def test_one_asks_another_carries_out_and_every_case_has_its_row(office: Office) -> None:
    page = office.asked()
    assert "요청했습니다" in page.text
    assert office.versions() == [1, 1, 1]
    done = office.went(page.address)
    assert "이관을 시작했습니다" in done.text
    run_jobs(office.app)
    assert office.versions() == [2, 2, 2]
    assert office.moves() == 3
    result = office.decider.get(page.address)
    assert "옮김 3" in result.text
    with office.app.app_context():
        for case_id in office.cases:
            row = db.session.get_one(Case, case_id)
            assert row.state == "eligibility"
            written = db.session.scalars(
                select(History).where(History.case_id == case_id, History.kind == MIGRATION)
            ).one()
            assert REASON in str(written.input)
        assert verify(db.session()) == (3, [])
        acts = set(db.session.scalars(select(AccessEvent.act).where(AccessEvent.act.like("workflow:%"))))
        assert acts == {"workflow:ask-migrate", "workflow:decide-migrate", "workflow:migrate"}


def test_whoever_asked_cannot_carry_it_out(office: Office) -> None:
    page = office.asked()
    assert not [form for form in page.forms() if str(form.get("action")).endswith("/go")]
    token = page.form("/refuse").fields["csrf_token"]
    with office.app.app_context():
        run = moving.run_of(page.address.rpartition("/")[2])
        shown = moving.seen(survey(moving.plan_of(office.app.extensions["engine"], run)))
    answer = office.asker.post(f"{page.address}/go", {"csrf_token": token, "sure": "yes", "shown": shown})
    assert (answer.status, office.versions()) == (409, [1, 1, 1])
    assert "다른 담당자가" in answer.text


def test_nothing_is_asked_for_while_a_case_has_nowhere_to_go_and_what_was_typed_stays(office: Office) -> None:
    page = office.asked(**{"to-screening": ""})
    assert page.status == 422
    assert "갈 곳이 없는" in page.text
    assert page.tree.xpath("string(//textarea[@name='reason'])").strip() == REASON
    assert office.asked(reason="짧음").status == 422


def test_a_case_that_changed_since_the_preview_stops_the_run(office: Office) -> None:
    page = office.asked()
    preview = office.decider.get(page.address)
    with office.app.app_context():
        crowd = make_crowd(office.app.extensions["engine"])
        make_cases(crowd, 1, state="screening")
    answer = office.decider.submit(preview, "/go", sure="yes")
    assert answer.status == 409
    assert "달라졌습니다" in answer.text
    assert office.went(page.address).status == 200
    run_jobs(office.app)
    assert office.versions() == [2, 2, 2, 2]


def test_a_run_killed_in_between_goes_on_and_moves_nothing_twice(office: Office) -> None:
    page = office.asked()
    office.went(page.address)
    with office.app.app_context():
        engine = office.app.extensions["engine"]
        run = moving.run_of(page.address.rpartition("/")[2])
        assert migrate_case(engine, moving.plan_of(engine, run), office.cases[0], reason=REASON)
        db.session.remove()
    run_jobs(office.app)
    assert (office.versions(), office.moves()) == ([2, 2, 2], 3)
    assert "옮김 3" in office.decider.get(page.address).text


def test_a_case_that_cannot_go_any_more_says_why_and_the_others_go(office: Office) -> None:
    page = office.asked()
    office.went(page.address)
    with office.app.app_context(), transaction():
        db.session.get_one(Case, office.cases[1]).workflow_version = 3
    run_jobs(office.app)
    result = office.decider.get(page.address)
    assert "옮김 2 · 옮기지 않음 1" in result.text
    assert "그 사이에 처리되었거나" in result.text


def test_a_job_asks_for_the_rights_its_decider_has_now(office: Office) -> None:
    page = office.asked()
    office.went(page.address)
    with office.app.app_context(), transaction():
        person = by_email(office.decider_email)
        assert person is not None
        for held in db.session.scalars(select(RoleGrant).where(RoleGrant.user_id == person.id)):
            held.revoked_at = clock.now()
    run_jobs(office.app)
    assert (office.versions(), office.moves()) == ([1, 1, 1], 0)


def test_a_double_click_is_one_run_and_a_request_can_be_taken_back(office: Office) -> None:
    asking = office.asker.get(COMPARISON)
    typed = {"to-screening": "eligibility", "reason": REASON}
    first, second = (office.asker.submit(asking, "/moves", **typed) for _ in range(2))
    assert first.address == second.address
    assert "거두었습니다" in office.asker.submit(first, "/refuse").text
    assert "거둔 요청" in office.decider.get(first.address).text
    again = office.asked()
    deciding = office.decider.get(again.address)
    for _ in range(2):
        assert office.decider.submit(deciding, "/go", sure="yes").status == 200
    with office.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(BulkRow)) == 3


def test_only_rights_for_all_zones_ask_or_carry_out(office: Office) -> None:
    page = office.asked()
    with office.app.app_context():
        limited = make_user(Role.HQ_STAFF, zone_code="GS-GIMHAE").email
        officer = make_user(Role.ZONE_STAFF, zone_code="GS-GIMHAE").email
        auditor = make_user(Role.AUDITOR, zone_code="GS-POHANG").email
    person = Person(office.app, limited)
    seen = person.get(page.address)
    assert not [form for form in seen.forms() if "/moves/" in str(form.get("action"))]
    token = seen.form("/language").fields["csrf_token"]
    for act in ("go", "refuse"):
        assert person.post(f"{page.address}/{act}", {"csrf_token": token, "sure": "yes"}).status == 403
    assert Person(office.app, officer).client.get(page.address).status_code == 403
    with office.app.app_context():
        reference = db.session.get_one(Case, office.cases[0]).reference
    assert reference not in Person(office.app, auditor).get(page.address).text
    assert reference in office.decider.get(page.address).text


def test_the_pages_cost_the_same_for_many_cases(office: Office) -> None:
    page = office.asked()

    def cost(address: str) -> int:
        with office.app.app_context():
            office.decider.get(address)
            with counted() as sent:
                office.decider.get(address)
        return len(sent)

    few = cost(page.address)
    with office.app.app_context():
        make_cases(make_crowd(office.app.extensions["engine"]), 60, state="screening")
    assert cost(page.address) == few <= 20
    office.went(page.address)
    run_jobs(office.app)
    assert cost(page.address) <= 20
