"""Every role at every address with every method: nothing foreign in any answer, nothing unexpected, nothing changed."""

from collections.abc import Iterator

import pytest
from flask import Flask

from backoffice.access.permissions import Permission, may
from backoffice.cases.models import Case
from backoffice.core.db import db
from backoffice.web.access import permission_of
from tests.web.matrix import MESSAGE, NOTE, Door, Visitor, World, a_world, known, stranger
from workflows.roles import Role

ROLES = [None, *(role for role in Role if role is not Role.SYSTEM)]
TAKEN = {200, 201, 302, 303, 400, 404, 409, 422, 429}
"""What somebody may be answered at an address their role opens, where no foreign case is meant."""

ELSEWHERE = {
    "reports.build": "asks for a zone, which is not one's own",
    "portal.start": "asks for an organization, which is not one's own",
    "admin.ask_to_move": "moves the cases of all zones, and the role is held for one",
    "admin.carry_out_move": "the same",
    "admin.refuse_move": "the same",
}
"""Addresses that a role opens and that still refuse: what is asked for belongs to others."""


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    with a_world(app) as made:
        yield made


def expected(app: Flask, door: Door, visitor: Visitor) -> set[int]:
    """What a stranger must be answered at a door."""
    permission = permission_of(app, door.endpoint)
    assert permission is not None
    if permission is Permission.PUBLIC:
        return TAKEN
    if visitor.who is None:
        # A form without its token is refused before anybody asks who sent it.
        return {401} if door.for_programs else {302} if door.method == "GET" else {400}
    if not may(visitor.who, permission):
        return {403}
    if door.endpoint in ELSEWHERE:
        return TAKEN | {403}
    return {404} if door.of_case else TAKEN


def faults(world: World, visitor: Visitor) -> list[str]:
    """Everything that is wrong with what a stranger got, door by door."""
    found = []
    for door in world.doors():
        status, text = visitor.read(door, world)
        if status not in expected(world.app, door, visitor):
            found.append(f"{door.method} {door.address}: {status}")
        found += [f"{door.method} {door.address} tells {word!r}" for word in world.secrets if word in text]
        if not door.of_case and door.method == "GET" and world.reference in text:
            found.append(f"{door.method} {door.address} names a case nobody asked for")
    return found


def test_a_stranger_of_any_role_learns_and_changes_nothing_at_any_address(app: Flask, world: World) -> None:
    with app.app_context():
        people = {role: stranger(role) if role else None for role in ROLES}
        db.session.remove()
    before = world.state()
    wrong = {role: found for role, who in people.items() if (found := faults(world, Visitor(app, who)))}
    assert wrong == {}
    assert world.state() == before


def test_what_is_sealed_stays_sealed_even_for_those_inside(app: Flask, world: World) -> None:
    everything = set(world.comments.values())
    insiders = {
        "the applicant": (world.story.applicant, {NOTE, *everything}),
        "a partner": (world.story.partner_user, {NOTE, *everything}),
        "the zone": (world.story.zone_staff, everything),
    }
    with app.app_context():
        for user_id, own in world.comments.items():
            insiders[f"reviewer {user_id}"] = (known(user_id), {NOTE, MESSAGE, *everything} - {own})
        db.session.remove()
    told = []
    for name, (who, sealed) in insiders.items():
        visitor = Visitor(app, who)
        for door in world.doors():
            if door.method == "GET":
                status, text = visitor.read(door, world)
                told += [f"{name}: {door.address} {status} {word}" for word in sealed if word in text or status >= 500]
    assert told == []


def test_those_it_concerns_do_find_it_at_the_same_addresses(app: Flask, world: World) -> None:
    """The matrix asks at the right doors: for its own people they open."""
    opened = {}
    for who in (world.story.applicant, world.story.zone_staff, world.story.hq_staff):
        visitor = Visitor(app, who)
        for door in world.doors():
            if door.of_case and door.method == "GET":
                opened[door.endpoint] = opened.get(door.endpoint, False) or visitor.read(door, world)[0] == 200
    closed = {endpoint for endpoint, open_ in opened.items() if not open_}
    assert closed <= {
        "calendar.meeting", "files.receipt", "portal.check", "portal.corrections", "portal.section", "portal.take_over",
        "portal.timetable", "reviewer.case", "staff.form", "staff.guests", "staff.neighbor", "staff.timetable", "transitions.step",
    }, closed  # fmt: skip


def test_a_form_takes_its_own_fields_and_no_column_of_the_case(app: Flask, world: World) -> None:
    """The lead company sends every column along wherever it may write: only what the page asks for is taken."""
    visitor = Visitor(app, world.story.applicant)
    before = world.state()
    for door in world.doors():
        if door.of_case and door.method == "POST" and not door.endpoint.startswith(("transitions.", "api.", "undo.")):
            assert visitor.read(door, world)[0] in TAKEN | {403}
    after = world.state()
    names = [column.name for column in Case.__table__.c]
    changed = {name for name, old, new in zip(names, before["Case"][0], after["Case"][0], strict=True) if old != new}
    assert changed == set()
    assert after["RoleGrant"] == before["RoleGrant"]
    assert after["User"] == before["User"]
    assert after["CaseOrganization"] == before["CaseOrganization"]
