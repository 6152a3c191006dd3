"""Issues of a report: figures are frozen under a number, and a correction is a new issue that says what it corrects."""

import json
import re

import pytest
from flask import current_app

from backoffice.core.db import db, transaction
from backoffice.core.errors import NotFound
from backoffice.core.files import FileStore
from backoffice.engine.perform import Engine
from backoffice.organizations.queries import zone
from backoffice.reports import services
from backoffice.reports.models import Snapshot
from backoffice.reports.queries import snapshot, snapshots
from tests.reports.tagged import read
from tests.reports.worlds import zone_says


def freeze(year: int = 2025, edition: str = "internal", code: str | None = "GS-GIMHAE") -> Snapshot:
    with transaction():
        number = services.freeze(zone(code) if code else None, year, edition, None).number
    return snapshot(number)


def test_unchanged_figures_keep_their_issue(office: Engine) -> None:
    zone_says("GS-GIMHAE", "ST-CNT", 2025, 21)
    first = freeze()
    assert (first.number, freeze().id) == ("2025-GS-GIMHAE-I-01", first.id)
    assert re.fullmatch(r"[0-9a-f]{64}", first.sha256)


def test_each_zone_year_and_edition_counts_its_own_issues(office: Engine) -> None:
    for year in (2024, 2025):
        zone_says("GS-GIMHAE", "ST-CNT", year, 21)
        zone_says("GS-POHANG", "ST-CNT", year, 22)
    numbers = [
        freeze().number,
        freeze(edition="public").number,
        freeze(2024).number,
        freeze(code="GS-POHANG").number,
        freeze(code=None).number,
    ]
    assert numbers == [
        "2025-GS-GIMHAE-I-01",
        "2025-GS-GIMHAE-P-01",
        "2024-GS-GIMHAE-I-01",
        "2025-GS-POHANG-I-01",
        "2025-GS-ALL-I-01",
    ]


def test_a_correction_makes_a_new_issue_that_says_what_changed(office: Engine) -> None:
    zone_says("GS-GIMHAE", "ST-CNT", 2025, 21)
    first = freeze()
    zone_says("GS-GIMHAE", "ST-CNT", 2025, 23)
    second = freeze()
    assert second.number == "2025-GS-GIMHAE-I-02"
    (line,) = json.loads(second.content)["errata"]
    assert (line["label"], line["year"], line["before"]["value"], line["after"]["value"]) == (
        "신규창업", 2025, "21", "23"
    )  # fmt: skip
    assert json.loads(snapshot(first.number).content)["figures"]["indicators"]
    assert [one.id for one in snapshots(zone("GS-GIMHAE").id, 2025, "internal")] == [first.id, second.id]


def test_an_issue_that_does_not_exist_is_not_found(office: Engine) -> None:
    with pytest.raises(NotFound):
        snapshot("2025-GS-GIMHAE-I-77")


@pytest.mark.pdf
def test_a_printed_issue_is_kept_and_printed_once(office: Engine) -> None:
    zone_says("GS-GIMHAE", "ST-CNT", 2025, 21)
    issue = freeze()
    store: FileStore = current_app.extensions["files"]
    first = services.printed(issue, store)
    with transaction():
        kept = services.keep(issue.id, first, store)
        assert (kept.pages, kept.size) == (first.pages, len(first.content))
    again = services.printed(db.session.get_one(Snapshot, issue.id), store)
    assert (first.cached, again.cached, again.content) == (False, True, first.content)
    with transaction():
        assert services.build(db.session.get_one(Snapshot, issue.id), store) == first.content


@pytest.mark.pdf
def test_one_corrected_value_changes_the_number_and_the_list_of_corrections_on_paper(office: Engine) -> None:
    zone_says("GS-GIMHAE", "ST-CNT", 2025, 21)
    store: FileStore = current_app.extensions["files"]
    first = read(services.printed(freeze(), store).content)
    zone_says("GS-GIMHAE", "ST-CNT", 2025, 23)
    second = read(services.printed(freeze(), store).content)
    assert "2025-GS-GIMHAE-I-01" in first.words()
    assert "첫 발행호이며 정정한 것이 없습니다" in first.words()
    assert "2025-GS-GIMHAE-I-01의 정정판" in second.words()
    (table,) = (one for one in second.tables() if "정정 이력: 직전 발행호 2025-GS-GIMHAE-I-01" in one.caption)
    assert ("신규창업", "2025", "21건", "23건") in table.rows
