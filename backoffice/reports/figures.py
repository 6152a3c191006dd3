"""The figures of a zone's or the nation's year as plain data: what a snapshot freezes and every page is made from."""

from typing import Any

from backoffice.core.errors import Refused
from backoffice.organizations.models import Zone
from backoffice.outcomes.firm_figures import NATION
from backoffice.outcomes.queries import zones_with_measures
from backoffice.reports import listings, profiles
from backoffice.reports.cells import INTERNAL, PUBLIC
from backoffice.reports.gathering import Gathering
from backoffice.reports.indicators import entries, has_anything, headlines, ranking

Content = dict[str, Any]

SCHEMA = 1
"""Raised when the meaning of a key changes."""

STORIES = 4


def contents(zone: Zone | None, year: int) -> dict[str, Content]:
    """Edition -> what it prints of a zone's (None: the nation's) year. Both are made of the same readings.

    The public edition only hides: every figure it shows equals the internal one.
    Raises Refused when there is nothing about that year.
    """
    gathering = _gathered(zone, year)
    return {edition: _content(gathering.seen_by(edition), zone) for edition in (INTERNAL, PUBLIC)}


def zone_content(zone: Zone, year: int, edition: str) -> Content:
    """Everything the annual report of a zone prints. Raises Refused when there is nothing about that year."""
    return _zone(_gathered(zone, year).seen_by(edition), zone)


def national_content(year: int, edition: str) -> Content:
    """Everything the report of all zones prints. Raises Refused when there is nothing about that year."""
    return _nation(_gathered(None, year).seen_by(edition))


def _content(gathering: Gathering, zone: Zone | None) -> Content:
    return _nation(gathering) if zone is None else _zone(gathering, zone)


def _gathered(zone: Zone | None, year: int) -> Gathering:
    gathering, measured = Gathering(year, INTERNAL), zones_with_measures(year)
    if zone is None and not (gathering.cases.knows(NATION) or measured):
        raise Refused.because(
            "no_data",
            f"{year}년 자료가 없어 종합 보고서를 만들 수 없습니다.",
            f"There is nothing about {year} to report on.",
        )
    if zone is not None and not (gathering.cases.knows(zone.id) or zone.id in measured):
        raise Refused.because(
            "no_data",
            f"{zone.name_ko}({zone.code})의 {year}년 자료가 없어 보고서를 만들 수 없습니다.{_over(zone)[0]}",
            f"There is nothing about {zone.code} in {year} to report on.{_over(zone)[1]}",
        )
    return gathering


def _zone(gathering: Gathering, zone: Zone) -> Content:
    all_entries = entries(gathering.lens, zone.id)
    found = gathering.projects(zone)
    return {
        "schema": SCHEMA,
        "kind": "zone",
        "edition": gathering.edition,
        "year": gathering.year,
        "zone": profiles.profile(gathering, zone),
        "programs": gathering.cases.programs(zone.id),
        "months": gathering.cases.months(zone.id),
        "indicators": all_entries,
        "headlines": headlines(all_entries),
        "projects": [listings.project(gathering, one, zone.id) for one in found],
        "grades": listings.grades(gathering, found),
        "cooperation": profiles.partners(gathering, zone),
        "stories": listings.stories(gathering, zone)[:STORIES],
        "scopes": listings.scopes(gathering, zone.id),
        "restatements": listings.restatements(gathering, zone.id),
        "next_calls": listings.next_calls(gathering.year),
    }


def _over(zone: Zone) -> tuple[str, str]:
    """Why there may be nothing: the zone was dissolved."""
    day = zone.dissolved_on
    return (f" {day}에 해제된 특구입니다.", f" It was dissolved on {day}.") if day is not None else ("", "")


def _nation(gathering: Gathering) -> Content:
    all_entries = entries(gathering.lens, NATION)
    for one, indicator in zip(all_entries, gathering.grid.indicators, strict=True):
        if has_anything(one):
            one["zones"] = ranking(gathering.lens, indicator)
    found = gathering.projects(None)
    return {
        "schema": SCHEMA,
        "kind": "nation",
        "edition": gathering.edition,
        "year": gathering.year,
        "zones": [
            profiles.profile(gathering, zone) | profiles.size(gathering, zone, found) for zone in gathering.zones
        ],
        "programs": gathering.cases.programs(NATION),
        "months": gathering.cases.months(NATION),
        "indicators": all_entries,
        "headlines": headlines(all_entries),
        "joint_projects": [listings.project(gathering, one, None) for one in found if len(one.zones) > 1],
        "overlap": listings.overlap(found, gathering.year),
        "grades": listings.grades(gathering, found),
        "cooperation": profiles.matrix(gathering),
        "technologies": profiles.technology_map(gathering),
        "stories": listings.one_story_each(gathering),
        "restatements": listings.restatements(gathering, None),
        "next_calls": listings.next_calls(gathering.year),
    }
