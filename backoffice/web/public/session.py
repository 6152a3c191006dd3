"""Signing in and out, and the language of the reader."""

from urllib.parse import urlsplit

from flask import g, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import logout_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import EmailField, HiddenField, PasswordField

from backoffice.access.permissions import Permission
from backoffice.accounts import second_factor
from backoffice.accounts import services as accounts
from backoffice.accounts.models import User
from backoffice.accounts.queries import actor as actor_of
from backoffice.core import audit
from backoffice.core.db import db, transaction
from backoffice.core.errors import Invalid
from backoffice.core.i18n import LANGUAGES
from backoffice.extensions import limiter
from backoffice.web import entering
from backoffice.web.access import requires, visit
from backoffice.web.public import blueprint
from workflows.roles import COMPANY_SIDE, Role


class SignInForm(FlaskForm):
    email = EmailField()
    password = PasswordField()
    next = HiddenField()


def own_address(address: str | None) -> str | None:
    """An address of this service, or None: a link never sends people elsewhere."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return None
    parts = urlsplit(address)
    return address if not parts.scheme and not parts.netloc else None


def landing(user_id: int) -> str:
    """Where a person starts the day."""
    found = actor_of(user_id)
    roles = found.roles if found else frozenset()
    if roles & COMPANY_SIDE:
        return url_for("portal.home")
    if roles and roles <= {Role.REVIEWER}:
        return url_for("reviewer.home")
    if roles and roles <= {Role.MINISTRY}:
        return url_for("boards.home")
    return url_for("staff.queue") if roles else url_for("public.home")


@blueprint.route("/sign-in", methods=["GET", "POST"])
@limiter.limit("30 per minute", methods=["POST"])
@requires(Permission.PUBLIC)
def sign_in() -> ResponseReturnValue:
    """Ask for address and password; a wrong pair says nothing about which of the two is wrong."""
    form = SignInForm(data={"next": request.args.get("next", "")})
    if not form.validate_on_submit():
        return render_template("public/sign_in.html", form=form, problem=None)
    problem: Invalid | None = None
    with transaction():
        try:
            user_id = accounts.sign_in(form.email.data or "", form.password.data or "").id
        except Invalid as wrong:
            problem = wrong
    if problem is not None:
        return make_response(render_template("public/sign_in.html", form=form, problem=problem), 422)
    return past_the_password(user_id, form.next.data)


def past_the_password(
    user_id: int, onward: str | None, proven: str = "", *, how: str = "password"
) -> ResponseReturnValue:
    """Somebody proved who they are once: on to the second step where one is asked, else in.

    ``proven`` names a second factor that was checked elsewhere already (decision 016).
    """
    person = db.session.get_one(User, user_id)
    asked = second_factor.factors(user_id) or entering.duty(actor_of(user_id))
    if asked and not proven:
        entering.hold_back(user_id, person.session_version, own_address(onward) or "")
        return redirect(url_for("account.second_step"))
    return come_in(user_id, onward, proven, how)


def come_in(user_id: int, onward: str | None, factor: str, how: str = "") -> ResponseReturnValue:
    """Begin the session, note it, and lead to where the person wanted to go."""
    with transaction():
        accounts.signed_in(user_id)
        person = db.session.get_one(User, user_id)
        version, language = person.session_version, person.language
        audit.record(audit.Visit(user_id, visit().address), "sign-in", about=person.email, reason=factor or how)
    entering.let_in(user_id, version, factor)
    return remember_language(redirect(own_address(onward) or landing(user_id)), language)


def remember_language(response: Response, language: str) -> Response:
    response.set_cookie("language", language, samesite="Lax", httponly=True, max_age=31_536_000)
    return response


@blueprint.post("/sign-out")
@requires(Permission.SIGNED_IN)
def sign_out() -> ResponseReturnValue:
    logout_user()
    session.clear()
    return redirect(url_for("public.home"))


@blueprint.post("/language")
@requires(Permission.PUBLIC)
def set_language() -> ResponseReturnValue:
    """Remember the language, for the person if signed in, else in a cookie."""
    chosen = request.form.get("language", "ko")
    chosen = chosen if chosen in LANGUAGES else "ko"
    if g.actor is not None:
        with transaction():
            accounts.choose_language(g.actor.user_id, chosen)
    return remember_language(redirect(own_address(request.form.get("next")) or url_for("public.home")), chosen)
