"""Drafts of definitions."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0002"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UNDER_WAY = sa.text("status IN ('open', 'requested')")


def upgrade() -> None:
    op.create_table(
        "workflow_draft",
        sa.Column("id", KEY, nullable=False),
        sa.Column("workflow", sa.String(length=48), nullable=False),
        sa.Column("base_version", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('open', 'requested', 'published', 'discarded')", name=op.f("ck_workflow_draft_status")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workflow_draft")),
    )
    op.create_index(
        "uq_workflow_draft_under_way",
        "workflow_draft",
        ["workflow"],
        unique=True,
        sqlite_where=UNDER_WAY,
        postgresql_where=UNDER_WAY,
    )
    op.create_table(
        "draft_act",
        sa.Column("id", KEY, nullable=False),
        sa.Column("draft_id", KEY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", KEY, nullable=False),
        sa.Column("act", sa.String(length=12), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["workflow_draft.id"], name=op.f("fk_draft_act_draft_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_act")),
    )
    op.create_index(op.f("ix_draft_act_draft_id"), "draft_act", ["draft_id"], unique=False)


def downgrade() -> None:
    op.drop_table("draft_act")
    op.drop_table("workflow_draft")
