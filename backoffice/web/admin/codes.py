"""The lists that are data: the register of zones. Lists that belong to a program are changed with its definition."""

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from backoffice.access.permissions import Permission
from backoffice.core import audit
from backoffice.core.db import transaction
from backoffice.core.errors import Invalid, Problem, Refused
from backoffice.forms.readers import read_date
from backoffice.organizations import queries as organizations
from backoffice.organizations import zones
from backoffice.web.access import requires, visit
from backoffice.web.admin import blueprint


def _page(problems: tuple[Problem, ...] = ()) -> ResponseReturnValue:
    page = render_template(
        "admin/codes.html",
        zones=organizations.zones(),
        problems=problems,
        typed=request.form,
        form=FlaskForm(),
    )
    return make_response(page, 422 if problems else 200)


@blueprint.get("/codes")
@requires(Permission.USER_MANAGE)
def codes() -> ResponseReturnValue:
    return _page()


@blueprint.post("/codes/zones")
@requires(Permission.USER_MANAGE)
def add_zone() -> ResponseReturnValue:
    """Designate a zone, with both its names."""
    typed = request.form
    try:
        with transaction():
            row = zones.designate(
                zones.NewZone(
                    code=typed.get("code", "").strip().upper(),
                    name_ko=typed.get("name_ko", ""),
                    name_en=typed.get("name_en", ""),
                    designated_on=read_date(typed.get("designated_on", ""), "designated_on"),
                    province_ko=typed.get("province_ko", ""),
                    field_ko=typed.get("field_ko", ""),
                    field_en=typed.get("field_en", ""),
                )
            )
            audit.record(visit(), "zone:designate", about=row.code)
    except Invalid as invalid:
        return _page(invalid.problems)
    flash(_("특구를 등록했습니다."), "success")
    return redirect(url_for("admin.codes"))


@blueprint.post("/codes/zones/<code>/dissolve")
@requires(Permission.USER_MANAGE)
def dissolve_zone(code: str) -> ResponseReturnValue:
    """Retire a zone from a day on; nothing of it is deleted."""
    try:
        with transaction():
            reason = request.form.get("reason", "")
            row = zones.dissolve(code, read_date(request.form.get("on", ""), "on"), reason)
            audit.record(visit(), "zone:dissolve", about=row.code, reason=reason.strip()[:300])
    except Invalid as invalid:
        return _page(invalid.problems)
    except Refused as refused:
        flash(str(refused.reasons[0].sentence), "warning")
        return redirect(url_for("admin.codes"))
    flash(_("해제일을 기록했습니다. 지난 건과 실적은 그대로 남습니다."), "success")
    return redirect(url_for("admin.codes"))
