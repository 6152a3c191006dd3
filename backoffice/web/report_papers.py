"""The other papers of an issue, beside its report: made when they are first asked for, kept, handed out."""

from flask import current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.access.permissions import Permission
from backoffice.core import audit, clock, outbox
from backoffice.core.db import transaction
from backoffice.core.errors import NotFound, Refused
from backoffice.core.filetypes import MEDIA_TYPES
from backoffice.core.i18n import language
from backoffice.reports import papers, queries, services, shelf
from backoffice.reports.models import FULL, PDF, Snapshot
from backoffice.web.access import actor, requires, visit
from backoffice.web.files import as_download
from backoffice.web.reports import blueprint

ENDINGS = {FULL: "", "summary": "_한 장 요약", "press": "_보도자료용 표"}


def readable(number: str) -> Snapshot:
    """An edition this person may read. Raises NotFound."""
    shelf.one(number, actor())
    return queries.snapshot(number)


@blueprint.get("/<number>/papers/<paper>.<kind>")
@requires(Permission.REPORT_READ)
def paper(number: str, paper: str, kind: str) -> ResponseReturnValue:
    """A summary, a press table, or the report as a text document. A PDF is made by a job, the rest at once."""
    if kind not in papers.KINDS.get(paper, ()):
        raise NotFound
    snapshot = readable(number)
    found = _kept(snapshot, paper) if kind == PDF else _made(snapshot, paper, kind)
    if found is None:
        return redirect(url_for("reports.figures", number=number))
    with transaction():
        audit.record(visit(), "report:read", about=f"{number} {paper} {kind}")
    return as_download(found, f"{number}{ENDINGS[paper]}.{kind}", MEDIA_TYPES[kind])


def _kept(snapshot: Snapshot, paper: str) -> bytes | None:
    """The PDF, if it is there; otherwise it is asked for, once a minute at most."""
    wanted = services.order(snapshot, paper)
    known = services.kept(wanted, current_app.extensions["files"])
    if known is not None:
        return known.content
    with transaction():
        key = f"report:{snapshot.id}:{wanted.key[:16]}:{clock.now():%Y%m%d%H%M}"
        outbox.enqueue("report", {"snapshot": snapshot.id, "paper": paper}, key=key)
    flash(_("문서를 만들고 있습니다. 잠시 뒤 다시 눌러 주세요."))
    return None


def _made(snapshot: Snapshot, paper: str, kind: str) -> bytes | None:
    store = current_app.extensions["files"]
    snapshot_id = snapshot.id
    try:
        made = papers.made(snapshot, paper, kind, store)
    except Refused as refused:
        flash(refused.sentence.text(language()))
        return None
    if not made.cached:
        with transaction():
            services.keep(snapshot_id, made, store)
    return made.content
