"""One step on many cases through the pages: preview, result of every row, undo, and nothing twice."""

from flask import Flask
from sqlalchemy import func, select

from backoffice.cases import bulk
from backoffice.cases.models import BulkRun, Case
from backoffice.cases.services import start_draft
from backoffice.core.db import db, transaction
from backoffice.engine.spine import History
from backoffice.organizations.models import Organization
from backoffice.programs.models import Call
from tests.browse import Page, Person
from tests.jobs.desk import run_kinds
from tests.make import make_user
from tests.queries import counted
from tests.story import Way, days_later
from workflows.roles import Role

START = "joint_rbd_planning:start_screening"


def people(app: Flask, cases: int = 3) -> tuple[list[Way], Person]:
    """Submitted cases of one call, and the zone's officer at a browser."""
    with app.app_context():
        first = Way(app.extensions["engine"]).submitted()
        stories = [first, *(Way(first.engine, call=first.call).submitted() for _ in range(cases - 1))]
        email = make_user(Role.ZONE_STAFF, zone_code="GS-GIMHAE").email
        db.session.remove()
    return stories, Person(app, email)


def references(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Case.reference).order_by(Case.reference)))


def chosen(person: Person, *cases: str, step: str = START, everything: bool = False) -> Page:
    """Tick rows in the queue and ask for the preview."""
    page = person.get("/staff/?box=all&sort=reference")
    form = page.form("/staff/bulk")
    data = {"csrf_token": form.fields["csrf_token"], "filter": form.fields["filter"], "step": step, "case": list(cases)}
    return person.post("/staff/bulk", {**data, "all": "yes"} if everything else data)


def states(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Case.state).order_by(Case.reference)))


def test_a_bulk_step_shows_who_can_and_who_cannot_and_then_does_it_row_by_row(app: Flask) -> None:
    stories, officer = people(app)
    names = references(app)
    with days_later(11):
        with app.app_context():
            stories[0].do("start_screening", stories[0].zone_staff)
            db.session.remove()
        page = chosen(officer, *names)
        assert "3건 가운데 2건을 처리할 수 있습니다" in page.text
        assert "지금은 '사전검토' 단계입니다" in page.text.replace("Eligibility screening", "")
        done = officer.submit(page, "/bulk/run")
        assert "처리됨 2" in done.text
    assert states(app) == ["screening"] * 3


def test_the_same_bulk_form_sent_twice_does_everything_once(app: Flask) -> None:
    _, officer = people(app)
    with days_later(11):
        page = chosen(officer, *references(app))
        first = officer.submit(page, "/bulk/run")
        second = officer.submit(page, "/bulk/run")
    assert first.address == second.address
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(BulkRun)) == 1
        query = select(func.count()).select_from(History).where(History.action == "start_screening")
        assert db.session.scalar(query) == 3


def test_a_row_somebody_moved_after_the_preview_is_left_alone_and_says_why(app: Flask) -> None:
    stories, officer = people(app)
    with days_later(11):
        page = chosen(officer, *references(app))
        with app.app_context():
            stories[1].do("withdraw", stories[1].applicant, reason="사정이 생겨 철회합니다.")
            db.session.remove()
        done = officer.submit(page, "/bulk/run")
        assert "처리됨 2 · 처리 안 됨 1" in done.text
        assert "먼저 처리하여" in done.text
        again = officer.submit(done, "/staff/bulk")
        assert "1건 가운데 0건을 처리할 수 있습니다" in again.text
    assert sorted(states(app)) == ["screening", "screening", "withdrawn"]


def test_a_bulk_step_is_taken_back_as_a_whole_within_its_window(app: Flask) -> None:
    stories, officer = people(app)
    with days_later(11):
        done = officer.submit(chosen(officer, *references(app)), "/bulk/run")
        assert "되돌리기" in done.text
        with app.app_context():
            stories[0].do("withdraw", stories[0].applicant, reason="사정이 생겨 철회합니다.")
            db.session.remove()
        undone = officer.submit(done, "/undo")
        assert "되돌림 2 · 되돌리지 못함 1" in undone.text
    assert sorted(states(app)) == ["submitted", "submitted", "withdrawn"]


def test_all_rows_of_the_filter_means_all_and_never_a_foreign_zone(app: Flask) -> None:
    stories, _ = people(app)
    with app.app_context():
        email = make_user(Role.ZONE_STAFF, zone_code="GS-POHANG").email
        inside = make_user(Role.ZONE_STAFF, zone_code="GS-CHEONGJU").email
        db.session.remove()
    stranger, neighbour = Person(app, email), Person(app, inside)
    with days_later(11):
        token = stranger.get("/staff/").form("/language").fields["csrf_token"]
        data = {"csrf_token": token, "filter": "box=all", "step": START, "all": "yes", "case": references(app)}
        assert "처리할 건을 하나 이상 골라 주세요" in stranger.post("/staff/bulk", data).text
        assert "3건 가운데 3건" in chosen(neighbour, everything=True).text
    assert len(stories) == 3


def test_a_step_that_asks_for_something_asks_once_and_names_what_is_wrong(app: Flask) -> None:
    stories, _ = people(app, cases=2)
    with app.app_context(), days_later(11):
        stories[0].screened().reviewed()
        stories[1].screened().reviewed()
        email = stories[0].approver.email
        db.session.remove()
    approver = Person(app, email)
    with days_later(11):
        page = chosen(approver, *references(app), step="joint_rbd_planning:reject")
        wrong = approver.submit(page, "/bulk/run", feedback="")
        assert wrong.status == 422
        assert states(app) == ["deliberation"] * 2
        right = approver.submit(wrong, "/bulk/run", feedback="다음에는 시장 분석을 보완해 주세요.")
        assert "처리됨 2" in right.text
    assert states(app) == ["not_selected"] * 2


def test_nothing_is_done_without_a_choice(app: Flask) -> None:
    _, officer = people(app, cases=1)
    assert "처리할 건을 하나 이상 골라 주세요" in chosen(officer).text
    assert "일괄로 할 처리를 골라 주세요" in chosen(officer, *references(app), step="nothing").text


def test_companies_and_readers_have_no_bulk_steps(app: Flask) -> None:
    stories, _ = people(app, cases=1)
    with app.app_context():
        emails = [make_user(Role.MINISTRY).email, stories[0].applicant.email]
        db.session.remove()
    for email in emails:
        person = Person(app, email)
        page = person.get("/")
        token = page.form("/language").fields["csrf_token"]
        assert person.post("/staff/bulk", {"csrf_token": token, "step": START}).status == 403


def test_the_result_of_somebody_elses_run_does_not_exist(app: Flask) -> None:
    _, officer = people(app, cases=1)
    with app.app_context():
        other = make_user(Role.ZONE_STAFF, zone_code="GS-GIMHAE").email
        db.session.remove()
    with days_later(11):
        done = officer.submit(chosen(officer, *references(app)), "/bulk/run")
    assert Person(app, other).get(done.address).status == 404


def drafts(app: Flask, stories: list[Way], number: int) -> None:
    with app.app_context():
        with transaction():
            case = db.session.get_one(Case, stories[0].case_id)
            call = db.session.get_one(Call, case.call_id)
            lead = db.session.get_one(Organization, case.lead_organization_id)
            for place in range(number):
                row = start_draft(stories[0].engine, call, lead, stories[0].applicant, key=f"many {place}")
                row.private = False
        db.session.remove()


def test_a_preview_of_many_cases_asks_the_database_as_often_as_one_of_few(app: Flask) -> None:
    stories, officer = people(app, cases=2)
    drafts(app, stories, 60)
    with days_later(11):
        names = references(app)
        few, many = [name for name in names if "-D" not in name][:2], names
        officer.get("/staff/")
        sizes = []
        for group in (few, many):
            with app.app_context(), counted() as seen:
                assert chosen(officer, *group).status == 200
            sizes.append(len(seen))
    assert sizes[0] == sizes[1]


def test_more_than_two_hundred_rows_are_a_job_whose_progress_the_page_shows(app: Flask) -> None:
    stories, officer = people(app, cases=1)
    drafts(app, stories, bulk.AT_ONCE + 5)
    with app.app_context():
        rows = {row.id: row.revision for row in db.session.execute(select(Case.id, Case.revision))}
        with transaction():
            run = bulk.start(
                "a" * 32, stories[0].zone_staff, "joint_rbd_planning", "start_screening", rows=rows, typed=None
            )
            run_id = run.id
        email = stories[0].zone_staff.email
        db.session.remove()
    page = Person(app, email).get(f"/staff/bulk/{'a' * 32}")
    assert f"{len(rows)}건 가운데 0건을 마쳤습니다" in page.text
    with days_later(11):
        run_kinds(app, "bulk")
    with app.app_context():
        assert bulk.counts(run_id) == {"done": 1, "refused": len(rows) - 1}
    assert officer.get("/staff/").status == 200
