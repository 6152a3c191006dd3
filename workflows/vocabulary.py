"""The names the office knows. What a definition names outside of them is a finding."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from workflows.definition import Workflow
from workflows.roles import Role
from workflows.values import Named

Takes = str | tuple[str, ...]
"""What a guard or effect takes as its argument: a kind of ``workflows/rules/arguments.py``, or the words it knows."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What is wired into the office, what is published, and where cases rest."""

    guards: frozenset[str]
    effects: frozenset[str]
    facts: frozenset[str]
    mails: frozenset[str]
    outcome_guards: frozenset[str] = frozenset()
    """Guards that hold a funded case open until its outcomes are reported."""
    workflows: frozenset[str] = frozenset()
    published: dict[tuple[str, int], str] = field(default_factory=dict)
    """Digests of versions in force: they may not change."""
    occupied: Mapping[tuple[str, int], Collection[str]] = field(default_factory=dict)
    """By workflow and version, the states in which cases rest."""
    others: Mapping[str, Workflow] = field(default_factory=dict)
    """The newest version of every known workflow, for what reaches from one into another."""
    arguments: Mapping[str, Takes] = field(default_factory=dict)
    """What each guard and effect takes. One that is not listed is not checked."""
    opposites: tuple[frozenset[str], ...] = ()
    """Guards, by name or ``name:argument``, that never hold together."""
    overdue: frozenset[str] = frozenset()
    """Guards that hold once a deadline has passed, as it has whenever a breach action is taken."""
    reversible: frozenset[str] = frozenset()
    """Effects that can be taken back within the time for undoing a step."""
    mail_readers: Mapping[str, frozenset[Role]] = field(default_factory=dict)
    """By mail, the roles that receive it."""
    quoting_mails: frozenset[str] = frozenset()
    """Mails that say nothing without what was typed for the step."""


def answers_to(guard: Named, names: frozenset[str]) -> bool:
    """Whether a guard is among names written as ``name`` or ``name:argument``."""
    return guard.name in names or str(guard) in names
