"""PostgreSQL's index of words knows runs of three letters beside pairs: a word of three is then found without its text.

SQLite's looks for pairs that follow upon each other and has no need of them.
"""

from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _replace("letter_pairs", "ix_case_words_pairs", "letter_runs", RUNS, "ix_case_words_runs")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _replace("letter_runs", "ix_case_words_runs", "letter_pairs", PAIRS, "ix_case_words_pairs")


RUNS = """SELECT array_agg(substr(words, n, k)) FROM generate_series(1, length(words) - 1) AS n, generate_series(2, 3) AS k
      WHERE n + k - 1 <= length(words)"""
PAIRS = "SELECT array_agg(substr(words, n, 2)) FROM generate_series(1, length(words) - 1) AS n"


def _replace(old: str, old_index: str, new: str, text: str, new_index: str) -> None:
    """Settings as in 0018."""
    op.execute(f"DROP INDEX {old_index}")
    op.execute(f"DROP FUNCTION {old}(text)")
    op.execute(
        f"CREATE FUNCTION {new}(words text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ {text} $$"
    )
    op.execute(f"CREATE INDEX {new_index} ON case_words USING gin ({new}(words)) WITH (gin_pending_list_limit = 256)")
    op.execute(f"ALTER INDEX {new_index} ALTER COLUMN 1 SET STATISTICS 0")
