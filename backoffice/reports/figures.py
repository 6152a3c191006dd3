"""The figures of a zone's or the nation's year as plain data: what a snapshot freezes and every page is made from."""

from typing import Any

from backoffice.core.errors import Refused
from backoffice.organizations.models import Zone
from backoffice.outcomes.queries import NATION, zones_with_measures
from backoffice.reports import listings, profiles
from backoffice.reports.gathering import Gathering
from backoffice.reports.indicators import entries, has_anything, headlines, ranking

Content = dict[str, Any]

SCHEMA = 1
"""Raised when the meaning of a key changes."""

STORIES = 4


def zone_content(zone: Zone, year: int, edition: str) -> Content:
    """Everything the annual report of a zone prints. Raises Refused when there is nothing about that year."""
    gathering = Gathering(year, edition)
    if not gathering.cases.knows(zone.id) and zone.id not in zones_with_measures(year):
        raise Refused.because(
            "no_data",
            f"{zone.name_ko}({zone.code})의 {year}년 자료가 없어 보고서를 만들 수 없습니다.",
            f"There is nothing about {zone.code} in {year} to report on.",
        )
    all_entries = entries(gathering.lens, zone.id)
    found = gathering.projects(zone)
    return {
        "schema": SCHEMA,
        "kind": "zone",
        "edition": edition,
        "year": year,
        "zone": profiles.profile(gathering, zone),
        "programs": gathering.cases.programs(zone.id, running={one.workflow for one in found}),
        "months": gathering.cases.months(zone.id),
        "indicators": all_entries,
        "headlines": headlines(all_entries),
        "projects": [listings.project(gathering, one, zone.id) for one in found],
        "grades": listings.grades(gathering, found),
        "cooperation": profiles.partners(gathering, zone, found),
        "stories": listings.stories(gathering, zone)[:STORIES],
        "scopes": listings.scopes(gathering, zone.id),
        "restatements": listings.restatements(gathering, zone.id),
        "next_calls": listings.next_calls(year),
    }


def national_content(year: int, edition: str) -> Content:
    """Everything the report of all zones prints. Raises Refused when there is nothing about that year."""
    gathering = Gathering(year, edition)
    if not gathering.cases.knows(NATION) and not zones_with_measures(year):
        raise Refused.because(
            "no_data",
            f"{year}년 자료가 없어 종합 보고서를 만들 수 없습니다.",
            f"There is nothing about {year} to report on.",
        )
    all_entries = entries(gathering.lens, NATION)
    for one, indicator in zip(all_entries, gathering.grid.indicators, strict=True):
        if has_anything(one):
            one["zones"] = ranking(gathering.lens, indicator)
    found = gathering.projects(None)
    return {
        "schema": SCHEMA,
        "kind": "nation",
        "edition": edition,
        "year": year,
        "zones": [
            profiles.profile(gathering, zone) | profiles.size(gathering, zone, found) for zone in gathering.zones
        ],
        "programs": gathering.cases.programs(NATION, running={one.workflow for one in found}),
        "months": gathering.cases.months(NATION),
        "indicators": all_entries,
        "headlines": headlines(all_entries),
        "joint_projects": [listings.project(gathering, one, None) for one in found if len(one.zones) > 1],
        "overlap": listings.overlap(found, year),
        "grades": listings.grades(gathering, found),
        "cooperation": profiles.matrix(gathering, found),
        "technologies": profiles.technology_map(gathering, found),
        "stories": listings.one_story_each(gathering),
        "restatements": listings.restatements(gathering, None),
        "next_calls": listings.next_calls(year),
    }
