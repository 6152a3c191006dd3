"""Alembic's door: the schema of the office, online only."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from flask import current_app

from backoffice.core.db import Base, Exact, UtcDateTime


def spell(kind: str, value: Any, _: Any) -> str | Literal[False]:
    """Column types in a migration's own words, so that it never imports the office."""
    if kind != "type":
        return False
    if isinstance(value, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(value, Exact):
        return "sa.BigInteger()"
    if isinstance(value, sa.JSON):
        return "DOCUMENT"
    if isinstance(value, sa.BigInteger) and value._variant_mapping:  # the only way to see a variant
        return "KEY"
    return False


def run() -> None:
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            render_item=spell,
            compare_type=False,
            compare_server_default=False,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
