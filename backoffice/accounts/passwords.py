"""Password hashing (argon2id) and the rules for a password people can live with."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from backoffice.core.errors import Invalid

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_NOBODY = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether a password is right; an unknown person costs the same time as a known one."""
    try:
        return _hasher.verify(stored or _NOBODY, password) and stored is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def check_new(password: str, field: str = "password") -> None:
    """Raise Invalid unless a new password is long enough (twelve letters, no other rules: NIST SP 800-63B)."""
    if len(password) < 12:
        raise Invalid.field(field, "비밀번호는 12자 이상이어야 합니다.", "A password has at least twelve characters.")
    if len(password) > 200:
        raise Invalid.field(field, "비밀번호는 200자까지입니다.", "A password has at most 200 characters.")
