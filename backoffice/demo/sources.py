"""The demo's own files as frozen values: organizations, people, projects, calls, figures and stories."""

import csv
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field

from workflows import catalogue
from workflows.roles import Role
from workflows.values import Frozen, Name

HERE = Path(__file__).resolve().parent
DATA, STORIES = HERE / "data", HERE / "stories"


class Firm(Frozen):
    """An organization of the demo. ``sales`` (100 million won a year) and ``staff`` shape what it reports.

    ``shown`` says whether its account stands in the printed list.
    """

    slug: str
    name_ko: str
    name_en: str
    kind: str
    zone: str
    size: str
    industry: str
    founded_on: str
    representative: str
    contact: str
    sales: int
    staff: int
    shown: str


class Person(Frozen):
    """Somebody at the foundation, in a zone or on a panel; ``seat`` is the first part of the address."""

    seat: str
    name: str
    role: Role
    phone: str
    note: str
    organization: str


class Project(Frozen):
    """What a consortium plans."""

    title: str
    technology: str
    need: str
    aim: str


class Criterion(Frozen):
    code: Name
    ko: str
    en: str
    points: int
    hint_ko: str
    hint_en: str


class Opening(Frozen):
    """When a call opens: so many days before the build day, or on a day counted from the reported year."""

    ago: int | None = None
    years: int = 0
    month: int = 1
    day: int = 1


class CallPlan(Frozen):
    """A call of the demo; ``set`` holds numbers its stories count with."""

    key: Name
    workflow: Name
    opens: Opening
    days: int
    theme_ko: str = ""
    theme_en: str = ""
    title_ko: str = ""
    title_en: str = ""
    summary_ko: str = ""
    summary_en: str = ""
    """Words of its own, for a call that is none of the yearly rounds."""
    own: bool = False
    """Its cases begin of themselves: no call is announced, the dates only place them in time."""
    presentation: bool = True
    published: bool = True
    budget: int = 0
    max_amount: int = 0
    awards: int = 0
    grace: int = 0
    cohort: int = 9
    chair: str = "chair.hq"
    panel: tuple[str, ...] = ()
    deadlines: dict[str, str] = {}
    set: dict[str, int] = {}


class Calls(Frozen):
    title_ko: str
    title_en: str
    summary_ko: str
    summary_en: str
    contact: str
    criteria: tuple[Criterion, ...]
    calls: tuple[CallPlan, ...]


class Step(Frozen):
    """One thing somebody does to a case. Exactly one of the verbs is filled."""

    when: str = "1bd"
    actor: str = Field(default="", alias="as")
    about: str = ""
    """A linked case, by its workflow, and which one of several (``name.1``); empty means the case itself."""
    draft: bool = False
    begin: bool = False
    """Start a case without a call: a company for itself, the foundation in its zone."""
    guests: int = 0
    """So many organizations apply to the event's call."""
    wish: str = ""
    """The guests say whom they want to meet: ``talk``, or ``again``."""
    each: bool = False
    """Take the step on every linked case of ``about`` from which it starts; ``leave`` of them are left out."""
    do: str = ""
    system: str = ""
    fill: str = ""
    score: int | str = ""
    sign: bool = False
    open: str = ""
    report: str = ""
    assign: bool = False
    use: str = ""
    given: dict[str, Any] = Field(default={}, alias="with")
    sections: tuple[str, ...] = ()
    files: bool = True
    conflict: bool = False
    leave: int = 0
    """How many sheets, signatures or linked cases stay as they are."""
    year: str = ""
    condition: str = Field(default="", alias="if")
    set: dict[str, int] = {}


class Story(Frozen):
    """How cases of one kind go, and where they end."""

    name: Name
    ends: Name
    calls: dict[str, int]
    leads: dict[str, str] = {}
    """Call -> the company that leads the first of these cases."""
    again: bool = False
    """Whether the project may be planned once more in a later call."""
    set: dict[str, int] = {}
    steps: tuple[Step, ...]


class Paperwork(Frozen):
    """A file people attach: its type, its name and its lines; ``each`` makes one for every member."""

    kind: str = "pdf"
    name: str
    heading: str
    lines: tuple[str, ...] = ()
    each: bool = False


class Chapter(Frozen):
    """What one storyboard file may hold."""

    defaults: dict[str, int] = {}
    """Numbers every story counts with unless its call or the story says otherwise."""
    fragments: dict[str, tuple[Step, ...]] = {}
    stories: tuple[Story, ...] = ()
    answers: dict[str, dict[str, Any]] = {}
    """Form -> field -> value or expression; an action's own answers stand under ``<action>()``."""
    pools: dict[str, tuple[str, ...]] = {}
    grids: dict[str, tuple[dict[str, Any], ...]] = {}
    papers: dict[str, Paperwork] = {}


def _read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def _table(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


@cache
def firms() -> dict[str, Firm]:
    return {row["slug"]: Firm.model_validate(row) for row in _table("organizations.csv")}


@cache
def people() -> dict[str, Person]:
    return {row["seat"]: Person.model_validate(row) for row in _table("people.csv")}


@cache
def projects() -> dict[str, tuple[Project, ...]]:
    """Zone -> the projects its companies plan."""
    found: dict[str, tuple[Project, ...]] = {}
    for path in sorted(DATA.glob("projects_*.yaml")):
        for zone, rows in _read(path).items():
            found[zone] = (*found.get(zone, ()), *(Project.model_validate(row) for row in rows))
    return found


@cache
def calls() -> Calls:
    return Calls.model_validate(_read(DATA / "calls.yaml"))


@cache
def figures() -> dict[str, Any]:
    """What zones and companies report, by indicator."""
    found: dict[str, Any] = _read(DATA / "figures.yaml")
    return found


@cache
def chapter() -> Chapter:
    """Every storyboard file, joined. Raises ValueError when two use the same name."""
    joined: dict[str, Any] = {"stories": []}
    for path in sorted(STORIES.glob("*.yaml")):
        content = _read(path)
        joined["stories"] += content.pop("stories", [])
        for part, entries in content.items():
            known = joined.setdefault(part, {})
            twice = sorted(set(known) & set(entries))
            if twice:
                raise ValueError(f"{path.name} repeats {part}: {', '.join(twice)}")
            known.update(entries)
    return Chapter.model_validate(joined)


def digest() -> str:
    """What this demo is made of: its own files, its code, and the definitions it plays."""
    total = hashlib.sha256()
    for path in sorted([*DATA.iterdir(), *STORIES.iterdir(), *HERE.glob("*.py")]):
        total.update(path.name.encode() + path.read_bytes())
    for (name, version), loaded in sorted(catalogue.shipped().items()):
        total.update(f"{name}@{version}:{loaded.digest}".encode())
    return total.hexdigest()[:16]
