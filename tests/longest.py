"""What takes longest is begun first, so that no process is left with it while the others have nothing to do."""

LONGEST = (
    "tests/browser/test_every_page.py::test_every_page_is_accessible_quiet_and_fits[hq_staff]",
    "tests/engine/test_race.py",  # needs no demo: the process that starts with it does not wait until that is built
    "tests/demo/test_build.py",
    "tests/browser/test_every_page.py",
    "tests/demo",
    "tests/browser",
    "tests/cli",
    "tests/web/test_rights_matrix.py",
    "tests/reports",
    "tests/api",
    "tests/load",
)
"""Tests, files and folders of more than about twenty seconds, in the order they are begun in; the rest follows by name."""


def place_of(name: str) -> int:
    """Where a test stands in that order."""
    return next((place for place, long in enumerate(LONGEST) if name.startswith(long)), len(LONGEST))
