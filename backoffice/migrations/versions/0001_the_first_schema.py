"""The first schema."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "access_event",
        sa.Column("id", KEY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", KEY, nullable=True),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.Column("case_id", KEY, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_event")),
    )
    op.create_index(op.f("ix_access_event_actor_id"), "access_event", ["actor_id"], unique=False)
    op.create_index("ix_access_event_at", "access_event", ["at"], unique=False)
    op.create_index("ix_access_event_case", "access_event", ["case_id"], unique=False)

    op.create_table(
        "call",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("workflow", sa.String(length=48), nullable=False),
        sa.Column("workflow_version", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("title_ko", sa.String(length=120), nullable=False),
        sa.Column("title_en", sa.String(length=160), nullable=False),
        sa.Column("summary_ko", sa.Text(), nullable=False),
        sa.Column("summary_en", sa.Text(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("grace_minutes", sa.BigInteger(), nullable=False),
        sa.Column("max_amount", sa.BigInteger(), nullable=False),
        sa.Column("expected_awards", sa.BigInteger(), nullable=False),
        sa.Column("min_score", sa.BigInteger(), nullable=False),
        sa.Column("presentation", sa.Boolean(), nullable=False),
        sa.Column("deadline_settings", DOCUMENT, nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", KEY, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("max_amount >= 0 AND grace_minutes >= 0", name=op.f("ck_call_limits")),
        sa.CheckConstraint("min_score BETWEEN 0 AND 100", name=op.f("ck_call_min_score")),
        sa.CheckConstraint("opens_at < closes_at", name=op.f("ck_call_period")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
        sa.UniqueConstraint("code", name=op.f("uq_call_code")),
    )
    op.create_table(
        "council",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name_ko", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.CheckConstraint("kind IN ('council','cluster','mou')", name=op.f("ck_council_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_council")),
        sa.UniqueConstraint("code", name=op.f("uq_council_code")),
    )
    op.create_table(
        "counter",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counter")),
    )
    op.create_table(
        "job",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("payload", DOCUMENT, nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("parent_id", KEY, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('waiting','running','done','dead','cancelled')", name=op.f("ck_job_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("key", name=op.f("uq_job_key")),
    )
    op.create_index("ix_job_due", "job", ["status", "run_at"], unique=False)
    op.create_index(op.f("ix_job_parent_id"), "job", ["parent_id"], unique=False)

    op.create_table(
        "message",
        sa.Column("id", KEY, nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("event", sa.String(length=48), nullable=False),
        sa.Column("case_id", KEY, nullable=True),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withheld", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("message_id", name=op.f("uq_message_message_id")),
    )
    op.create_index("ix_message_case", "message", ["case_id"], unique=False)

    op.create_table(
        "published_workflow",
        sa.Column("id", KEY, nullable=False),
        sa.Column("workflow", sa.String(length=48), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", KEY, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_workflow")),
        sa.UniqueConstraint("workflow", "version", name=op.f("uq_published_workflow_workflow_version")),
    )
    op.create_table(
        "stored_file",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_stored_file")),
    )
    op.create_table(
        "user",
        sa.Column("id", KEY, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("organization_id", KEY, nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("session_version", sa.BigInteger(), nullable=False),
        sa.Column("failed_sign_ins", sa.BigInteger(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_sign_in", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email", name=op.f("uq_user_email")),
    )
    op.create_index(op.f("ix_user_organization_id"), "user", ["organization_id"], unique=False)

    op.create_table(
        "zone",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("stratum", sa.String(length=2), nullable=False),
        sa.Column("name_ko", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("province_ko", sa.String(length=20), nullable=False),
        sa.Column("cohort", sa.BigInteger(), nullable=True),
        sa.Column("field_ko", sa.String(length=120), nullable=False),
        sa.Column("field_en", sa.String(length=120), nullable=False),
        sa.Column("anchors_ko", sa.String(length=200), nullable=False),
        sa.Column("designated_on", sa.Date(), nullable=True),
        sa.Column("dissolved_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("stratum IN ('GS','IC','BM')", name=op.f("ck_zone_stratum")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zone")),
        sa.UniqueConstraint("code", name=op.f("uq_zone_code")),
    )
    op.create_table(
        "budget_line",
        sa.Column("id", KEY, nullable=False),
        sa.Column("call_id", KEY, nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("committed", sa.BigInteger(), nullable=False),
        sa.Column("disbursed", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("disbursed <= committed", name=op.f("ck_budget_line_paid_within_committed")),
        sa.CheckConstraint("reserved + committed <= total", name=op.f("ck_budget_line_within_total")),
        sa.CheckConstraint(
            "reserved >= 0 AND committed >= 0 AND disbursed >= 0", name=op.f("ck_budget_line_not_negative")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_budget_line_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_line")),
        sa.UniqueConstraint("call_id", name=op.f("uq_budget_line_call_id")),
    )
    op.create_table(
        "call_change",
        sa.Column("id", KEY, nullable=False),
        sa.Column("call_id", KEY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", KEY, nullable=True),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("before", sa.String(length=200), nullable=False),
        sa.Column("after", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_call_change_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_change")),
    )
    op.create_index(op.f("ix_call_change_call_id"), "call_change", ["call_id"], unique=False)

    op.create_table(
        "council_member",
        sa.Column("id", KEY, nullable=False),
        sa.Column("council_id", KEY, nullable=False),
        sa.Column("zone_id", KEY, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["council_id"], ["council.id"], name=op.f("fk_council_member_council_id")),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name=op.f("fk_council_member_zone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_council_member")),
        sa.UniqueConstraint(
            "council_id", "zone_id", "valid_from", name=op.f("uq_council_member_council_id_zone_id_valid_from")
        ),
    )
    op.create_index(op.f("ix_council_member_zone_id"), "council_member", ["zone_id"], unique=False)

    op.create_table(
        "criterion",
        sa.Column("id", KEY, nullable=False),
        sa.Column("call_id", KEY, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("label_ko", sa.String(length=80), nullable=False),
        sa.Column("label_en", sa.String(length=120), nullable=False),
        sa.Column("hint_ko", sa.String(length=300), nullable=False),
        sa.Column("hint_en", sa.String(length=300), nullable=False),
        sa.Column("max_points", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("max_points BETWEEN 1 AND 100", name=op.f("ck_criterion_max_points")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_criterion_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criterion")),
        sa.UniqueConstraint("call_id", "code", name=op.f("uq_criterion_call_id_code")),
    )
    op.create_table(
        "organization",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name_ko", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("business_number", sa.String(length=10), nullable=True),
        sa.Column("corporate_number", sa.String(length=13), nullable=False),
        sa.Column("size", sa.String(length=8), nullable=False),
        sa.Column("zone_id", KEY, nullable=True),
        sa.Column("industry_code", sa.String(length=8), nullable=False),
        sa.Column("founded_on", sa.Date(), nullable=True),
        sa.Column("representative", sa.String(length=60), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("search_text", sa.String(length=400), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('company','anchor','institute','public')", name=op.f("ck_organization_kind")),
        sa.CheckConstraint("size IN ('','small','middle','large','public')", name=op.f("ck_organization_size")),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name=op.f("fk_organization_zone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization")),
        sa.UniqueConstraint("business_number", name=op.f("uq_organization_business_number")),
    )
    op.create_index("ix_organization_name", "organization", ["name_ko"], unique=False)
    op.create_index(op.f("ix_organization_zone_id"), "organization", ["zone_id"], unique=False)

    op.create_table(
        "panel",
        sa.Column("id", KEY, nullable=False),
        sa.Column("call_id", KEY, nullable=False),
        sa.Column("chair_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_panel_call_id")),
        sa.ForeignKeyConstraint(["chair_id"], ["user.id"], name=op.f("fk_panel_chair_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel")),
        sa.UniqueConstraint("call_id", name=op.f("uq_panel_call_id")),
    )
    op.create_table(
        "role_grant",
        sa.Column("id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("zone_id", KEY, nullable=True),
        sa.Column("organization_id", KEY, nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("granted_by", KEY, nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_from IS NULL OR valid_from <= valid_to", name=op.f("ck_role_grant_period")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_role_grant_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    op.create_index("ix_role_grant_user", "role_grant", ["user_id"], unique=False)

    op.create_table(
        "snapshot",
        sa.Column("id", KEY, nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("zone_id", KEY, nullable=True),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("edition", sa.String(length=8), nullable=False),
        sa.Column("base_date", sa.Date(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", KEY, nullable=True),
        sa.CheckConstraint("edition IN ('public','internal')", name=op.f("ck_snapshot_edition")),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name=op.f("fk_snapshot_zone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
        sa.UniqueConstraint("number", name=op.f("uq_snapshot_number")),
    )
    op.create_index(op.f("ix_snapshot_sha256"), "snapshot", ["sha256"], unique=False)
    op.create_index("ix_snapshot_zone", "snapshot", ["zone_id", "year"], unique=False)

    op.create_table(
        "target",
        sa.Column("zone_id", KEY, nullable=False),
        sa.Column("indicator", sa.String(length=24), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name=op.f("fk_target_zone_id")),
        sa.PrimaryKeyConstraint("zone_id", "indicator", "year", name=op.f("pk_target")),
    )
    op.create_table(
        "zone_event",
        sa.Column("id", KEY, nullable=False),
        sa.Column("zone_id", KEY, nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text_ko", sa.String(length=300), nullable=False),
        sa.Column("text_en", sa.String(length=300), nullable=False),
        sa.Column("area_km2", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name=op.f("fk_zone_event_zone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zone_event")),
    )
    op.create_index("ix_zone_event_zone", "zone_event", ["zone_id", "happened_on"], unique=False)

    op.create_table(
        "case",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("lead_organization_id", KEY, nullable=True),
        sa.Column("handler_id", KEY, nullable=True),
        sa.Column("draft_reference", sa.String(length=40), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", KEY, nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("workflow", sa.String(length=48), nullable=False),
        sa.Column("workflow_version", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=48), nullable=False),
        sa.Column("stage", sa.String(length=48), nullable=False),
        sa.Column("final", sa.String(length=12), nullable=True),
        sa.Column("waiting_for", sa.String(length=20), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("breach_action", sa.String(length=48), nullable=True),
        sa.Column("call_id", KEY, nullable=True),
        sa.Column("parent_id", KEY, nullable=True),
        sa.Column("chain_head", sa.String(length=64), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_case_amount")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_case_call_id")),
        sa.ForeignKeyConstraint(
            ["lead_organization_id"], ["organization.id"], name=op.f("fk_case_lead_organization_id")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["case.id"], name=op.f("fk_case_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sa.UniqueConstraint("draft_reference", name=op.f("uq_case_draft_reference")),
        sa.UniqueConstraint("reference", name=op.f("uq_case_reference")),
    )
    op.create_index(op.f("ix_case_call_id"), "case", ["call_id"], unique=False)
    op.create_index(op.f("ix_case_due_at"), "case", ["due_at"], unique=False)
    op.create_index(op.f("ix_case_handler_id"), "case", ["handler_id"], unique=False)
    op.create_index(op.f("ix_case_lead_organization_id"), "case", ["lead_organization_id"], unique=False)
    op.create_index(op.f("ix_case_parent_id"), "case", ["parent_id"], unique=False)
    op.create_index("ix_case_queue", "case", ["waiting_for", "due_at"], unique=False)
    op.create_index("ix_case_workflow", "case", ["workflow", "state"], unique=False)
    op.create_index("ix_case_year", "case", ["year", "kind"], unique=False)

    op.create_table(
        "panel_member",
        sa.Column("panel_id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_panel_member_panel_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_panel_member_user_id")),
        sa.PrimaryKeyConstraint("panel_id", "user_id", name=op.f("pk_panel_member")),
    )
    op.create_table(
        "report_file",
        sa.Column("id", KEY, nullable=False),
        sa.Column("snapshot_id", KEY, nullable=False),
        sa.Column("cache_key", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("pages", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshot.id"], name=op.f("fk_report_file_snapshot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_file")),
        sa.UniqueConstraint("cache_key", name=op.f("uq_report_file_cache_key")),
    )
    op.create_index(op.f("ix_report_file_snapshot_id"), "report_file", ["snapshot_id"], unique=False)

    op.create_table(
        "agreement",
        sa.Column("id", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("project_number", sa.String(length=24), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("disbursed", sa.BigInteger(), nullable=False),
        sa.Column("released", sa.BigInteger(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("concluded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("concluded_by", KEY, nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_agreement_amount")),
        sa.CheckConstraint("disbursed >= 0 AND disbursed <= amount", name=op.f("ck_agreement_paid_within_agreement")),
        sa.CheckConstraint(
            "ends_on IS NULL OR starts_on IS NULL OR starts_on < ends_on", name=op.f("ck_agreement_period")
        ),
        sa.CheckConstraint(
            "released >= 0 AND released + disbursed <= amount", name=op.f("ck_agreement_released_within_agreement")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_agreement_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("case_id", name=op.f("uq_agreement_case_id")),
        sa.UniqueConstraint("project_number", name=op.f("uq_agreement_project_number")),
    )
    op.create_table(
        "answer",
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("form", sa.String(length=48), nullable=False),
        sa.Column("field", sa.String(length=48), nullable=False),
        sa.Column("value", DOCUMENT, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", KEY, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_answer_case_id")),
        sa.PrimaryKeyConstraint("case_id", "form", "field", name=op.f("pk_answer")),
    )
    op.create_table(
        "appointment",
        sa.Column("id", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_appointment_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
        sa.UniqueConstraint("case_id", "user_id", "role", name=op.f("uq_appointment_case_id_user_id_role")),
    )
    op.create_index("ix_appointment_user", "appointment", ["user_id", "ended_at"], unique=False)

    op.create_table(
        "attachment",
        sa.Column("id", KEY, nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("form", sa.String(length=48), nullable=False),
        sa.Column("field", sa.String(length=48), nullable=False),
        sa.Column("document", sa.String(length=48), nullable=False),
        sa.Column("name", sa.String(length=130), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", KEY, nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by", KEY, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_attachment_case_id")),
        sa.ForeignKeyConstraint(["sha256"], ["stored_file.sha256"], name=op.f("fk_attachment_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("token", name=op.f("uq_attachment_token")),
    )
    op.create_index("ix_attachment_case", "attachment", ["case_id", "document"], unique=False)
    op.create_index(op.f("ix_attachment_sha256"), "attachment", ["sha256"], unique=False)

    op.create_table(
        "case_organization",
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("organization_id", KEY, nullable=False),
        sa.Column("part", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("zone_id", KEY, nullable=True),
        sa.CheckConstraint("part IN ('lead','member')", name=op.f("ck_case_organization_part")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_organization_case_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_case_organization_organization_id")
        ),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name=op.f("fk_case_organization_zone_id")),
        sa.PrimaryKeyConstraint("case_id", "organization_id", name=op.f("pk_case_organization")),
    )
    op.create_index("ix_case_organization_org", "case_organization", ["organization_id", "case_id"], unique=False)

    op.create_table(
        "case_zone",
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("zone_id", KEY, nullable=False),
        sa.Column("lead", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_zone_case_id")),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name=op.f("fk_case_zone_zone_id")),
        sa.PrimaryKeyConstraint("case_id", "zone_id", name=op.f("pk_case_zone")),
    )
    op.create_index("ix_case_zone_zone", "case_zone", ["zone_id", "case_id"], unique=False)

    op.create_table(
        "follow_on",
        sa.Column("id", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("agency", sa.String(length=80), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('applied','won') AND amount >= 0", name=op.f("ck_follow_on_status")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_follow_on_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_on")),
    )
    op.create_index(op.f("ix_follow_on_case_id"), "follow_on", ["case_id"], unique=False)

    op.create_table(
        "history",
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("action", sa.String(length=48), nullable=False),
        sa.Column("source", sa.String(length=48), nullable=False),
        sa.Column("target", sa.String(length=48), nullable=False),
        sa.Column("actor_id", KEY, nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("input", sa.String(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_history_case_id")),
        sa.PrimaryKeyConstraint("case_id", "revision", name=op.f("pk_history")),
        sa.UniqueConstraint("key", name=op.f("uq_history_key")),
    )
    op.create_index("ix_history_actor", "history", ["actor_id"], unique=False)
    op.create_index("ix_history_at", "history", ["at"], unique=False)

    op.create_table(
        "reservation",
        sa.Column("id", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("budget_line_id", KEY, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("resolution", sa.String(length=120), nullable=False),
        sa.Column("reserved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_reservation_amount")),
        sa.ForeignKeyConstraint(["budget_line_id"], ["budget_line.id"], name=op.f("fk_reservation_budget_line_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_reservation_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservation")),
    )
    op.create_index("ix_reservation_case", "reservation", ["case_id"], unique=False)

    op.create_table(
        "review_result",
        sa.Column("id", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("round", sa.String(length=48), nullable=False),
        sa.Column("cycle", sa.BigInteger(), nullable=False),
        sa.Column("average", sa.BigInteger(), nullable=False),
        sa.Column("sheets", sa.BigInteger(), nullable=False),
        sa.Column("trimmed", sa.Boolean(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_review_result_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_result")),
        sa.UniqueConstraint("case_id", "round", "cycle", name=op.f("uq_review_result_case_id_round_cycle")),
    )
    op.create_table(
        "submission",
        sa.Column("id", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("form", sa.String(length=48), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("receipt", sa.String(length=32), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", KEY, nullable=True),
        sa.Column("receipt_file", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_submission_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_submission_case_id_number")),
        sa.UniqueConstraint("receipt", name=op.f("uq_submission_receipt")),
    )
    op.create_table(
        "task",
        sa.Column("id", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=48), nullable=False),
        sa.Column("cycle", sa.BigInteger(), nullable=False),
        sa.Column("user_id", KEY, nullable=True),
        sa.Column("organization_id", KEY, nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", KEY, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_task_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint(
            "case_id",
            "name",
            "cycle",
            "user_id",
            "organization_id",
            name=op.f("uq_task_case_id_name_cycle_user_id_organization_id"),
        ),
    )
    op.create_index("ix_task_case", "task", ["case_id", "name"], unique=False)
    op.create_index("ix_task_user", "task", ["user_id", "status"], unique=False)

    op.create_table(
        "agreement_version",
        sa.Column("id", KEY, nullable=False),
        sa.Column("agreement_id", KEY, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_version_agreement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_version")),
        sa.UniqueConstraint("agreement_id", "version", name=op.f("uq_agreement_version_agreement_id_version")),
    )
    op.create_table(
        "expenditure",
        sa.Column("id", KEY, nullable=False),
        sa.Column("agreement_id", KEY, nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("spent_on", sa.Date(), nullable=False),
        sa.Column("payee", sa.String(length=80), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_expenditure_amount")),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_expenditure_agreement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expenditure")),
    )
    op.create_index(op.f("ix_expenditure_agreement_id"), "expenditure", ["agreement_id"], unique=False)

    op.create_table(
        "instalment",
        sa.Column("id", KEY, nullable=False),
        sa.Column("agreement_id", KEY, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ordered_by", KEY, nullable=True),
        sa.Column("order_key", sa.String(length=160), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_by", KEY, nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_instalment_amount")),
        sa.CheckConstraint("paid_at IS NULL OR ordered_at IS NOT NULL", name=op.f("ck_instalment_ordered_before_paid")),
        sa.CheckConstraint("paid_by IS NULL OR paid_by <> ordered_by", name=op.f("ck_instalment_two_people")),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_instalment_agreement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instalment")),
        sa.UniqueConstraint("agreement_id", "number", name=op.f("uq_instalment_agreement_id_number")),
        sa.UniqueConstraint("order_key", name=op.f("uq_instalment_order_key")),
    )
    op.create_table(
        "measure",
        sa.Column("id", KEY, nullable=False),
        sa.Column("zone_id", KEY, nullable=False),
        sa.Column("organization_id", KEY, nullable=True),
        sa.Column("case_id", KEY, nullable=True),
        sa.Column("report_id", KEY, nullable=True),
        sa.Column("indicator", sa.String(length=24), nullable=False),
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("denominator", sa.BigInteger(), nullable=True),
        sa.Column("attribution", sa.String(length=8), nullable=False),
        sa.Column("panel", sa.String(length=40), nullable=False),
        sa.Column("evidence_id", KEY, nullable=True),
        sa.Column("edition", sa.BigInteger(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", KEY, nullable=True),
        sa.CheckConstraint("attribution IN ('direct','member','zone')", name=op.f("ck_measure_attribution")),
        sa.CheckConstraint("edition >= 1", name=op.f("ck_measure_edition")),
        sa.CheckConstraint("period_from <= period_to", name=op.f("ck_measure_period")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_measure_case_id")),
        sa.ForeignKeyConstraint(["evidence_id"], ["attachment.id"], name=op.f("fk_measure_evidence_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_measure_organization_id")),
        sa.ForeignKeyConstraint(["report_id"], ["case.id"], name=op.f("fk_measure_report_id")),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name=op.f("fk_measure_zone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure")),
    )
    op.create_index("ix_measure_case", "measure", ["case_id"], unique=False)
    op.create_index("ix_measure_organization", "measure", ["organization_id", "indicator", "year"], unique=False)
    op.create_index("ix_measure_zone", "measure", ["zone_id", "year", "indicator"], unique=False)

    op.create_table(
        "settlement",
        sa.Column("id", KEY, nullable=False),
        sa.Column("agreement_id", KEY, nullable=False),
        sa.Column("disbursed", sa.BigInteger(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.Column("disallowed", sa.BigInteger(), nullable=False),
        sa.Column("recognised", sa.BigInteger(), nullable=False),
        sa.Column("recovery", sa.BigInteger(), nullable=False),
        sa.Column("recovered", sa.BigInteger(), nullable=False),
        sa.Column("calculated_by", KEY, nullable=True),
        sa.Column("calculated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recovered_on", sa.Date(), nullable=True),
        sa.CheckConstraint("recovery <= disbursed AND recovered <= recovery", name=op.f("ck_settlement_within_paid")),
        sa.CheckConstraint(
            "spent >= 0 AND disallowed >= 0 AND recovery >= 0 AND recovered >= 0",
            name=op.f("ck_settlement_not_negative"),
        ),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_settlement_agreement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement")),
        sa.UniqueConstraint("agreement_id", name=op.f("uq_settlement_agreement_id")),
    )
    op.create_table(
        "sheet",
        sa.Column("id", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("task_id", KEY, nullable=False),
        sa.Column("round", sa.String(length=48), nullable=False),
        sa.Column("cycle", sa.BigInteger(), nullable=False),
        sa.Column("reviewer_id", KEY, nullable=False),
        sa.Column("conflict", sa.String(length=12), nullable=False),
        sa.Column("conflict_reason", sa.String(length=500), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scores", DOCUMENT, nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("conflict IN ('undeclared','none','declared')", name=op.f("ck_sheet_conflict")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_sheet_case_id")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["user.id"], name=op.f("fk_sheet_reviewer_id")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_sheet_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet")),
        sa.UniqueConstraint(
            "case_id", "round", "cycle", "reviewer_id", name=op.f("uq_sheet_case_id_round_cycle_reviewer_id")
        ),
        sa.UniqueConstraint("task_id", name=op.f("uq_sheet_task_id")),
    )
    op.create_index("ix_sheet_reviewer", "sheet", ["reviewer_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_sheet_reviewer", table_name="sheet")

    op.drop_table("sheet")
    op.drop_table("settlement")
    op.drop_index("ix_measure_zone", table_name="measure")
    op.drop_index("ix_measure_organization", table_name="measure")
    op.drop_index("ix_measure_case", table_name="measure")

    op.drop_table("measure")
    op.drop_table("instalment")
    op.drop_index(op.f("ix_expenditure_agreement_id"), table_name="expenditure")

    op.drop_table("expenditure")
    op.drop_table("agreement_version")
    op.drop_index("ix_task_user", table_name="task")
    op.drop_index("ix_task_case", table_name="task")

    op.drop_table("task")
    op.drop_table("submission")
    op.drop_table("review_result")
    op.drop_index("ix_reservation_case", table_name="reservation")

    op.drop_table("reservation")
    op.drop_index("ix_history_at", table_name="history")
    op.drop_index("ix_history_actor", table_name="history")

    op.drop_table("history")
    op.drop_index(op.f("ix_follow_on_case_id"), table_name="follow_on")

    op.drop_table("follow_on")
    op.drop_index("ix_case_zone_zone", table_name="case_zone")

    op.drop_table("case_zone")
    op.drop_index("ix_case_organization_org", table_name="case_organization")

    op.drop_table("case_organization")
    op.drop_index(op.f("ix_attachment_sha256"), table_name="attachment")
    op.drop_index("ix_attachment_case", table_name="attachment")

    op.drop_table("attachment")
    op.drop_index("ix_appointment_user", table_name="appointment")

    op.drop_table("appointment")
    op.drop_table("answer")
    op.drop_table("agreement")
    op.drop_index(op.f("ix_report_file_snapshot_id"), table_name="report_file")

    op.drop_table("report_file")
    op.drop_table("panel_member")
    op.drop_index("ix_case_year", table_name="case")
    op.drop_index("ix_case_workflow", table_name="case")
    op.drop_index("ix_case_queue", table_name="case")
    op.drop_index(op.f("ix_case_parent_id"), table_name="case")
    op.drop_index(op.f("ix_case_lead_organization_id"), table_name="case")
    op.drop_index(op.f("ix_case_handler_id"), table_name="case")
    op.drop_index(op.f("ix_case_due_at"), table_name="case")
    op.drop_index(op.f("ix_case_call_id"), table_name="case")

    op.drop_table("case")
    op.drop_index("ix_zone_event_zone", table_name="zone_event")

    op.drop_table("zone_event")
    op.drop_table("target")
    op.drop_index("ix_snapshot_zone", table_name="snapshot")
    op.drop_index(op.f("ix_snapshot_sha256"), table_name="snapshot")

    op.drop_table("snapshot")
    op.drop_index("ix_role_grant_user", table_name="role_grant")

    op.drop_table("role_grant")
    op.drop_table("panel")
    op.drop_index(op.f("ix_organization_zone_id"), table_name="organization")
    op.drop_index("ix_organization_name", table_name="organization")

    op.drop_table("organization")
    op.drop_table("criterion")
    op.drop_index(op.f("ix_council_member_zone_id"), table_name="council_member")

    op.drop_table("council_member")
    op.drop_index(op.f("ix_call_change_call_id"), table_name="call_change")

    op.drop_table("call_change")
    op.drop_table("budget_line")
    op.drop_table("zone")
    op.drop_index(op.f("ix_user_organization_id"), table_name="user")

    op.drop_table("user")
    op.drop_table("stored_file")
    op.drop_table("published_workflow")
    op.drop_index("ix_message_case", table_name="message")

    op.drop_table("message")
    op.drop_index(op.f("ix_job_parent_id"), table_name="job")
    op.drop_index("ix_job_due", table_name="job")

    op.drop_table("job")
    op.drop_table("counter")
    op.drop_table("council")
    op.drop_table("call")
    op.drop_index("ix_access_event_case", table_name="access_event")
    op.drop_index("ix_access_event_at", table_name="access_event")
    op.drop_index(op.f("ix_access_event_actor_id"), table_name="access_event")

    op.drop_table("access_event")
