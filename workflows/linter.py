"""Findings in a definition: WF1xx names, WF2xx graph, WF3xx ownership and duties, WF4xx labels and versions."""

from collections.abc import Callable

from workflows.loader import Finding, Loaded
from workflows.rules import (
    arguments,
    clocks,
    conveniences,
    deadlines,
    duties,
    forms,
    graph,
    labels,
    links,
    names,
    owners,
    unused,
    versions,
)
from workflows.rules.report import Report
from workflows.vocabulary import Vocabulary as Vocabulary

RULES: tuple[Callable[[Report], None], ...] = (
    names.states, names.actions, names.reserved, names.own_code, names.repetitions,
    arguments.references, arguments.dates, forms.uses, forms.fields, links.links, unused.declarations,
    graph.ends, graph.pairs, graph.ways, graph.impossible, graph.idle,
    owners.states, owners.writers, owners.actors, deadlines.deadlines, deadlines.breaches, clocks.clocks,
    duties.separation, duties.approvals, duties.quorums, duties.outcomes,
    conveniences.undo, conveniences.bulk, links.parents,
    labels.languages, labels.steps, labels.states, labels.told,
    versions.published, versions.migrations, versions.stranded,
)  # fmt: skip


def lint(loaded: Loaded, vocabulary: Vocabulary) -> tuple[Finding, ...]:
    """Every finding, in the order of the file. An empty tuple means the definition may be published."""
    report = Report(loaded, vocabulary)
    for rule in RULES:
        rule(report)
    return tuple(sorted(report.findings, key=lambda finding: (finding.line, finding.code)))
