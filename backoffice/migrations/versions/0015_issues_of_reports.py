"""Issues of reports that own both editions and are decided on by a second person; proposals to restate a value."""

import hashlib
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "report_issue",
        sa.Column("id", KEY, nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("zone_id", KEY, nullable=True),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("base_date", sa.Date(), nullable=False),
        sa.Column("internal_id", KEY, nullable=True),
        sa.Column("public_id", KEY, nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("gaps", DOCUMENT, nullable=False),
        sa.Column("waiver", sa.Text(), nullable=False),
        sa.Column("compared_id", KEY, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", KEY, nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft','in_review','approved','published','returned','superseded')",
            name=op.f("ck_report_issue_state"),
        ),
        sa.ForeignKeyConstraint(["compared_id"], ["report_issue.id"], name=op.f("fk_report_issue_compared_id")),
        sa.ForeignKeyConstraint(["internal_id"], ["snapshot.id"], name=op.f("fk_report_issue_internal_id")),
        sa.ForeignKeyConstraint(["public_id"], ["snapshot.id"], name=op.f("fk_report_issue_public_id")),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name=op.f("fk_report_issue_zone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_issue")),
        sa.UniqueConstraint("internal_id", name=op.f("uq_report_issue_internal_id")),
        sa.UniqueConstraint("number", name=op.f("uq_report_issue_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_report_issue_public_id")),
    )
    op.create_index("ix_report_issue_zone", "report_issue", ["zone_id", "year"])
    op.create_index("ix_report_issue_state", "report_issue", ["state"])
    op.create_table(
        "report_issue_act",
        sa.Column("id", KEY, nullable=False),
        sa.Column("issue_id", KEY, nullable=False),
        sa.Column("act", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("actor_id", KEY, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["report_issue.id"], name=op.f("fk_report_issue_act_issue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_issue_act")),
    )
    op.create_index(op.f("ix_report_issue_act_issue_id"), "report_issue_act", ["issue_id"])
    _restatements()
    _issues_of_before()


def _restatements() -> None:
    op.create_table(
        "restatement",
        sa.Column("id", KEY, nullable=False),
        sa.Column("measure_id", KEY, nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("denominator", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.String(length=200), nullable=False),
        sa.Column("proposed_by", KEY, nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("decided_by", KEY, nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("new_id", KEY, nullable=True),
        sa.CheckConstraint(
            "verdict IN ('','accepted','refused','withdrawn')", name=op.f("ck_restatement_verdict")
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR verdict = 'withdrawn' OR decided_by <> proposed_by",
            name=op.f("ck_restatement_four_eyes"),
        ),
        sa.ForeignKeyConstraint(["measure_id"], ["measure.id"], name=op.f("fk_restatement_measure_id")),
        sa.ForeignKeyConstraint(["new_id"], ["measure.id"], name=op.f("fk_restatement_new_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restatement")),
    )
    op.create_index("ix_restatement_verdict", "restatement", ["verdict"])
    op.create_index(
        "uq_restatement_waiting",
        "restatement",
        ["measure_id"],
        unique=True,
        sqlite_where=sa.text("verdict = ''"),
        postgresql_where=sa.text("verdict = ''"),
    )


def _issues_of_before() -> None:
    """What was frozen before becomes a draft of its number: nobody had decided on it."""
    connection = op.get_bind()
    snapshot, issue, act = (_table(name) for name in ("snapshot", "report_issue", "report_issue_act"))
    for number, rows in _by_number(connection.execute(sa.select(snapshot).order_by(snapshot.c.id)).mappings()).items():
        newest = rows[-1]
        hashes = "\n".join(f"{row['edition']} {row['sha256']}" for row in sorted(rows, key=lambda row: row["edition"]))
        issue_id = connection.execute(
            issue.insert().values(
                number=number,
                zone_id=newest["zone_id"],
                year=newest["year"],
                place=int(number.rpartition("-")[2]),
                state="draft",
                revision=1,
                base_date=newest["base_date"],
                digest=hashlib.sha256(hashes.encode()).hexdigest(),
                gaps=[],
                waiver="",
                created_at=newest["created_at"],
                created_by=rows[0]["created_by"],
                **{f"{row['edition']}_id": row["id"] for row in rows},
            )
        ).inserted_primary_key[0]
        for row in rows:
            said = {"issue_id": issue_id, "act": "freeze", "state": "draft", "note": ""}
            connection.execute(act.insert().values(**said, actor_id=row["created_by"], at=row["created_at"]))


def _table(name: str) -> sa.Table:
    return sa.Table(name, sa.MetaData(), autoload_with=op.get_bind())


def _by_number(rows: Iterable[Any]) -> dict[str, list[Any]]:
    """``2025-GS-GIMHAE-I-01`` and ``2025-GS-GIMHAE-P-01`` are editions of ``2025-GS-GIMHAE-01``."""
    found: dict[str, list[Any]] = {}
    for row in rows:
        stem, _, place = row["number"].rpartition("-")
        found.setdefault(f"{stem.rpartition('-')[0]}-{place}", []).append(row)
    return found


def downgrade() -> None:
    op.drop_table("restatement")
    op.drop_table("report_issue_act")
    op.drop_table("report_issue")
