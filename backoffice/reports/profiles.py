"""Zones as a report introduces them: their profile and size, and with whom they work."""

from typing import Any

from backoffice.organizations.models import Zone
from backoffice.reports.cooperation import shared
from backoffice.reports.gathering import Gathering
from backoffice.reports.projects import Project, technologies
from workflows.indicators import all_indicators

Content = dict[str, Any]


def profile(gathering: Gathering, zone: Zone) -> Content:
    events = gathering.events.get(zone.id, [])
    areas = [event.area_km2 for event in events if event.area_km2 is not None]
    return {
        "code": zone.code,
        "name": zone.name_ko,
        "name_en": zone.name_en,
        "province": zone.province_ko,
        "cohort": zone.cohort,
        "field": zone.field_ko,
        "anchors": [name for name in zone.anchors_ko.split(";") if name],
        "designated_on": zone.designated_on.isoformat() if zone.designated_on else None,
        "area_km2": format(areas[-1].normalize(), "f") if areas else None,
        "events": [{"on": event.happened_on.isoformat(), "text": event.text_ko} for event in events],
        "councils": [
            {"code": one.code, "kind": one.kind, "name": one.name, "zones": gathering.named(one.zones)}
            for one in gathering.councils
            if zone.id in one.zones
        ],
    }


def size(gathering: Gathering, zone: Zone, found: list[Project]) -> Content:
    """The size of a zone in the national table: its projects, and their money at the lead zone."""
    led = [one for one in found if one.zones and one.zones[0] == zone.id and one.year == gathering.year]
    tenants = all_indicators()["TEN-STK"]
    return {
        "projects": sum(1 for one in found if zone.id in one.zones and one.year == gathering.year),
        "agreed": sum(one.agreed for one in led),
        "disbursed": sum(one.disbursed for one in led),
        "tenants": gathering.lens.of(tenants, gathering.year, zone.id),
    }


def partners(gathering: Gathering, zone: Zone, found: list[Project]) -> Content:
    """With whom a zone works: joint projects of the year and common councils, by partner."""
    joint = [one for one in found if len(one.zones) > 1 and one.year == gathering.year]
    both = shared(one.zones for one in joint)
    groups = [one for one in gathering.councils if zone.id in one.zones]
    together = shared(one.zones for one in groups)
    found_partners = []
    for other in gathering.zones:
        pair = (min(zone.id, other.id), max(zone.id, other.id))
        if other.id != zone.id and (both.get(pair) or together.get(pair)):
            found_partners.append(
                {"name": other.name_ko, "projects": both.get(pair, 0), "councils": together.get(pair, 0)}
            )
    return {"partners": found_partners, "joint": len(joint)}


def matrix(gathering: Gathering, found: list[Project]) -> Content:
    """Zone by zone: how many projects of the year two zones share."""
    joint = [one for one in found if len(one.zones) > 1 and one.year == gathering.year]
    both = shared(one.zones for one in joint)
    rows = []
    for zone in gathering.zones:
        cells = [
            None if zone.id == other.id else both.get((min(zone.id, other.id), max(zone.id, other.id)), 0)
            for other in gathering.zones
        ]
        rows.append({"name": zone.name_ko, "cells": cells, "total": sum(one or 0 for one in cells)})
    groups = [
        {
            "code": one.code,
            "kind": one.kind,
            "name": one.name,
            "signed_on": one.signed_on.isoformat() if one.signed_on else None,
            "zones": gathering.named(one.zones),
            "note": one.note,
        }
        for one in gathering.councils
    ]
    return {"rows": rows, "joint": len(joint), "councils": groups}


def technology_map(gathering: Gathering, found: list[Project]) -> list[Content]:
    """Strategic technology by zone: how many projects of the year; a joint project counts in each zone, once in the total."""
    mine = {one.case_id: one for one in found if one.year == gathering.year}
    named = technologies(gathering.charter, list(mine))
    rows = []
    for label in sorted(set(named.values())):
        group = [mine[case_id] for case_id, known in named.items() if known == label]
        cells = [sum(1 for one in group if zone.id in one.zones) for zone in gathering.zones]
        rows.append({"label": label, "cells": cells, "total": len(group)})
    return rows
