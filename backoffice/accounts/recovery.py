"""Recovery codes: ten, shown once, kept as keyed hashes, each good for one sign-in."""

import secrets

from sqlalchemy import delete, func, select, update

from backoffice.accounts import sealing
from backoffice.accounts.factors import RecoveryCode
from backoffice.core import clock
from backoffice.core.db import db, rows_changed

COUNT = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are taken for each other; twelve of them are 59 bits."""


def renew(user_id: int) -> list[str]:
    """Ten new codes; the old ones are void."""
    forget(user_id)
    codes = ["-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3)) for _ in range(COUNT)]
    db.session.add_all(RecoveryCode(user_id=user_id, digest=_digest(user_id, code)) for code in codes)
    db.session.flush()
    return codes


def forget(user_id: int) -> None:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))


def left(user_id: int) -> int:
    """How many codes can still be used."""
    query = select(func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(query) or 0


def use(user_id: int, code: str) -> bool:
    """Use a code up; one conditional update, so that of two people with the same code one gets in."""
    statement = update(RecoveryCode).where(
        RecoveryCode.user_id == user_id, RecoveryCode.digest == _digest(user_id, code), RecoveryCode.used_at.is_(None)
    )
    return rows_changed(statement.values(used_at=clock.now())) == 1


def still_valid(user_id: int, codes: list[str]) -> list[str]:
    """Those of these codes that are this person's and unused: what may be written into a file for them."""
    wanted = {_digest(user_id, code): code for code in codes[:COUNT]}
    query = select(RecoveryCode.digest).where(
        RecoveryCode.user_id == user_id, RecoveryCode.digest.in_(wanted), RecoveryCode.used_at.is_(None)
    )
    known = set(db.session.scalars(query))
    return [code for digest, code in wanted.items() if digest in known]


def _digest(user_id: int, code: str) -> str:
    letters = "".join(character for character in code.lower() if character in _LETTERS)
    return sealing.keyed_digest(f"{user_id}:{letters}")
