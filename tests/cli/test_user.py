"""``backoffice user create``: people with one role, and a password that is shown once."""

from flask import Flask

from backoffice.accounts.queries import actor, by_email
from backoffice.accounts.services import sign_in
from backoffice.core.db import db, transaction
from backoffice.organizations.queries import zone
from tests.cli.terminal import run
from tests.make import make_organization
from workflows.roles import Role


def test_a_person_can_be_created_for_a_zone_and_signs_in_with_the_printed_password(app: Flask) -> None:
    made = run(app, "user", "create", "Kim@Example.kr", "--role", "zone_staff", "--zone", "GS-GIMHAE", "--json")
    assert made.code == 0, made.err
    with app.app_context():
        with transaction():
            person = sign_in("kim@example.kr", made.data["password"])
        found = actor(person.id)
        assert found is not None
        assert found.zones_as(Role.ZONE_STAFF) == {zone("GS-GIMHAE").id}


def test_a_company_person_belongs_to_the_organization_with_this_business_number(app: Flask) -> None:
    with app.app_context():
        company = make_organization("나노메디텍")
        number, company_id = company.business_number or "", company.id
        db.session.remove()
    typed = f"{number[:3]}-{number[3:5]}-{number[5:]}"
    made = run(
        app, "user", "create", "lee@example.kr", "--role", "applicant", "--organization", typed, "--name", "이신청",
        "--password-stdin", typed="long enough password\n",
    )  # fmt: skip
    assert made.code == 0, made.err
    assert "long enough" not in made.out
    with app.app_context():
        person = by_email("lee@example.kr")
        assert person is not None
        assert (person.name, person.organization_id) == ("이신청", company_id)


def test_what_cannot_be_created_is_said_in_one_line_and_nobody_is_created(app: Flask) -> None:
    wrong = {
        ("--role", "zone_staff", "--zone", "GS-NOWHERE"): "GS-NOWHERE",
        ("--role", "applicant"): "organization",
        ("--role", "applicant", "--organization", "116-82-00278"): "organization",
        ("--role", "applicant", "--organization", "116-82-00276"): "organization",
    }
    for options, word in wrong.items():
        ended = run(app, "user", "create", "new@example.kr", *options)
        assert (ended.code, ended.out, len(ended.err.splitlines())) == (1, "", 1), ended
        assert word in ended.err
    with app.app_context():
        assert by_email("new@example.kr") is None


def test_an_address_is_taken_once_and_a_short_password_is_refused(app: Flask) -> None:
    assert run(app, "user", "create", "a@example.kr", "--role", "admin").code == 0
    assert run(app, "user", "create", "A@example.kr", "--role", "admin").err.startswith("email: ")
    short = run(app, "user", "create", "b@example.kr", "--role", "admin", "--password-stdin", typed="short\n")
    assert (short.code, short.err[:9]) == (1, "password:")


def test_a_role_nobody_can_hold_is_a_usage_error(app: Flask) -> None:
    assert run(app, "user", "create", "a@example.kr", "--role", "system").code == 2
    assert run(app, "user", "create", "a@example.kr").code == 2
