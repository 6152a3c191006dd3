"""Random people do random things to real cases: what the pages offer and what the engine does always agree."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from backoffice.access.actors import SYSTEM, Actor
from backoffice.cases.models import Case
from backoffice.cases.services import open_linked
from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.core.errors import Refused
from backoffice.engine import undo
from backoffice.engine.chain import verify
from backoffice.engine.perform import Engine
from backoffice.engine.spine import APPROVAL, CREATION, TRANSITION, UNDO, History
from backoffice.engine.subjects import load_subject_and_past
from backoffice.engine.values import Check, Guard, Verdict
from tests.conftest import Sandbox
from tests.engine.typed import typed_for
from tests.make import MILLION, make_user
from tests.story import CHECKS, GOOD, Way
from workflows.roles import Role

STARTS = ("draft", "screening", "reviewed", "selected", "running", "tracked")


class Office(RuleBasedStateMachine):
    """One application with its objections and reports, and everybody who may or may not touch them."""

    sandbox: Sandbox

    @initialize(start=st.sampled_from(STARTS))
    def begin(self, start: str) -> None:
        self.sandbox.reset()
        self.context = self.sandbox.app.app_context()
        self.context.push()
        real: Engine = self.sandbox.app.extensions["engine"]
        self.asked: dict[str, list[bool]] = {}
        guards = {name: replace(guard, check=self.heard(name, guard)) for name, guard in real.registry.guards.items()}
        self.engine = Engine(replace(real.registry, guards=guards), real.definitions)
        self.now, self.keys = clock.now(), 0
        self.story = Way(self.engine)
        self.everything = make_user(Role.HQ_STAFF, Role.APPROVER, Role.FINANCE)
        self.people = [
            self.story.applicant, self.story.partner_user, self.story.zone_staff, self.story.hq_staff,
            self.story.approver, self.story.finance, self.story.payer, make_user(Role.ADMIN),
            self.everything,
        ]  # fmt: skip
        if start != "draft":
            self.go_to(start)

    def heard(self, name: str, guard: Guard) -> Check:
        """The guard, with its answers written down."""

        def check(question: Any, argument: Any) -> Any:
            reason = guard.check(question, argument)
            self.asked.setdefault(f"{question.subject.id}:{question.step.action}:{name}", []).append(reason is None)
            return reason

        return check

    def go_to(self, start: str) -> None:
        with clock.travelling(self.now):
            self.story.submitted()
        self.now += timedelta(days=11)
        with clock.travelling(self.now):
            ways: dict[str, Callable[[], Any]] = {
                "screening": lambda: self.story.do("start_screening", self.story.zone_staff),
                "reviewed": lambda: self.story.screened().reviewed(),
                "selected": lambda: self.story.screened().reviewed().selected(),
                "running": lambda: self.story.screened().reviewed().selected().running(days=20),
                "tracked": lambda: self.story.screened().reviewed().selected().running(days=20).paid(),
            }
            ways[start]()
        if start == "tracked":
            self.now += timedelta(days=25)
            with clock.travelling(self.now):
                self.engine.breach()
                self.story.reported(35 * MILLION).settled()
        self.people.append(self.story.chair) if start != "screening" else None

    # ---- what people do

    def case_ids(self) -> list[int]:
        return list(db.session.scalars(select(Case.id).order_by(Case.id)))

    def key(self) -> str:
        self.keys += 1
        return f"model-{self.keys}"

    @rule(which=st.integers(0, 9), who=st.integers(0, 19), what=st.integers(0, 99))
    def try_anything(self, which: int, who: int, what: int) -> None:
        """Any person, any step of any case: done exactly when the page offers it, refused for the reasons it shows."""
        cases = self.case_ids()
        case_id, person = cases[which % len(cases)], [*self.people, SYSTEM][who % (len(self.people) + 1)]
        subject = self.engine.subject(case_id)
        actions = self.engine.compiled(subject).workflow.actions()
        self.attempt(case_id, actions[what % len(actions)], person)

    @rule(which=st.integers(0, 9), what=st.integers(0, 199))
    def go_on(self, which: int, what: int) -> None:
        """A step the page offers to somebody, so that cases get anywhere at all."""
        self.press(which, what, self.people, lambda verdict: verdict.ok)

    @rule(which=st.integers(0, 9), what=st.integers(0, 199))
    def press_what_is_closed(self, which: int, what: int) -> None:
        """A step that starts here and is shown as closed."""
        self.press(which, what, self.people, lambda verdict: verdict.from_here and not verdict.ok)

    @rule(which=st.integers(0, 9), what=st.integers(0, 199))
    def somebody_with_every_role_goes_on_alone(self, which: int, what: int) -> None:
        """Whoever holds all the roles wants to do everything."""
        self.press(which, what, [self.everything], lambda verdict: verdict.from_here)

    def press(self, which: int, what: int, people: Sequence[Actor], wanted: Callable[[Verdict], bool]) -> None:
        cases = self.case_ids()
        case_id = cases[which % len(cases)]
        with clock.travelling(self.now):
            found = [
                (person, verdict.action)
                for person in people
                for verdict in self.engine.actions([case_id], person)[case_id]
                if wanted(verdict)
            ]
        if found:
            person, action = found[what % len(found)]
            self.attempt(case_id, action, person)

    def attempt(self, case_id: int, action: str, person: Actor) -> None:
        with clock.travelling(self.now):
            offered = self.offer(case_id, action, person)
            subject = self.engine.subject(case_id)
            compiled = self.engine.compiled(subject)
            steps = [step for step in compiled.steps_from(subject.state) if step.action == action]
            typed = typed_for(compiled.workflow, steps[0]) if steps else None
            self.asked.clear()
            try:
                self.engine.perform(case_id, action, person, revision=subject.revision, key=self.key(), input=typed)
            except Refused as refused:
                codes = {reason.code for reason in refused.reasons}
                assert offered is None or not offered.ok or codes <= ABOUT_INPUT, (action, person.roles, codes)
                if offered is None:
                    assert codes <= {"wrong_role", "not_from_here"}, (action, person.roles, codes)
                elif not offered.ok:
                    assert codes ^ {reason.code for reason in offered.reasons} <= ABOUT_INPUT, (action, codes)
            else:
                assert offered is not None, (action, person.roles)
                assert offered.ok, (action, offered.reasons)
                for guard in steps[0].requires:
                    assert all(self.asked[f"{case_id}:{action}:{guard.name}"]), (action, guard.name)

    def offer(self, case_id: int, action: str, person: Actor) -> Verdict | None:
        verdicts = self.engine.actions([case_id], person)[case_id]
        return next((verdict for verdict in verdicts if verdict.action == action), None)

    @rule(days=st.sampled_from([0, 1, 3, 12, 35]), minutes=st.integers(1, 15))
    def time_passes(self, days: int, minutes: int) -> None:
        self.now += timedelta(days=days, minutes=minutes)

    @rule()
    def the_clock_ticks(self) -> None:
        with clock.travelling(self.now):
            self.engine.breach()
            assert self.engine.breach() == 0 or self.overdue_again()

    def overdue_again(self) -> bool:
        """A breach may lead to a state whose own date has passed already; then the next tick goes on."""
        query = select(History.at).where(History.role == Role.SYSTEM).order_by(History.at.desc()).limit(1)
        newest: datetime | None = db.session.scalar(query)
        return newest == self.now

    @rule()
    def people_do_their_homework(self) -> None:
        """Checklists, sheets and signatures, as far as they are asked for."""
        with clock.travelling(self.now):
            state = self.story.definition(self.story.case()).state(self.story.case().state)
            if "screening_checklist" in state.edit:
                self.story.fill("screening_checklist", self.story.hq_staff, dict.fromkeys(CHECKS, True))
            if any(task.assign == "reviewers" for task in state.tasks.values()):
                self.story.score(GOOD)
                self.people.append(self.story.chair)
            if any(task.assign == "organizations" for task in state.tasks.values()):
                self.story.sign_all()

    @rule()
    def the_company_objects(self) -> None:
        row = self.story.case()
        link = self.story.definition(row).links["objection"]
        with clock.travelling(self.now):
            try:
                with transaction():
                    parent = db.session.get_one(Case, row.id)
                    open_linked(
                        self.engine, parent, link, self.story.applicant, role=Role.APPLICANT, year=parent.year,
                        key=self.key(),
                    )  # fmt: skip
                codes = set()
            except Refused as refused:
                codes = {one.code for one in refused.reasons}
        if row.state in link.while_in:
            assert codes <= {"link_limit", "link_too_late"}
        else:
            assert "link_not_from_here" in codes

    @rule(which=st.integers(0, 9), who=st.integers(0, 19))
    def somebody_undoes(self, which: int, who: int) -> None:
        """The button is there exactly when pressing it works."""
        cases = self.case_ids()
        case_id, person = cases[which % len(cases)], self.people[who % len(self.people)]
        with clock.travelling(self.now):
            subject, past = load_subject_and_past(case_id)
            button = undo.undoable(self.engine, subject, past, person)
            try:
                done = undo.take_back(self.engine, case_id, person, revision=subject.revision, key=self.key())
            except Refused:
                assert button is None
            else:
                assert button is not None
                assert done.target in button.step.source

    # ---- what holds after every step

    @invariant()
    def histories_hold(self) -> None:
        if not hasattr(self, "story"):
            return
        assert verify(db.session)[1] == []
        for case_id in self.case_ids():
            check_history(self.engine, case_id)

    def teardown(self) -> None:
        if hasattr(self, "context"):
            db.session.remove()
            self.context.pop()


ABOUT_INPUT = {"budget_short", "over_request", "change_too_large", "parent_moved_on"}
"""Reasons that only what is typed, or the other case, can give: no page can know them before."""


def check_history(engine: Engine, case_id: int) -> None:
    """An independent replay: only declared steps by declared roles, separated people, ending where the case rests."""
    compiled = engine.compiled(engine.subject(case_id))
    taken: list[tuple[str, int | None]] = []
    state, undone = "", ("", None)
    for row in db.session.scalars(select(History).where(History.case_id == case_id).order_by(History.revision)):
        assert row.source == state
        if row.kind in {TRANSITION, APPROVAL}:
            step = compiled.step(row.source, row.action)
            assert row.role in step.by
            assert row.target == (step.target if row.kind == TRANSITION else row.source)
            for other in step.separate_from:
                newest = next((who for action, who in reversed(taken) if action == other), None)
                assert newest is None or newest != row.actor_id, (row.action, other)
            if row.kind == TRANSITION:
                taken.append((row.action, row.actor_id))
                undone = (row.source, row.actor_id)
        elif row.kind == UNDO:
            assert undone == (row.target, row.actor_id)
            taken.pop()
        else:
            assert row.kind == CREATION
        state = row.target
    assert state in compiled.workflow.states
    assert state == db.session.scalar(select(Case.state).where(Case.id == case_id))


def play(sandbox: Sandbox, *, examples: int, steps: int) -> None:
    machine = type("Machine", (Office,), {"sandbox": sandbox})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, derandomize=True, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


def test_whatever_anybody_tries_pages_and_engine_agree(sqlite_sandbox: Sandbox) -> None:
    play(sqlite_sandbox, examples=18, steps=30)


def test_they_agree_on_postgresql_too(postgresql_sandbox: Sandbox) -> None:
    play(postgresql_sandbox, examples=3, steps=15)
