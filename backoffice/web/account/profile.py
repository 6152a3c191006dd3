"""One's own profile: name, phone, language, shortcuts, which mails, and when one came in last."""

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from backoffice.access.permissions import Permission
from backoffice.accounts import access_log, profiles, recovery, second_factor
from backoffice.accounts import queries as accounts
from backoffice.accounts.models import User
from backoffice.core import audit
from backoffice.core.db import db, transaction
from backoffice.core.errors import Invalid, Problem
from backoffice.core.i18n import LANGUAGES
from backoffice.web import entering
from backoffice.web.access import actor, requires, visit
from backoffice.web.account import blueprint
from backoffice.web.account.rooms import layout
from backoffice.web.account.second_step import party
from backoffice.web.public.session import remember_language


def page(problems: tuple[Problem, ...] = (), part: str = "") -> ResponseReturnValue:
    """The profile with everything one can change; ``part`` is the form that was refused."""
    me = actor()
    user_id = me.user_id or 0
    person = db.session.get_one(User, user_id)
    shown = render_template(
        "account/profile.html",
        layout=layout(),
        person=person,
        typed=request.form if part == "profile" else {},
        typed_email=request.form.get("email", "") if part == "email" else "",
        problems=problems,
        part=part,
        factors=second_factor.factors(user_id),
        codes_left=recovery.left(user_id),
        duty=entering.duty(me),
        sign_ins=access_log.sign_ins(user_id),
        roles=accounts.own_grants(user_id),
        key_possible=party(),
        form=FlaskForm(),
    )
    return make_response(shown, 422 if problems else 200)


@blueprint.get("/")
@requires(Permission.SIGNED_IN)
def profile() -> ResponseReturnValue:
    return page()


@blueprint.post("/")
@requires(Permission.SIGNED_IN)
def save_profile() -> ResponseReturnValue:
    """Only what the form owns is changed; which mails are sent never covers those the law asks for."""
    language = request.form.get("language", "ko")
    chosen = profiles.Profile(
        name=request.form.get("name", ""),
        phone=request.form.get("phone", ""),
        language=language if language in LANGUAGES else "ko",
        shortcuts="shortcuts" in request.form,
        reminders="reminders" in request.form,
        news="news" in request.form,
    )
    try:
        with transaction():
            profiles.save(actor().user_id or 0, chosen)
            audit.record(visit(), "profile:save", about=str(actor().user_id))
    except Invalid as invalid:
        return page(invalid.problems, "profile")
    flash(_("저장했습니다."), "success")
    return remember_language(redirect(url_for("account.profile")), chosen.language)
