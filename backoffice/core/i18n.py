"""Texts that exist in Korean and English, and the language of the reader."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

Language = Literal["ko", "en"]
LANGUAGES: tuple[Language, ...] = ("ko", "en")

_current: ContextVar[Language] = ContextVar("language", default="ko")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence in both languages."""

    ko: str
    en: str

    def text(self, language: str | None = None) -> str:
        """The sentence in a language; without one, in the reader's."""
        return self.en if (language or _current.get()) == "en" else self.ko

    def __str__(self) -> str:
        return self.text()


def language() -> Language:
    """The language of the present reader; Korean unless somebody said otherwise."""
    return _current.get()


@contextmanager
def speaking(chosen: Language) -> Iterator[None]:
    """Within the block sentences come in this language."""
    token = _current.set(chosen)
    try:
        yield
    finally:
        _current.reset(token)


def speak(chosen: Language) -> None:
    """Set the language for the rest of this context (one request, one job)."""
    _current.set(chosen)
