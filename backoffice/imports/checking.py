"""The dry run: every value of a file against the registers, the ledger and the entry checks; nothing is booked."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import delete, func, insert, or_, select, update

from backoffice.access.actors import Actor
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.core.errors import Invalid
from backoffice.core.files import FileStore
from backoffice.core.hangul import normal
from backoffice.core.i18n import Sentence
from backoffice.imports import mapping as mappings
from backoffice.imports import queries, reading
from backoffice.imports.models import ImportLine
from backoffice.imports.queries import Key, Standing
from backoffice.imports.rows import Found, values
from backoffice.organizations.models import Organization, Zone
from backoffice.organizations.queries import zones as innovation_zones
from backoffice.outcomes import entry_checks
from backoffice.outcomes.entry_checks import Entry, Finding
from backoffice.outcomes.models import Import
from backoffice.reports.queries import frozen_years
from workflows.indicators import all_indicators

CHUNK = 1_000
TARGETS_AHEAD = 10
"""How many years ahead a target may lie."""
MAX_VALUES = 1_000_000
_RATES = frozenset({"ratio", "n_of_m", "share"})

Writing = Callable[[], AbstractContextManager[None]]
Progress = Callable[[int], None]


def _ignore(_count: int) -> None:
    """For a check nobody watches."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a check needs to know once: the zones by every name, and which of them the uploader may enter."""

    zones: Mapping[str, Zone]
    allowed: frozenset[int] | None
    targets: bool
    last_year: int
    frozen: frozenset[tuple[int, int]]
    """(zone, year) about which a report was issued."""


def run(import_id: int, actor: Actor, *, files: FileStore, writing: Writing, progress: Progress = _ignore) -> None:
    """Check a mapped file and write its lines, a chunk at a time. Again and again with the same result.

    ``writing`` opens a transaction. A file that turns out to be unreadable is kept with the reason.
    """
    row = db.session.get_one(Import, import_id)
    mapping, kind, sha256 = mappings.from_json(row.mapping), row.kind, row.sha256
    scope = scope_of(actor, targets=row.subject == "targets")
    with writing():
        db.session.execute(delete(ImportLine).where(ImportLine.import_id == import_id))
    done = 0
    try:
        with reading.opened(files.read(sha256), kind, sheet=mapping.sheet) as (_, rows):
            for chunk in _chunks(values(rows, mapping)):
                lines = _checked(chunk, scope, import_id)
                done += len(lines)
                _not_too_many(done)
                progress(done)
                with writing():
                    db.session.execute(insert(ImportLine), lines)
    except Invalid as invalid:
        with writing():
            _fail(import_id, invalid)
        return
    with writing():
        _mark_duplicates(import_id)
        _conclude(import_id)


def _chunks(found: Iterator[Found]) -> Iterator[list[Found]]:
    while chunk := list(islice(found, CHUNK)):
        yield chunk


def _not_too_many(count: int) -> None:
    if count > MAX_VALUES:
        raise Invalid.field(
            "file",
            f"값이 {MAX_VALUES:,}개를 넘습니다. 파일을 나누어 올려 주세요.",
            f"The file has more than {MAX_VALUES:,} values; split it.",
        )


def _fail(import_id: int, invalid: Invalid) -> None:
    row = db.session.get_one(Import, import_id)
    row.status, row.reason = "failed", invalid.sentence.text()


def scope_of(actor: Actor, *, targets: bool) -> Scope:
    known: dict[str, Zone] = {}
    for zone in innovation_zones():
        short = zone.name_ko.rpartition(" ")[2]
        for name in (zone.code, zone.name_ko, short, zone.name_en):
            for end in ("", "강소특구", "특구", "강소연구개발특구"):
                known[normal(name + end)] = zone
    return Scope(
        zones=known,
        allowed=queries.writable_zones(actor),
        targets=targets,
        last_year=clock.today().year + (TARGETS_AHEAD if targets else 0),
        frozen=frozen_years(),
    )


@dataclass(slots=True)
class _Place:
    """Where a value belongs: its zone and organization, as far as they are known."""

    zone: Zone | None = None
    organization: Organization | None = None
    error: Finding | None = None


def _checked(chunk: Sequence[Found], scope: Scope, import_id: int) -> list[dict[str, Any]]:
    """The lines of a chunk: three queries, however long it is."""
    numbers = {one.number for one in chunk if one.number}
    known = {
        row.business_number: row
        for row in db.session.scalars(select(Organization).where(Organization.business_number.in_(sorted(numbers))))
    }
    places = [_place(one, scope, known) for one in chunk]
    ledger = _ledger(chunk, places, scope)
    lines = [
        _line(one, place, scope, ledger) | {"import_id": import_id} for one, place in zip(chunk, places, strict=True)
    ]
    db.session.expunge_all()
    return lines


def _place(one: Found, scope: Scope, known: Mapping[str | None, Organization]) -> _Place:
    """The zone and organization of a value, or why they cannot be told. A total belongs nowhere."""
    if one.is_total:
        return _Place()
    organization = known.get(one.number)
    if one.zone:
        zone = scope.zones.get(normal(one.zone))
    else:
        zone = next((item for item in scope.zones.values() if organization and item.id == organization.zone_id), None)
    error = _zone_error(one, zone, scope)
    if error is None and scope.targets and one.number:
        error = _finding("target_of_firm", "목표는 특구 단위로만 받습니다. 사업자등록번호를 지워 주세요.",
                         "Targets belong to zones; remove the business number.")  # fmt: skip
    if error is None and one.number and organization is None and not one.name:
        error = _finding(
            "unknown_organization",
            f"등록되지 않은 사업자등록번호입니다({one.number}). 기업 이름 열을 함께 올리면 새로 등록합니다.",
            f"{one.number} is not registered; with a column of names it is registered with the import.",
        )
    return _Place(zone, organization, error)


def _zone_error(one: Found, zone: Zone | None, scope: Scope) -> Finding | None:
    if zone is None and one.zone:
        return _finding("unknown_zone", f"모르는 특구입니다: '{one.zone[:30]}'. 특구 이름이나 코드를 확인해 주세요.",
                        f"'{one.zone[:30]}' is no known zone; check its name or code.")  # fmt: skip
    if zone is None:
        return _finding("no_zone", "특구를 알 수 없습니다. 특구 열을 넣거나 이 파일의 특구를 골라 주세요.",
                        "The zone is not known; add a zone column or choose the file's zone.")  # fmt: skip
    if scope.allowed is not None and zone.id not in scope.allowed:
        return _finding("foreign_zone", f"담당 특구가 아닙니다({zone.name_ko}). 이 행은 그 특구 담당자가 올려야 합니다.",
                        f"{zone.name_en} is not your zone; its own staff have to upload this row.")  # fmt: skip
    return None


def _finding(code: str, ko: str, en: str) -> Finding:
    return Finding(code, Sentence(ko, en))


def _ledger(chunk: Sequence[Found], places: Sequence[_Place], scope: Scope) -> dict[Key, Standing]:
    zones = {place.zone.id for place in places if place.zone}
    years = {one.year - back for one in chunk for back in (0, 1) if one.year}
    if scope.targets:
        return queries.standing_targets(zones, years)
    return queries.standing_measures({place.organization.id for place in places if place.organization}, zones, years)


def _line(one: Found, place: _Place, scope: Scope, ledger: Mapping[Key, Standing]) -> dict[str, Any]:
    """One value with everything that speaks against it."""
    zone_id = place.zone.id if place.zone else None
    organization_id = place.organization.id if place.organization else None
    scoped = "" if scope.targets else one.scope
    standing = ledger.get((zone_id or 0, organization_id or 0, one.indicator, one.year, scoped))
    if one.number and organization_id is None:
        standing = None
    verdict, findings = _verdict(one, place, scope, ledger, standing)
    return {
        "row_number": one.row,
        "head": one.head[:80],
        "cell": one.cell,
        "verdict": verdict,
        "findings": [{"code": item.code, "ko": item.sentence.ko, "en": item.sentence.en} for item in findings],
        "answer": "",
        "zone_id": zone_id,
        "organization_id": organization_id,
        "business_number": one.number,
        "name": one.name,
        "indicator": one.indicator,
        "year": one.year,
        "scope": scoped,
        "value": one.value,
        "denominator": one.denominator,
        "replaces_id": standing.id if standing else None,
        "before": standing.value if standing else None,
    }


def _verdict(
    one: Found, place: _Place, scope: Scope, ledger: Mapping[Key, Standing], standing: Standing | None
) -> tuple[str, list[Finding]]:
    if one.is_total:
        differs = any(item.code == "total" for item in one.findings)
        return ("warning", one.findings) if differs else ("total", [])
    errors = [Finding(refused.code, refused.sentence) for refused in one.refusals]
    errors += [place.error] if place.error else []
    if errors or one.value is None or place.zone is None:
        return "error", errors
    if standing is not None and standing.value == one.value:
        return "same", []
    earlier = ledger.get((place.zone.id, place.organization.id if place.organization else 0, one.indicator,
                          one.year - 1, one.scope))  # fmt: skip
    indicator = all_indicators()[one.indicator]
    entry = Entry(
        indicator=indicator,
        year=one.year,
        value=one.value,
        denominator=one.denominator,
        before=one.before if one.before is not None else (earlier.value if earlier and not scope.targets else None),
        stated=one.stated,
        half_panel=one.half_panel,
    )
    warnings = [*one.findings, *entry_checks.check(entry, scope.last_year), *_about_register(one, place)]
    if indicator.kind in _RATES and one.denominator is None and not scope.targets:
        warnings.append(_finding("no_parts", "분모가 없어 전국 값에 합산되지 않습니다.",
                                 "Without a denominator it cannot be added up to the nation."))  # fmt: skip
    warnings += _about_ledger(one, place.zone.id, standing, scope)
    return ("warning" if warnings else "ok"), warnings


def _about_register(one: Found, place: _Place) -> list[Finding]:
    """What the register of organizations says: it is new, or it has another name."""
    if one.number and place.organization is None:
        return [_finding("new_organization", f"등록되지 않은 기업입니다. 가져오면 '{one.name}'(으)로 새로 등록합니다.",
                         f"Not registered yet; the import registers it as '{one.name}'.")]  # fmt: skip
    registered = place.organization.name_ko if place.organization else ""
    if one.name and registered and _plain(one.name) != _plain(registered):
        return [_finding("name_differs", f"등록된 이름은 '{registered}'입니다. 같은 기업인지 확인해 주세요.",
                         f"It is registered as '{registered}'; check that it is the same.")]  # fmt: skip
    return []


def _plain(name: str) -> str:
    return normal(name.replace("주식회사", "").replace("(주)", "").replace("㈜", ""))


def _about_ledger(one: Found, zone_id: int, standing: Standing | None, scope: Scope) -> list[Finding]:
    """What stands already is changed only with a reason; what was confirmed or reported on is restated."""
    indicator = all_indicators()[one.indicator]
    was = entry_checks.shown(indicator, standing.value) if standing else None
    if (standing is not None and standing.report_id) or (zone_id, one.year) in scope.frozen:
        ko = f"지금 값: {was.ko}" if was else "지금은 값이 없습니다"
        en = f"now {was.en}" if was else "now without a value"
        return [_finding("locked", f"확정되었거나 보고서가 나간 {one.year}년 값입니다({ko}). 정정 사유를 적어 주세요.",
                         f"{one.year} was confirmed or reported on ({en}); give the reason of the restatement.")]  # fmt: skip
    if was is not None:
        return [
            _finding(
                "changed", f"이미 등록된 값({was.ko})을 바꿉니다.", f"It changes the value that stands ({was.en})."
            )
        ]
    return []


# ---- after the last row


def _mark_duplicates(import_id: int) -> None:
    """The same key twice in one file: the later row is an error, or says nothing new."""
    key = [ImportLine.zone_id, func.coalesce(ImportLine.organization_id, 0), ImportLine.business_number,
           ImportLine.indicator, ImportLine.year, ImportLine.scope]  # fmt: skip
    order = [ImportLine.row_number, ImportLine.id]
    numbered = (
        select(
            ImportLine.id,
            ImportLine.value,
            func.row_number().over(partition_by=key, order_by=order).label("place"),
            func.first_value(ImportLine.row_number).over(partition_by=key, order_by=order).label("first_row"),
            func.first_value(ImportLine.value, type_=ImportLine.value.type)
            .over(partition_by=key, order_by=order)
            .label("first_value"),
        )
        .where(ImportLine.import_id == import_id, ImportLine.verdict.in_(("ok", "warning", "same")))
        .subquery()
    )
    again = db.session.execute(
        select(numbered.c.id, numbered.c.value, numbered.c.first_row, numbered.c.first_value).where(
            numbered.c.place > 1
        )
    ).all()
    changes = [_twice(*row) for row in again]
    if changes:
        db.session.execute(update(ImportLine), changes)


def _twice(line_id: int, value: Any, first_row: int, first_value: Any) -> dict[str, Any]:
    same = value == first_value
    said = Sentence(
        f"{first_row}행과 같은 기업·지표·연도입니다." + ("" if same else " 값이 다르니 한 행만 남겨 주세요."),
        f"The same entity, indicator and year as row {first_row}" + ("." if same else " with another value; keep one."),
    )
    finding = {"code": "duplicate", "ko": said.ko, "en": said.en}
    return {"id": line_id, "verdict": "same" if same else "error", "findings": [finding]}


def _conclude(import_id: int) -> None:
    """Write down the numbers of the check, and to which zone the file belongs if it is only one."""
    row = db.session.get_one(Import, import_id, populate_existing=True)
    zones = db.session.scalars(
        select(ImportLine.zone_id)
        .where(ImportLine.import_id == import_id, or_(ImportLine.zone_id.is_not(None), ImportLine.verdict == "error"))
        .distinct()
    ).all()
    row.zone_id = zones[0] if len(zones) == 1 else None
    row.status = "checked"
    row.counts = {**row.counts, "verdicts": queries.verdicts(import_id), "checks": _checks(import_id)}


def _checks(import_id: int) -> dict[str, int]:
    """Code of a check -> how many lines it speaks about. Counted a page at a time."""
    found: dict[str, int] = {}
    query = select(ImportLine.findings).where(ImportLine.import_id == import_id, ImportLine.verdict == "warning")
    for findings in db.session.scalars(query.execution_options(yield_per=CHUNK)):
        for finding in findings:
            found[finding["code"]] = found.get(finding["code"], 0) + 1
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))


def sentences(findings: Iterable[Mapping[str, str]]) -> list[Sentence]:
    """The findings of a line, to be shown."""
    return [Sentence(item["ko"], item["en"]) for item in findings]
