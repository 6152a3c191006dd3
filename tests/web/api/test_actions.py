"""Programs take steps under the same rules as people: once each, never on what they did not see, with the same reasons."""

import json

import pytest

from tests.browse import Person
from tests.web.api.conftest import Office

STEP = "start_screening"


def test_every_step_is_listed_with_all_reasons_why_not(submitted: Office) -> None:
    found = submitted.zone.get(f"cases/{submitted.reference}/actions").get_json()
    steps = {step["action"]: step for step in found["items"]}
    assert steps[STEP]["ok"] is True
    assert steps[STEP]["reasons"] == []
    closed = [step for step in found["items"] if not step["ok"]]
    assert closed
    assert all(step["reasons"] and step["reasons"][0]["sentence"] for step in closed)
    assert found["revision"] == submitted.revision()


def test_a_step_is_taken_and_says_where_the_case_rests_now(submitted: Office) -> None:
    done = submitted.zone.act(submitted.reference, STEP, revision=submitted.revision())
    assert done.status_code == 200
    body = done.get_json()
    assert (body["reference"], body["action"]) == (submitted.reference, STEP)
    assert body["state"]["code"] == "screening"
    assert done.headers["ETag"] == f'"{submitted.revision()}"' == f'"{body["revision"]}"'


def test_the_same_key_acts_once_and_answers_the_same(submitted: Office) -> None:
    seen = submitted.revision()
    first = submitted.zone.act(submitted.reference, STEP, revision=seen, key="attempt")
    again = submitted.zone.act(submitted.reference, STEP, revision=seen, key="attempt")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.get_json() == again.get_json()
    assert first.headers["ETag"] == again.headers["ETag"]
    assert (first.headers["Idempotent-Replayed"], again.headers["Idempotent-Replayed"]) == ("false", "true")
    assert submitted.revision() == seen + 1


def test_a_key_names_one_step_only_and_only_for_its_person(submitted: Office) -> None:
    seen = submitted.revision()
    submitted.zone.act(submitted.reference, STEP, revision=seen, key="attempt")
    other = submitted.zone.act(submitted.reference, "forward", revision=seen, key="attempt")
    assert (other.status_code, other.get_json()["code"]) == (409, "key_reused")
    theirs = submitted.hq.act(submitted.reference, STEP, revision=submitted.revision(), key="attempt")
    assert theirs.status_code == 409
    assert theirs.get_json()["code"] == "refused"


def test_nobody_acts_on_what_has_changed_meanwhile(submitted: Office) -> None:
    seen = submitted.revision()
    submitted.zone.act(submitted.reference, STEP, revision=seen)
    late = submitted.hq.act(submitted.reference, "withdraw", revision=seen, key="late")
    assert late.status_code == 412
    late = submitted.zone.act(submitted.reference, STEP, revision=seen, key="late")
    assert (late.status_code, late.get_json()["code"]) == (412, "stale")
    assert submitted.story.zone_staff.name in late.get_json()["detail"]


@pytest.mark.parametrize("match", ["*", None])
def test_a_step_needs_the_revision_one_saw(submitted: Office, match: str | None) -> None:
    headers = {"If-Match": match} if match else {}
    answer = submitted.zone.send(
        "POST", f"cases/{submitted.reference}/actions/{STEP}", **headers, **{"Idempotency-Key": "key"}
    )
    assert (answer.status_code, answer.get_json()["code"]) == (428, "precondition_required")


@pytest.mark.parametrize("key", ["", "a b", "k" * 81])
def test_a_step_needs_a_key_of_its_own(submitted: Office, key: str) -> None:
    answer = submitted.zone.act(submitted.reference, STEP, revision=submitted.revision(), key=key)
    assert (answer.status_code, answer.get_json()["code"]) == (400, "idempotency_key")


def test_a_refusal_has_the_same_reasons_as_the_page(submitted: Office) -> None:
    listed = submitted.zone.get(f"cases/{submitted.reference}/actions").get_json()["items"]
    closed = next(step for step in listed if not step["ok"] and step["input"] is None)
    refused = submitted.zone.act(submitted.reference, closed["action"], revision=submitted.revision())
    assert refused.status_code == 409
    assert refused.mimetype == "application/problem+json"
    assert refused.get_json()["reasons"] == closed["reasons"]
    page = Person(submitted.app, submitted.story.zone_staff.email).get(f"/staff/cases/{submitted.reference}")
    assert closed["reasons"][0]["sentence"] in page.text


def test_input_that_cannot_be_taken_is_named_field_by_field(submitted: Office) -> None:
    submitted.zone.act(submitted.reference, STEP, revision=submitted.revision())
    steps = submitted.zone.get(f"cases/{submitted.reference}/actions").get_json()["items"]
    asking = next(step for step in steps if step["ok"] and step["input"])
    answer = submitted.zone.act(
        submitted.reference, asking["action"], revision=submitted.revision(), key="k", nonsense="x"
    )
    assert answer.status_code == 422
    required = {field["name"] for field in asking["input"] if field["required"] and field["type"] != "files"}
    assert {error["field"] for error in answer.get_json()["errors"]} >= {"nonsense", *required}
    nothing = submitted.zone.get(f"cases/{submitted.reference}").get_json()
    assert nothing["revision"] == submitted.revision()


def test_a_step_without_input_takes_none(submitted: Office) -> None:
    answer = submitted.zone.act(submitted.reference, STEP, revision=submitted.revision(), extra="x")
    assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, "extra")


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400), (b"[]", "application/json", 400), (b'{"a": NaN}', "application/json", 400),
        (b'{"a": "\\ud800"}', "application/json", 400), (b"\xff\xfe", "application/json", 400),
        (b"[" * 100_000, "application/json", 400), (b'{"a": ' + b"9" * 5000 + b"}", "application/json", 400),
        (b"a=b", "application/x-www-form-urlencoded", 415), (b" " * (4 * 1024 * 1024 + 1), "application/json", 413),
    ],
    ids=["cut", "list", "nan", "surrogate", "bytes", "deep", "huge", "form", "large"],
)  # fmt: skip
def test_a_body_that_is_no_json_object_is_refused_politely(
    submitted: Office, content: bytes, kind: str, status: int
) -> None:
    answer = submitted.zone.send(
        "POST", f"cases/{submitted.reference}/actions/{STEP}", data=content,
        **{"Content-Type": kind, "If-Match": '"2"', "Idempotency-Key": "key"},
    )  # fmt: skip
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert json.loads(answer.data)["status"] == status


def test_an_attempt_with_input_is_answered_again_wherever_the_case_rests_now(submitted: Office) -> None:
    seen, reason = submitted.revision(), "사정이 생겨 거두어들입니다."
    first = submitted.company.act(submitted.reference, "withdraw", revision=seen, key="once", reason=reason)
    assert first.status_code == 200
    assert first.get_json()["state"]["code"] is None
    again = submitted.company.act(submitted.reference, "withdraw", revision=seen, key="once", reason=reason)
    assert (again.status_code, again.get_json()) == (200, first.get_json())
    late = submitted.zone.act(submitted.reference, "no_such_step", revision=seen, key="late", nonsense="x")
    assert (late.status_code, late.get_json()["code"]) == (412, "stale")
