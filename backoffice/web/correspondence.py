"""The cards of a case for notes and messages: what their reader sees, may write, and has not read yet."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app, request
from sqlalchemy.exc import OperationalError

from backoffice.access.permissions import Permission
from backoffice.core.db import db, transaction
from backoffice.core.errors import Forbidden, Invalid, Problem
from backoffice.core.i18n import Sentence
from backoffice.correspondence import queries, services
from backoffice.correspondence.queries import MESSAGE, NOTE, Line
from backoffice.correspondence.sides import company_may, office_may
from backoffice.web.access import actor
from backoffice.web.case_page import CasePage

NO_COMPANY = Sentence("이 건에는 대화할 기업이 없습니다.", "This case has no company to write to.")
NOT_SUBMITTED = Sentence(
    "제출하기 전에는 재단이 이 건을 볼 수 없습니다. 제출한 뒤에 메시지를 보내 주세요. 급한 문의는 공고의 담당자에게 해 주세요.",
    "The foundation does not see this case before it is submitted. Write after that, or ask the contact of the call.",
)


@dataclass(frozen=True, slots=True)
class Correspondence:
    """What one reader of a case page sees. ``None`` in place of lines: not this reader's to see."""

    notes: list[Line] | None
    messages: list[Line] | None
    office: bool
    """Whether the reader stands on the office's side."""
    writes_notes: bool = False
    writes_messages: bool = False
    closed: Sentence | None = None
    """Why nothing can be sent at present."""
    problems: Sequence[Problem] = ()
    """What is wrong with what was just typed; the typed text itself comes back from the request."""

    @property
    def unread(self) -> list[int]:
        """The messages of the other side that nobody of this side has opened yet."""
        lines = self.messages or []
        return [line.id for line in lines if line.from_office != self.office and line.read_at is None]

    def typed(self, field: str) -> str:
        """What comes back into a field, without the character no page can hold."""
        return request.form.get(field, "").replace("\r\n", "\n").replace("\x00", "") if self.problems else ""


def of_office(page: CasePage, problems: Sequence[Problem] = ()) -> Correspondence:
    """Both cards of the office; nothing for whoever belongs to the case or judges it."""
    if not office_may(page.roles, Permission.NOTE_READ):
        return Correspondence(None, None, office=True)
    lines = queries.of_office(page.row.id)
    return Correspondence(
        lines[NOTE],
        lines[MESSAGE],
        office=True,
        writes_notes=office_may(page.roles, Permission.NOTE_WRITE),
        writes_messages=office_may(page.roles, Permission.MESSAGE_WRITE),
        closed=None if page.members else NO_COMPANY,
        problems=problems,
    )


def of_company(page: CasePage, problems: Sequence[Problem] = ()) -> Correspondence:
    """The conversation as the companies of the case read it."""
    if not company_may(page.roles):
        return Correspondence(None, None, office=False)
    return Correspondence(
        None,
        queries.conversation(page.row.id),
        office=False,
        writes_messages=True,
        closed=NOT_SUBMITTED if page.row.private else None,
        problems=problems,
    )


def demand_office(page: CasePage, permission: Permission) -> None:
    """Raises Forbidden unless the present person stands on the office's side of this case."""
    if not office_may(page.roles, permission):
        raise Forbidden


def read_typed(field: str, found: Correspondence) -> str:
    """The text of a form. Raises Invalid, also when nothing can be sent at present."""
    if field == MESSAGE and found.closed is not None:
        raise Invalid([Problem(field, found.closed)])
    return services.read_text(request.form.get(field, ""), field)


def form_key() -> str:
    """The key the form was drawn with: sent twice, it is one text."""
    return request.form.get("key", "")[:80] or uuid.uuid4().hex


def mark_read(found: Correspondence) -> None:
    """Note, in the present transaction, that this side has seen the messages; a mere onlooker leaves them unread."""
    if found.writes_messages and found.unread:
        services.mark_read(found.unread, actor())


def try_to_mark_read(found: Correspondence) -> None:
    """The same in a transaction of its own; a page that can be shown is shown, and they simply stay unread."""
    if not (found.writes_messages and found.unread):
        return
    try:
        with transaction():
            mark_read(found)
    except OperationalError as error:
        db.session.rollback()
        current_app.logger.warning("messages stay unread: %s", error.orig)
