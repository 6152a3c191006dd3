"""What a token may be used for: scopes narrow what its person may do, they never add to it."""

from collections.abc import Collection, Iterable
from enum import StrEnum

from backoffice.access.permissions import Permission
from backoffice.core.i18n import Sentence


class Scope(StrEnum):
    """``<noun>:<verb>``; the docstring of each says what a token that carries it may be used for."""

    CASES_READ = "cases:read"
    """See cases, their steps and their history, as far as the person sees them."""
    CASES_ACT = "cases:act"
    """Take steps of cases in the person's name."""


LABELS: dict[Scope, Sentence] = {
    Scope.CASES_READ: Sentence("건과 이력 읽기", "Read cases and their history"),
    Scope.CASES_ACT: Sentence("건의 처리하기", "Take steps of cases"),
}

NEEDED: dict[Permission, Scope] = {
    Permission.API_READ: Scope.CASES_READ,
    Permission.CASE_ACT: Scope.CASES_ACT,
}
"""The scope a permission asks for when it is used through a token; what is not listed asks for none."""


def lacking(scopes: Collection[Scope], permission: Permission) -> Scope | None:
    """The scope a token would need for a permission and does not carry."""
    needed = NEEDED.get(permission)
    return needed if needed is not None and needed not in scopes else None


def written(scopes: Iterable[Scope]) -> str:
    """Scopes as one text, the way OAuth writes them."""
    return " ".join(sorted(set(scopes)))


def read(text: str) -> frozenset[Scope]:
    """Scopes from one text; words that are no scope any more are left out."""
    known = {scope.value for scope in Scope}
    return frozenset(Scope(word) for word in text.split() if word in known)
