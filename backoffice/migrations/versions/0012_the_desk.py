"""Saved views of the queue, each person's first one, and calendars to subscribe to."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", KEY, nullable=False),
        sa.Column("owner_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("audience", sa.String(length=4), nullable=False),
        sa.Column("zone_id", KEY, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("audience IN ('mine','zone','all')", name=op.f("ck_saved_view_audience")),
        sa.CheckConstraint("(audience = 'zone') = (zone_id IS NOT NULL)", name=op.f("ck_saved_view_zone")),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name=op.f("fk_saved_view_zone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("owner_id", "name", name=op.f("uq_saved_view_owner_id_name")),
    )
    op.create_index("ix_saved_view_audience", "saved_view", ["audience", "zone_id"], unique=False)

    op.create_table(
        "start_view",
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("view_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["view_id"], ["saved_view.id"], name=op.f("fk_start_view_view_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_start_view")),
    )
    op.create_index(op.f("ix_start_view_view_id"), "start_view", ["view_id"], unique=False)

    op.create_table(
        "calendar_feed",
        sa.Column("id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_calendar_feed_token_sha256")),
    )
    op.create_index(op.f("ix_calendar_feed_user_id"), "calendar_feed", ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_calendar_feed_user_id"), table_name="calendar_feed")
    op.drop_table("calendar_feed")
    op.drop_index(op.f("ix_start_view_view_id"), table_name="start_view")
    op.drop_table("start_view")
    op.drop_index("ix_saved_view_audience", table_name="saved_view")
    op.drop_table("saved_view")
