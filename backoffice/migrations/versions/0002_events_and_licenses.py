"""Exchange events with their timetables, and licenses with their royalties."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("call", sa.Column("host_case_id", KEY, nullable=True))
    op.create_index(op.f("ix_call_host_case_id"), "call", ["host_case_id"], unique=False)
    _events()
    _talks()
    _licenses()


def _reference(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [to], name=op.f(f"fk_{table}_{column}"))


def _events() -> None:
    op.create_table(
        "event",
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("place", sa.String(length=160), nullable=False),
        sa.Column("capacity", sa.BigInteger(), nullable=False),
        sa.Column("slots", sa.BigInteger(), nullable=False),
        sa.Column("slot_minutes", sa.BigInteger(), nullable=False),
        sa.Column("tables", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.CheckConstraint("kind IN ('matching','seminar')", name=op.f("ck_event_kind")),
        sa.CheckConstraint(
            "capacity > 0 AND slots > 0 AND tables > 0 AND slot_minutes > 0", name=op.f("ck_event_sizes")
        ),
        _reference("event", "case_id", "case.id"),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_event")),
    )
    op.create_table(
        "guest",
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("event_id", KEY, nullable=False),
        sa.Column("organization_id", KEY, nullable=False),
        sa.Column("people", sa.BigInteger(), nullable=False),
        sa.Column("offers", sa.Text(), nullable=False),
        sa.Column("needs", sa.Text(), nullable=False),
        sa.Column("arrived_at", INSTANT, nullable=True),
        sa.Column("satisfaction", sa.BigInteger(), nullable=True),
        _reference("guest", "case_id", "case.id"),
        _reference("guest", "event_id", "event.case_id"),
        _reference("guest", "organization_id", "organization.id"),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_guest")),
    )
    op.create_index(op.f("ix_guest_event_id"), "guest", ["event_id"], unique=False)
    op.create_index(op.f("ix_guest_organization_id"), "guest", ["organization_id"], unique=False)
    op.create_table(
        "wish",
        sa.Column("event_id", KEY, nullable=False),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column("who_id", KEY, nullable=False),
        sa.Column("whom_id", KEY, nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("purpose IN ('talk','again')", name=op.f("ck_wish_purpose")),
        sa.CheckConstraint("who_id <> whom_id AND rank > 0", name=op.f("ck_wish_sense")),
        _reference("wish", "event_id", "event.case_id"),
        _reference("wish", "who_id", "organization.id"),
        _reference("wish", "whom_id", "organization.id"),
        sa.PrimaryKeyConstraint("event_id", "purpose", "who_id", "whom_id", name=op.f("pk_wish")),
    )


def _talks() -> None:
    op.create_table(
        "talk",
        sa.Column("id", KEY, nullable=False),
        sa.Column("event_id", KEY, nullable=False),
        sa.Column("slot", sa.BigInteger(), nullable=False),
        sa.Column("table_number", sa.BigInteger(), nullable=False),
        sa.Column("first_id", KEY, nullable=False),
        sa.Column("second_id", KEY, nullable=False),
        sa.Column("fixed", sa.Boolean(), nullable=False),
        _reference("talk", "event_id", "event.case_id"),
        _reference("talk", "first_id", "organization.id"),
        _reference("talk", "second_id", "organization.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk")),
        sa.UniqueConstraint("event_id", "slot", "table_number", name=op.f("uq_talk_event_id")),
    )
    op.create_table(
        "talk_seat",
        sa.Column("event_id", KEY, nullable=False),
        sa.Column("slot", sa.BigInteger(), nullable=False),
        sa.Column("organization_id", KEY, nullable=False),
        sa.Column("talk_id", KEY, nullable=False),
        _reference("talk_seat", "event_id", "event.case_id"),
        _reference("talk_seat", "organization_id", "organization.id"),
        sa.ForeignKeyConstraint(["talk_id"], ["talk.id"], name=op.f("fk_talk_seat_talk_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("event_id", "slot", "organization_id", name=op.f("pk_talk_seat")),
    )
    op.create_index("ix_talk_seat_talk", "talk_seat", ["talk_id"], unique=False)


def _licenses() -> None:
    op.create_table(
        "candidate",
        sa.Column("id", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("technology", sa.String(length=160), nullable=False),
        sa.Column("supplier_id", KEY, nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.CheckConstraint("status IN ('listed','current','dropped','chosen')", name=op.f("ck_candidate_status")),
        _reference("candidate", "case_id", "case.id"),
        _reference("candidate", "supplier_id", "organization.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_candidate_case_id")),
    )
    op.create_table(
        "license",
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("supplier_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("technology", sa.String(length=160), nullable=False),
        sa.Column("upfront", sa.BigInteger(), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column("minimum", sa.BigInteger(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("free_until", sa.Date(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("concluded_at", INSTANT, nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("broker_fee", sa.BigInteger(), nullable=False),
        sa.Column("broker_paid_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "upfront >= 0 AND minimum >= 0 AND rate >= 0 AND broker_fee >= 0", name=op.f("ck_license_not_negative")
        ),
        sa.CheckConstraint("starts_on < ends_on", name=op.f("ck_license_period")),
        _reference("license", "case_id", "case.id"),
        _reference("license", "supplier_id", "organization.id"),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_license")),
    )
    op.create_table(
        "royalty_part",
        sa.Column("id", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=True),
        sa.Column("sales", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.CheckConstraint("kind IN ('upfront','milestone','running')", name=op.f("ck_royalty_part_kind")),
        sa.CheckConstraint(
            "amount >= 0 AND paid >= 0 AND paid <= amount", name=op.f("ck_royalty_part_paid_within_amount")
        ),
        _reference("royalty_part", "case_id", "case.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_royalty_part")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_royalty_part_case_id")),
    )
    op.create_index("uq_royalty_part_year", "royalty_part", ["case_id", "year"], unique=True)


def downgrade() -> None:
    for table in ("royalty_part", "license", "candidate", "talk_seat", "talk", "wish", "guest", "event"):
        op.drop_table(table)
    op.drop_index(op.f("ix_call_host_case_id"), "call")
    op.drop_column("call", "host_case_id")
