"""The filter of the queue as an address says it: read, written back in one spelling, and in words."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import request
from werkzeug.datastructures import MultiDict

from backoffice.access.actors import Actor
from backoffice.cases import queue as lists
from backoffice.core.i18n import Sentence
from backoffice.web.access import actor

BOXES = {
    "mine": Sentence("내 할 일", "My work"),
    "today": Sentence("오늘 마감", "Due today"),
    "overdue": Sentence("기한 초과", "Overdue"),
    "unassigned": Sentence("미배정", "Unassigned"),
    "all": Sentence("전체", "All"),
}
SORTS = {
    "due": Sentence("기한 순", "By deadline"),
    "newest": Sentence("최근 처리 순", "Newest first"),
    "reference": Sentence("접수번호 순", "By reference"),
    "amount": Sentence("금액 순", "By amount"),
    "title": Sentence("과제명 순", "By title"),
}
FILTER = (
    "box", "q", "zone", "program", "state", "stage", "call", "year", "handler", "due_from", "due_to", "sort",
)  # fmt: skip
"""What of an address is the filter; the page is not."""
ME = "me"
"""The handler of an address that means whoever looks."""
LONGEST = 600
"""Characters of a filter that may travel in another address."""
MOST = 2**31


def wanted(args: MultiDict[str, str] | None = None, who: Actor | None = None) -> lists.Filter:
    """The filter an address asks for, by default this one's and for whoever looks; what it cannot mean is left out."""
    args = request.args if args is None else args
    box, sort = args.get("box", "mine"), args.get("sort", "due")
    return lists.Filter(
        box=box if box in BOXES else "mine",
        text=args.get("q", "").replace("\x00", "")[:80],
        zone=_number(args, "zone"),
        workflow=args.get("program", "").replace("\x00", "")[:48],
        state=args.get("state", "").replace("\x00", "")[:48],
        stage=args.get("stage", "").replace("\x00", "")[:48],
        call=_number(args, "call"),
        year=_number(args, "year"),
        handler=(who or actor()).user_id if args.get("handler") == ME else _number(args, "handler"),
        due_from=_day(args, "due_from"),
        due_to=_day(args, "due_to"),
        sort=sort if sort in SORTS else "due",
        page=max(1, _number(args, "page") or 1),
    )


def _number(args: MultiDict[str, str], name: str) -> int | None:
    found = args.get(name, type=int)
    return found if found is not None and 0 < found < MOST else None


def _day(args: MultiDict[str, str], name: str) -> date | None:
    try:
        found = date.fromisoformat(args.get(name, "").strip())
    except ValueError:
        return None
    return found if 2000 < found.year < 2200 else None


def unread_days(args: MultiDict[str, str]) -> list[str]:
    """The fields of the deadline range that hold something else than a day."""
    return [name for name in ("due_from", "due_to") if args.get(name, "").strip() and _day(args, name) is None]


def kept(args: MultiDict[str, str] | None = None, *, with_page: bool = False) -> dict[str, Any]:
    """The arguments that make a filter, in one order and without empty ones, for ``url_for``."""
    args = request.args if args is None else args
    names: Iterable[str] = (*FILTER, "page") if with_page else FILTER
    return {name: args[name][:120] for name in names if args.get(name)}


def spelled(args: MultiDict[str, str] | None = None, *, with_page: bool = False) -> str:
    """The same as one text: how a saved view, a bulk form or a case remembers its list."""
    return urlencode(kept(args, with_page=with_page))[:LONGEST]


def read(text: str) -> MultiDict[str, str]:
    """The arguments of a remembered list."""
    return MultiDict(parse_qsl(text[: 2 * LONGEST]))


def narrowed(filter_: lists.Filter) -> bool:
    """Whether anything but the box and the order was chosen."""
    return any(
        (
            filter_.text, filter_.zone, filter_.workflow, filter_.state, filter_.stage, filter_.call, filter_.year,
            filter_.handler, filter_.due_from, filter_.due_to,
        )
    )  # fmt: skip
