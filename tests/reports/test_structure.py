"""Every document that leaves by the one door is built as archives and readers of screens need it, and says what was frozen."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from flask import current_app
from sqlalchemy import select

from backoffice.cases.models import Submission
from backoffice.core.db import db, transaction
from backoffice.engine.perform import Engine
from backoffice.jobs import receipts
from backoffice.organizations.queries import zone
from backoffice.reports import pdf, services
from backoffice.reports.queries import snapshot
from tests.make import MILLION
from tests.reports import structure
from tests.reports.papers import bare
from tests.reports.tagged import read
from tests.reports.worlds import finished_project, zone_aims, zone_says

pytestmark = pytest.mark.pdf

NOT_PRINTED = {
    "code", "summary_en", "name_en", "formula", "rule", "growth", "source", "standing", "kind", "state", "unit", "unit_label",
    "edition",
}  # fmt: skip
"""Keys whose words are codes, or are printed in other words."""


@pytest.fixture
def year(office: Engine) -> int:
    """The year after a project with outcomes, with figures of two zones around it."""
    story = finished_project(office, {"SALES": 1_234 * MILLION, "EMP-NEW": 3})
    found = story.case().year + 1
    for code in ("GS-GIMHAE", "GS-POHANG"):
        for when, value in ((found - 1, 20), (found, 24)):
            zone_says(code, "ST-CNT", when, value)
        zone_aims(code, "ST-CNT", found, 30)
    return found


def paper(code: str | None, year: int, edition: str) -> tuple[dict[str, Any], bytes]:
    with transaction():
        number = services.freeze(zone(code) if code else None, year, edition, None).number
    row = snapshot(number)
    return services.figures_of(row), services.printed(row, current_app.extensions["files"]).content


@pytest.mark.parametrize(
    ("code", "edition"), [("GS-GIMHAE", "internal"), ("GS-GIMHAE", "public"), (None, "internal"), (None, "public")]
)
def test_a_report_is_built_for_archives_and_readers_of_screens(year: int, code: str | None, edition: str) -> None:
    figures, content = paper(code, year, edition)
    assert structure.findings(content) == []
    said = bare(read(content).words())
    assert "\ufffd" not in said
    if code is None:
        left_out = (("zones", "events"), ("programs", "summary"), ("joint_projects", "main_projects"))
        for name, key in left_out:
            for one in figures[name]:
                one.pop(key)
    assert {word for word in names(figures) if bare(word) not in said} == set()


def names(content: Any) -> Iterator[str]:
    """Every Korean text of a report that is a name, a label or a sentence of somebody."""
    if isinstance(content, dict):
        for key, value in content.items():
            if key not in NOT_PRINTED:
                yield from names(value)
    elif isinstance(content, list):
        for value in content:
            yield from names(value)
    elif isinstance(content, str) and any("가" <= letter <= "힣" for letter in content):
        yield content


def test_a_receipt_is_built_the_same_way(year: int) -> None:
    engine: Engine = current_app.extensions["engine"]
    row = db.session.scalars(select(Submission).order_by(Submission.id)).first()
    assert row is not None
    content = pdf.render(receipts.document(row, receipts.describe(engine, row, "http://localhost")))
    assert structure.findings(content) == []
    assert bare(row.receipt) in bare(read(content).words())


def test_the_script_names_what_a_careless_document_lacks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    careless, path = pikepdf.new(), tmp_path / "careless.pdf"
    careless.add_blank_page()
    careless.save(path)
    assert structure.main([str(path)]) == 1
    told = capsys.readouterr().out
    for name in ("identification", "title", "language", "tags", "headings", "outline", "annotations"):
        assert f"{path}: {name}: " in told
    assert structure.main([]) == 2


def spoiled(content: bytes, change: Any) -> set[str]:
    """Which checks speak up once something was changed."""
    with pikepdf.open(io.BytesIO(content)) as opened:
        change(opened)
        target = io.BytesIO()
        opened.save(target)
    return {text.partition(":")[0] for text in structure.findings(target.getvalue())}


def of(opened: pikepdf.Pdf, kind: str) -> list[pikepdf.Dictionary]:
    return [item for item, _ in structure.elements(opened) if structure.kind(item) == kind]


def descriptor(opened: pikepdf.Pdf) -> pikepdf.Dictionary:
    kinds = (item for item in opened.objects if isinstance(item, pikepdf.Dictionary))
    return next(item for item in kinds if item.get("/Type") == "/FontDescriptor")


def test_no_check_is_blind(year: int) -> None:
    _, content = paper("GS-GIMHAE", year, "internal")
    faults = {
        "title": lambda one: one.docinfo.__delitem__("/Title"),
        "language": lambda one: one.Root.__delitem__("/Lang"),
        "tags": lambda one: of(one, "/TR")[0].__setitem__("/S", pikepdf.Name.LBody),
        "headings": lambda one: of(one, "/H2")[0].__setitem__("/S", pikepdf.Name.H4),
        "tables": lambda one: of(one, "/TH")[0].A.__delitem__("/Scope"),
        "figures": lambda one: of(one, "/Figure")[0].__delitem__("/Alt"),
        "outline": lambda one: one.Root.__delitem__("/Outlines"),
        "annotations": lambda one: next(page for page in one.pages if "/Annots" in page).Annots[0].__delitem__("/Contents"),
        "actions": lambda one: one.Root.__setitem__("/OpenAction", pikepdf.Dictionary(S=pikepdf.Name.JavaScript)),
        "fonts": lambda one: descriptor(one).__delitem__("/FontFile2"),
        "files": lambda one: one.Root.AF[0].__delitem__("/AFRelationship"),
        "content": lambda one: one.pages[3].contents_add(b"0 0 9 9 re f", prepend=True),
    }  # fmt: skip
    for name, change in faults.items():
        assert name in spoiled(content, change), name
    assert set(faults) | {"identification"} == set(structure.CHECKS)
