"""Zones as a report introduces them: their profile and size, and with whom they work."""

from typing import Any

from backoffice.organizations.models import Zone
from backoffice.outcomes.firm_figures import NATION
from backoffice.reports.cooperation import shared
from backoffice.reports.gathering import Gathering, ended
from backoffice.reports.projects import Project
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
    } | _ending(gathering, zone)


def _ending(gathering: Gathering, zone: Zone) -> Content:
    """The day a zone was dissolved or merged, and the words of its register about it, which name the successor."""
    if zone.dissolved_on is None or not ended(zone, gathering.year):
        return {}
    said = [one.text_ko for one in gathering.events.get(zone.id, []) if one.happened_on == zone.dissolved_on]
    return {"ended": {"on": zone.dissolved_on.isoformat(), "text": " · ".join(said)}}


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


def partners(gathering: Gathering, zone: Zone) -> Content:
    """With whom a zone works: joint projects of the year and common councils, by partner."""
    both = gathering.facts.together.shared
    together = shared(one.zones for one in gathering.councils if zone.id in one.zones)
    found_partners = []
    for other in gathering.zones:
        pair = (min(zone.id, other.id), max(zone.id, other.id))
        if other.id != zone.id and (both.get(pair) or together.get(pair)):
            found_partners.append(
                {"name": other.name_ko, "projects": both.get(pair, 0), "councils": together.get(pair, 0)}
            )
    return {"partners": found_partners, "joint": gathering.facts.together.joint.get(zone.id, 0)}


def matrix(gathering: Gathering) -> Content:
    """Zone by zone: how many projects of the year two zones share."""
    both = gathering.facts.together.shared
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
    return {"rows": rows, "joint": gathering.facts.together.joint.get(NATION, 0), "councils": groups}


def technology_map(gathering: Gathering) -> list[Content]:
    """Strategic technology by zone: how many projects of the year; a joint project counts in each zone, once in the total."""
    return [
        {"label": label, "cells": [zones.get(zone.id, 0) for zone in gathering.zones], "total": zones[NATION]}
        for label, zones in sorted(gathering.facts.together.technologies.items())
    ]
