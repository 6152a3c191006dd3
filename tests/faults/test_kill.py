"""A short round of kill -9 under load; the long one is ``python -m tests.faults.kill_loop``."""

import subprocess
import sys

import pytest

from tests.house.test_sizes import ROOT
from tests.machine import HAS_POSTGRESQL, need


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_whoever_is_killed_in_the_middle_of_a_step_loses_nothing_and_halves_nothing(database: str) -> None:
    need(database == "sqlite" or HAS_POSTGRESQL, "PostgreSQL")
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.kill_loop", "--rounds", "6", "--database", database, "--seed", "7"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert "nothing lost, nothing half" in done.stdout
