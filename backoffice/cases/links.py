"""When a linked case may be opened: by whom, from which states, for how long, how many, and never in a circle."""

from sqlalchemy import select

from backoffice.cases.models import Case
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.core.errors import Reason, Refused
from backoffice.core.hangul import topic
from backoffice.core.i18n import Sentence
from backoffice.engine import deadlines
from backoffice.engine.values import Subject
from workflows.definition import Link
from workflows.roles import ROLE_LABELS, Role


def check(parent: Subject, link: Link, role: Role) -> list[Case]:
    """The cases of the link that exist already; the parent is locked, so that two people cannot both open the last one.

    A link without ``opened_by`` is opened by effects and jobs only, whoever took the step behind it.
    Raises Refused with every reason.
    """
    db.session.execute(select(Case.id).where(Case.id == parent.id).with_for_update())
    query = select(Case).where(Case.parent_id == parent.id, Case.workflow == link.workflow).order_by(Case.id)
    existing = list(db.session.scalars(query))
    reasons = [
        reason
        for reason in (
            _not_theirs(link, role),
            _not_now(parent, link),
            _too_late(parent, link),
            _too_many(link, existing),
            _circle(parent, link),
        )
        if reason is not None
    ]
    if reasons:
        raise Refused(reasons)
    return existing


def _not_theirs(link: Link, role: Role) -> Reason | None:
    if not link.opened_by or role in link.opened_by:
        return None
    ko, en = (", ".join(ROLE_LABELS[one][place] for one in link.opened_by) for place in (0, 1))
    sentence = Sentence(
        f"{topic(link.label.ko)} {ko}만 시작할 수 있습니다.", f"{link.label.en}: only {en} may open it."
    )
    return Reason("wrong_role", sentence, unblocks=link.opened_by[0])


def _not_now(parent: Subject, link: Link) -> Reason | None:
    if not link.while_in or parent.state in link.while_in:
        return None
    return _closed(
        "link_not_from_here",
        f"{topic(link.label.ko)} 지금 단계에서 시작할 수 없습니다.",
        f"{link.label.en}: not in the present state.",
    )


def _too_late(parent: Subject, link: Link) -> Reason | None:
    until = deadlines.link_until(link, parent)
    if until is None or clock.now() <= until:
        return None
    shown = f"{clock.in_seoul(until):%Y-%m-%d %H:%M}"
    return _closed(
        "link_too_late",
        f"{link.label.ko} 기한({shown})이 지났습니다.",
        f"{link.label.en}: the time for it ended at {shown}.",
    )


def _too_many(link: Link, existing: list[Case]) -> Reason | None:
    if len(existing) < link.limit:
        return None
    return _closed(
        "link_limit",
        f"{topic(link.label.ko)} {link.limit}건까지 만들 수 있습니다.",
        f"{link.label.en}: at most {link.limit}.",
    )


def _circle(parent: Subject, link: Link) -> Reason | None:
    """A case never hangs below another of its own workflow: an objection to an objection would have no end."""
    above, parent_id = {parent.workflow}, parent.parent_id
    while parent_id is not None:
        workflow, parent_id = db.session.execute(
            select(Case.workflow, Case.parent_id).where(Case.id == parent_id)
        ).one()
        above.add(workflow)
    if link.workflow not in above:
        return None
    return _closed(
        "link_circle",
        f"{topic(link.label.ko)} 같은 종류의 건 아래에 만들 수 없습니다.",
        f"{link.label.en}: not below a case of its own kind.",
    )


def _closed(code: str, ko: str, en: str) -> Reason:
    return Reason(code, Sentence(ko, en), link="linked")
