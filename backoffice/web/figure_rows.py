"""The rows behind a figure as somebody may read them: values with what proves them, cases with their reference."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from backoffice.access.permissions import Permission, zones_with
from backoffice.cases.models import Case
from backoffice.cases.sight import visible_to
from backoffice.core.db import db
from backoffice.core.i18n import language
from backoffice.core.identifiers import mask_name
from backoffice.imports.queries import visible_files
from backoffice.organizations.models import Organization
from backoffice.outcomes import trails
from backoffice.outcomes.trails import Told
from backoffice.reports.tracing import CASES, FIGURES, MEASURES, Source
from backoffice.web.access import actor
from backoffice.web.case_page import zone_name
from workflows.indicators import all_indicators


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it is shown; without a link where the reader may not go there."""

    name: str
    about: str
    amount: Decimal
    below: Decimal | None
    link: str = ""
    period: str = ""
    edition: str = ""
    recorded: str = ""
    evidence: str = ""
    evidence_link: str = ""


@dataclass(frozen=True, slots=True)
class _Rights:
    """What this reader may follow: zones whose ledger is open to them, files, cases."""

    ledger: frozenset[int] | None
    files: frozenset[int]
    cases: frozenset[int]

    def reads(self, zone_id: int) -> bool:
        return self.ledger is None or zone_id in self.ledger


def lines(sources: Sequence[Source], address: Callable[[str], str]) -> list[Row]:
    """The rows of one page, in the order of the figure: four queries for any number. ``address`` leads to another figure."""
    if not sources:
        return []
    told = trails.told([one.key for one in sources if one.kind == MEASURES])
    cases = _cases([one.key for one in sources if one.kind == CASES])
    seen = {one.report.id for one in told.values() if one.report is not None} | set(cases)
    files = {one.file.id for one in told.values() if one.file is not None}
    rights = _Rights(
        zones_with(actor(), Permission.OUTCOME_READ),
        visible_files(files, actor()) if files else frozenset(),
        _visible(seen),
    )
    rows = []
    for one in sources:
        if one.kind == MEASURES:
            rows.append(_of_measure(one, told[one.key], rights))
        elif one.kind == CASES:
            rows.append(_of_case(one, *cases[one.key], rights))
        elif one.kind == FIGURES:
            known = all_indicators().get(one.code)
            name = known.label.text(language()) if known is not None else one.code
            rows.append(Row(name, _("다른 지표"), one.amount, one.below, address(one.code)))
        else:
            rows.append(Row(_("특구 간 업무협약"), _("해당 연도에 체결"), one.amount, one.below))
    return rows


def _visible(case_ids: set[int]) -> frozenset[int]:
    if not case_ids:
        return frozenset()
    return frozenset(db.session.scalars(select(Case.id).where(Case.id.in_(sorted(case_ids)), visible_to(actor()))))


def _cases(case_ids: Sequence[int]) -> dict[int, tuple[Case, str]]:
    """Case -> it with the name of its lead organization."""
    if not case_ids:
        return {}
    query = (
        select(Case, Organization.name_ko)
        .outerjoin(Organization, Organization.id == Case.lead_organization_id)
        .where(Case.id.in_(sorted(set(case_ids))))
    )
    return {row[0].id: (row[0], row[1] or "") for row in db.session.execute(query)}


def _of_case(one: Source, case: Case, company: str, rights: _Rights) -> Row:
    """A case of somebody else's zone says its reference and nothing more."""
    if case.id not in rights.cases:
        return Row(case.reference, _("다른 특구의 건"), one.amount, one.below)
    link = url_for("staff.case", reference=case.reference)
    return Row(case.reference, f"{case.title} · {company}" if company else case.title, one.amount, one.below, link)


def _of_measure(one: Source, told: Told, rights: _Rights) -> Row:
    measure, open_ = told.measure, rights.reads(told.zone.id)
    firm = told.organization.name_ko if told.organization is not None else ""
    name = (firm if open_ else mask_name(firm)) if firm else zone_name(told.zone)
    text, link = _evidence(told, rights) if open_ else ("", "")
    return Row(
        name,
        zone_name(told.zone) if firm else "",
        one.amount,
        one.below,
        url_for("staff.measure", measure_id=measure.id) if open_ else "",
        f"{measure.period_from:%Y-%m-%d} ~ {measure.period_to:%Y-%m-%d}",
        str(measure.edition),
        f"{measure.recorded_at:%Y-%m-%d}",
        text,
        link,
    )


def _evidence(told: Told, rights: _Rights) -> tuple[str, str]:
    """What proves a value, and the way there where the reader may go it."""
    if told.file is not None:
        text = f"{told.file.name} {_('%(n)d행', n=told.measure.row_number or 0)}"
        known = told.file.id in rights.files
        return (text, url_for("staff.import_file", token=told.file.token)) if known else (_("가져온 자료"), "")
    if told.report is None:
        return "", ""
    if told.report.id not in rights.cases:
        return told.report.reference, ""
    if told.evidence is not None:
        link = url_for("files.download", reference=told.report.reference, token=told.evidence.token)
        return f"{told.report.reference} {told.evidence.name}", link
    return told.report.reference, url_for("staff.case", reference=told.report.reference)
