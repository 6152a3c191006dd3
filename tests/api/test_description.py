"""The description of the API is true: whatever is sent, the answer is one the description declares, and never a 5xx."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.config import ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.specs.openapi.checks import negative_data_rejection
from sqlalchemy import select

from backoffice.accounts import queries as accounts
from backoffice.cases.models import Case
from backoffice.core.db import db
from backoffice.extensions import limiter
from tests.make import make_user
from tests.story import Way, days_later
from tests.web.api.client import make_token
from workflows.roles import Role

EXAMPLES = int(os.environ.get("API_EXAMPLES", "1000"))
"""How many requests on each database."""
PATH = "/api/v1/openapi.json"
LAWFUL = ["2xx", "304", "400", "403", "404", "409", "412", "422", "428"]
"""What a well-formed request may be answered: which case, filter or step there is, no description can tell."""
CHECKS = {"positive_data_acceptance": {"expected-statuses": LAWFUL}}


@dataclass(frozen=True, slots=True)
class World:
    """The office, its only case, and a token of somebody who may act on it."""

    app: Flask
    reference: str
    email: str
    token: str


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    """An application in screening, and the token of somebody who may act on it; no limit of requests."""
    with app.app_context():
        story = Way(app.extensions["engine"]).submitted()
        reference = story.case().reference
        db.session.remove()
    limiter.enabled, kept = False, limiter.enabled
    try:
        with days_later(11):
            with app.app_context():
                who = make_user(Role.ZONE_STAFF, Role.HQ_STAFF, Role.APPROVER)
                token = make_token(who)
                db.session.remove()
            yield World(app, reference, who.email, token)
    finally:
        limiter.enabled = kept


def described(app: Flask) -> Any:
    project = ProjectConfig.from_dict({"checks": CHECKS})
    return schemathesis.openapi.from_wsgi(
        PATH, app, config=SchemathesisConfig(projects=ProjectsConfig(default=project))
    )


def operations(app: Flask) -> list[Any]:
    return [result.ok() for result in described(app).get_all_operations()]


@st.composite
def about(draw: st.DrawFn, operation: Any, mode: GenerationMode, reference: str, actions: list[str]) -> Any:
    """A request about the case there is, and a step its person knows; the rest is well-formed or wrong as generated."""
    case = draw(operation.as_strategy(generation_mode=mode))
    case.path_parameters["reference"] = reference
    if "action" in case.path_parameters:
        case.path_parameters["action"] = draw(st.sampled_from(actions))
        if mode is GenerationMode.POSITIVE:
            case.headers["If-Match"] = draw(st.sampled_from(['"2"', '"3"', '"4"']))
            case.body = draw(st.sampled_from([case.body, {}, {"reason": "서류가 빠졌습니다."}]))
    return case


def ways(operation: Any, reference: str, actions: list[str]) -> list[tuple[Any, list[Any]]]:
    """How an operation is asked, and the check that makes no sense there: a request put right by hand is no wrong one."""
    positive, negative = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
    plain = [(operation.as_strategy(generation_mode=mode), []) for mode in (positive, negative)]
    if "{reference}" not in operation.path:
        return plain
    return [
        *plain,
        (about(operation, positive, reference, actions), [negative_data_rejection]),
        (about(operation, negative, reference, actions), [negative_data_rejection]),
    ]


def offered(app: Flask, email: str) -> list[str]:
    """The steps a person could ever take on the only case."""
    with app.app_context():
        who = accounts.actor(accounts.by_email(email).id)
        case_id = db.session.scalars(select(Case.id)).one()
        found = [verdict.action for verdict in app.extensions["engine"].actions([case_id], who)[case_id]]
        db.session.remove()
    return found


def generated(place: int, number: int, way: Any, check: Callable[[Any], None]) -> None:
    """Check so many requests, the same ones in every run."""

    @seed(place)
    @settings(
        max_examples=number, database=None, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
    )  # fmt: skip
    @given(case=way)
    def ask(case: Any) -> None:
        check(case)

    ask()


def test_every_answer_is_declared_whatever_is_sent(world: World) -> None:
    asked = [
        (way, left_out)
        for operation in operations(world.app)
        for way, left_out in ways(operation, world.reference, offered(world.app, world.email))
        for _ in range(3 if operation.method == "post" else 1)
    ]
    shared, token = EXAMPLES // len(asked) + 1, {"Authorization": f"Bearer {world.token}"}
    sent, statuses = Counter[str](), Counter[int]()

    def check(case: Any, left_out: list[Any]) -> None:
        answer = case.call(headers=token)
        case.validate_response(answer, headers=token, excluded_checks=left_out)
        sent[case.operation.label] += 1
        statuses[answer.status_code] += 1

    for place, (way, left_out) in enumerate(asked):
        generated(place, shared, way, partial(check, left_out=left_out))
    print(f"\n{sum(sent.values())} requests: {dict(statuses)} {dict(sent)}")  # noqa: T201  # what -s is for
    assert {200, 404, 409, 412, 422} <= set(statuses)
    assert sum(sent.values()) >= EXAMPLES * 0.9


def test_the_description_is_complete(app: Flask) -> None:
    """Every address and method of the API is described, with its problems, and asks for a token unless it is public."""
    found = app.test_client().get(PATH).get_json()
    assert found["openapi"].startswith("3.1")
    rules = {
        (rule.rule.replace("<", "{").replace(">", "}"), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    told = {(path, method) for path, item in found["paths"].items() for method in item if method in {"get", "post"}}
    assert told == rules
    for path, method in told - {(PATH, "get")}:
        operation = found["paths"][path][method]
        assert {"200", "401", "403", "429", "503"} <= set(operation["responses"])
        assert all(
            set(answer["content"]) == {"application/problem+json"}
            for code, answer in operation["responses"].items()
            if code >= "400"
        )
        assert operation["summary"]
    step = found["paths"]["/api/v1/cases/{reference}/actions/{action}"]["post"]
    assert {"400", "404", "409", "412", "413", "415", "422", "428"} <= set(step["responses"])
    assert found["security"] == [{"token": []}]
    assert found["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
