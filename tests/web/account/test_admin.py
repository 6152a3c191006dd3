"""Administrators: people, roles by date, jobs, and the access log with its monthly review."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from backoffice.access.scopes import Scope
from backoffice.accounts import oversight, tokens
from backoffice.accounts.models import RoleGrant, User
from backoffice.core import clock, outbox
from backoffice.core.audit import AccessEvent, Visit, record
from backoffice.core.db import db, transaction
from backoffice.core.outbox import Job
from backoffice.organizations import queries as organizations
from tests.browse import Page, Person
from tests.make import PASSWORD, make_user
from tests.web.account.gate import Visitor, acts, later, links, local, subjects, user_row, visitor
from tests.web.api.client import Program
from workflows.roles import Role


@pytest.fixture
def admin(app: Flask) -> Person:
    with app.app_context():
        person = make_user(Role.ADMIN, name="관리자")
    return Person(app, person.email)


@pytest.fixture
def colleague(app: Flask) -> Visitor:
    with app.app_context():
        person = visitor(app, make_user(Role.HQ_STAFF, name="홍길동"))
        with transaction():
            db.session.execute(update(User).where(User.email == person.email).values(phone="010-1234-5678"))
    return person


def page_of(admin: Person, who: Visitor) -> Page:
    return admin.get(f"/admin/people/{user_row(who.app, who.email).id}")


def act(admin: Person, who: Visitor, name: str, **typed: str) -> Page:
    page = page_of(admin, who)
    token = page.form("/grants").fields["csrf_token"]
    return admin.post(f"{page.address}/{name}", {"csrf_token": token, **typed})


def test_an_invited_person_sets_the_password_and_nobody_else_ever_knew_one(app: Flask, admin: Person) -> None:
    page = admin.submit(admin.get("/admin/people"), "/admin/people", email="New@Example.kr", name="새사람")
    assert "초대 메일을 보냈습니다" in page.text
    assert "첫 비밀번호" not in page.text
    (link,) = links(app, "new@example.kr")
    with later(days=2):
        browser = Person(app)
        browser.submit(browser.get(local(link)), "", password="푸른 바다의 작은 등대", again="푸른 바다의 작은 등대")
        assert browser.get(local(link)).status == 404
    assert Visitor(app, "new@example.kr").password("푸른 바다의 작은 등대").status == 200


def test_an_invitation_is_void_after_three_days(app: Flask, admin: Person) -> None:
    admin.submit(admin.get("/admin/people"), "/admin/people", email="new@example.kr", name="새사람")
    (link,) = links(app, "new@example.kr")
    with later(days=3, minutes=1):
        assert Person(app).get(local(link)).status == 404


def test_people_are_found_by_name_role_zone_and_status(app: Flask, admin: Person, colleague: Visitor) -> None:
    with app.app_context():
        make_user(Role.ZONE_STAFF, zone_code="GS-GIMHAE", name="김해담당")
        make_user(Role.ZONE_STAFF, zone_code="GS-POHANG", name="포항담당")
    found = {
        "q=길동": {"홍길동"},
        f"q={colleague.email.upper()}": {"홍길동"},
        "role=zone_staff": {"김해담당", "포항담당"},
        "role=zone_staff&zone=GS-GIMHAE": {"김해담당"},
        "status=closed": set(),
        "q=%25": set(),
        "role=nonsense&page=0&zone=x": {"관리자", "홍길동", "김해담당", "포항담당"},
    }
    for query, names in found.items():
        page = admin.get(f"/admin/people?{query}")
        assert set(page.tree.xpath("//tbody//td[1]/a/text()")) == names, query


def test_address_and_number_are_masked_until_they_are_asked_for_with_a_reason(
    app: Flask, admin: Person, colleague: Visitor
) -> None:
    for page in (admin.get("/admin/people"), page_of(admin, colleague)):
        assert colleague.email not in page.text
        assert "010-1234-5678" not in page.text
    assert "010-****-5678" in page_of(admin, colleague).text
    refused = admin.submit(page_of(admin, colleague), "/unmask", reason=" ")
    assert refused.status == 422
    assert "010-1234-5678" not in refused.text
    shown = admin.submit(page_of(admin, colleague), "/unmask", reason="협약 서류 확인 전화")
    assert colleague.email in shown.text
    assert "010-1234-5678" in shown.text
    assert "010-1234-5678" not in page_of(admin, colleague).text
    (event,) = acts(app, "person:unmask")
    assert (event.about, event.reason) == (colleague.email, "협약 서류 확인 전화")


def test_a_role_takes_hold_and_ends_by_its_dates_and_its_history_stays(
    app: Flask, admin: Person, colleague: Visitor
) -> None:
    first, last = clock.today() + timedelta(days=3), clock.today() + timedelta(days=5)
    done = admin.submit(page_of(admin, colleague), "/grants", role="finance", valid_from=str(first), valid_to=str(last))
    assert "역할을 주었습니다" in done.text
    colleague.password()
    role = "재무 담당자"
    assert role not in colleague.browser.get("/account/").text
    with later(days=3):
        late = colleague.away()
        late.password()
        assert role in late.browser.get("/account/").text
    with later(days=6):
        late = colleague.away()
        late.password()
        assert role not in late.browser.get("/account/").text
    with app.app_context():
        grant = db.session.scalars(select(RoleGrant.id).where(RoleGrant.role == "finance")).one()
    token = done.form("/grants").fields["csrf_token"]
    shorter = admin.post(f"/admin/grants/{grant}/revoke", {"csrf_token": token, "end_on": str(first)})
    assert f"{first}까지로 정했습니다" in shorter.text
    gone = admin.post(f"/admin/grants/{grant}/revoke", {"csrf_token": token})
    assert role in gone.text
    assert "관리자" in gone.text


def test_what_cannot_be_granted_is_said_and_nothing_typed_is_lost(admin: Person, colleague: Visitor) -> None:
    for typed, sentence in (
        ({"role": "applicant"}, "기관을 지정해 주세요"),
        ({"role": "finance", "valid_from": "2026-12-31", "valid_to": "2026-01-01"}, "시작일 이후여야 합니다"),
        ({"role": "finance", "valid_from": "언제"}, "날짜"),
        ({"role": "nothing"}, "역할을 골라 주세요"),
        ({"role": "applicant", "organization": "123"}, "10자리"),
    ):
        page = act(admin, colleague, "grants", **typed)
        assert page.status == 422, typed
        assert sentence in page.text
        for name, value in typed.items():
            assert name == "role" or page.tree.get_element_by_id(name).value == value


def test_an_administrator_closes_opens_and_ends_sessions_with_a_reason(
    app: Flask, admin: Person, colleague: Visitor
) -> None:
    colleague.password()
    for name in ("deactivate", "end_sessions", "reset_factor", "invite"):
        assert act(admin, colleague, name, reason="  ").status == 422
    assert colleague.browser.get("/staff/").status == 200
    assert act(admin, colleague, "end_sessions", reason="기기 분실 신고").status == 200
    assert colleague.browser.get("/staff/").address.startswith("/sign-in")
    with app.app_context(), transaction():
        _, secret = tokens.create(user_row(app, colleague.email).id, "연계", [Scope.CASES_READ])
    assert Program(app, secret).get("me").status_code == 200
    act(admin, colleague, "deactivate", reason="퇴직에 따른 처리")
    assert colleague.password().status == 422
    act(admin, colleague, "reopen", reason="복직에 따른 처리")
    assert colleague.password().status == 200
    assert Program(app, secret).get("me").status_code == 401
    assert act(admin, colleague, "nothing", reason="복직에 따른 처리").status == 404
    assert [event.reason for event in acts(app, "user:end-sessions", "user:deactivate")] == [
        "기기 분실 신고",
        "퇴직에 따른 처리",
    ]


def test_a_lost_factor_is_reset_with_a_reason_and_the_person_is_told(
    app: Flask, admin: Person, colleague: Visitor
) -> None:
    colleague.enrolled()
    assert colleague.away().password().address == "/account/second-step"
    act(admin, colleague, "reset_factor", reason="휴대전화 분실, 대면 확인")
    assert colleague.away().password().address.startswith("/staff/")
    assert "[이음] 2단계 인증이 초기화되었습니다" in subjects(app, colleague.email)
    (event,) = acts(app, "user:reset-factor")
    assert (event.about, event.reason) == (colleague.email, "휴대전화 분실, 대면 확인")


def test_whoever_came_in_once_gets_the_short_link_and_never_another_invitation(
    app: Flask, admin: Person, colleague: Visitor
) -> None:
    act(admin, colleague, "invite", reason="메일을 받지 못함")
    (invitation,) = links(app, colleague.email)
    assert Person(app).get(local(invitation)).status == 200
    colleague.password()
    assert Person(app).get(local(invitation)).status == 404
    with later(minutes=2):
        act(admin, colleague, "invite", reason="비밀번호를 잊음")
        (short,) = set(links(app, colleague.email)) - {invitation}
        assert Person(app).get(local(short)).status == 200
    with later(minutes=33):
        assert Person(app).get(local(short)).status == 404


def test_nobody_manages_their_own_account_this_way(app: Flask, admin: Person) -> None:
    with app.app_context():
        me = db.session.scalars(select(User)).one()
        address = f"/admin/people/{me.id}"
    token = admin.get(address).form("/grants").fields["csrf_token"]
    page = admin.post(f"{address}/reset_factor", {"csrf_token": token, "reason": "스스로 초기화"})
    assert page.status == 422
    assert "다른 관리자에게" in page.text


def test_a_colleague_is_given_ones_place_and_it_is_taken_back(app: Flask, admin: Person, colleague: Visitor) -> None:
    with app.app_context():
        absent = visitor(app, make_user(Role.APPROVER, name="박승인"))
    absent.password()
    page = absent.browser.get("/account/delegations")
    wrong = absent.browser.submit(
        page, "/delegations", to="nobody@example.kr", valid_to="2999-01-01", reason="휴가 기간"
    )
    assert wrong.status == 422
    assert wrong.tree.get_element_by_id("to").value == "nobody@example.kr"
    done = absent.browser.submit(
        page, "/delegations", to=colleague.email, valid_to=str(clock.today() + timedelta(days=3)), reason="하계 휴가"
    )
    assert "대결을 맡겼습니다" in done.text
    colleague.password()
    assert "승인권자 대결" in colleague.browser.get("/account/").text
    assert "하계 휴가" in admin.get("/admin/delegations").text
    assert "대결을 끝냈습니다" in absent.browser.submit(done, "/end").text
    assert "승인권자" not in colleague.browser.get("/account/").text
    with app.app_context():
        grant = db.session.scalars(select(RoleGrant.id).where(RoleGrant.role == "hq_staff")).one()
    token = done.form("/delegations").fields["csrf_token"]
    assert absent.browser.post(f"/account/delegations/{grant}/end", {"csrf_token": token}).status == 404


def test_jobs_show_progress_and_errors_and_can_be_tried_again_or_called_off(app: Flask, admin: Person) -> None:
    with app.app_context(), transaction():
        jobs = [outbox.enqueue("tidy", {}, key=f"t{number}") for number in range(4)]
        for job_id, values in zip(
            jobs,
            (
                {"status": "dead", "error": "SMTP 550"},
                {"status": "dead"},
                {"status": "running", "done": 3, "total": 9, "lease_until": clock.now() + timedelta(hours=1)},
                {"run_at": clock.now() + timedelta(days=1)},
            ),
            strict=True,
        ):
            db.session.execute(update(Job).where(Job.id == job_id).values(**values))
    page = admin.get("/admin/jobs")
    assert "SMTP 550" in page.text
    assert "3 / 9" in page.text
    assert "작업을 취소했습니다" in admin.submit(page, f"/{jobs[3]}/cancel").text
    token = page.form("/retry-all").fields["csrf_token"]
    assert "기다리는 작업만" in admin.post(f"/admin/jobs/{jobs[2]}/cancel", {"csrf_token": token}).text
    assert "2건을 다시 시작합니다" in admin.submit(page, "/retry-all").text
    with app.app_context():
        found = [db.session.get_one(Job, job_id).status for job_id in jobs]
    assert found == ["waiting", "waiting", "running", "cancelled"]
    assert admin.get("/admin/jobs?status=cancelled&kind=tidy").tree.xpath("count(//tbody/tr)") == 1


def test_the_access_log_is_filtered_by_person_subject_act_and_day(
    app: Flask, admin: Person, colleague: Visitor
) -> None:
    user_id = user_row(app, colleague.email).id
    with app.app_context(), transaction():
        record(Visit(user_id, "10.0.0.1"), "file:read", about="나노메디텍 재무제표.pdf", reason="=cmd|' /C calc'!A0")
    for query, count in (
        ("person=길동", 1), ("about=재무제표", 1), ("act=file:read", 1), ("act=file:read&person=관리자", 0),
        (f"first={clock.today()}&act=file:read", 1), (f"last={clock.today() - timedelta(days=1)}", 0),
    ):  # fmt: skip
        rows = admin.get(f"/admin/audit?{query}").tree.xpath("//tbody/tr[count(td) > 1]")
        assert len(rows) == count, query
    for wrong in ("어제", "0001-01-01", "9999-12-31", "2026-02-30"):
        assert admin.get(f"/admin/audit?last={wrong}").status == 422, wrong


def test_the_log_leaves_as_a_file_only_with_a_reason_that_stands_in_the_log(
    app: Flask, admin: Person, colleague: Visitor
) -> None:
    with app.app_context(), transaction():
        record(Visit(None, "10.0.0.1"), "file:read", about="나노메디텍", reason="=cmd|' /C calc'!A0")
    page = admin.get("/admin/audit?act=file:read")
    assert admin.submit(page, "/audit.csv", reason="").status == 422
    taken = admin.submit(page, "/audit.csv", reason="10월 정기 점검").response
    text = taken.get_data().decode("utf-8-sig")
    assert "나노메디텍" in text
    assert "sign-in" not in text
    assert ",=cmd" not in text
    assert "attachment" in taken.headers["Content-Disposition"]
    (event,) = acts(app, "audit:export")
    assert event.reason == "10월 정기 점검"


def test_a_month_is_reviewed_by_one_person_and_signed_by_another(app: Flask, admin: Person, colleague: Visitor) -> None:
    last = clock.today().replace(day=1) - timedelta(days=1)
    user_id = user_row(app, colleague.email).id
    with app.app_context(), clock.travelling(clock.seoul(last.year, last.month, 10, 23)), transaction():
        record(Visit(user_id, "10.0.0.1"), "file:read", about="나노메디텍")
    month = f"{last:%Y-%m}"
    page = admin.get("/admin/audit/reviews")
    assert "밤(22시~6시)에 1건" in page.text
    assert admin.submit(page, f"/reviews/{month}", remarks="음").status == 422
    done = admin.submit(page, f"/reviews/{month}", remarks="야간 열람 1건: 마감 업무로 확인함")
    assert "다른 사람의 확인을 기다리고 있습니다" in done.text
    token = done.form("/language").fields["csrf_token"]
    own = admin.post(f"/admin/audit/reviews/{month}/sign", {"csrf_token": token})
    assert "다른 사람이 확인해야 합니다" in own.text
    with app.app_context():
        auditor = Person(app, make_user(Role.AUDITOR, name="이감사").email)
    signed = auditor.submit(auditor.get(f"/admin/audit/reviews?month={month}"), "/sign")
    assert "확인함 이감사" in signed.text
    with app.app_context():
        row = db.session.scalars(select(oversight.AccessReview)).one()
        assert (row.month, row.events, row.findings, row.signed_by is None) == (last.replace(day=1), 1, 1, False)


def test_a_month_that_is_not_over_cannot_be_reviewed(admin: Person) -> None:
    month = f"{clock.today():%Y-%m}"
    page = admin.get(f"/admin/audit/reviews?month={month}")
    token = page.form("/language").fields["csrf_token"]
    refused = admin.post(f"/admin/audit/reviews/{month}", {"csrf_token": token, "remarks": "미리 점검함"})
    assert "끝난 달만 점검할 수 있습니다" in refused.text
    for wrong in ("2026-13", "x", "9999-12", "9999-99", "0001-01", "0000-01"):
        assert admin.get(f"/admin/audit/reviews?month={wrong}").status == 404


@pytest.mark.parametrize(
    ("rule", "act", "times", "hour", "about"),
    [
        ("night", "case:read", 1, 3, ""),
        ("downloads", "file:read", 30, 14, ""),
        ("wrong", "sign-in:factor-wrong", 6, 14, ""),
        ("colleagues", "person:unmask", 1, 14, "kim@example.kr"),
    ],
)
def test_simple_rules_point_out_what_is_unusual_and_leave_the_rest_alone(
    rule: str, act: str, times: int, hour: int, about: str
) -> None:
    moment, office = clock.seoul(2026, 10, 5, hour), frozenset({"kim@example.kr"})
    seen = [oversight.Seen(1, moment, act, about, "10.0.0.1")] * times
    assert [one.rule for one in oversight.unusual(seen, office)] == [rule]
    calm = [oversight.Seen(1, clock.seoul(2026, 10, 5, 14), act, "", "10.0.0.1")] * (times - 1)
    assert oversight.unusual(calm, office) == []


def test_the_configuration_is_shown_without_any_secret(app: Flask, admin: Person) -> None:
    settings = app.extensions["settings"]
    page = admin.get("/admin/settings")
    assert "BACKOFFICE_BASE_URL" in page.text
    assert settings.secret_key not in page.text
    for wrong in ("postgres:", "password"):
        assert wrong not in page.text or settings.database.startswith("sqlite")


def test_a_zone_is_entered_with_both_names_and_retired_but_never_deleted(app: Flask, admin: Person) -> None:
    page = admin.get("/admin/codes")
    wrong = admin.submit(page, "/codes/zones", code="sejong", name_ko="세종", designated_on="2026-03-01")
    assert wrong.status == 422
    assert wrong.tree.get_element_by_id("name_ko").value == "세종"
    typed = {"code": "gs-sejong", "name_ko": "세종", "name_en": "Sejong", "designated_on": "2026-03-01"}
    assert "특구를 등록했습니다" in admin.submit(page, "/codes/zones", **typed).text
    assert "이미 있는 코드입니다" in admin.submit(page, "/codes/zones", **typed).text
    page = admin.get("/admin/codes")
    early = admin.submit(page, "/GS-SEJONG/dissolve", on="2026-02-01", reason="고시 제2026-1호")
    assert "지정일 이후여야 합니다" in early.text
    done = admin.submit(page, "/GS-SEJONG/dissolve", on="2026-10-01", reason="고시 제2026-1호")
    assert "해제일을 기록했습니다" in done.text
    token = done.form("/language").fields["csrf_token"]
    again = admin.post(
        "/admin/codes/zones/GS-SEJONG/dissolve", {"csrf_token": token, "on": "2026-11-01", "reason": "다시 적음"}
    )
    assert "이미 해제된 특구입니다" in again.text
    with app.app_context():
        codes = [row.code for row in organizations.zones(clock.today())]
        assert "GS-SEJONG" not in codes
        row = organizations.zone("GS-SEJONG")
        assert [event.kind for event in organizations.zone_events(row.id)] == ["designated", "dissolved"]
    assert len(acts(app, "zone:designate", "zone:dissolve")) == 2


def test_only_administrators_and_auditors_read_the_log_and_only_administrators_manage(
    app: Flask, colleague: Visitor
) -> None:
    colleague.password()
    for address in ("people", "people/1", "delegations", "jobs", "audit", "audit/reviews", "settings", "codes"):
        assert colleague.browser.get(f"/admin/{address}").status == 403, address
    with app.app_context():
        auditor = Person(app, make_user(Role.AUDITOR).email)
        assert db.session.scalar(select(AccessEvent.id)) is not None
    assert auditor.get("/admin/audit").status == 200
    assert auditor.get("/admin/people").status == 403
    assert PASSWORD
