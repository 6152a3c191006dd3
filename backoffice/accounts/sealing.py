"""Secrets at rest: sealed with a key that follows from SECRET_KEY, or kept only as a keyed hash (decision 016)."""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app


class Unsealable(Exception):
    """It was sealed under another SECRET_KEY; an administrator must reset it."""


def _key(purpose: bytes) -> bytes:
    """A key of its own for each purpose: knowing one tells nothing about another, nor about the session key."""
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"ieum " + purpose).derive(secret)


def _box() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_key(b"second factor")))


def seal(content: bytes) -> str:
    return _box().encrypt(content).decode("ascii")


def unseal(sealed: str) -> bytes:
    """What was sealed. Raises Unsealable."""
    try:
        return _box().decrypt(sealed.encode("ascii"))
    except InvalidToken as error:
        raise Unsealable from error


def keyed_digest(text: str) -> str:
    """A hash nobody can try out without SECRET_KEY: for codes short enough to be typed."""
    return hmac.new(_key(b"recovery codes"), text.encode(), hashlib.sha256).hexdigest()


def digest(token: str) -> str:
    """The hash of a long random token, or of a challenge."""
    return hashlib.sha256(token.encode()).hexdigest()
