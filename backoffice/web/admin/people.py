"""People and their roles per zone, organization and period."""

import secrets
from datetime import date

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from backoffice.access.permissions import Permission
from backoffice.accounts import queries as accounts
from backoffice.accounts import services
from backoffice.core import audit
from backoffice.core.db import transaction
from backoffice.core.errors import Invalid, Problem
from backoffice.core.identifiers import read_business_number
from backoffice.forms.readers import read_date
from backoffice.organizations import queries as organizations
from backoffice.web.access import actor, requires, visit
from backoffice.web.admin import blueprint
from workflows.roles import Role


def _page(problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    people = accounts.everybody()
    ids = {grant.organization_id for _person, grants in people for grant in grants if grant.organization_id}
    return make_response(
        render_template(
            "admin/people.html",
            people=people,
            zones=organizations.zone_names(),
            organizations=organizations.organization_names(ids),
            roles=[role for role in Role if role is not Role.SYSTEM],
            problems=problems,
            typed=request.form,
            form=FlaskForm(),
        ),
        status,
    )


@blueprint.get("/people")
@requires(Permission.USER_MANAGE)
def people() -> ResponseReturnValue:
    return _page()


@blueprint.post("/people")
@requires(Permission.USER_MANAGE)
def create() -> ResponseReturnValue:
    """A new person with a first password that is shown once."""
    password = secrets.token_urlsafe(12)
    try:
        with transaction():
            person = services.create_user(
                services.NewUser(request.form.get("email", ""), request.form.get("name", ""), password)
            )
            email = person.email
            audit.record(visit(), "user:create", about=email)
    except Invalid as invalid:
        return _page(invalid.problems, 422)
    flash(_("%(email)s 계정을 만들었습니다. 첫 비밀번호: %(password)s", email=email, password=password), "success")
    return redirect(url_for("admin.people"))


@blueprint.post("/people/<int:user_id>/grants")
@requires(Permission.USER_MANAGE)
def grant(user_id: int) -> ResponseReturnValue:
    """Give a role, for a zone or organization and a period."""
    try:
        role = Role(request.form.get("role", ""))
        zone_code, number = request.form.get("zone", ""), request.form.get("organization", "").strip()
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
        return _page(Invalid.field("role", "역할을 골라 주세요.", "Choose a role.").problems, 422)
    except Invalid as invalid:
        return _page(invalid.problems, 422)
    flash(_("역할을 주었습니다."), "success")
    return redirect(url_for("admin.people"))


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
    """Take a role back; it ends with the person's next request."""
    with transaction():
        row = services.revoke(grant_id)
        audit.record(visit(), "user:revoke", about=f"{row.user_id} {row.role}")
    flash(_("역할을 거두었습니다."), "success")
    return redirect(url_for("admin.people"))


@blueprint.post("/people/<int:user_id>/deactivate")
@requires(Permission.USER_MANAGE)
def deactivate(user_id: int) -> ResponseReturnValue:
    with transaction():
        services.deactivate(user_id)
        audit.record(visit(), "user:deactivate", about=str(user_id))
    flash(_("계정을 닫았습니다."), "success")
    return redirect(url_for("admin.people"))
