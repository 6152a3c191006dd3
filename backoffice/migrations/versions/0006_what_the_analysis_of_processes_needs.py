"""What the analysis of processes needs: the deadlines under which states were left, and the layout of process maps."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "passed_deadline",
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_passed_deadline_case_id")),
        sa.PrimaryKeyConstraint("case_id", "revision", name=op.f("pk_passed_deadline")),
    )
    op.add_column("published_workflow", sa.Column("layout", DOCUMENT, nullable=True))


def downgrade() -> None:
    op.drop_column("published_workflow", "layout")
    op.drop_table("passed_deadline")
