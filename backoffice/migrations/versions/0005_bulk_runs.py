"""Steps taken on many cases at once, with the result of each."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "bulk_run",
        sa.Column("id", KEY, nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("actor_id", KEY, nullable=False),
        sa.Column("workflow", sa.String(length=48), nullable=False),
        sa.Column("action", sa.String(length=48), nullable=False),
        sa.Column("input", DOCUMENT, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_run")),
        sa.UniqueConstraint("token", name=op.f("uq_bulk_run_token")),
    )
    op.create_index("ix_bulk_run_actor_id", "bulk_run", ["actor_id"], unique=False)
    op.create_table(
        "bulk_row",
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("reasons", DOCUMENT, nullable=False),
        sa.CheckConstraint(
            "outcome IN ('waiting','done','refused','undone','kept')", name=op.f("ck_bulk_row_outcome")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_bulk_row_case_id")),
        sa.ForeignKeyConstraint(["run_id"], ["bulk_run.id"], name=op.f("fk_bulk_row_run_id")),
        sa.PrimaryKeyConstraint("run_id", "case_id", name=op.f("pk_bulk_row")),
    )


def downgrade() -> None:
    op.drop_table("bulk_row")
    op.drop_index("ix_bulk_run_actor_id", table_name="bulk_run")
    op.drop_table("bulk_run")
