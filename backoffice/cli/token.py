"""``backoffice token``: give a program a token to act as a person."""

import click

from backoffice.access.scopes import Scope
from backoffice.accounts import tokens
from backoffice.cli.output import Failure, Noun, say
from backoffice.cli.user import person
from backoffice.core import audit, clock
from backoffice.core.db import transaction
from backoffice.core.errors import NotFound

group = Noun("token", help="Tokens for programs that use the API.")
DAY = "%Y-%m-%d"


@group.command()
@click.argument("email")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([scope.value for scope in Scope]),
    help="What it may be used for, once for each; without it cases:read.",
)
@click.option("--days", default=tokens.DAYS, show_default=True, help=f"How long it holds, at most {tokens.MAX_DAYS}.")
@click.option("--name", default="backoffice token create", help="What the person finds it under.")
def create(email: str, scopes: tuple[str, ...], days: int, name: str) -> None:
    """Create a token for a person and print it: it cannot be read again."""
    who = person(email)
    wanted = [Scope(scope) for scope in scopes] or [Scope.CASES_READ]
    with transaction():
        row, secret = tokens.create(who.user_id or 0, name, wanted, days)
        audit.record(audit.Visit(None, "backoffice token create"), "token:create", about=f"{who.email} {row.scopes}")
        made = {"id": row.id, "email": who.email, "scopes": row.scopes.split(), "expires_at": row.expires_at}
        until = clock.in_seoul(row.expires_at).strftime(DAY)
        line = f"created token {row.id} for {who.email}: {row.scopes}, until {until}"
    say({**made, "token": secret}, [line, f"token: {secret}"])


@group.command("list")
@click.argument("email")
def list_tokens(email: str) -> None:
    """A person's tokens: number, scopes, until when, last used, name. Never the token itself."""
    rows = tokens.of_person(person(email).user_id or 0)
    found = [
        {
            "id": row.id,
            "scopes": row.scopes.split(),
            "expires_at": row.expires_at,
            "last_used_at": row.last_used_at,
            "name": row.name,
        }
        for row in rows
    ]
    lines = (
        "\t".join((
            str(row.id), row.scopes, clock.in_seoul(row.expires_at).strftime(DAY),
            clock.in_seoul(row.last_used_at).strftime(DAY) if row.last_used_at else "-", row.name,
        ))
        for row in rows
    )  # fmt: skip
    say(found, lines)


@group.command()
@click.argument("email")
@click.argument("number", type=int)
def revoke(email: str, number: int) -> None:
    """Revoke one of a person's tokens; its next request is refused."""
    who = person(email)
    try:
        with transaction():
            tokens.revoke(number, who.user_id or 0)
            audit.record(audit.Visit(None, "backoffice token revoke"), "token:revoke", about=f"{who.email} {number}")
    except NotFound as error:
        raise Failure(f"token {number}: {email} has no such token; see: backoffice token list {email}") from error
    say({"id": number, "revoked": True}, [f"revoked token {number} of {email}"])
