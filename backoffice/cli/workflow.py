"""``backoffice workflow``: check, show and publish definitions."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click
from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from backoffice.cases.versions import occupied_states
from backoffice.cli.describe import described, summary
from backoffice.cli.output import Failure, Noun, say, say_and_fail
from backoffice.core.db import db, transaction
from backoffice.programs.layouts import lay_out_published
from backoffice.programs.models import PublishedWorkflow
from backoffice.programs.services import publish_workflow
from workflows import catalogue
from workflows.definition import Workflow
from workflows.linter import lint
from workflows.loader import DefinitionError, Finding, Loaded, load_bytes, load_file
from workflows.vocabulary import Vocabulary

group = Noun("workflow", help="Definitions of programs.")


@group.command("lint")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
def lint_definitions(files: tuple[Path, ...]) -> None:
    """Check FILEs; without any, everything that is shipped or published. One line per finding."""
    published, findings = _published()
    loaded: list[Loaded] = []
    for path in files:
        try:
            loaded.append(load_file(path))
        except DefinitionError as error:
            findings += error.findings
    if not files:
        loaded = [*catalogue.shipped().values(), *_unshipped(published)]
    words = vocabulary(published, loaded)
    findings += [finding for one in loaded for finding in lint(one, words)]
    data = [{name: getattr(finding, name) for name in finding.__slots__} for finding in findings]
    answer = say_and_fail if findings else say
    answer(data, [str(finding) for finding in findings] or [f"{len(loaded)} definitions without findings"])


def vocabulary(published: dict[tuple[str, int], Loaded], more: list[Loaded]) -> Vocabulary:
    """The names a definition may use: what is wired into this process, and the workflows that exist."""
    known: Vocabulary = current_app.extensions["vocabulary"]
    everything = [*known.others.values(), *(one.workflow for one in (*published.values(), *more))]
    others = {one.workflow: one for one in sorted(everything, key=lambda one: one.version)}
    return replace(
        known,
        workflows=known.workflows | frozenset(others),
        others=others,
        published={identity: one.digest for identity, one in published.items()},
        occupied=occupied_states() if published else {},
    )


def _published() -> tuple[dict[tuple[str, int], Loaded], list[Finding]]:
    """Every published definition, and a finding for each whose source no longer is what was published.

    Without a database there is nothing published to hold against: a definition can be checked anywhere.
    """
    try:
        rows = list(db.session.scalars(select(PublishedWorkflow).order_by(PublishedWorkflow.id)))
    except DBAPIError:
        db.session.rollback()
        click.echo("note: the database cannot be read, so published versions are not compared", err=True)
        return {}, []
    found: dict[tuple[str, int], Loaded] = {}
    findings: list[Finding] = []
    for row in rows:
        try:
            one = load_bytes(row.source.encode(), f"{row.workflow}@{row.version}")
        except DefinitionError as error:
            findings += error.findings
            continue
        found[row.workflow, row.version] = one
        if one.digest != row.digest:
            what, hint = "the published source no longer matches its digest", "restore it from a backup"
            findings.append(Finding(one.file, one.line("version"), "WF401", "version", what, hint))
    return found, findings


def _unshipped(published: dict[tuple[str, int], Loaded]) -> Iterator[Loaded]:
    """Published definitions that did not come with this version of the product."""
    for identity, one in published.items():
        if identity not in catalogue.shipped():
            yield one


@group.command()
@click.argument("code")
def show(code: str) -> None:
    """The states and steps of a workflow: CODE is its code or name, with @VERSION for an older one."""
    definition = find_definition(code)
    say(summary(definition), described(definition))


def find_definition(code: str) -> Workflow:
    """``RBD``, ``joint_rbd_planning`` or ``RBD@1`` -> the newest, or that version, published or shipped. Raises Failure."""
    return find_loaded(code).workflow


def find_loaded(code: str) -> Loaded:
    """The same with its lines and digest. Raises Failure."""
    name, _, version = code.partition("@")
    published, _ = _published()
    everything = list({**catalogue.shipped(), **published}.values())
    named = [one for one in everything if name in {one.workflow.workflow, one.workflow.code}]
    chosen = [one for one in named if not version or str(one.workflow.version) == version]
    if not chosen:
        codes = ", ".join(sorted({one.workflow.code for one in everything}))
        raise Failure(f"workflow {code}: there is no such definition; known codes: {codes}")
    return max(chosen, key=lambda one: one.workflow.version)


@group.command()
@click.argument("file", type=click.Path(path_type=Path))
def publish(file: Path) -> None:
    """Freeze the definition in FILE as the version it names. A version once published never changes."""
    try:
        loaded = load_file(file)
    except DefinitionError as error:
        raise Failure(*(str(finding) for finding in error.findings)) from error
    published, _ = _published()
    findings = lint(loaded, vocabulary(published, [loaded]))
    if findings:
        raise Failure(*(str(finding) for finding in findings))
    with transaction():
        new = publish_workflow(loaded, None)
    lay_out_published()
    name = f"{loaded.workflow.workflow}@{loaded.workflow.version}"
    data = {
        "workflow": loaded.workflow.workflow,
        "version": loaded.workflow.version,
        "digest": loaded.digest,
        "new": new,
    }
    say(data, [f"published {name} {loaded.digest}" if new else f"{name} is published already, unchanged"])
