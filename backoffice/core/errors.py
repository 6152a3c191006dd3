"""What can go wrong in the words of the domain. Only web/errors.py and the commands know how to show it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from backoffice.core.i18n import Sentence


class OfficeError(Exception):
    """A failure with one sentence for the person who caused it."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence.ko)
        self.sentence = sentence


class NotFound(OfficeError):
    """It does not exist, or this actor may not know that it does."""

    def __init__(self, what: Sentence | None = None) -> None:
        super().__init__(what or Sentence("찾을 수 없습니다.", "Not found."))


class Forbidden(OfficeError):
    """The actor may know of it, but not do this."""

    def __init__(self, sentence: Sentence | None = None) -> None:
        super().__init__(sentence or Sentence("이 작업을 할 권한이 없습니다.", "You may not do this."))


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field: its name (``members.2.zone`` for a row) and one sentence with the way out."""

    field: str
    sentence: Sentence


class Invalid(OfficeError):
    """Input that cannot be taken, with one problem per field."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems[0].sentence)
        self.problems = tuple(problems)

    @classmethod
    def field(cls, name: str, ko: str, en: str) -> "Invalid":
        return cls([Problem(name, Sentence(ko, en))])


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a step is closed: a stable code, a sentence, who can unblock it, and a symbolic link to the place."""

    code: str
    sentence: Sentence
    unblocks: str | None = None
    """The role (or nobody) that can remove the reason."""
    link: str | None = None
    """``form:application``, ``reviews``, ``budget``, …; the web floor turns it into an address."""
    details: dict[str, str] = field(default_factory=dict)


class Refused(OfficeError):
    """A step that may not be taken now. Carries every reason, not only the first."""

    def __init__(self, reasons: Sequence[Reason]) -> None:
        super().__init__(reasons[0].sentence)
        self.reasons = tuple(reasons)

    @classmethod
    def because(cls, code: str, ko: str, en: str, *, unblocks: str | None = None, link: str | None = None) -> "Refused":
        return cls([Reason(code, Sentence(ko, en), unblocks, link)])


class Conflict(OfficeError):
    """Somebody else was faster, or the same key was used for something else. Nothing was changed."""

    def __init__(self, code: str, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.code = code


class Failed(OfficeError):
    """Something of ours could not be made, such as one document; the rest goes on."""


class Unavailable(OfficeError):
    """The database or the disk cannot take it now; trying again later is the way out."""
