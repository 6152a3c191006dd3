"""Second factors, recovery codes and links that work once; roles in another's place; reviews of the access log."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _people()
    _factors()
    op.create_table(
        "access_review",
        sa.Column("id", KEY, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.Column("findings", sa.BigInteger(), nullable=False),
        sa.Column("reviewer_id", KEY, nullable=False),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.Column("reviewed_at", MOMENT, nullable=False),
        sa.Column("signed_by", KEY, nullable=True),
        sa.Column("signed_at", MOMENT, nullable=True),
        sa.CheckConstraint("signed_by IS NULL OR signed_by <> reviewer_id", name=op.f("ck_access_review_second_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_review")),
        sa.UniqueConstraint("month", name=op.f("uq_access_review_month")),
    )


def _people() -> None:
    op.add_column("user", sa.Column("failed_factors", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("user", sa.Column("factor_locked_until", MOMENT, nullable=True))
    for name in ("shortcuts", "reminders", "news"):
        op.add_column("user", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("role_grant", sa.Column("revoked_by", KEY, nullable=True))
    op.add_column("role_grant", sa.Column("source_id", KEY, nullable=True))
    op.add_column("role_grant", sa.Column("delegated_by", KEY, nullable=True))
    op.add_column("role_grant", sa.Column("reason", sa.Text(), nullable=False, server_default=""))
    op.create_index("ix_role_grant_source_id", "role_grant", ["source_id"])
    op.create_index("ix_role_grant_delegated_by", "role_grant", ["delegated_by"])


def _factors() -> None:
    op.create_table(
        "second_factor",
        sa.Column("id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("credential", sa.String(length=1400), nullable=True),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("last_used_at", MOMENT, nullable=True),
        sa.CheckConstraint("kind IN ('totp','webauthn')", name=op.f("ck_second_factor_kind")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_second_factor_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_factor")),
        sa.UniqueConstraint("credential", name=op.f("uq_second_factor_credential")),
    )
    op.create_index("ix_second_factor_user", "second_factor", ["user_id"])
    op.create_table(
        "recovery_code",
        sa.Column("id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_recovery_code_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("digest", name=op.f("uq_recovery_code_digest")),
    )
    op.create_index("ix_recovery_code_user_id", "recovery_code", ["user_id"])
    op.create_table(
        "one_time_token",
        sa.Column("id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("purpose", sa.String(length=12), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "purpose IN ('reset','invitation','email','challenge')", name=op.f("ck_one_time_token_purpose")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_one_time_token_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_one_time_token_digest")),
    )
    op.create_index("ix_one_time_token_user", "one_time_token", ["user_id", "purpose"])


def downgrade() -> None:
    """Roles in another's place are no roles of one's own: they end before the columns that say so go."""
    op.drop_table("access_review")
    op.drop_table("one_time_token")
    op.drop_table("recovery_code")
    op.drop_table("second_factor")
    op.execute("DELETE FROM role_grant WHERE delegated_by IS NOT NULL")
    op.drop_index("ix_role_grant_delegated_by", table_name="role_grant")
    op.drop_index("ix_role_grant_source_id", table_name="role_grant")
    for name in ("reason", "delegated_by", "source_id", "revoked_by"):
        op.drop_column("role_grant", name)
    for name in ("news", "reminders", "shortcuts", "factor_locked_until", "failed_factors"):
        op.drop_column("user", name)
