"""Indexes that tell more: the one for counts what the system moves on by itself, those for orders which cases are private."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

COUNTED = ["final", "private", "waiting_for", "due_at", "handler_id", "workflow", "stage", "year", "call_id", "id"]
ORDERS = {
    "ix_case_by_due": [sa.text("(due_at IS NULL)"), "due_at", "id"],
    "ix_case_by_time": ["state_since", "id"],
    "ix_case_by_amount": ["amount", "id"],
    "ix_case_by_title": ["title", "id"],
}


def upgrade() -> None:
    _create({"ix_case_counted": [*COUNTED[:4], "breach_action", *COUNTED[4:]]})
    _create({name: [*columns, "private"] for name, columns in ORDERS.items()})


def downgrade() -> None:
    _create({"ix_case_counted": COUNTED} | ORDERS)


def _create(indexes: dict[str, list]) -> None:
    for name, columns in indexes.items():
        op.drop_index(name, table_name="case")
        op.create_index(name, "case", columns, unique=False)
