"""Findings as a page tells them: what is wrong in the reader's language, where, and the linter's own line."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import current_app

from backoffice.cases import versions
from backoffice.core.i18n import Sentence
from backoffice.programs import drafting
from backoffice.programs.models import WorkflowDraft
from backoffice.web.access import engine
from workflows.loader import DefinitionError, Finding, load_bytes
from workflows.rules.codes import CODES
from workflows.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Advice:
    """One finding for people: a sentence, the line, and the exact words of the linter."""

    meaning: Sentence
    finding: Finding


def words() -> Vocabulary:
    """The names a definition may use now: those wired in, published, and the states with open cases."""
    known: Vocabulary = current_app.extensions["vocabulary"]
    return versions.vocabulary(known, engine().definitions)


def advised(findings: Iterable[Finding]) -> list[Advice]:
    """Findings in the order of the text."""
    return [Advice(Sentence(CODES[one.code].ko, CODES[one.code].en), one) for one in findings]


def checked(row: WorkflowDraft, source: str) -> tuple[Finding, ...]:
    """Every finding of a text that is not saved yet."""
    try:
        return drafting.inspect(load_bytes(source.encode(errors="replace"), f"{row.workflow}.yaml"), words())
    except DefinitionError as error:
        return error.findings
