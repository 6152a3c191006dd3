"""What the office notes for itself no company ever reads; what it writes to the company arrives once and is seen as read."""

from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import func, select

from backoffice.access.actors import Actor
from backoffice.accounts.services import grant
from backoffice.cases.services import assign_handler
from backoffice.core.audit import AccessEvent
from backoffice.core.db import db, transaction
from backoffice.correspondence.models import CaseMessage, CaseNote
from backoffice.engine.spine import Appointment
from tests.browse import Page, Person
from tests.jobs.desk import jobs, mails, send_mails
from tests.make import make_organization, make_user
from tests.story import Way, days_later
from workflows.roles import Role

SECRET = "신용등급 확인 필요 <b>&amp; 내부</b>"
QUESTION = "견적서를\n  다시 <script>보내</script> 주세요."


@dataclass
class Desk:
    """A submitted case and the people around it."""

    app: Flask
    story: Way
    reference: str

    def person(self, who: Actor) -> Person:
        return Person(self.app, who.email)

    def office(self, who: Person) -> Page:
        return who.get(f"/staff/cases/{self.reference}")

    def portal(self, who: Person) -> Page:
        return who.get(f"/portal/cases/{self.reference}")

    def note(self, who: Person, text: str) -> Page:
        return who.submit(self.office(who), "/notes", note=text)

    def tell_company(self, who: Person, text: str) -> Page:
        return who.submit(self.office(who), "/messages", message=text)

    def tell_office(self, who: Person, text: str) -> Page:
        return who.submit(self.portal(who), "/messages", message=text)

    def count(self, model: type) -> int:
        with self.app.app_context():
            return int(db.session.scalar(select(func.count()).select_from(model)) or 0)

    def sent(self) -> list[tuple[str, str]]:
        """(address, text) of the mails about messages."""
        send_mails(self.app)
        about = [mail for mail in mails(self.app) if "메시지를 보냈습니다" in str(mail["Subject"])]
        return [(str(mail["To"]), f"{mail['Subject']} {mail.get_content()}") for mail in about]

    def handled_by(self, who: Actor) -> None:
        with self.app.app_context(), transaction():
            assign_handler([self.story.case()], who.user_id)


@pytest.fixture
def desk(app: Flask) -> Desk:
    with app.app_context():
        story = Way(app.extensions["engine"]).submitted()
        reference = story.case().reference
        db.session.remove()
    return Desk(app, story, reference)


def card(page: Page, name: str) -> str:
    found = page.tree.get_element_by_id(name, None)
    return "" if found is None else " ".join(found.text_content().split())


def appointed(desk: Desk, role: Role) -> Person:
    with desk.app.app_context():
        who = make_user(role)
        with transaction():
            db.session.add(Appointment(case_id=desk.story.case_id, user_id=who.user_id, role=role))
    return desk.person(who)


def test_a_note_is_read_by_the_office_with_author_and_time_and_by_nobody_else(desk: Desk) -> None:
    staff, hq = desk.person(desk.story.zone_staff), desk.person(desk.story.hq_staff)
    page = desk.note(staff, SECRET)
    assert "내부 메모를 남겼습니다" in page.text
    for reader in (staff, hq):
        notes = card(desk.office(reader), "notes")
        assert "내부 메모 — 신청기업에는 보이지 않습니다" in notes
        assert SECRET in notes
        assert desk.story.zone_staff.name in notes
    for company in (desk.story.applicant, desk.story.partner_user, desk.story.anchor_user):
        page = desk.portal(desk.person(company))
        assert page.status == 200
        assert "신용등급" not in page.text
        assert card(page, "notes") == ""
    assert desk.sent() == []


def test_a_case_shows_a_reviewer_and_a_chair_neither_note_nor_conversation(desk: Desk) -> None:
    staff = desk.person(desk.story.zone_staff)
    desk.note(staff, SECRET)
    desk.tell_company(staff, QUESTION)
    with days_later(11), desk.app.app_context():
        desk.story.screened()
        db.session.remove()
    people = appointed(desk, Role.REVIEWER), appointed(desk, Role.CHAIR)
    for person in people:
        for address in (f"/reviewer/cases/{desk.reference}", f"/staff/cases/{desk.reference}"):
            page = person.get(address)
            assert "신용등급" not in page.text
            assert "견적서를" not in page.text
    assert desk.office(people[1]).status == 200
    for person in people:
        token = person.get("/reviewer/").form("/language").fields["csrf_token"]
        for place, field in (("notes", "note"), ("messages", "message")):
            typed = {"csrf_token": token, field: "써 봅니다"}
            assert person.post(f"/staff/cases/{desk.reference}/{place}", typed).status in {403, 404}
    assert desk.count(CaseNote) == desk.count(CaseMessage) == 1


@pytest.mark.parametrize("role", [Role.MINISTRY, Role.AUDITOR])
def test_who_may_only_look_reads_both_and_writes_neither(desk: Desk, role: Role) -> None:
    desk.note(desk.person(desk.story.zone_staff), SECRET)
    desk.tell_office(desk.person(desk.story.applicant), QUESTION)
    with desk.app.app_context():
        onlooker = make_user(role)
    person = desk.person(onlooker)
    page = desk.office(person)
    assert SECRET in card(page, "notes")
    assert "새 메시지" in card(page, "conversation")
    assert not page.tree.xpath("//textarea")
    token = page.form("/language").fields["csrf_token"]
    for place, field in (("notes", "note"), ("messages", "message")):
        answer = person.post(f"/staff/cases/{desk.reference}/{place}", {"csrf_token": token, field: "써 봅니다"})
        assert answer.status == 403
    assert "새 메시지" in card(desk.office(desk.person(desk.story.zone_staff)), "conversation")


@pytest.mark.parametrize("role", [Role.APPROVER, Role.FINANCE, Role.ADMIN])
def test_everybody_of_the_office_may_note_and_write(desk: Desk, role: Role) -> None:
    with desk.app.app_context():
        colleague = make_user(role)
    person = desk.person(colleague)
    assert SECRET in card(desk.note(person, SECRET), "notes")
    assert "견적서를" in card(desk.tell_company(person, QUESTION), "conversation")


def test_another_zone_and_another_company_find_no_case_to_write_on(desk: Desk) -> None:
    with desk.app.app_context():
        elsewhere = make_user(Role.ZONE_STAFF, zone_code="GS-POHANG")
        stranger = make_user(Role.APPLICANT, organization=make_organization(zone_code="GS-POHANG"))
    for who, home, places in (
        (elsewhere, "/staff/", ("staff/cases/{}/notes", "staff/cases/{}/messages", "staff/cases/{}/notes/1/withdraw")),
        (stranger, "/portal/", ("portal/cases/{}/messages",)),
    ):
        person = desk.person(who)
        token = person.get(home).form("/language").fields["csrf_token"]
        for place in places:
            typed = {"csrf_token": token, "note": "써 봅니다", "message": "써 봅니다"}
            assert person.post(f"/{place.format(desk.reference)}", typed).status == 404
    company = desk.person(desk.story.applicant)
    token = desk.portal(company).form("/language").fields["csrf_token"]
    for place in ("notes", "messages"):
        assert company.post(f"/staff/cases/{desk.reference}/{place}", {"csrf_token": token}).status == 403
    assert desk.count(CaseNote) == desk.count(CaseMessage) == 0


def test_whoever_works_for_a_company_of_the_case_sees_no_note_even_as_staff(desk: Desk) -> None:
    desk.note(desk.person(desk.story.zone_staff), SECRET)
    with desk.app.app_context():
        from_both, lead = make_user(Role.HQ_STAFF), desk.story.case().lead_organization_id
        with transaction():
            grant(from_both.user_id or 0, Role.APPLICANT, organization_id=lead)
    page = desk.office(desk.person(from_both))
    assert page.status == 200
    assert "신용등급" not in page.text


def test_a_withdrawn_note_stays_without_its_words_and_only_its_author_may_withdraw_it(desk: Desk) -> None:
    author, colleague = desk.person(desk.story.zone_staff), desk.person(desk.story.hq_staff)
    page = desk.note(author, SECRET)
    action = page.form("/withdraw").get("action")
    seen = desk.office(colleague)
    assert "메모 철회" not in card(seen, "notes")
    refused = colleague.post(action, {"csrf_token": seen.form("/language").fields["csrf_token"]})
    assert refused.status == 403
    assert "자기가 남긴 메모만" in refused.text
    author.submit(page, "/withdraw")
    notes = card(desk.office(colleague), "notes")
    assert "철회된 메모" in notes
    assert f"{desk.story.zone_staff.name}, " in notes
    assert "신용등급" not in notes


def test_the_company_reads_the_foundation_and_the_office_reads_names(desk: Desk) -> None:
    staff, company = desk.person(desk.story.zone_staff), desk.person(desk.story.applicant)
    desk.tell_company(staff, QUESTION)
    desk.tell_office(company, "내일까지 보내겠습니다.")
    theirs, ours = card(desk.portal(company), "conversation"), card(desk.office(staff), "conversation")
    assert "기업이 읽습니다" in ours
    assert desk.story.zone_staff.name in ours
    assert desk.story.applicant.name in ours
    assert "견적서를" in theirs
    assert "재단 " in theirs
    assert desk.story.zone_staff.name not in desk.portal(company).text
    assert "내일까지 보내겠습니다." in card(desk.portal(desk.person(desk.story.partner_user)), "conversation")


def test_a_text_is_kept_as_typed_and_shown_escaped_with_its_line_breaks(desk: Desk) -> None:
    desk.tell_company(desk.person(desk.story.zone_staff), QUESTION.replace("\n", "\r\n"))
    with desk.app.app_context():
        assert db.session.scalars(select(CaseMessage.text)).all() == [QUESTION]
    shown = desk.portal(desk.person(desk.story.applicant)).response.get_data(as_text=True)
    assert "견적서를<br>  다시 &lt;script&gt;보내&lt;/script&gt; 주세요." in shown


def test_a_message_to_companies_orders_one_mail_each_without_its_text(desk: Desk) -> None:
    desk.tell_company(desk.person(desk.story.zone_staff), QUESTION)
    sent = desk.sent()
    people = {desk.story.applicant.email, desk.story.partner_user.email, desk.story.anchor_user.email}
    assert {address for address, _ in sent} == people
    assert len(sent) == len(people)
    assert not [text for _, text in sent if "견적서" in text or desk.story.zone_staff.name in text]
    assert all(f"/portal/cases/{desk.reference}" in text for _, text in sent)


def test_a_message_to_the_office_is_told_to_the_handler_or_else_to_the_zone(desk: Desk) -> None:
    company = desk.person(desk.story.applicant)
    desk.tell_office(company, QUESTION)
    assert {address for address, _ in desk.sent()} == {desk.story.zone_staff.email}
    desk.handled_by(desk.story.hq_staff)
    desk.tell_office(company, "하나 더 여쭙니다.")
    sent = desk.sent()
    assert sorted(address for address, _ in sent) == sorted([desk.story.zone_staff.email, desk.story.hq_staff.email])
    assert not [text for _, text in sent if "견적서" in text or "여쭙니다" in text]
    assert all(f"/staff/cases/{desk.reference}" in text for _, text in sent)


def test_a_form_sent_twice_writes_one_text_and_orders_one_mail(desk: Desk) -> None:
    staff = desk.person(desk.story.zone_staff)
    page = desk.office(staff)
    for _ in range(2):
        staff.submit(page, "/messages", message=QUESTION)
        staff.submit(page, "/notes", note=SECRET)
    with desk.app.app_context():
        assert len([job for job in jobs("mail") if job.payload["event"] == "message_to_company"]) == 1
    assert (desk.count(CaseMessage), desk.count(CaseNote)) == (1, 1)
    staff.submit(page, "/messages", message="돌아가서 고쳐 쓴 글입니다.")
    assert desk.count(CaseMessage) == 2


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "내용을 적어 주세요"),
        (" \r\n\t ", "내용을 적어 주세요"),
        ("가" * 4001, "4,000자까지 적을 수 있습니다. 지금 4,001자"),
        ("번호는 900101-1234567 입니다", "주민등록번호로 보이는 번호"),
        ("앞\x00뒤", "저장할 수 없는 문자"),
    ],
)
def test_what_cannot_be_taken_is_said_at_its_field_and_nothing_typed_is_lost(
    desk: Desk, typed: str, sentence: str
) -> None:
    staff, company = desk.person(desk.story.zone_staff), desk.person(desk.story.applicant)
    kept = typed.replace("\r\n", "\n").replace("\x00", "")
    for page, field, other in (
        (desk.note(staff, typed), "note", "message"),
        (desk.tell_company(staff, typed), "message", "note"),
        (desk.tell_office(company, typed), "message", ""),
    ):
        assert page.status == 422
        assert sentence in page.text
        assert page.tree.get_element_by_id(field).value == kept
        assert not other or page.tree.get_element_by_id(other).value == ""
    assert desk.count(CaseNote) == desk.count(CaseMessage) == 0
    assert desk.sent() == []


def test_four_thousand_characters_with_line_breaks_are_taken(desk: Desk) -> None:
    page = desk.tell_company(desk.person(desk.story.zone_staff), "가나다라마바사아자\r\n" * 400)
    assert page.status == 200
    assert desk.count(CaseMessage) == 1


def test_a_message_is_marked_until_somebody_of_the_other_side_opens_the_case(desk: Desk) -> None:
    staff, company = desk.person(desk.story.zone_staff), desk.person(desk.story.applicant)
    desk.tell_company(staff, QUESTION)
    assert "아직 읽지 않음" in card(desk.office(staff), "conversation")
    assert "읽지 않은 메시지 1건" in company.get("/portal/").text
    first, second = desk.portal(company), desk.portal(company)
    assert "읽지 않은 메시지" not in company.get("/portal/").text
    assert "읽지 않은 메시지 1건" in first.text
    assert "읽지 않은 메시지" not in second.text
    assert "아직 읽지 않음" not in card(desk.office(staff), "conversation")
    with desk.app.app_context():
        assert db.session.scalars(select(CaseMessage.read_by)).all() == [desk.story.applicant.user_id]
    desk.tell_office(company, "답입니다.")
    assert "읽지 않은 메시지 1건" in staff.get("/staff/?box=all").text
    assert "읽지 않은 메시지 1건" in desk.office(desk.person(desk.story.hq_staff)).text
    assert "읽지 않은 메시지" not in staff.get("/staff/?box=all").text
    assert "읽지 않은 메시지" not in desk.office(staff).text


def test_before_submitting_a_company_is_told_that_nobody_would_read_it(app: Flask) -> None:
    with app.app_context():
        story = Way(app.extensions["engine"])
        desk = Desk(app, story, story.case().reference)
        db.session.remove()
    person = desk.person(story.applicant)
    page = desk.portal(person)
    assert "제출하기 전에는 재단이 이 건을 볼 수 없습니다" in page.text
    token = page.form("/language").fields["csrf_token"]
    answer = person.post(f"/portal/cases/{desk.reference}/messages", {"csrf_token": token, "message": QUESTION})
    assert answer.status == 422
    assert answer.tree.get_element_by_id("message").value == QUESTION
    assert desk.count(CaseMessage) == 0


def test_who_wrote_and_withdrew_is_in_the_access_log_without_the_words(desk: Desk) -> None:
    staff = desk.person(desk.story.zone_staff)
    page = desk.note(staff, SECRET)
    staff.submit(page, "/withdraw")
    desk.tell_company(staff, QUESTION)
    desk.tell_office(desk.person(desk.story.applicant), "답입니다.")
    with desk.app.app_context():
        rows = db.session.scalars(select(AccessEvent).where(AccessEvent.act != "case:read").order_by(AccessEvent.id))
        acts = [row.act for row in rows if row.act.startswith(("note:", "message:"))]
    assert acts == ["note:write", "note:withdraw", "message:write", "message:write"]
