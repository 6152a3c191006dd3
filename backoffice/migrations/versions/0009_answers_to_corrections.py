"""What a company answers to each item it was asked to correct."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "correction_answer",
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("request", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", KEY, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_correction_answer_case_id")),
        sa.PrimaryKeyConstraint("case_id", "request", "number", name=op.f("pk_correction_answer")),
    )


def downgrade() -> None:
    op.drop_table("correction_answer")
