"""What the published definitions say about states: which carry a tag, and what a program and a state are called."""

from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from typing import Any

from sqlalchemy import CTE, ColumnElement, Integer, String, and_, column, false, or_, values
from sqlalchemy.orm import InstrumentedAttribute

from backoffice.cases.models import Case
from backoffice.engine.spine import History
from backoffice.programs.queries import find_workflow, published_digests
from workflows.definition import State, Workflow

SUBMITTED, EXAMINED, AWARDED, CONTRACTED, PERFORMED, SETTLED = (
    "submitted", "under_review", "awarded", "contracted", "performed", "settled",
)  # fmt: skip
"""The stations of a funded case. All but the first are tags that definitions put on states."""

REFUSED, BROKEN_OFF, REPORTED = "refused", "broken_off", "report_settled"
"""Tags of the other ways a case can go, and of an outcome report that is done."""


@lru_cache(maxsize=256)
def _definition(name: str, version: int, digest: str) -> Workflow:  # noqa: ARG001  # the digest keys the cache
    return find_workflow(name, version)[0]


class Charter:
    """Every published definition, read once for one set of figures."""

    def __init__(self) -> None:
        self._digests = dict(sorted(published_digests().items()))
        self._all = {key: _definition(*key, digest) for key, digest in self._digests.items()}

    @property
    def digest(self) -> tuple[str, ...]:
        """Which definitions are published: figures made under others do not hold."""
        return tuple(self._digests.values())

    def programs(self) -> list[Workflow]:
        """The newest version of each program, by code."""
        newest = {name: definition for (name, _), definition in self._all.items()}
        return sorted(newest.values(), key=lambda one: one.code)

    def with_code(self, code: str) -> str | None:
        """The workflow of a program's code, if it is published."""
        return next((one.workflow for one in self.programs() if one.code == code), None)

    def definition(self, name: str, version: int) -> Workflow:
        return self._all[name, version]

    def written_under(self, name: str, digest: str) -> Workflow | None:
        """The version of a workflow a row of history was written under."""
        return next(
            (self._all[key] for key, known in self._digests.items() if key[0] == name and known == digest), None
        )

    def state(self, name: str, version: int, state: str) -> State:
        return self._all[name, version].state(state)

    def knows(self, name: str, tag: str) -> bool:
        """Whether any version of a program has a state with this tag."""
        return any(definition.tagged(tag) for (known, _), definition in self._all.items() if known == name)

    def rests_in(
        self, column: InstrumentedAttribute[str], tags: Iterable[str], *, without: str = ""
    ) -> ColumnElement[bool]:
        """The condition that a state column of a case (or of its history) names a state with one of these tags.

        A row of history speaks of the version it was written under, which the case may have left since.
        """
        past = column is History.target
        ways = []
        for (name, version), definition in self._all.items():
            states = {state for tag in tags for state in definition.tagged(tag)}
            states -= definition.tagged(without) if without else frozenset()
            if states:
                of_version = (
                    History.digest == self._digests[name, version] if past else Case.workflow_version == version
                )
                ways.append(and_(Case.workflow == name, of_version, column.in_(sorted(states))))
        return or_(*ways) if ways else false()

    def rests_where(self, fits: Callable[[State], bool]) -> ColumnElement[bool]:
        """The condition that a case rests in a state of its version that fits."""
        ways = []
        for (name, version), definition in self._all.items():
            states = sorted(code for code, state in definition.states.items() if fits(state))
            if states:
                ways.append(and_(Case.workflow == name, Case.workflow_version == version, Case.state.in_(states)))
        return or_(*ways) if ways else false()

    def marks(self, columns: Iterable[tuple[str, Collection[str]]]) -> CTE:
        """A table (digest, state, one column of 0 or 1 for each name and its tags) of every state that carries any.

        To be joined to a history: each of its rows speaks of the version it was written under.
        """
        named = list(columns)
        rows = [
            (self._digests[key], state, *flags)
            for key, definition in self._all.items()
            for state in definition.states
            if any(flags := [int(any(state in definition.tagged(tag) for tag in tags)) for _, tags in named])
        ]
        heads: list[ColumnElement[Any]] = [
            column("digest", String),
            column("state", String),
            *(column(name, Integer) for name, _ in named),
        ]
        return values(*heads, name="tagged").data(rows or [("", "", *(0 for _ in named))]).cte("tagged")
