"""The way into a session: the password first, then the second factor, then the session itself (trust rule 11)."""

import base64
import secrets
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app, session
from flask_login import UserMixin, current_user, login_user, logout_user

from backoffice.access.actors import Actor
from backoffice.accounts import queries as accounts
from backoffice.accounts import second_factor
from backoffice.core import clock
from backoffice.extensions import login_manager

PENDING, CHALLENGE, FACTOR = "entering", "challenge", "factor"
PATIENCE = timedelta(minutes=10)
"""How long the second step, or an answer of a security key, is waited for."""


class SignedIn(UserMixin):
    """What the session knows: who, and at which session version. A raised version ends the session."""

    def __init__(self, user_id: int, session_version: int, person: Actor | None = None) -> None:
        self.user_id = user_id
        self.session_version = session_version
        self.person = person
        """Who that is at this moment, when it was asked for already."""

    def get_id(self) -> str:
        return f"{self.user_id}:{self.session_version}"


@login_manager.user_loader  # type: ignore[untyped-decorator]  # flask-login ships no annotations
def load_signed_in(identity: str) -> SignedIn | None:
    """The person behind a session, unless the account was closed or its sessions ended."""
    user_id, _, version = identity.partition(":")
    if not (user_id.isdigit() and version.isdigit()):
        return None
    person = accounts.actor(int(user_id))
    if person is None or person.session_version != int(version):
        return None
    return SignedIn(int(user_id), int(version), person)


@dataclass(frozen=True, slots=True)
class Pending:
    """Somebody whose password was right and who has not come in yet."""

    user_id: int
    next: str


def duty(actor: Actor | None) -> bool:
    """Whether this person must prove themselves twice here; demo accounts may but need not."""
    return not current_app.extensions["settings"].demo and second_factor.must_have(actor)


def half_way(actor: Actor | None) -> bool:
    """Whether a session came about without the second factor that its person's roles demand by now.

    Only sessions have a way to go: whoever comes with a token made it in a session of their own.
    """
    return current_user.is_authenticated and duty(actor) and not session.get(FACTOR)


def hold_back(user_id: int, version: int, onward: str) -> None:
    """The password was right: remember who waits for the second step, in a fresh session that opens nothing."""
    logout_user()
    session.clear()
    session[PENDING] = [user_id, version, int(clock.now().timestamp()), onward]


def pending() -> Pending | None:
    """Who waits for the second step, if the password they proved is still the one and ten minutes are not over."""
    found = session.get(PENDING)
    if not isinstance(found, list) or len(found) != 4:
        return None
    user_id, version, at, onward = found
    person = accounts.user(user_id)
    fresh = clock.now().timestamp() - at <= PATIENCE.total_seconds()
    if person is None or not person.active or person.session_version != version or not fresh:
        return None
    return Pending(user_id, onward)


def let_in(user_id: int, version: int, factor: str) -> None:
    """Begin the session anew: nothing of what went before, its form tokens included, is good any more."""
    session.clear()
    session.permanent = True
    session[FACTOR] = factor
    login_user(SignedIn(user_id, version))


def carry_on(user_id: int, factor: str = "") -> None:
    """Keep the present session when all others of this person were ended: it gets a new beginning, too."""
    person = accounts.user(user_id)
    if person is not None:
        let_in(user_id, person.session_version, factor or session.get(FACTOR, ""))


def new_challenge() -> bytes:
    """A fresh challenge for a security key, remembered in the signed session of this browser."""
    challenge = secrets.token_bytes(32)
    session[CHALLENGE] = [base64.b64encode(challenge).decode(), int(clock.now().timestamp())]
    return challenge


def take_challenge() -> bytes | None:
    """The challenge this browser was given, once, while it is fresh."""
    found = session.pop(CHALLENGE, None)
    if not isinstance(found, list) or clock.now().timestamp() - found[1] > PATIENCE.total_seconds():
        return None
    return base64.b64decode(found[0])
