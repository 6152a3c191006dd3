"""What the filter of the queue offers: zones, programs, states in public words, calls, years, people."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from backoffice.access.actors import Actor
from backoffice.access.permissions import OFFICE, READERS, Permission, may
from backoffice.cases.queue import Filter
from backoffice.core import clock
from backoffice.core.i18n import language
from backoffice.organizations import queries as organizations
from backoffice.organizations.models import Zone
from backoffice.programs import queries as programs
from backoffice.web.access import actor, engine
from backoffice.web.case_page import zone_name
from workflows.definition import State, Workflow
from workflows.roles import COMPANY_SIDE

FIRST_YEAR = 2024


@dataclass(frozen=True, slots=True)
class Choices:
    """Each a list of (value, text)."""

    zones: list[tuple[int, str]]
    programs: list[tuple[str, str]]
    stages: list[tuple[str, str]]
    """Of the chosen program, as ``states``."""
    states: list[tuple[str, str]]
    calls: list[tuple[int, str]]
    years: list[tuple[int, str]]
    handlers: list[tuple[int, str]]


def choices_of(filter_: Filter, zones: Mapping[int, Zone], handling: Mapping[int, str]) -> Choices:
    """Two queries: the published programs, and the calls."""
    versions = programs.newest_versions()
    titles = {
        name: engine().definitions.get(name, version).workflow.title.text(language())
        for name, version in sorted(versions.items())
    }
    chosen = versions.get(filter_.workflow)
    definition = engine().definitions.get(filter_.workflow, chosen).workflow if chosen is not None else None
    calls = programs.call_names(hidden=may(actor(), Permission.CALL_READ))
    years = {*(call.year for call in calls), *range(FIRST_YEAR, clock.today().year + 1)}
    return Choices(
        zones=[(zone.id, zone_name(zone)) for zone in zones.values() if zone.stratum == organizations.INNOVATION],
        programs=list(titles.items()),
        stages=[(stage.code, stage.label.text(language())) for stage in definition.stages] if definition else [],
        states=_states(definition) if definition else [],
        calls=[
            (call.id, f"{call.code} {call.title_en if language() == 'en' else call.title_ko}")
            for call in calls
            if not filter_.workflow or call.workflow == filter_.workflow
        ],
        years=[(year, str(year)) for year in sorted(years, reverse=True)],
        handlers=sorted(handling.items(), key=lambda item: item[1]),
    )


def _states(definition: Workflow) -> list[tuple[str, str]]:
    """Every state in the words of the reader; where companies read others, those stand beside."""
    public = actor().roles <= COMPANY_SIDE
    return [(name, _words(state, public=public)) for name, state in definition.states.items()]


def _words(state: State, *, public: bool) -> str:
    label, shown = state.label.text(language()), state.shown.text(language())
    if public or label == shown:
        return shown
    return str(_("%(label)s (기업에는 '%(shown)s')", label=label, shown=shown))


def handler_zones(who: Actor, zones: Mapping[int, Zone]) -> list[int]:
    """The zones whose staff somebody may filter by: those they may read."""
    held = [who.zones_as(role) for role in OFFICE | READERS]
    if any(found is None for found in held):
        return sorted(zones)
    return sorted({zone_id for found in held if found is not None for zone_id in found})
