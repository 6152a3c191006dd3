"""Which definition a case runs under: compiled once per version and kept for the life of the process."""

from collections.abc import Callable
from threading import Lock

from workflows.definition import Workflow
from workflows.machine import CompiledWorkflow

Finder = Callable[[str, int], tuple[Workflow, str]]
"""(workflow, version) -> definition and digest. Raises KeyError when that version was never published."""


VersionOf = Callable[[str, str], int]
"""(workflow, digest) -> the version that was published with this digest. Raises KeyError."""


class Definitions:
    """Compiled workflows by (name, version). A published version never changes, so an entry is never dropped.

    A version that another process published is found the first time somebody asks for it.
    """

    def __init__(self, find: Finder, version_of: VersionOf) -> None:
        self._find = find
        self._version_of = version_of
        self._compiled: dict[tuple[str, int], CompiledWorkflow] = {}
        self._lock = Lock()

    def get(self, name: str, version: int) -> CompiledWorkflow:
        """The compiled workflow. Raises KeyError when that version was never published."""
        found = self._compiled.get((name, version))
        if found is None:
            with self._lock:
                found = self._compiled.get((name, version))
                if found is None:
                    found = CompiledWorkflow(*self._find(name, version))
                    self._compiled[name, version] = found
        return found

    def under(self, name: str, digest: str) -> CompiledWorkflow:
        """The definition a step was taken under: a case may have moved to another version since. Raises KeyError."""
        known = (found for (workflow, _), found in list(self._compiled.items()) if workflow == name)
        found = next((one for one in known if one.digest == digest), None)
        return found or self.get(name, self._version_of(name, digest))

    def forget(self) -> None:
        """Compile everything anew: for a process whose database was emptied or replaced under it."""
        with self._lock:
            self._compiled.clear()
