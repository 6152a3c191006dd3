"""Freezing and deciding: both editions of one moment, four eyes, what is not confirmed, and what the papers say of it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from flask import Flask, current_app

from backoffice.access.actors import Actor
from backoffice.accounts import delegation
from backoffice.cases.models import Case
from backoffice.core import clock
from backoffice.core.db import db, steady_transaction, transaction
from backoffice.core.errors import Conflict, Refused
from backoffice.engine.perform import Engine
from backoffice.organizations.queries import zone
from backoffice.outcomes import restating
from backoffice.outcomes.models import Measure
from backoffice.reports import documents, freezing, gaps, issuing, queries
from backoffice.reports.models import ReportIssue
from backoffice.reports.standing import standing_of
from tests.make import MILLION, make_user
from tests.reports.worlds import finished_project, firm_reports, zone_says
from workflows.roles import Role

YEAR = 2025


def frozen(actor: Actor, code: str | None = "GS-GIMHAE", year: int = YEAR) -> str:
    with steady_transaction():
        return freezing.freeze(zone(code) if code else None, year, actor.user_id).number


def take(number: str, act: str, actor: Actor, note: str = "", *, seen: int | None = None) -> ReportIssue:
    with transaction():
        row = queries.issue(number)
        issuing.take(row, act, note, seen=row.revision if seen is None else seen, actor_id=actor.user_id or 0)
    return queries.issue(number)


def page(number: str, edition: str) -> str:
    """The paper of an edition as its issue stands now."""
    row = queries.issue(number)
    snapshot = queries.edition_of(row, edition)
    return documents.html(snapshot, json.loads(snapshot.content), standing_of(row, edition))


def figures(number: str, edition: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(queries.edition_of(queries.issue(number), edition).content)["figures"]
    return found


def cells(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Every printed number of a content by its place; lists by what their entries are called."""
    if isinstance(node, dict):
        if "state" in node and set(node) <= {"state", "value", "firms", "kind", "left_out", "year", "cases"}:
            yield path, node
            return
        for name, below in node.items():
            yield from cells(below, (*path, name))
    elif isinstance(node, list):
        for place, below in enumerate(node):
            named = isinstance(below, dict) and (below.get("code") or below.get("zone") or below.get("number"))
            yield from cells(below, (*path, str(named or place)))


def plain_numbers(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], int]]:
    """Every number that stands outside of a cell."""
    if isinstance(node, bool) or node is None or isinstance(node, str):
        return
    if isinstance(node, int):
        yield path, node
    elif isinstance(node, dict):
        for name, below in node.items():
            yield from plain_numbers(below, (*path, name))
    else:
        for place, below in enumerate(node):
            named = isinstance(below, dict) and (below.get("code") or below.get("zone") or below.get("label"))
            yield from plain_numbers(below, (*path, str(named or place)))


@pytest.fixture
def desk(office: Engine) -> dict[str, Actor]:
    zone_says("GS-GIMHAE", "ST-CNT", YEAR, 21)
    return {
        "zone": make_user(Role.ZONE_STAFF, zone_code="GS-GIMHAE"),
        "hq": make_user(Role.HQ_STAFF),
        "approver": make_user(Role.APPROVER),
        "colleague": make_user(Role.APPROVER),
    }


@pytest.mark.parametrize("code", ["GS-GIMHAE", None])
def test_the_public_edition_hides_and_never_says_something_else(office: Engine, code: str | None) -> None:
    story = finished_project(office, {"SALES": 1_234 * MILLION, "EMP-NEW": 3}, grade="poor")
    year = story.case().year + 1
    firm_reports("GS-GIMHAE", "EXPORT", {year: [5, 6]})
    firm_reports("GS-POHANG", "EXPORT", {year: [50, 60, 70]})
    firm_reports("GS-NAJU", "EXPORT", {year - 1: [5, 6, 7], year: [50, 60, 70, 80]})
    number = frozen(make_user(Role.HQ_STAFF), code, year)
    inside, public = figures(number, "internal"), figures(number, "public")
    known, told = dict(cells(inside)), dict(cells(public))
    assert set(told) <= set(known)
    differing = {place: one for place, one in told.items() if one != known[place]}
    assert differing
    assert {one["state"] for one in differing.values()} == {"suppressed"}
    numbers = dict(plain_numbers(inside))
    assert {place: one for place, one in plain_numbers(public) if numbers.get(place) != one} == {}


def test_both_editions_carry_one_place_and_one_digest(desk: dict[str, Actor]) -> None:
    row = queries.issue(frozen(desk["zone"]))
    editions = queries.editions_of(row)
    assert {name: one.number for name, one in editions.items()} == {
        "internal": "2025-GS-GIMHAE-I-01", "public": "2025-GS-GIMHAE-P-01"
    }  # fmt: skip
    assert row.digest == freezing.digest_of(editions)
    assert editions["internal"].sha256 != editions["public"].sha256
    assert frozen(desk["hq"]) == row.number


def test_what_others_commit_while_a_year_is_frozen_is_in_none_of_its_figures(desk: dict[str, Actor]) -> None:
    office: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # the application behind Flask's proxy

    def enter() -> None:
        with office.app_context():
            zone_says("GS-GIMHAE", "ST-CNT", YEAR, 99)
            db.session.remove()

    def started() -> set[str]:
        found = freezing.contents(zone("GS-GIMHAE"), YEAR)
        return {one["now"]["value"] for part in found.values() for one in part["indicators"] if one["code"] == "ST-CNT"}

    other = Thread(target=enter)
    with steady_transaction():
        before = started()
        other.start()
        # On PostgreSQL it commits now, on SQLite it waits for its turn.
        other.join(timeout=2)
        assert (before, started()) == ({"21"}, {"21"})
    other.join(timeout=30)
    with steady_transaction():
        assert started() == {"99"}


def test_a_delegate_decides_as_little_as_the_one_they_stand_in_for(desk: dict[str, Actor]) -> None:
    number = frozen(desk["colleague"])
    take(number, issuing.REQUEST, desk["zone"])
    with transaction():
        delegation.delegate(
            delegation.delegable(desk["colleague"].user_id or 0)[0].id,
            desk["approver"].email,
            by=desk["colleague"].user_id or 0,
            valid_from=clock.today(),
            valid_to=clock.today() + timedelta(days=3),
            reason="하계 휴가 기간",
        )
    with pytest.raises(Refused, match="다른 담당자가 처리해야 합니다"):
        take(number, issuing.APPROVE, desk["approver"])
    assert queries.issue(number).state == "in_review"


def test_of_two_decisions_at_one_revision_the_first_stands(desk: dict[str, Actor]) -> None:
    number = frozen(desk["zone"])
    seen = take(number, issuing.REQUEST, desk["zone"]).revision
    take(number, issuing.CHECK, desk["hq"], "대장과 대조했습니다")
    with pytest.raises(Conflict, match="그 사이에 다른 사람이"):
        take(number, issuing.APPROVE, desk["approver"], seen=seen)


def test_a_newer_freezing_ends_a_request_and_leaves_what_is_in_force(desk: dict[str, Actor]) -> None:
    numbers = []
    for value in (21, 22, 23):
        zone_says("GS-GIMHAE", "ST-CNT", YEAR, value)
        numbers.append(frozen(desk["zone"]))
        take(numbers[-1], issuing.REQUEST, desk["zone"])
        if value == 21:
            take(numbers[-1], issuing.APPROVE, desk["approver"])
            take(numbers[-1], issuing.PUBLISH, desk["approver"])
    assert [queries.issue(number).state for number in numbers] == ["published", "superseded", "in_review"]


def test_corrections_are_told_against_what_was_published_last(desk: dict[str, Actor]) -> None:
    first = frozen(desk["zone"])
    for act, who in ((issuing.REQUEST, "zone"), (issuing.APPROVE, "approver"), (issuing.PUBLISH, "approver")):
        take(first, act, desk[who])
    zone_says("GS-GIMHAE", "ST-CNT", YEAR, 22)
    frozen(desk["zone"])
    zone_says("GS-GIMHAE", "ST-CNT", YEAR, 23)
    third = frozen(desk["zone"])
    content = json.loads(queries.edition_of(queries.issue(third), "public").content)
    assert content["compared_to"] == "2025-GS-GIMHAE-P-01"
    assert [(one["before"]["value"], one["after"]["value"]) for one in content["errata"]] == [("21", "23")]
    assert "2025-GS-GIMHAE-P-01의 정정판" in page(third, "public")


def propose(desk: dict[str, Actor]) -> None:
    with transaction():
        old = db.session.query(Measure).filter_by(indicator="ST-CNT", superseded_at=None).one()
        restating.propose(
            old,
            old.value + 1,
            denominator=None,
            reason="한 곳이 빠졌습니다",
            evidence="",
            actor_id=desk["zone"].user_id or 0,
        )


def test_what_is_not_confirmed_keeps_a_report_from_approval_until_somebody_answers_for_it(
    desk: dict[str, Actor],
) -> None:
    propose(desk)
    number = frozen(desk["zone"])
    take(number, issuing.REQUEST, desk["zone"])
    with pytest.raises(Refused, match="결정을 기다리는 정정 요청 1건이 있어 승인할 수 없습니다"):
        take(number, issuing.APPROVE, desk["approver"])
    row = take(number, issuing.APPROVE, desk["approver"], "다음 호에 반영하기로 하였습니다")
    assert (row.state, row.waiver, row.gaps) == (
        "approved", "다음 호에 반영하기로 하였습니다", [{"kind": "restatements", "count": 1}]
    )  # fmt: skip
    for edition in ("internal", "public"):
        assert "다음 호에 반영하기로 하였습니다" in page(number, edition)


def test_a_report_that_was_frozen_too_early_is_frozen_again_before_its_approval(desk: dict[str, Actor]) -> None:
    propose(desk)
    number = frozen(desk["zone"])
    take(number, issuing.REQUEST, desk["zone"])
    with transaction():
        (line,) = restating.waiting(None)
        restating.refuse(line.proposal, "증빙이 없습니다", actor_id=desk["approver"].user_id or 0)
    assert gaps.of(zone("GS-GIMHAE").id, YEAR) == ()
    with pytest.raises(Refused, match="다시 고정하거나"):
        take(number, issuing.APPROVE, desk["approver"])
    assert frozen(desk["zone"]) == number
    assert take(number, issuing.APPROVE, desk["approver"]).state == "approved"


def test_outcome_reports_that_are_not_confirmed_are_counted_where_they_belong(office: Engine) -> None:
    story = finished_project(office, {"SALES": 10 * MILLION})
    year = story.case().year + 1
    assert gaps.of(zone("GS-GIMHAE").id, year) == ()
    report = next(row for row in _reports() if row.year == year)
    story.do("request_restatement", story.zone_staff, case_id=report.id, reason="매출에 한 건이 빠졌습니다")
    assert [(one.kind, one.count) for one in gaps.of(zone("GS-GIMHAE").id, year)] == [("reopened", 1)]
    assert [(one.kind, one.count) for one in gaps.of(None, year)] == [("reopened", 1)]
    assert gaps.of(zone("GS-POHANG").id, year) == ()


def _reports() -> list[Any]:

    return db.session.query(Case).filter_by(kind="outcome_report").all()


def test_every_page_says_how_far_the_report_has_come(desk: dict[str, Actor]) -> None:
    propose(desk)
    number = frozen(desk["zone"])
    assert '<span class="mark">초안 · 확정 전</span>' in page(number, "public")
    assert '<span class="mark">초안 · 확정 전 · 내부용</span>' in page(number, "internal")
    assert "결정을 기다리는 정정 요청 1건" in page(number, "public")
    take(number, issuing.REQUEST, desk["zone"])
    take(number, issuing.APPROVE, desk["approver"], "다음 호에 반영합니다")
    approved = page(number, "internal")
    assert '<span class="mark">발간 전</span>' in page(number, "public")
    assert '<span class="mark">내부용</span>' in approved
    take(number, issuing.PUBLISH, desk["approver"])
    assert '<span class="mark">' not in page(number, "public")
    assert page(number, "internal") == approved
