"""Which document of an issue a kept file is, and of what kind: the report, its summary, its table for the press."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    with op.batch_alter_table("report_file") as table:
        table.add_column(sa.Column("paper", sa.String(length=8), nullable=False, server_default="full"))
        table.add_column(sa.Column("kind", sa.String(length=4), nullable=False, server_default="pdf"))
        table.create_index("ix_report_file_sha256", ["sha256"])


def downgrade() -> None:
    """A file of another paper would be taken for the report by a program that knows no papers."""
    op.execute(sa.text("DELETE FROM report_file WHERE paper <> 'full' OR kind <> 'pdf'"))
    with op.batch_alter_table("report_file") as table:
        table.drop_index("ix_report_file_sha256")
        table.drop_column("kind")
        table.drop_column("paper")
