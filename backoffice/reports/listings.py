"""The lists of a report: projects, grades, stories, figures of a part of a zone, corrections, coming calls."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from backoffice.core import clock
from backoffice.core.db import db
from backoffice.organizations.models import Zone
from backoffice.outcomes import queries
from backoffice.programs.models import Call
from backoffice.reports.cells import SUPPRESSED, blank, cell
from backoffice.reports.gathering import Gathering
from backoffice.reports.projects import Project
from workflows.indicators import all_indicators

Content = dict[str, Any]

DISCLOSED_GRADES = frozenset({"최우수", "우수"})
"""Grades the public may read; the others stay inside (guide 2.5)."""


def project(gathering: Gathering, one: Project, zone_id: int | None) -> Content:
    public = gathering.public
    return {
        "number": one.number,
        "title": one.title,
        "company": one.company,
        "members": one.members,
        "zones": gathering.named(one.zones),
        "leads": zone_id is None or (bool(one.zones) and one.zones[0] == zone_id),
        "year": one.year,
        "program": one.workflow,
        "agreed": one.agreed,
        "disbursed": one.disbursed,
        "starts_on": one.starts_on.isoformat() if one.starts_on else None,
        "ends_on": one.ends_on.isoformat() if one.ends_on else None,
        "state": one.public_state if public else one.state,
        "grade": _grade(gathering, one.grade),
        "main_projects": [
            {
                "name": main.name,
                "agency": main.agency,
                "status": main.status,
                "amount": main.amount,
                "decided_on": main.decided_on.isoformat(),
            }
            for main in one.main_projects
        ],
        "outcomes": _outcomes(gathering, one.outcomes),
    }


def _outcomes(gathering: Gathering, values: Iterable[tuple[str, Any]]) -> list[Content]:
    """What one firm reported. The public edition never prints the figures of a single firm."""
    known = all_indicators()
    return [
        {
            "code": code,
            "label": known[code].label.ko,
            "unit": known[code].unit,
            "unit_label": known[code].unit_label.ko,
            "now": blank(SUPPRESSED) if gathering.public else cell(value),
        }
        for code, value in values
        if code in known
    ]


def _grade(gathering: Gathering, label: str) -> str | None:
    """A grade as this edition prints it: None where the public may not read it, empty where there is none."""
    return None if gathering.public and label and label not in DISCLOSED_GRADES else label


def grades(gathering: Gathering, found: list[Project]) -> list[Content]:
    """How the projects that ended in the year were graded."""
    counts: dict[str, int] = {}
    for one in found:
        if one.grade and one.ends_on is not None and one.ends_on.year == gathering.year:
            counts[one.grade] = counts.get(one.grade, 0) + 1
    return [{"label": label, "count": count} for label, count in counts.items() if _grade(gathering, label) is not None]


def overlap(found: list[Project], year: int) -> Content:
    """Why the zones' project counts exceed the nation's: joint projects count in each zone and once in the nation."""
    mine = [one for one in found if one.year == year]
    counted = sum(len(one.zones) for one in mine)
    return {"by_zone": counted, "nation": len(mine), "twice": counted - len(mine)}


def stories(gathering: Gathering, zone: Zone | None) -> list[Content]:
    return [
        {
            "company": one.company,
            "project": one.project,
            "number": one.number,
            "zones": gathering.named(one.zones),
            "text": one.text,
            "outcomes": _outcomes(gathering, one.outcomes),
        }
        for one in gathering.stories(zone)
    ]


def one_story_each(gathering: Gathering) -> list[Content]:
    """The first story of each zone."""
    chosen: dict[str, Content] = {}
    for story in stories(gathering, None):
        if story["zones"]:
            chosen.setdefault(story["zones"][0], story)
    return [chosen[zone.name_ko] for zone in gathering.zones if zone.name_ko in chosen]


def scopes(gathering: Gathering, zone_id: int) -> list[Content]:
    """Figures of the year about a part of the zone; they are never added to those of the whole."""
    known = all_indicators()
    return [
        {
            "scope": one.scope,
            "label": known[one.indicator].label.ko,
            "unit": known[one.indicator].unit,
            "unit_label": known[one.indicator].unit_label.ko,
            "now": cell(one.value),
        }
        for one in gathering.grid.entered
        if one.zone_id == zone_id and one.year == gathering.year and one.scope and one.indicator in known
    ]


def restatements(gathering: Gathering, zone_id: int | None) -> list[Content]:
    """Values of this year and the year before that were corrected; the public edition names no firm and no firm's value."""
    return [_restatement(gathering, one) for one in gathering.restatements(zone_id)]


def _restatement(gathering: Gathering, one: queries.Restatement) -> Content:
    indicator = all_indicators()[one.indicator]
    secret = gathering.public and one.organization_id is not None
    return {
        "zone": gathering.name(one.zone_id),
        "label": indicator.label.ko,
        "unit": indicator.unit,
        "unit_label": indicator.unit_label.ko,
        "year": one.year,
        "edition": one.edition,
        "by_firm": one.organization_id is not None,
        "before": blank(SUPPRESSED) if secret else cell(one.before),
        "after": blank(SUPPRESSED) if secret else cell(one.after),
    }


def next_calls(year: int) -> list[Content]:
    query = select(Call).where(Call.year == year + 1, Call.published_at.is_not(None)).order_by(Call.opens_at, Call.code)
    return [
        {
            "code": row.code,
            "title": row.title_ko,
            "opens": f"{clock.in_seoul(row.opens_at):%Y-%m-%d}",
            "closes": f"{clock.in_seoul(row.closes_at):%Y-%m-%d}",
        }
        for row in db.session.scalars(query)
    ]
