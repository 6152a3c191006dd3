"""Imports of outcomes: the file every measure came in, and its lines between check and booking."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "import",
        sa.Column("id", KEY, nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=8), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=130), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("zone_id", KEY, nullable=True),
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.Column("sheet", DOCUMENT, nullable=False),
        sa.Column("mapping", DOCUMENT, nullable=False),
        sa.Column("counts", DOCUMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", KEY, nullable=True),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("booked_by", KEY, nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("subject IN ('measures','targets')", name=op.f("ck_import_subject")),
        sa.CheckConstraint(
            "status IN ('uploaded','checking','checked','booking','booked','undone','failed')",
            name=op.f("ck_import_status"),
        ),
        sa.ForeignKeyConstraint(["sha256"], ["stored_file.sha256"], name=op.f("fk_import_sha256")),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name=op.f("fk_import_zone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import")),
        sa.UniqueConstraint("token", name=op.f("uq_import_token")),
    )
    op.create_index("ix_import_signature", "import", ["signature", "status"], unique=False)
    op.create_index(op.f("ix_import_sha256"), "import", ["sha256"], unique=False)

    op.create_table(
        "import_line",
        sa.Column("id", KEY, nullable=False),
        sa.Column("import_id", KEY, nullable=False),
        sa.Column("row_number", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.String(length=80), nullable=False),
        sa.Column("cell", sa.String(length=120), nullable=False),
        sa.Column("verdict", sa.String(length=8), nullable=False),
        sa.Column("findings", DOCUMENT, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("zone_id", KEY, nullable=True),
        sa.Column("organization_id", KEY, nullable=True),
        sa.Column("business_number", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("indicator", sa.String(length=24), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("denominator", sa.BigInteger(), nullable=True),
        sa.Column("replaces_id", KEY, nullable=True),
        sa.Column("before", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("verdict IN ('ok','warning','error','same','total')", name=op.f("ck_import_line_verdict")),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name=op.f("fk_import_line_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_line")),
    )
    op.create_index("ix_import_line_row", "import_line", ["import_id", "row_number"], unique=False)
    op.create_index("ix_import_line_verdict", "import_line", ["import_id", "verdict"], unique=False)

    with op.batch_alter_table("measure") as table:
        table.add_column(sa.Column("import_id", KEY, nullable=True))
        table.add_column(sa.Column("row_number", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("answer", sa.Text(), nullable=False, server_default=""))
        table.create_foreign_key(op.f("fk_measure_import_id"), "import", ["import_id"], ["id"])
        table.create_index("ix_measure_import", ["import_id"])
    with op.batch_alter_table("target") as table:
        table.add_column(sa.Column("import_id", KEY, nullable=True))
        table.create_foreign_key(op.f("fk_target_import_id"), "import", ["import_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("target") as table:
        table.drop_constraint(op.f("fk_target_import_id"), type_="foreignkey")
        table.drop_column("import_id")
    with op.batch_alter_table("measure") as table:
        table.drop_index("ix_measure_import")
        table.drop_constraint(op.f("fk_measure_import_id"), type_="foreignkey")
        table.drop_column("answer")
        table.drop_column("row_number")
        table.drop_column("import_id")
    op.drop_index("ix_import_line_verdict", table_name="import_line")
    op.drop_index("ix_import_line_row", table_name="import_line")
    op.drop_table("import_line")
    op.drop_index(op.f("ix_import_sha256"), table_name="import")
    op.drop_index("ix_import_signature", table_name="import")
    op.drop_table("import")
