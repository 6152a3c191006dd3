"""The index that counts cases knows which of them the system moves on: they are nobody's work yet."""

from alembic import op

revision = "0019"
down_revision = "0018"

BEFORE = ["final", "private", "waiting_for", "due_at", "handler_id", "workflow", "stage", "year", "call_id", "id"]
AFTER = [*BEFORE[:4], "breach_action", *BEFORE[4:]]


def upgrade() -> None:
    op.drop_index("ix_case_counted", table_name="case")
    op.create_index("ix_case_counted", "case", AFTER, unique=False)


def downgrade() -> None:
    op.drop_index("ix_case_counted", table_name="case")
    op.create_index("ix_case_counted", "case", BEFORE, unique=False)
