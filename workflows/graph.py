"""Reachability in a workflow: pure questions about its states and edges."""

from collections.abc import Iterable

from workflows.definition import Workflow

Edges = dict[str, set[str]]


def edges_of(workflow: Workflow) -> Edges:
    """State -> the states one step away. Unknown names are left out: the linter reports them by themselves."""
    edges: Edges = {state: set() for state in workflow.states}
    for step in workflow.transitions:
        for source in step.source:
            if source in edges and step.target in edges:
                edges[source].add(step.target)
    return edges


def reversed_edges(edges: Edges) -> Edges:
    backwards: Edges = {state: set() for state in edges}
    for source, targets in edges.items():
        for target in targets:
            backwards[target].add(source)
    return backwards


def reachable(edges: Edges, starts: Iterable[str]) -> set[str]:
    """Every state that can be reached from the starts, the starts included."""
    seen = {start for start in starts if start in edges}
    waiting = list(seen)
    while waiting:
        for target in edges[waiting.pop()] - seen:
            seen.add(target)
            waiting.append(target)
    return seen
