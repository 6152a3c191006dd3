"""A short closing hour; the long one is a command."""

import pytest

from tests.conftest import HAS_POSTGRESQL, need
from tests.load.closing_hour import spend


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_when_everybody_writes_and_submits_at_once_nothing_that_was_acknowledged_is_missing(database: str) -> None:
    need(database == "sqlite" or HAS_POSTGRESQL, "PostgreSQL")
    hour = spend(database, applicants=12, seconds=14)
    assert hour.missing == []
    assert [str(address) for address in hour.addresses if address.failed] == []
    assert len(hour.told.saved) >= 6
    assert hour.told.submitted
