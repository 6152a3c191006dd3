"""Cases handed over through the pages: preview, reasons, result of every row, and what stays behind."""

from flask import Flask
from sqlalchemy import select

from backoffice.cases.models import Case
from backoffice.core.audit import AccessEvent
from backoffice.core.db import db
from backoffice.correspondence.models import CaseNote
from tests.browse import Page, Person
from tests.crowd import make_cases, make_crowd
from tests.make import make_user
from workflows.roles import Role

REASON = "육아휴직으로 업무를 넘깁니다."


class Office:
    """Three cases of one zone, an officer of headquarters, and colleagues."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            crowd = make_crowd(app.extensions["engine"])
            ids = make_cases(crowd, 3, state="screening")
            rows = [db.session.get_one(Case, case_id) for case_id in ids]
            self.references = [row.reference for row in rows]
            self.colleague = make_user(Role.HQ_STAFF, name="박동료")
            self.stranger = make_user(Role.ZONE_STAFF, zone_code="GS-POHANG", name="최포항")
            email = crowd.officer.email
            db.session.remove()
        self.officer = Person(app, email)

    def chosen(self, *references: str, **more: str) -> Page:
        form = self.officer.get("/staff/?box=all&sort=reference").form("/staff/bulk")
        data = {name: form.fields[name] for name in ("csrf_token", "filter")}
        return self.officer.post("/staff/bulk/handler", {**data, "case": list(references), **more})

    def previewed(self, page: Page, to: int | None, reason: str = REASON) -> Page:
        return self.officer.submit(page, "/staff/bulk/handler", handler=str(to or "nobody"), reason=reason)

    def handlers(self) -> list[int | None]:
        with self.app.app_context():
            found = list(db.session.scalars(select(Case.handler_id).order_by(Case.reference)))
            db.session.remove()
            return found


def test_cases_are_handed_over_with_a_reason_that_stays_with_each_of_them(app: Flask) -> None:
    office = Office(app)
    checked = office.previewed(office.chosen(*office.references), office.colleague.user_id)
    assert "3건 가운데 3건을 넘길 수 있습니다" in checked.text
    done = office.officer.submit(checked, "/bulk/handler/run")
    assert "처리됨 3" in done.text
    assert office.handlers() == [office.colleague.user_id] * 3
    with app.app_context():
        notes = list(db.session.scalars(select(CaseNote.text)))
        logged = list(db.session.scalars(select(AccessEvent.reason).where(AccessEvent.act == "case:assign")))
    assert len(notes) == 3
    assert all(REASON in note and "미배정 → 박동료" in note for note in notes)
    assert logged == [REASON] * 3
    assert REASON in office.officer.get(f"/staff/cases/{office.references[0]}").text


def test_somebody_without_a_role_in_the_zone_cannot_receive_a_case_and_the_preview_says_so(app: Flask) -> None:
    office = Office(app)
    checked = office.previewed(office.chosen(*office.references), office.stranger.user_id)
    assert "3건 가운데 0건을 넘길 수 있습니다" in checked.text
    assert "특구의 역할이 없습니다" in checked.text
    assert office.handlers() == [None] * 3


def test_a_case_somebody_else_assigned_meanwhile_is_left_alone_and_can_be_tried_again(app: Flask) -> None:
    office = Office(app)
    checked = office.previewed(office.chosen(*office.references), office.colleague.user_id)
    with app.app_context():
        row = db.session.scalar(select(Case).where(Case.reference == office.references[1]))
        assert row is not None
        row.handler_id = office.stranger.user_id
        db.session.commit()
        db.session.remove()
    done = office.officer.submit(checked, "/bulk/handler/run")
    assert "처리됨 2 · 처리 안 됨 1" in done.text
    assert "그 사이 담당이 바뀌었습니다" in done.text
    again = office.previewed(office.officer.submit(done, "/staff/bulk/handler"), office.colleague.user_id)
    assert "1건 가운데 1건을 넘길 수 있습니다" in again.text
    office.officer.submit(again, "/bulk/handler/run")
    assert office.handlers() == [office.colleague.user_id] * 3


def test_the_same_hand_over_sent_twice_is_done_once(app: Flask) -> None:
    office = Office(app)
    checked = office.previewed(office.chosen(*office.references), office.colleague.user_id)
    first = office.officer.submit(checked, "/bulk/handler/run")
    second = office.officer.submit(checked, "/bulk/handler/run")
    assert first.address == second.address
    with app.app_context():
        assert len(list(db.session.scalars(select(CaseNote.id)))) == 3


def test_all_cases_of_a_person_are_handed_over_at_once(app: Flask) -> None:
    office = Office(app)
    office.officer.submit(
        office.previewed(office.chosen(*office.references[:2]), office.colleague.user_id), "/bulk/handler/run"
    )
    page = office.officer.get("/staff/handover")
    assert "박동료의 2건 넘기기" in page.text
    checked = office.previewed(office.officer.submit(page, "/staff/bulk/handler"), None)
    done = office.officer.submit(checked, "/bulk/handler/run")
    assert "처리됨 2" in done.text
    assert office.handlers() == [None] * 3


def test_without_a_receiver_or_a_reason_nothing_happens_and_both_are_named(app: Flask) -> None:
    office = Office(app)
    page = office.officer.submit(office.chosen(*office.references), "/staff/bulk/handler", handler="", reason="")
    assert page.status == 422
    assert "넘겨받을 사람을 골라 주세요" in page.text
    assert "사유를 다섯 글자 이상" in page.text
    number = office.previewed(office.chosen(*office.references), office.colleague.user_id, "900101-1234568 관련")
    assert number.status == 422
    assert office.handlers() == [None] * 3


def test_who_only_reads_assigns_nobody(app: Flask) -> None:
    office = Office(app)
    with app.app_context():
        email = make_user(Role.AUDITOR).email
        db.session.remove()
    person = Person(app, email)
    token = person.get("/staff/?box=all").form("/language").fields["csrf_token"]
    answer = person.post("/staff/bulk/handler", {"csrf_token": token, "case": office.references})
    assert answer.status == 403
