"""Marks that say whether what was computed still holds, and the indexes figures are read from."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

REPORTED = sa.text("superseded_at IS NULL AND scope = '' AND organization_id IS NOT NULL AND attribution = 'direct'")
UNDONE = sa.text("kind = 'undo'")


def upgrade() -> None:
    op.create_table(
        "mark",
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_mark")),
    )
    op.create_index(
        "ix_measure_reported", "measure", ["zone_id", "indicator", "organization_id", "year", "id", "value"],
        unique=False, postgresql_where=REPORTED, sqlite_where=REPORTED,
    )  # fmt: skip
    op.create_index(
        "ix_history_undo", "history", ["case_id", "revision"], unique=False, postgresql_where=UNDONE, sqlite_where=UNDONE
    )
    op.drop_index("ix_case_year", table_name="case")
    op.create_index("ix_case_year", "case", ["year", "workflow", "revision"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_case_year", table_name="case")
    op.create_index("ix_case_year", "case", ["year", "kind"], unique=False)
    op.drop_index("ix_history_undo", table_name="history")
    op.drop_index("ix_measure_reported", table_name="measure")
    op.drop_table("mark")
