"""Walking through a filtered list case by case: the list travels in the address as ``from``."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from backoffice.access.permissions import Permission, may
from backoffice.cases import queue as lists
from backoffice.cases.models import Case
from backoffice.core.i18n import Sentence
from backoffice.web import queue_filter
from backoffice.web.access import actor

FROM, NEXT = "from", "then"
"""The arguments of an address: the list, and the case that came after this one before it was acted on."""


@dataclass(frozen=True, slots=True)
class Walk:
    """The list somebody walks through."""

    text: str
    """The arguments of the list's address."""
    then: str

    @property
    def filter(self) -> lists.Filter:
        return queue_filter.wanted(queue_filter.read(self.text))

    @property
    def list_address(self) -> str:
        return url_for("staff.queue", **queue_filter.kept(queue_filter.read(self.text), with_page=True))

    @property
    def name(self) -> Sentence:
        return queue_filter.BOXES[self.filter.box]

    def arguments(self, then: str | None = None) -> Mapping[str, Any]:
        """What keeps the walk in an address."""
        return {FROM: self.text, **({NEXT: then} if then else {})}


def walk() -> Walk | None:
    """The walk this request is part of, for people who have a queue."""
    text = request.values.get(FROM, "")
    if not text or not may(actor(), Permission.CASE_READ):
        return None
    spelled = queue_filter.spelled(queue_filter.read(text), with_page=True)
    return Walk(spelled, request.values.get(NEXT, "")[:40]) if spelled else None


def after(row: Case) -> str | None:
    """The case after this one, before anything is done to it; None without a walk and at its end."""
    here = walk()
    return lists.neighbor(actor(), here.filter, row, onward=True) if here is not None else None
