"""Indexes for the queue: one that answers its counts alone, and one for each order it can be read in."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

COUNTED = ["final", "private", "waiting_for", "due_at", "handler_id", "workflow", "stage", "year", "call_id", "id"]


def upgrade() -> None:
    op.create_index("ix_case_counted", "case", COUNTED, unique=False)
    op.create_index("ix_case_by_due", "case", [sa.text("(due_at IS NULL)"), "due_at", "id"], unique=False)
    op.create_index("ix_case_by_time", "case", ["state_since", "id"], unique=False)
    op.create_index("ix_case_by_amount", "case", ["amount", "id"], unique=False)
    op.create_index("ix_case_by_title", "case", ["title", "id"], unique=False)
    op.drop_index("ix_case_queue", table_name="case")


def downgrade() -> None:
    op.create_index("ix_case_queue", "case", ["waiting_for", "due_at"], unique=False)
    for name in ("ix_case_by_title", "ix_case_by_amount", "ix_case_by_time", "ix_case_by_due", "ix_case_counted"):
        op.drop_index(name, table_name="case")
