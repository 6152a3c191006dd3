"""Who plays in which story: every case gets a zone, a project, a lead company, partners, an institution and a sum."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from backoffice.core.hangul import has_final
from backoffice.demo import sources
from backoffice.demo.openings import Announced
from backoffice.demo.society import COMPANY, House, Society
from backoffice.demo.sources import Project, Story

ANCHOR = "anchor"
SEED = "ieum"
STEP_WON = 500_000


class Word(str):
    """A name that takes its Korean particle: ``{lead:은}`` becomes 은 or 는 by the last syllable."""

    __slots__ = ()
    _PAIRS = {"은": ("은", "는"), "이": ("이", "가"), "을": ("을", "를"), "과": ("과", "와")}

    def __format__(self, particle: str) -> str:
        if not particle:
            return str(self)
        return str(self) + self._PAIRS[particle][0 if has_final(self) else 1]


@dataclass(frozen=True, slots=True)
class Cast:
    """Who takes part in one case, and what they plan."""

    place: int
    """The running number of the case in the whole demo: its seed and its keys hang on it."""
    story: Story
    call: Announced
    zone: str
    project: Project
    lead: House
    partners: tuple[House, ...]
    reserve: House
    """An institution of another zone that would do, too."""
    amount: int

    @property
    def houses(self) -> tuple[House, ...]:
        return (self.lead, *self.partners)

    def rng(self) -> Random:
        """The randomness of this case alone: another case more or less changes nothing here."""
        return Random(f"{SEED}:{self.place}:{self.story.name}")  # noqa: S311  # believable, not secret


@dataclass
class _Desk:
    """What casting keeps in mind: which projects are left, who led how often."""

    society: Society
    left: dict[str, list[Project]]
    returning: dict[str, list[tuple[Project, str]]] = field(default_factory=dict)
    led: Counter[str] = field(default_factory=Counter)
    zones: Counter[str] = field(default_factory=Counter)
    """How many cases each zone leads so far."""

    def of_zone(self, zone: str, kind: str) -> list[House]:
        return [house for house in self.society.houses.values() if house.firm.zone == zone and house.firm.kind == kind]


def cast_all(society: Society, announced: Mapping[str, Announced]) -> list[Cast]:
    """Every case of the demo, in the order of its call."""
    desk = _Desk(society, {zone: list(rows) for zone, rows in sources.projects().items()})
    zones = list(sources.projects())
    found: list[Cast] = []
    for key, call in announced.items():
        stories = [story for story in sources.chapter().stories for _ in range(story.calls.get(key, 0))]
        rng = Random(f"{SEED}:{key}")  # noqa: S311  # believable, not secret
        rng.shuffle(stories)
        rng.shuffle(zones)
        allowed = [zone for zone in zones if _old_enough(zone, call)]
        found += _cast_call(desk, call, stories, zones=allowed, rng=rng, start=len(found))
    return found


def _old_enough(zone: str, call: Announced) -> bool:
    """Whether the zone existed: an old call knows only zones designated by then."""
    return int(sources.figures()["zones"][zone]["cohort"]) <= call.plan.cohort


def _cast_call(
    desk: _Desk, call: Announced, stories: Sequence[Story], *, zones: Sequence[str], rng: Random, start: int
) -> list[Cast]:
    found: list[Cast] = []
    busy: set[str] = set()
    wished = {story.leads[call.plan.key]: story for story in stories if call.plan.key in story.leads}
    reserved = set(wished)
    for place, story in enumerate(stories, start=start + 1):
        star = next((slug for slug, wanting in wished.items() if wanting is story), None)
        if star is not None:
            del wished[star]
            zone = sources.firms()[star].zone
        else:
            zone = min(zones, key=lambda one: (desk.zones[one], zones.index(one)))
        project, lead = _project(desk, zone, star, avoid=busy | (reserved - {star}), rng=rng)
        busy.add(lead.firm.slug)
        desk.zones[zone] += 1
        desk.led[lead.firm.slug] += 1
        if story.again:
            desk.returning.setdefault(zone, []).append((project, lead.firm.slug))
        partners = _partners(desk, lead, rng)
        most = call.plan.max_amount * 1_000_000
        amount = rng.randrange(most * 4 // 10, most * 97 // 100, STEP_WON)
        found.append(Cast(place, story, call, zone, project, lead, partners, _reserve(desk, partners, place), amount))
    return found


def _reserve(desk: _Desk, taken: Sequence[House], place: int) -> House:
    """The institutions take turns."""
    fits = [house for house in desk.society.houses.values() if house.firm.kind != COMPANY and house not in taken]
    return fits[place % len(fits)]


def _project(desk: _Desk, zone: str, star: str | None, *, avoid: set[str], rng: Random) -> tuple[Project, House]:
    """A new project of the zone, or one that was refused before and comes again with the same company."""
    if not desk.left[zone]:
        again = desk.returning.get(zone, [])
        fits = (place for place, (_, slug) in enumerate(again) if slug == star or (star is None and slug not in avoid))
        place = next(fits, None)
        if place is not None:
            project, slug = again.pop(place)
            return project, desk.society.houses[slug]
        desk.left[zone] = list(sources.projects()[zone])
    project = desk.left[zone].pop(0)
    if star is not None:
        return project, desk.society.houses[star]
    free = [house for house in desk.of_zone(zone, COMPANY) if house.firm.slug not in avoid]
    least = min(desk.led[house.firm.slug] for house in free)
    return project, rng.choice([house for house in free if desk.led[house.firm.slug] == least])


def _partners(desk: _Desk, lead: House, rng: Random) -> tuple[House, ...]:
    """A company of another zone, an institution, and now and then a third company or an institute."""
    near = sources.figures()["zones"][lead.firm.zone]["near"]
    zone = rng.choice(near)
    partner = rng.choice(desk.of_zone(zone, COMPANY))
    anchor = rng.choice(desk.of_zone(lead.firm.zone if rng.random() < 0.7 else zone, ANCHOR))
    more: list[House] = []
    if rng.random() < 0.3:
        others = [*desk.of_zone(lead.firm.zone, COMPANY), *desk.of_zone(lead.firm.zone, "institute")]
        more = [rng.choice([house for house in others if house is not lead])]
    return (partner, anchor, *more)
