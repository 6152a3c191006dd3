"""``backoffice user``: make people known, with the role they start with."""

import secrets
import sys

import click

from backoffice.access.actors import Actor
from backoffice.accounts import queries as accounts
from backoffice.accounts.services import NewUser, create_user, grant
from backoffice.cli.output import Failure, Noun, say
from backoffice.core import audit
from backoffice.core.db import transaction
from backoffice.core.errors import NotFound
from backoffice.core.identifiers import read_business_number
from backoffice.organizations.queries import by_business_number, zone
from workflows.roles import Role

group = Noun("user", help="People and their roles.")

GRANTABLE = [role.value for role in Role if role is not Role.SYSTEM]


@group.command()
@click.argument("email")
@click.option("--role", required=True, type=click.Choice(GRANTABLE), help="The role to begin with.")
@click.option("--zone", "zone_code", help="Limit the role to this zone, such as GS-GIMHAE.")
@click.option("--organization", "number", help="Business number of the organization the person acts for.")
@click.option("--name", help="The person's name; without it the part of the address before the @.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def create(
    email: str, role: str, zone_code: str | None, number: str | None, name: str | None, password_stdin: bool
) -> None:
    """Create a person with one role. Without a password one is made up and printed."""
    password = sys.stdin.readline().rstrip("\n") if password_stdin else secrets.token_urlsafe(15)
    zone_id = _zone(zone_code) if zone_code else None
    organization_id = _organization(number) if number else None
    with transaction():
        new = NewUser(email, name or email.partition("@")[0], password, organization_id=organization_id)
        person = create_user(new)
        grant(person.id, Role(role), zone_id=zone_id, organization_id=organization_id)
        audit.record(audit.Visit(None, "backoffice user create"), "user:create", about=person.email)
        made = {"email": person.email, "role": role, "zone": zone_code}
    lines = [f"created {made['email']} as {role}" + (f" for {zone_code}" if zone_code else "")]
    if not password_stdin:
        made["password"] = password
        lines.append(f"password: {password}")
    say(made, lines)


def _zone(code: str) -> int:
    try:
        return zone(code).id
    except NotFound as error:
        raise Failure(f"zone {code}: there is no such zone") from error


def _organization(number: str) -> int:
    found = by_business_number(read_business_number(number, "organization"))
    if found is None:
        raise Failure(f"organization {number}: it is not registered yet")
    return found.id


def person(email: str) -> Actor:
    """The active person with this address, with the roles of today."""
    known = accounts.by_email(email)
    actor = accounts.actor(known.id) if known is not None else None
    if actor is None:
        raise Failure(f"{email}: there is no active person with this address")
    return actor
