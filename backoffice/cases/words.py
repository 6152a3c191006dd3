"""How cases are found by a word: asked one by one, or looked up in an index of letter pairs (decision 027).

The database keeps the index itself, with triggers (migration 0018): whoever writes a search text writes the index.
Korean words of two letters are common; they are one pair. A longer word is a run of pairs.
"""

from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Select, Text, cast, column, func, select, table

from backoffice.cases.models import Case
from backoffice.core.db import BigKey, db

_TOLD: Any = table("case_words", column("case_id", BigKey), column("words", Text))
"""PostgreSQL's: the search texts in a narrow table, their pairs in its index."""
_PAIRED: Any = table("case_words", column("rowid", BigKey), column("case_words", Text))
"""SQLite's: pairs in their order without the text. What is searched for is compared with the table itself."""


def in_text(word: str) -> ColumnElement[bool]:
    """Asked of each case."""
    return Case.search_text.contains(word, autoescape=True)


def in_index(word: str) -> ColumnElement[bool]:
    """The same, begun at the index."""
    return Case.id.in_(holding(word))


def holding(word: str) -> Select[tuple[int]]:
    """The ids of all cases with a word. A single letter is no pair: the texts are read for it."""
    if db.session.get_bind().dialect.name == "postgresql":
        return select(_TOLD.c.case_id).where(*_told(word))
    if len(word) < 2:
        return select(Case.id.label("case_id")).where(in_text(word))
    # Tokens in quotes have to follow upon each other: a run of pairs is the word.
    run = " ".join(pair.encode().hex() for pair in _pairs(word))
    return select(_PAIRED.c.rowid.label("case_id")).where(_PAIRED.c.case_words.op("MATCH")(f'"{run}"'))


def _told(word: str) -> list[ColumnElement[bool]]:
    """Every pair is somewhere in the text, and so is the whole word."""
    pairs, found = _pairs(word), func.strpos(_TOLD.c.words, word) > 0
    return [func.letter_pairs(_TOLD.c.words).op("@>")(cast(pairs, ARRAY(Text))), found] if pairs else [found]


def _pairs(word: str) -> list[str]:
    return [word[place : place + 2] for place in range(len(word) - 1)]
