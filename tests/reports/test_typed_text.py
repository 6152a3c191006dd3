"""What companies typed ends up in reports as the words they typed: it asks for nothing and shows nothing of the house."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import current_app

from backoffice.core.db import db, transaction
from backoffice.engine.perform import Engine
from backoffice.organizations.models import Organization
from backoffice.organizations.queries import zone
from backoffice.reports import services
from backoffice.reports.queries import snapshot
from tests.make import MILLION
from tests.reports.papers import all_bytes, bare
from tests.reports.probes import CANARY, PROBES
from tests.reports.tagged import read
from tests.reports.worlds import finished_project

pytestmark = pytest.mark.pdf


@pytest.fixture
def canary() -> Iterator[Path]:
    """A file with a short name that nobody may read."""
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder) / "c"
        found.write_text(CANARY, encoding="utf-8")
        yield found


def test_there_are_seventeen_of_them() -> None:
    assert len(PROBES) == 17


@pytest.mark.parametrize(("edition", "which"), [("internal", slice(0, 8)), ("public", slice(8, 17))])
def test_a_way_to_ask_for_something_from_outside_is_a_line_of_a_story(
    office: Engine, edition: str, which: slice, watched: tuple[str, list[str]], canary: Path
) -> None:
    web, requests = watched
    lines = [probe.format(web=web, file=canary.as_uri()) for probe in list(PROBES.values())[which]]
    story = finished_project(office, {"SALES": 10 * MILLION}, told="\n".join(["성과를 적습니다.", *lines]))
    with transaction():
        row = story.case()
        row.title = min(lines, key=len)
        db.session.get_one(Organization, row.lead_organization_id).name_ko = "<img src='/x'>"
    year = story.case().year + 1
    with transaction():
        number = services.freeze(zone("GS-GIMHAE"), year, edition, None).number
    content = services.printed(snapshot(number), current_app.extensions["files"]).content
    said = bare(read(content).words())
    for line in lines:
        assert bare(line) in said
    assert "<imgsrc='/x'>" in said
    assert CANARY.encode() not in all_bytes(content)
    assert requests == []
