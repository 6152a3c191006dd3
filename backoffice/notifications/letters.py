"""Everything a mail may say about a case: gathered once for an order, then addressed to each reader."""

import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from backoffice.cases.models import Case, Submission
from backoffice.cases.queries import case_by_id
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.core.i18n import Language, Sentence, speaking
from backoffice.engine import deadlines
from backoffice.engine.perform import Engine
from backoffice.engine.spine import DEADLINE, History
from backoffice.engine.values import Subject
from backoffice.funding import queries as funding
from backoffice.funding.models import Agreement, Instalment, Settlement
from backoffice.notifications.orders import Order
from backoffice.notifications.recipients import Recipient
from backoffice.notifications.typed import Line, lines
from backoffice.organizations.queries import organization_names
from backoffice.programs.queries import call_by_id
from workflows.definition import Transition, Workflow
from workflows.roles import COMPANY_SIDE, ROLE_LABELS, Role
from workflows.values import Label

SIGNING, OBJECTIONABLE, RND_GRANT = "signing", "objectionable", "rnd_grant"
"""Tags and the funding scheme whose law the letters quote."""


_REASON = Sentence("사유", "Reason")


@dataclass(frozen=True, slots=True)
class Money:
    """What letters say about the money of a case, in won."""

    award: int | None = None
    agreement: Agreement | None = None
    paid: Instalment | None = None
    """The instalment paid last."""
    settlement: Settlement | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail's facts. The templates in templates/emails know these names and nothing else."""

    reference: str
    title: str
    program: Label
    organization: str
    year: int
    state: Label
    internal_state: Label
    step: Label | None
    """What happened, in the definition's words for companies."""
    typed: tuple[Line, ...]
    at: datetime
    due: datetime | None
    """When the state the case came into falls due."""
    signing_due: datetime | None
    objectionable: bool
    rnd: bool
    """Whether the R&D Innovation Act applies, so that its articles are quoted."""
    money: Money
    submission: Submission | None
    task: Label | None
    owner: Sentence | None
    """The role whose turn it is."""
    contact: str
    closes: datetime | None = None
    """When the call it was applied to closes."""
    discreet: bool = False
    """Whether what was typed is for the foundation and the lead organization only."""
    recipient: str = ""
    home: str = ""
    """The address of the office, without a slash at its end."""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Matter:
    """The case an order is about, at the step that caused it."""

    row: Case
    subject: Subject
    definition: Workflow
    history: History | None

    @property
    def at(self) -> datetime:
        return self.history.at if self.history is not None else clock.now()

    @property
    def state(self) -> str:
        """The state the step led to; without a step, the present one."""
        return self.history.target if self.history is not None else self.subject.state

    @property
    def step(self) -> Transition | None:
        past = self.history
        if past is None:
            return None
        steps = (step for step in self.definition.transitions if step.action == past.action)
        return next((step for step in steps if past.source in step.source), None)


def find_matter(engine: Engine, order: Order) -> Matter:
    """The case and step of an order. Raises NotFound."""
    subject = engine.subject(order.case_id)
    past = db.session.get(History, (order.case_id, order.revision)) if order.revision is not None else None
    compiled = engine.compiled(subject) if past is None else engine.definitions.under(subject.workflow, past.digest)
    return Matter(case_by_id(order.case_id), subject, compiled.workflow, past)


def write(engine: Engine, order: Order, matter: Matter, language: Language) -> Letter:
    """The letter about a matter in one language, not yet addressed to anybody."""
    row, definition, program = matter.row, matter.definition, _program(engine, matter)
    state = definition.state(matter.state)
    step = matter.step
    task = state.tasks.get(order.task) if order.task is not None else None
    call = call_by_id(row.call_id) if row.call_id is not None else None
    return Letter(
        reference=row.reference,
        title=row.title or definition.title.text(language),
        program=program.title,
        organization=_organization(row),
        year=row.year,
        state=state.shown,
        internal_state=state.label,
        step=step.public or step.label if step is not None else None,
        typed=_typed(matter, language),
        at=matter.at,
        due=_due(engine, matter),
        signing_due=_signing_due(engine, matter),
        objectionable=OBJECTIONABLE in state.tags,
        rnd=program.funding_scheme == RND_GRANT,
        money=_money(row.id if row.parent_id is None else row.parent_id),
        submission=_submission(matter),
        task=task.label if task is not None else None,
        owner=Sentence(*ROLE_LABELS[state.owner]) if state.owner is not None else None,
        contact=call.contact if call is not None else "",
        closes=call.closes_at if call is not None else None,
        discreet=step is not None and step.discreet,
    )


def address(letter: Letter, to: Recipient, base_url: str) -> Letter:
    """The letter to one reader, who sees the state in the words of their side and the way to their own page."""
    company, home = to.role in COMPANY_SIDE, base_url.rstrip("/")
    kept_back = letter.discreet and company and to.role is not Role.APPLICANT
    return replace(
        letter,
        recipient=to.user.name,
        typed=() if kept_back else letter.typed,
        state=letter.state if company else letter.internal_state,
        home=home,
        link=f"{home}/{_room(to.role)}/cases/{letter.reference}",
    )


def _room(role: Role | None) -> str:
    if role in COMPANY_SIDE:
        return "portal"
    return "reviewer" if role is Role.REVIEWER else "staff"


def _organization(row: Case) -> str:
    lead = row.lead_organization_id
    return organization_names([lead]).get(lead, "") if lead is not None else ""


def _typed(matter: Matter, language: Language) -> tuple[Line, ...]:
    step = matter.step
    answers: dict[str, Any] = json.loads(matter.history.input) if matter.history is not None else {}
    if matter.history is not None and matter.history.kind == DEADLINE:
        return (Line(_REASON.text(language), "long_text", answers["reason"]),)
    if step is None or step.input is None:
        return ()
    with speaking(language):
        return lines(matter.definition.forms[step.input], answers)


def _due(engine: Engine, matter: Matter) -> datetime | None:
    """As it stands in the case, or counted again for a step the case has left behind since."""
    subject, past = matter.subject, matter.history
    if past is None or past.revision == subject.revision:
        return subject.due_at
    if past.kind == DEADLINE:
        return clock.end_of_day(date.fromisoformat(json.loads(past.input)["to"]))
    return deadlines.due_at(engine.registry, matter.definition, subject, past.target, past.at)


def _signing_due(engine: Engine, matter: Matter) -> datetime | None:
    """By when the agreement must be concluded, if this program concludes one."""
    state = next(iter(sorted(matter.definition.tagged(SIGNING))), None)
    if state is None:
        return None
    return deadlines.due_at(engine.registry, matter.definition, matter.subject, state, matter.at)


def _program(engine: Engine, matter: Matter) -> Workflow:
    """The program a case belongs to: a linked case is part of, and under the law of, the case it hangs on."""
    parent = matter.subject.parent_id
    return matter.definition if parent is None else engine.compiled(engine.subject(parent)).workflow


def _submission(matter: Matter) -> Submission | None:
    """What was submitted with the step: the receipt speaks of exactly this."""
    if matter.history is None:
        return None
    query = select(Submission).where(Submission.case_id == matter.row.id, Submission.submitted_at == matter.history.at)
    return db.session.scalar(query)


def _money(case_id: int) -> Money:
    money = funding.money_of(case_id)
    award = money.reservation.amount if money.reservation is not None else None
    paid = [part for part in money.instalments if part.paid_at is not None]
    return Money(award, money.agreement, paid[-1] if paid else None, money.settlement)
