"""One person: their roles with their history, and what an administrator may do to the account."""

from datetime import date

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from backoffice.access.permissions import Permission
from backoffice.accounts import directory, second_factor, services
from backoffice.accounts import queries as accounts
from backoffice.accounts.factors import INVITATION, RESET
from backoffice.accounts.models import User
from backoffice.core import audit, clock
from backoffice.core.db import transaction
from backoffice.core.errors import Invalid, NotFound, Problem
from backoffice.core.identifiers import read_business_number
from backoffice.forms.readers import read_date
from backoffice.notifications import account_mails
from backoffice.organizations import queries as organizations
from backoffice.web.access import actor, requires, visit
from backoffice.web.admin import blueprint
from backoffice.web.admin.people import ROLES
from workflows.roles import Role

SHORTEST_REASON = 5
ACTS = frozenset({"deactivate", "reopen", "end_sessions", "reset_factor", "invite"})


def _person(user_id: int) -> User:
    found = accounts.user(user_id)
    if found is None:
        raise NotFound
    return found


def _page(user_id: int, problems: tuple[Problem, ...] = (), *, shown: bool = False) -> ResponseReturnValue:
    row = _person(user_id)
    history = directory.history_of(user_id)
    people = {one for grant in history for one in (grant.granted_by, grant.revoked_by, grant.delegated_by) if one}
    return make_response(
        render_template(
            "admin/person.html",
            person=row,
            shown=shown,
            history=history,
            names=accounts.names(sorted(people)),
            zones=organizations.zone_names(),
            organizations=organizations.organization_names({g.organization_id for g in history if g.organization_id}),
            factors=second_factor.factors(user_id),
            roles=ROLES,
            problems=problems,
            typed=request.form,
            form=FlaskForm(),
        ),
        422 if problems else 200,
    )


def _reason() -> str:
    """Raises Invalid for a reason that says nothing."""
    text = request.form.get("reason", "").strip()[:500]
    if len(text) < SHORTEST_REASON:
        raise Invalid.field("reason", "사유를 5자 이상 적어 주세요.", "Give the reason in at least five characters.")
    return text


@blueprint.get("/people/<int:user_id>")
@requires(Permission.USER_MANAGE)
def person(user_id: int) -> ResponseReturnValue:
    """Everything about an account, with address and number masked."""
    return _page(user_id)


@blueprint.post("/people/<int:user_id>/unmask")
@requires(Permission.USER_MANAGE)
def unmask(user_id: int) -> ResponseReturnValue:
    """Show address and number once, with a reason, in the access log (trust rule 13)."""
    row = _person(user_id)
    try:
        with transaction():
            audit.record(visit(), "person:unmask", about=row.email, reason=_reason())
    except Invalid as invalid:
        return _page(user_id, invalid.problems)
    return _page(user_id, shown=True)


@blueprint.post("/people/<int:user_id>/grants")
@requires(Permission.USER_MANAGE)
def grant(user_id: int) -> ResponseReturnValue:
    """Give a role, for a zone or organization and a period; it takes hold and ends by date."""
    _person(user_id)
    zone_code, number = request.form.get("zone", ""), request.form.get("organization", "").strip()
    try:
        role = Role(request.form.get("role", ""))
        with transaction():
            services.grant(
                user_id,
                role,
                zone_id=organizations.zone(zone_code).id if zone_code else None,
                organization_id=_organization(number) if number else None,
                valid_from=_day("valid_from"),
                valid_to=_day("valid_to"),
                granted_by=actor().user_id,
            )
            audit.record(visit(), "user:grant", about=f"{user_id} {role}")
    except ValueError:
        return _page(user_id, Invalid.field("role", "역할을 골라 주세요.", "Choose a role.").problems)
    except Invalid as invalid:
        return _page(user_id, invalid.problems)
    flash(_("역할을 주었습니다."), "success")
    return redirect(url_for("admin.person", user_id=user_id))


def _organization(number: str) -> int:
    found = organizations.by_business_number(read_business_number(number, "organization"))
    if found is None:
        raise Invalid.field("organization", "등록되지 않은 기관입니다.", "No organization has this business number.")
    return found.id


def _day(name: str) -> date | None:
    text = request.form.get(name, "").strip()
    return read_date(text, name) if text else None


@blueprint.post("/grants/<int:grant_id>/revoke")
@requires(Permission.USER_MANAGE)
def revoke(grant_id: int) -> ResponseReturnValue:
    """Take a role back: with the person's next request, or, with a date, at the end of that day."""
    day, user_id = None, 0
    try:
        day = _day("end_on")
        with transaction():
            by = actor().user_id
            row = services.end_on(grant_id, day) if day is not None else services.revoke(grant_id, by)
            user_id = row.user_id
            audit.record(visit(), "user:revoke", about=f"{user_id} {row.role}", reason=str(day) if day else None)
    except Invalid as invalid:
        flash(str(invalid.sentence), "danger")
        return redirect(request.referrer or url_for("admin.people"))
    flash(_("%(day)s까지로 정했습니다.", day=day) if day else _("역할을 거두었습니다."), "success")
    return redirect(url_for("admin.person", user_id=user_id))


@blueprint.post("/people/<int:user_id>/<act>")
@requires(Permission.USER_MANAGE)
def manage(user_id: int, act: str) -> ResponseReturnValue:
    """Close, open, sign out everywhere, reset the second factor, invite again: each with a reason, in the access log."""
    row = _person(user_id)
    if act not in ACTS:
        raise NotFound
    if user_id == actor().user_id:
        problem = Invalid.field(
            "reason",
            "자기 계정에는 할 수 없습니다. 다른 관리자에게 요청해 주세요.",
            "Not upon your own account; ask another administrator.",
        )
        return _page(user_id, problem.problems)
    try:
        with transaction():
            reason = _reason()
            _carry_out(act, user_id, first_time=row.last_sign_in is None)
            audit.record(visit(), f"user:{act.replace('_', '-')}", about=row.email, reason=reason)
    except Invalid as invalid:
        return _page(user_id, invalid.problems)
    flash(_("처리했습니다. 접속기록에 사유와 함께 남았습니다."), "success")
    return redirect(url_for("admin.person", user_id=user_id))


def _carry_out(act: str, user_id: int, *, first_time: bool) -> None:
    key = f"{user_id}:{clock.now().timestamp()}"
    if act == "deactivate":
        services.deactivate(user_id, actor().user_id)
    elif act == "reopen":
        services.reopen(user_id)
    elif act == "end_sessions":
        second_factor.end_sessions(user_id)
    elif act == "reset_factor":
        second_factor.reset(user_id)
        account_mails.order(user_id, "factor_reset", key=key)
    else:
        # Whoever came in once gets the short link of a forgotten password, never the long one of an invitation.
        account_mails.order(user_id, INVITATION if first_time else RESET, key=key)
