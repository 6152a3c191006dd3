"""Having a colleague act in one's place for a while, and taking the place back."""

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from backoffice.access.permissions import Permission
from backoffice.accounts import delegation, services
from backoffice.accounts import queries as accounts
from backoffice.core import audit
from backoffice.core.db import transaction
from backoffice.core.errors import Invalid, NotFound, Problem
from backoffice.forms.readers import read_date
from backoffice.organizations.queries import zone_names
from backoffice.web.access import actor, requires, visit
from backoffice.web.account import blueprint


def _me() -> int:
    return actor().user_id or 0


def _page(problems: tuple[Problem, ...] = ()) -> ResponseReturnValue:
    given = delegation.given(_me())
    page = render_template(
        "account/delegations.html",
        own=delegation.delegable(_me()),
        given=given,
        names=accounts.names([row.user_id for row in given]),
        zones=zone_names(),
        problems=problems,
        typed=request.form,
        form=FlaskForm(),
    )
    return make_response(page, 422 if problems else 200)


@blueprint.get("/delegations")
@requires(Permission.ROLE_DELEGATE)
def delegations() -> ResponseReturnValue:
    return _page()


@blueprint.post("/delegations")
@requires(Permission.ROLE_DELEGATE)
def delegate() -> ResponseReturnValue:
    """Give a role of one's own to a colleague for some days, with the reason."""
    try:
        with transaction():
            row = delegation.delegate(
                request.form.get("grant", 0, type=int),
                request.form.get("to", ""),
                by=_me(),
                valid_from=read_date(request.form.get("valid_from", ""), "valid_from"),
                valid_to=read_date(request.form.get("valid_to", ""), "valid_to"),
                reason=request.form.get("reason", ""),
            )
            audit.record(visit(), "role:delegate", about=f"{row.user_id} {row.role}", reason=row.reason)
    except Invalid as invalid:
        return _page(invalid.problems)
    flash(_("대결을 맡겼습니다. 본인이 처리한 일을 대결자가 승인하거나 지급할 수는 없습니다."), "success")
    return redirect(url_for("account.delegations"))


@blueprint.post("/delegations/<int:grant_id>/end")
@requires(Permission.ROLE_DELEGATE)
def end_delegation(grant_id: int) -> ResponseReturnValue:
    """Take one's place back; the colleague's right ends with their next request."""
    with transaction():
        if grant_id not in {row.id for row in delegation.given(_me())}:
            raise NotFound
        row = services.revoke(grant_id, _me())
        audit.record(visit(), "role:delegation-end", about=f"{row.user_id} {row.role}")
    flash(_("대결을 끝냈습니다."), "success")
    return redirect(url_for("account.delegations"))
