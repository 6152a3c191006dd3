"""An index of letter pairs that finds cases by a word, kept true by the database itself, and one of private cases.

Where search texts are written is of no matter: a trigger sees every insert, update and delete. A step does not write
them and costs nothing more. On PostgreSQL the texts stand a second time in a narrow table, whose index no step touches.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_index(
        "ix_case_private", "case", ["id"], unique=False,
        postgresql_where=sa.text("private IS true"), sqlite_where=sa.text("private IS 1"),
    )  # fmt: skip
    for statement in POSTGRESQL if op.get_bind().dialect.name == "postgresql" else SQLITE:
        op.execute(statement)


def downgrade() -> None:
    for statement in POSTGRESQL_BACK if op.get_bind().dialect.name == "postgresql" else SQLITE_BACK:
        op.execute(statement)
    op.drop_index("ix_case_private", table_name="case")


def pairs(words: str) -> str:
    """Every two letters that stand side by side, in their order, each as a token of hexadecimal digits."""
    return (
        "(WITH RECURSIVE place(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM place WHERE n < length({0}) - 1)"
        " SELECT group_concat(hex(substr({0}, n, 2)), ' ') FROM place)"
    ).format(words)


# A table of FTS5 that keeps no text: what it forgets has to be told again.
SQLITE = (
    "CREATE VIRTUAL TABLE case_words USING fts5(pairs, content='', tokenize='ascii')",
    f'INSERT INTO case_words (rowid, pairs) SELECT id, {pairs("search_text")} FROM "case"',
    f"""CREATE TRIGGER case_words_inserted AFTER INSERT ON "case" BEGIN
      INSERT INTO case_words (rowid, pairs) VALUES (NEW.id, {pairs("NEW.search_text")});
    END""",
    f"""CREATE TRIGGER case_words_updated AFTER UPDATE OF search_text ON "case" WHEN OLD.search_text <> NEW.search_text BEGIN
      INSERT INTO case_words (case_words, rowid, pairs) VALUES ('delete', OLD.id, {pairs("OLD.search_text")});
      INSERT INTO case_words (rowid, pairs) VALUES (NEW.id, {pairs("NEW.search_text")});
    END""",
    f"""CREATE TRIGGER case_words_deleted AFTER DELETE ON "case" BEGIN
      INSERT INTO case_words (case_words, rowid, pairs) VALUES ('delete', OLD.id, {pairs("OLD.search_text")});
    END""",
)
SQLITE_BACK = (
    "DROP TRIGGER case_words_inserted",
    "DROP TRIGGER case_words_updated",
    "DROP TRIGGER case_words_deleted",
    "DROP TABLE case_words",
)

# What is written waits in a short list until 256 kB of it are sorted into the index: 0.3 ms for a title instead of 7.
# Statistics about pairs would cost every ANALYZE thousands of texts, and help no plan.
POSTGRESQL = (
    """CREATE FUNCTION letter_pairs(words text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
      SELECT array_agg(substr(words, n, 2)) FROM generate_series(1, length(words) - 1) AS n
    $$""",
    "CREATE TABLE case_words (case_id bigint CONSTRAINT pk_case_words PRIMARY KEY, words text NOT NULL)",
    'INSERT INTO case_words (case_id, words) SELECT id, search_text FROM "case"',
    "CREATE INDEX ix_case_words_pairs ON case_words USING gin (letter_pairs(words)) WITH (gin_pending_list_limit = 256)",
    "ALTER INDEX ix_case_words_pairs ALTER COLUMN 1 SET STATISTICS 0",
    """CREATE FUNCTION keep_case_words() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'TRUNCATE' THEN
        TRUNCATE case_words;
      ELSIF TG_OP = 'DELETE' THEN
        DELETE FROM case_words WHERE case_id = OLD.id;
      ELSE
        INSERT INTO case_words (case_id, words) VALUES (NEW.id, NEW.search_text)
        ON CONFLICT (case_id) DO UPDATE SET words = EXCLUDED.words;
      END IF;
      RETURN NULL;
    END
    $$""",
    """CREATE TRIGGER case_words_kept AFTER INSERT OR DELETE OR UPDATE OF search_text ON "case"
    FOR EACH ROW EXECUTE FUNCTION keep_case_words()""",
    """CREATE TRIGGER case_words_emptied AFTER TRUNCATE ON "case"
    FOR EACH STATEMENT EXECUTE FUNCTION keep_case_words()""",
    'ALTER TABLE "case" ENABLE ALWAYS TRIGGER case_words_kept',
)
POSTGRESQL_BACK = (
    'DROP TRIGGER case_words_emptied ON "case"',
    'DROP TRIGGER case_words_kept ON "case"',
    "DROP FUNCTION keep_case_words()",
    "DROP TABLE case_words",
    "DROP FUNCTION letter_pairs(text)",
)
