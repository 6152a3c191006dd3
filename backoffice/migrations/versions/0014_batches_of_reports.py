"""Batches of annual reports, and where each of their reports stands."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "report_batch",
        sa.Column("id", KEY, nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("edition", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_batch")),
        sa.UniqueConstraint("token", name=op.f("uq_report_batch_token")),
    )
    op.create_table(
        "report_batch_row",
        sa.Column("batch_id", KEY, nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("zone_id", KEY, nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("attempt", sa.BigInteger(), nullable=False),
        sa.Column("reason", DOCUMENT, nullable=True),
        sa.Column("snapshot_id", KEY, nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('waiting','freezing','printing','done','failed','cancelled')",
            name=op.f("ck_report_batch_row_status"),
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["report_batch.id"], name=op.f("fk_report_batch_row_batch_id")),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshot.id"], name=op.f("fk_report_batch_row_snapshot_id")),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name=op.f("fk_report_batch_row_zone_id")),
        sa.PrimaryKeyConstraint("batch_id", "place", name=op.f("pk_report_batch_row")),
    )


def downgrade() -> None:
    op.drop_table("report_batch_row")
    op.drop_table("report_batch")
