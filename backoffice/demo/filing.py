"""Files of the demo: which paper belongs to which document, written in the words of its case and attached."""

import io
from collections.abc import Iterator, Mapping
from typing import Any

from backoffice.access.actors import Actor
from backoffice.cases import services as cases
from backoffice.cases.models import Case
from backoffice.cases.queries import attachments
from backoffice.cases.uploads import prepare
from backoffice.core.db import db
from backoffice.demo import sources
from backoffice.demo.papers import WRITERS, Paper
from backoffice.demo.sources import Paperwork, Step
from backoffice.demo.speech import Scope
from backoffice.demo.stage import Run, Stage
from workflows.forms import Field

FOOT = "이음 시연 자료 - 실제 사업과 관계없음"
OPTIONAL = 0.55
"""How often a file is attached that nobody has to attach."""


def file_all(stage: Stage, run: Run, row: Case, *, step: Step, actor: Actor) -> None:
    """Attach what a form asks for and does not have yet; a file the step names comes in a new version."""
    definition = stage.definition(row)
    present = {item.field for item in attachments(row.id) if item.form == step.fill}
    for section in definition.forms[step.fill].sections:
        if step.sections and section.code not in step.sections:
            continue
        for field in section.fields:
            if field.type != "files" or (field.name in present and field.name not in step.given):
                continue
            if field.required or field.name in step.given or run.rng.random() < OPTIONAL:
                _file(stage, run, row, step=step, field=field, actor=actor)


def _file(stage: Stage, run: Run, row: Case, *, step: Step, field: Field, actor: Actor) -> None:
    assert field.document is not None  # noqa: S101  # a files field names the document it takes
    document = stage.definition(row).documents[field.document]
    work = sources.chapter().papers[field.document]
    version = str(step.given.get(field.name, ""))
    for words in _occasions(work, stage.scope(run, row)):
        name = work.name.format_map(words)
        if version:
            stem, _, extension = name.rpartition(".")
            name = f"{stem}_{version}.{extension}"
        lines = tuple(line.format_map(words) for line in work.lines)
        heading = work.heading.format_map(words) + (f" ({version})" if version else "")
        content = WRITERS[work.kind](Paper(heading, lines, FOOT))
        known = (name, content)
        if known not in stage.kept:
            stage.kept[known] = prepare(stage.store, document, name=name, stream=io.BytesIO(content), field=field.name)
        fresh = db.session.get_one(Case, row.id)
        cases.attach(fresh, step.fill, field.name, field.document, document, stage.kept[known], actor=actor)


def _occasions(work: Paperwork, scope: Scope) -> Iterator[Mapping[str, Any]]:
    """The words of each copy: one for the case, or one for every organization in it."""
    words = scope.words()
    words["amount"] = f"{scope.resolve('=amount') // 1000:,}"
    if not work.each:
        yield words
        return
    for house in scope.cast.houses:
        firm = house.firm
        yield {
            **words, "house": firm.name_ko, "house_zone": sources.figures()["zones"][firm.zone]["name"],
            "house_contact": firm.contact, "house_number": house.business_number,
        }  # fmt: skip
