"""The shape of a workflow: ends are ends, everything is reachable, nothing is a trap, no step is idle or impossible."""

from collections import Counter
from collections.abc import Iterator

from workflows.definition import Transition
from workflows.graph import edges_of, reachable, reversed_edges
from workflows.reading import Place
from workflows.roles import Role
from workflows.rules.arguments import PARENT_ACTIONS, parent_actions
from workflows.rules.report import Report
from workflows.vocabulary import Vocabulary, answers_to


def ends(report: Report) -> None:
    """WF201, WF205, WF206: final states are final, and one of them is a success."""
    flow = report.workflow
    for place, step in report.steps():
        for index, source in enumerate(step.source):
            state = flow.states.get(source)
            if state is not None and state.final is not None:
                what = f"'{step.action}' leaves the final state '{source}'"
                report.add("WF201", (*place, "from", index), what, "a final state has no way out")
    finals = {name for name, state in flow.states.items() if state.final}
    if not any(flow.states[name].final == "success" for name in finals):
        report.add("WF205", ("states",), "has no successful end", "mark one state final: success")
    if flow.initial in finals:
        report.add("WF206", ("initial",), "starts in a final state", "start in an open state")


def pairs(report: Report) -> None:
    """WF202: an action leads to one place only."""
    count = Counter((source, step.action) for step in report.workflow.transitions for source in step.source)
    for place, step in report.steps():
        for index, source in enumerate(step.source):
            if count[source, step.action] > 1:
                what = f"'{step.action}' from '{source}' is written {count[source, step.action]} times"
                report.add("WF202", (*place, "from", index), what, "keep one, or give them different names")


def ways(report: Report) -> None:
    """WF203, WF204: every state can be reached, and from every state there is a way to an end."""
    flow = report.workflow
    if not report.states_are_known() or flow.states[flow.initial].final:
        return
    edges = edges_of(flow)
    there = reachable(edges, [flow.initial])
    home = reachable(reversed_edges(edges), {name for name, state in flow.states.items() if state.final})
    for name in flow.states:
        place = ("states", name)
        if name not in there:
            report.add("WF203", place, "cannot be reached from the initial state", "add a way to it or remove it")
        elif name not in home:
            report.add("WF204", place, "is a trap: no way leads from here to an end", "add a way out")


def impossible(report: Report) -> None:
    """WF207: guards that never hold together close a step for ever."""
    for place, step in report.steps():
        for opposite in report.words.opposites:
            both = sorted({str(guard) for guard in step.requires if answers_to(guard, opposite)})
            if len(both) > 1:
                what = f"'{step.action}' can never be taken: it asks for {' and '.join(both)} at once"
                report.add("WF207", (*place, "requires"), what, "remove one of them, or make two steps")


def idle(report: Report) -> None:
    """WF208, WF209: a step does something, and somebody takes it."""
    handed = set(_on_parents(report.words))
    for place, step in report.steps():
        stays = set(step.source) == {step.target}
        if stays and not (step.input or step.effects or step.compensate or step.approvals or step.documents):
            what = f"'{step.action}' stays in '{step.target}', asks nothing and has no effect"
            report.add("WF208", place, what, "give it an input or an effect, or remove it")
        if set(step.by) == {Role.SYSTEM} and step.action not in handed and report.words.others:
            _untriggered(report, place, step)


def _untriggered(report: Report, place: Place, step: Transition) -> None:
    for index, source in enumerate(step.source):
        state = report.workflow.states.get(source)
        if state is None or (state.deadline is not None and state.deadline.on_breach == step.action):
            continue
        what = f"only the system may take '{step.action}', and nothing makes it do so in '{source}'"
        hint = f"write on_breach: {step.action} there, or name people in 'by'"
        report.add("WF209", (*place, "from", index), what, hint)


def _on_parents(words: Vocabulary) -> Iterator[str]:
    """The actions that cases of any workflow take on their parent."""
    for other in words.others.values():
        for step in other.transitions:
            for effect in step.effects:
                if words.arguments.get(effect.name) == PARENT_ACTIONS:
                    yield from parent_actions(effect)
