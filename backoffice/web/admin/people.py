"""The directory of people: search, filter, and making a new account known by an invitation."""

import secrets

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from backoffice.access.permissions import Permission
from backoffice.accounts import directory, second_factor, services
from backoffice.accounts.factors import INVITATION
from backoffice.core import audit, clock
from backoffice.core.db import transaction
from backoffice.core.errors import Invalid, Problem
from backoffice.notifications import account_mails
from backoffice.organizations import queries as organizations
from backoffice.web.access import requires, visit
from backoffice.web.admin import blueprint
from workflows.roles import Role

ROLES = [role for role in Role if role is not Role.SYSTEM]


def _page(problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    zones = organizations.zone_names()
    codes = {zone.code: zone_id for zone_id, zone in zones.items()}
    wanted = directory.Wanted(
        text=request.args.get("q", "")[:80],
        role=request.args.get("role", "") if request.args.get("role", "") in set(ROLES) else "",
        zone_id=codes.get(request.args.get("zone", "")),
        status=request.args.get("status", ""),
        page=max(1, min(request.args.get("page", 1, type=int), 100_000)),
    )
    found = directory.find(wanted)
    grants = [grant for row in found.rows for grant in row.grants]
    return make_response(
        render_template(
            "admin/people.html",
            found=found,
            wanted=wanted,
            zones=zones,
            organizations=organizations.organization_names(
                {grant.organization_id for grant in grants if grant.organization_id}
            ),
            with_factor=second_factor.with_factor([row.person.id for row in found.rows]),
            roles=ROLES,
            problems=problems,
            typed=request.form,
            address=lambda number: url_for("admin.people", **{**request.args.to_dict(), "page": number}),
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
    """A new account nobody knows a password of: the person sets one with the link that is mailed."""
    typed = services.NewUser(request.form.get("email", ""), request.form.get("name", ""), secrets.token_urlsafe(32))
    try:
        with transaction():
            person = services.create_user(typed)
            user_id, email = person.id, person.email
            audit.record(visit(), "user:create", about=email)
            account_mails.order(user_id, INVITATION, key=f"{user_id}:{clock.now().timestamp()}")
    except Invalid as invalid:
        return _page(invalid.problems, 422)
    flash(_("%(email)s 계정을 만들고 초대 메일을 보냈습니다. 아래에서 역할을 주세요.", email=email), "success")
    return redirect(url_for("admin.person", user_id=user_id))
