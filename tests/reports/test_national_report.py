"""The report of all zones: comparison, cooperation, and the published figures it must never mix with its own."""

import pytest
from flask import current_app

from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.engine.perform import Engine
from backoffice.outcomes.historic import historic_figures, published_totals
from backoffice.reports import services
from backoffice.reports.queries import snapshot
from tests.make import Story
from tests.reports.papers import bare, text_of
from tests.reports.worlds import award, submit_and_review, zone_says

pytestmark = pytest.mark.pdf


def paper(year: int, edition: str = "public") -> str:
    with transaction():
        number = services.freeze(None, year, edition, None).number
    return text_of(services.printed(snapshot(number), current_app.extensions["files"]).content)


def test_the_national_paper_compares_the_zones_and_prints_every_published_figure(office: Engine) -> None:
    for code, value in (("GS-GIMHAE", 21), ("GS-POHANG", 61), ("GS-NAJU", 7)):
        zone_says(code, "ST-CNT", 2025, value)
    said = paper(2025)
    assert "특구별신규창업" in said
    assert "특구평균6.4건" in said
    for figure in historic_figures():
        assert figure.id in said
        assert bare(figure.text) in said
    for total in published_totals():
        assert bare(total.printed) in said


def test_a_joint_project_is_told_once_with_the_overlap(office: Engine) -> None:
    story = Story(office)
    later = clock.now() + (story.call.closes_at - clock.now()) * 1.1
    submit_and_review(story, later)
    award(story, later)
    said = paper(clock.today().year, "internal")
    assert "특구간중복1건" in said
    assert bare(story.case().title) in said
    assert "첨단바이오" in said
