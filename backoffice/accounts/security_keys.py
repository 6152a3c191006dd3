"""Security keys and passkeys (WebAuthn): enrolling one, and proving its possession."""

import ipaddress
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlparse

import webauthn
from sqlalchemy import select, update
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from backoffice.accounts import sealing, second_factor
from backoffice.accounts.factors import CHALLENGE, KEY, OneTimeToken, SecondFactor
from backoffice.accounts.models import User
from backoffice.core import clock
from backoffice.core.db import db, rows_changed
from backoffice.core.errors import Invalid

MAX_ANSWER = 20_000


@dataclass(frozen=True, slots=True)
class Party:
    """Who asks for a key: the name a browser binds it to, and the only place it is believed from."""

    id: str
    origin: str


def party(base_url: str) -> Party | None:
    """The canonical address as a browser knows it; a browser binds keys to names, so a bare IP address has none.

    On loopback the name is ``localhost``, whichever of the two is configured.
    """
    address = urlparse(base_url)
    host = address.hostname or ""
    try:
        if not ipaddress.ip_address(host).is_loopback:
            return None
        host = "localhost"
    except ValueError:
        pass
    port = f":{address.port}" if address.port else ""
    return Party(host, f"{address.scheme}://{host}{port}")


def registration(user_id: int, asker: Party, challenge: bytes) -> str:
    """What the browser is told when a key is to be enrolled, as JSON."""
    person = db.session.get_one(User, user_id)
    options = webauthn.generate_registration_options(
        rp_id=asker.id,
        rp_name="이음",
        user_id=str(user_id).encode(),
        user_name=person.email,
        user_display_name=person.name,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=UserVerificationRequirement.PREFERRED
        ),
        exclude_credentials=_descriptors(user_id),
    )
    return webauthn.options_to_json(options)


def question(user_id: int, asker: Party, challenge: bytes) -> str:
    """What the browser is told when a key is to prove itself, as JSON."""
    options = webauthn.generate_authentication_options(
        rp_id=asker.id,
        challenge=challenge,
        allow_credentials=_descriptors(user_id),
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return webauthn.options_to_json(options)


def _descriptors(user_id: int) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(id=base64url_to_bytes(row.credential or ""))
        for row in second_factor.factors(user_id)
        if row.kind == KEY
    ]


def enrol(user_id: int, answer: str, name: str, *, asker: Party, challenge: bytes) -> list[str]:
    """Take a key into use; answer the recovery codes if it is the first factor. Raises Invalid."""
    credential = _read(answer)
    _spend(user_id, challenge)
    try:
        found = webauthn.verify_registration_response(
            credential=credential, expected_challenge=challenge, expected_rp_id=asker.id, expected_origin=asker.origin
        )
    except WebAuthnException as error:
        raise _refused() from error
    identity = bytes_to_base64url(found.credential_id)
    if db.session.scalar(select(SecondFactor.id).where(SecondFactor.credential == identity)) is not None:
        raise Invalid.field("credential", "이미 등록된 보안 키입니다.", "This key is enrolled already.")
    row = SecondFactor(
        user_id=user_id,
        kind=KEY,
        name="",
        secret=sealing.seal(found.credential_public_key),
        credential=identity,
        counter=found.sign_count,
    )
    db.session.add(row)
    db.session.flush()
    return second_factor.confirmed(row, name)


def prove(user_id: int, answer: str, *, asker: Party, challenge: bytes) -> None:
    """Check a key's signature over the challenge. Raises Invalid; the challenge is spent either way."""
    second_factor.check_lock(user_id)
    credential = _read(answer)
    _spend(user_id, challenge)
    row = db.session.scalar(
        select(SecondFactor).where(
            SecondFactor.user_id == user_id, SecondFactor.kind == KEY, SecondFactor.credential == credential.get("id")
        )
    )
    if row is None:
        raise _refused()
    try:
        proof = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=asker.id,
            expected_origin=asker.origin,
            credential_public_key=sealing.unseal(row.secret),
            credential_current_sign_count=row.counter,
        )
    except (WebAuthnException, sealing.Unsealable) as error:
        raise _refused() from error
    statement = update(SecondFactor).where(SecondFactor.id == row.id, SecondFactor.counter == row.counter)
    if rows_changed(statement.values(counter=proof.new_sign_count, last_used_at=clock.now())) != 1:
        raise _refused()
    second_factor.used_key(user_id)


def _read(answer: str) -> dict[str, Any]:
    try:
        found = json.loads(answer) if len(answer) <= MAX_ANSWER else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("id"), str):
        raise _refused()
    return found


def _spend(user_id: int, challenge: bytes) -> None:
    """A challenge is answered once: its hash is unique in the table. Raises Invalid."""
    now = clock.now()
    digest = sealing.digest(bytes_to_base64url(challenge))
    if db.session.scalar(select(OneTimeToken.id).where(OneTimeToken.digest == digest)) is not None:
        raise _refused()
    spent = OneTimeToken(user_id=user_id, purpose=CHALLENGE, digest=digest, expires_at=now, used_at=now)
    db.session.add(spent)
    db.session.flush()


def _refused() -> Invalid:
    return Invalid.field(
        "credential",
        "보안 키를 확인하지 못했습니다. 등록한 키를 연결하고 다시 시도해 주세요.",
        "The security key could not be verified; connect the one you enrolled and try again.",
    )
