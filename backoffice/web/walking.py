"""Walking through a filtered list case by case: the list travels in the address as ``from``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import request, url_for

from backoffice.access.permissions import Permission, may
from backoffice.cases import queue as lists
from backoffice.cases.models import Case
from backoffice.core.i18n import Sentence
from backoffice.web import queue_filter
from backoffice.web.access import actor

FROM, NEXT, AT = "from", "then", "at"
"""The arguments of an address: the list, the case that came after this one before it was acted on, and the place."""
MOST = 10**7
_SPOT = re.compile(r"^(\d{1,8})-(\d{1,8})(-left)?$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Spot:
    """The how-manieth case of how many, as the list stood when it was opened and as far as this walk changed it.

    It travels in the address: a list of 100,000 cases is counted once, when it is shown (decision 018).
    """

    number: int
    total: int
    left: bool = False
    """Whether the case has just left the list: the one after it has its place."""

    @property
    def after(self) -> "Spot":
        number = self.number if self.left else self.number + 1
        return Spot(number, max(self.total, number))

    @property
    def before(self) -> "Spot":
        return Spot(max(1, self.number - 1), self.total)

    def settled(self, *, listed: bool) -> "Spot":
        """The same place once the case has left the list, or come back into it."""
        if listed is not self.left:
            return self
        return Spot(self.number, max(0, self.total + (1 if listed else -1)), left=not listed)

    def __str__(self) -> str:
        return f"{self.number}-{self.total}{'-left' if self.left else ''}"


def read_spot(text: str) -> Spot | None:
    """The place an address names; None for what cannot be one."""
    found = _SPOT.match(text)
    if found is None:
        return None
    number, total, left = int(found[1]), int(found[2]), found[3] is not None
    return Spot(number, total, left) if 1 <= number <= total + left <= MOST else None


@dataclass(frozen=True, slots=True)
class Walk:
    """The list somebody walks through."""

    text: str
    """The arguments of the list's address."""
    then: str
    spot: Spot | None = None

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
        return {FROM: self.text, **({AT: str(self.spot)} if self.spot else {}), **({NEXT: then} if then else {})}

    def going(self, *, onward: bool) -> "Walk":
        """The same walk one case further, or one back."""
        if self.spot is None:
            return replace(self, then="")
        return replace(self, then="", spot=self.spot.after if onward else self.spot.before)

    def settled(self, row: Case) -> "Walk":
        """The same walk after something was done to a case of it."""
        if self.spot is None:
            return self
        return replace(self, spot=self.spot.settled(listed=lists.contains(actor(), self.filter, row)))


def walk() -> Walk | None:
    """The walk this request is part of, for people who have a queue."""
    text = request.values.get(FROM, "")
    if not text or not may(actor(), Permission.CASE_READ):
        return None
    spelled = queue_filter.spelled(queue_filter.read(text), with_page=True)
    if not spelled:
        return None
    return Walk(spelled, request.values.get(NEXT, "")[:40], read_spot(request.values.get(AT, "")))


def after(row: Case) -> str | None:
    """The case after this one, before anything is done to it; None without a walk and at its end."""
    here = walk()
    return lists.neighbor(actor(), here.filter, row, onward=True) if here is not None else None
