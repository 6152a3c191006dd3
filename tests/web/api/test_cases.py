"""Programs read the cases their person may see, in the words that person may read, a piece at a time."""

import pytest
from flask import Flask
from sqlalchemy import select

from backoffice.core.audit import AccessEvent
from backoffice.core.db import db
from tests.crowd import make_cases, make_crowd
from tests.make import make_organization, make_user
from tests.queries import counted
from tests.web.api.client import program_of
from tests.web.api.conftest import Office
from workflows.roles import Role

LIST, ONE = 12, 15
"""The most statements of a list and of one case."""


def test_a_program_reads_what_its_person_may_see(submitted: Office) -> None:
    found = submitted.zone.get("cases").get_json()
    assert [item["reference"] for item in found["items"]] == [submitted.reference]
    assert found["next"] is None
    one = submitted.zone.get(f"cases/{submitted.reference}").get_json()
    assert one["title"] == "나노입자 바이오센서 공동 R&BD 기획"
    assert {member["name"] for member in one["organizations"]} == {"나노메디텍", "청주전자", "인제대학교"}
    assert one["state"] == {"code": "submitted", "label": "접수완료", "stage": "intake"}
    assert one["amount"] == 50_000_000
    assert one["yours"] is True


def test_somebody_elses_case_does_not_exist_for_a_program(app: Flask, submitted: Office) -> None:
    with app.app_context():
        elsewhere = make_user(Role.ZONE_STAFF, zone_code="GS-POHANG")
        rival = make_user(Role.APPLICANT, organization=make_organization("다른기업"))
        reviewer = make_user(Role.REVIEWER)
    for person in (elsewhere, rival):
        program = program_of(app, person)
        assert program.get("cases").get_json()["items"] == []
        for address in ("", "/history", "/actions"):
            assert program.get(f"cases/{submitted.reference}{address}").status_code == 404
    assert program_of(app, reviewer).get("cases").status_code == 403


def test_companies_read_public_words_and_no_names_of_staff(submitted: Office) -> None:
    submitted.zone.act(submitted.reference, "start_screening", revision=submitted.revision())
    one = submitted.company.get(f"cases/{submitted.reference}").get_json()
    assert one["state"]["code"] is None
    assert one["waiting_for"] is None
    history = submitted.company.get(f"cases/{submitted.reference}/history").get_json()["items"]
    assert {entry["by"] for entry in history} == {""}
    assert {entry["action"] for entry in history} == {None}
    office = submitted.zone.get(f"cases/{submitted.reference}/history").get_json()["items"]
    assert [entry["action"] for entry in office] == ["start_screening", "submit", "create"]
    assert office[0]["by"] == submitted.story.zone_staff.name


def test_a_program_that_knows_the_revision_is_told_nothing_new(submitted: Office) -> None:
    first = submitted.zone.get(f"cases/{submitted.reference}")
    assert first.headers["ETag"] == f'"{submitted.revision()}"'
    again = submitted.zone.get(f"cases/{submitted.reference}", If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    submitted.zone.act(submitted.reference, "start_screening", revision=submitted.revision())
    assert submitted.zone.get(f"cases/{submitted.reference}", If_None_Match=first.headers["ETag"]).status_code == 200


def test_the_language_is_the_one_asked_for_else_the_persons(submitted: Office) -> None:
    english = submitted.zone.get(f"cases/{submitted.reference}", Accept_Language="en-US,en;q=0.8")
    assert english.get_json()["state"]["label"] == "Submitted"
    assert english.headers["Content-Language"] == "en"
    assert submitted.zone.get(f"cases/{submitted.reference}").get_json()["state"]["label"] == "접수완료"


@pytest.mark.parametrize("sort", ["due", "newest", "reference", "amount", "title"])
def test_going_through_a_list_meets_every_case_once_though_others_arrive(app: Flask, sort: str) -> None:
    with app.app_context():
        crowd = make_crowd(app.extensions["engine"])
        make_cases(crowd, 13, state="screening")
        wanted = {item["reference"] for item in program_of(app, crowd.officer).get("cases").get_json()["items"]}
    program, seen = program_of(app, crowd.officer), []
    address = f"cases?sort={sort}&limit=4&program=joint_rbd_planning"
    while address:
        piece = program.get(address).get_json()
        seen += [item["reference"] for item in piece["items"]]
        address = piece["next"]
        with app.app_context():
            make_cases(crowd, 1, state="submitted")
    assert len(seen) == len(set(seen))
    assert wanted <= set(seen)


def test_the_filters_are_those_of_the_queue(submitted: Office) -> None:
    for query, found in (
        ("q=ㄴㄴㅁㄷㅌ", 1), ("q=없는회사", 0), ("zone=GS-GIMHAE", 1), ("zone=GS-POHANG", 0), ("box=mine", 1),
        ("stage=intake", 1), ("stage=tracking", 0), (f"call={submitted.call}", 1), ("year=2001", 0),
    ):  # fmt: skip
        assert len(submitted.zone.get(f"cases?{query}").get_json()["items"]) == found, query


@pytest.mark.parametrize(
    ("query", "field"),
    [("sort=colour", "sort"), ("limit=0", "limit"), ("limit=many", "limit"), ("zone=NOWHERE", "zone"), ("call=X", "call"),
     ("after=abc", "after"), ("colour=red", "colour"), ("year=1", "year"), ("box=", "box")],
)  # fmt: skip
def test_a_filter_that_means_nothing_is_named(submitted: Office, query: str, field: str) -> None:
    answer = submitted.zone.get(f"cases?{query}", Accept_Language="en")
    assert answer.status_code == 422
    assert [error["field"] for error in answer.get_json()["errors"]] == [field]


def test_each_look_through_the_api_is_in_the_access_log(app: Flask, submitted: Office) -> None:
    submitted.zone.get("cases?q=나노")
    submitted.zone.get(f"cases/{submitted.reference}")
    submitted.zone.get(f"cases/{submitted.reference}/history")
    with app.app_context():
        rows = list(db.session.scalars(select(AccessEvent).order_by(AccessEvent.id)))
        assert [(row.act, row.about) for row in rows] == [
            ("case:list", "1 q=나노"), ("case:read", "나노메디텍"), ("case:read", "history"),
        ]  # fmt: skip
        assert {row.actor_id for row in rows} == {submitted.story.zone_staff.user_id}
        assert all(row.reason and row.reason.startswith("API, token ") for row in rows)


@pytest.mark.parametrize("rows", [1, 60])
def test_a_list_costs_the_same_for_one_case_and_for_sixty(app: Flask, rows: int) -> None:
    with app.app_context():
        crowd = make_crowd(app.extensions["engine"])
        make_cases(crowd, rows, state="screening")
        program = program_of(app, crowd.officer)
        program.get("cases?limit=1")
        with counted() as sent:
            answer = program.get("cases?limit=100&zone=GS-GIMHAE&sort=newest")
    assert len(answer.get_json()["items"]) == rows
    assert len(sent) <= LIST, sent


def test_one_case_costs_a_handful_of_statements(app: Flask, submitted: Office) -> None:
    with app.app_context():
        for address in ("", "/actions", "/history"):
            with counted() as sent:
                assert submitted.zone.get(f"cases/{submitted.reference}{address}").status_code == 200
            assert len(sent) <= ONE, sent


def test_calls_and_oneself_can_be_read(submitted: Office) -> None:
    calls = submitted.company.get("calls").get_json()["items"]
    assert [(call["code"], call["status"]) for call in calls] == [(submitted.call, "closed")]
    me = submitted.company.get("me").get_json()
    assert [(grant["role"], grant["organization"]) for grant in me["roles"]] == [("applicant", "나노메디텍")]
    assert me["scopes"] == ["cases:act", "cases:read"]
