"""How cases are found by a word: asked one by one, or looked up in an index of neighboring letters (decision 027).

The database keeps the index itself, with triggers (migration 0018): whoever writes a search text writes the index.
Korean words of two letters are common; they are one pair. A longer word is a run of pairs, or of threes.
"""

from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Select, Text, cast, column, delete, func, insert, select, table

from backoffice.cases.models import Case
from backoffice.core.db import BigKey, db

_TOLD: Any = table("case_words", column("case_id", BigKey), column("words", Text))
"""PostgreSQL's: the search texts in a narrow table, their runs of two and three letters in its index."""
_PAIRED: Any = table("case_words", column("rowid", BigKey), column("pairs", Text), column("case_words", Text))
"""SQLite's: pairs in their order without the text. What is searched for is compared with the table itself."""


def in_text(word: str) -> ColumnElement[bool]:
    """Asked of each case."""
    return Case.search_text.contains(word, autoescape=True)


def in_index(word: str) -> ColumnElement[bool]:
    """The same, begun at the index."""
    return Case.id.in_(holding(word))


def holding(word: str) -> Select[int]:
    """The ids of all cases with a word. A single letter is no pair: the texts are read for it."""
    if tells_texts():
        return select(_TOLD.c.case_id).where(*_told(word))
    if len(word) < 2:
        return select(Case.id.label("case_id")).where(in_text(word))
    # Tokens in quotes have to follow upon each other: a run of pairs is the word.
    return select(_PAIRED.c.rowid.label("case_id")).where(_PAIRED.c.case_words.op("MATCH")(f'"{_tokens(word)}"'))


def tells_texts() -> bool:
    """Whether the texts stand beside their runs, as they do on PostgreSQL."""
    return db.session.get_bind().dialect.name == "postgresql"


def _told(word: str) -> list[ColumnElement[bool]]:
    """Every run of the word is somewhere in the text, and so is the word: up to three letters are a run themselves."""
    whole = func.strpos(_TOLD.c.words, word) > 0
    if len(word) < 2:
        return [whole]
    runs = [word] if len(word) == 2 else [word[place : place + 3] for place in range(len(word) - 2)]
    found = func.letter_runs(_TOLD.c.words).op("@>")(cast(runs, ARRAY(Text)))
    return [found] if runs == [word] else [found, whole]


def _pairs(word: str) -> list[str]:
    return [word[place : place + 2] for place in range(len(word) - 1)]


def _tokens(text: str) -> str:
    """The pairs of a text in their order, in hexadecimal digits: no letter then means anything to FTS5."""
    return " ".join(pair.encode().hex() for pair in _pairs(text))


# ---- whether the index is true, and making it so


def strayed() -> int:
    """How many cases the index does not tell as they are; of SQLite's, which keeps no texts, how many too few or too many."""
    if tells_texts():
        return db.session.scalar(select(func.count()).select_from(_other().subquery())) or 0
    cases, told = (select(func.count()).select_from(rows).scalar_subquery() for rows in (Case, _PAIRED))
    return db.session.scalar(select(func.abs(cases - told))) or 0


def build_anew() -> None:
    """Tell the index every case again, in the caller's transaction; PostgreSQL's those it has otherwise."""
    if tells_texts():
        db.session.execute(delete(_TOLD).where(_TOLD.c.case_id.in_(_other())))
        untold = select(Case.id, Case.search_text).where(Case.id.not_in(select(_TOLD.c.case_id)))
        db.session.execute(insert(_TOLD).from_select(["case_id", "words"], untold))
        return
    db.session.execute(insert(_PAIRED), {"case_words": "delete-all"})
    every = db.session.execute(select(Case.id, Case.search_text))
    rows = [{"rowid": case_id, "pairs": _tokens(words)} for case_id, words in every]
    if rows:
        db.session.execute(insert(_PAIRED), rows)


def _other() -> Select[int]:
    """The ids of all cases and texts that are not the same on PostgreSQL."""
    both = _TOLD.join(Case, Case.id == _TOLD.c.case_id, full=True)
    differs = Case.search_text.is_distinct_from(_TOLD.c.words)
    return select(func.coalesce(Case.id, _TOLD.c.case_id)).select_from(both).where(differs)
