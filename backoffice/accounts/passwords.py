"""Password hashing (argon2id) and the rules for a password people can live with."""

import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from backoffice.core.errors import Invalid

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_NOBODY = _hasher.hash("nobody has this password")
_COMMON = Path(__file__).resolve().parent / "data" / "common_passwords.txt"
SHORTEST, LONGEST = 10, 200
TELLING = 4
"""From this length on a part of a name or address gives a password away."""


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether a password is right; an unknown person costs the same time as a known one."""
    try:
        return _hasher.verify(stored or _NOBODY, password) and stored is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def check_new(password: str, field: str = "password", *, personal: Iterable[str] = ()) -> None:
    """Raise Invalid unless a new password is long enough and not one that is tried first (NIST SP 800-63B: no other rules)."""
    if len(password) < SHORTEST:
        raise Invalid.field(field, "비밀번호는 10자 이상이어야 합니다.", "A password has at least ten characters.")
    if len(password) > LONGEST:
        raise Invalid.field(field, "비밀번호는 200자까지입니다.", "A password has at most 200 characters.")
    plain = _plain(password)
    if plain in common() or len(set(plain)) < TELLING or _is_run(plain):
        raise Invalid.field(
            field,
            "널리 쓰여 쉽게 추측되는 비밀번호입니다. 다른 사람이 떠올리기 어려운 문장으로 정해 주세요.",
            "This password is among those tried first; choose a sentence nobody else would think of.",
        )
    if any(part in plain for text in personal for part in _parts(text)):
        raise Invalid.field(
            field,
            "비밀번호에 이름이나 전자우편 주소가 들어 있습니다. 빼고 다시 정해 주세요.",
            "The password contains your name or address; choose one without them.",
        )


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _parts(text: str) -> list[str]:
    """What of a name or an address must not stand in a password: the whole name, the local part and its longer words."""
    local = _plain(text).partition("@")[0]
    words = [local, *local.replace(".", " ").replace("_", " ").replace("-", " ").split()]
    shortest = TELLING if local.isascii() else 2
    return [word for word in words if len(word) >= shortest]


def _is_run(text: str) -> bool:
    """``1234567890``, ``abcdefghij``, ``9876543210``: every character follows the one before."""
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return steps in ({1}, {-1})


@cache
def common() -> frozenset[str]:
    """The passwords that breaches show most often, at least as long as ours, and what people here would add."""
    return frozenset(_COMMON.read_text(encoding="utf-8").split())
