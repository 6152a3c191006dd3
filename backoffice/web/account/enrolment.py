"""Enrolling an authenticator app or a security key, by somebody signed in or at the first sign-in, and the recovery codes."""

import io

import segno
from flask import g, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from markupsafe import Markup

from backoffice.access.permissions import Permission
from backoffice.accounts import recovery, second_factor, security_keys
from backoffice.accounts import services as accounts
from backoffice.accounts.models import User
from backoffice.accounts.queries import actor as actor_of
from backoffice.core import audit, clock
from backoffice.core.db import db, transaction
from backoffice.core.errors import Invalid
from backoffice.extensions import limiter
from backoffice.notifications import account_mails
from backoffice.web import entering
from backoffice.web.access import requires, visit
from backoffice.web.account import blueprint
from backoffice.web.account.rooms import layout
from backoffice.web.account.second_step import party
from backoffice.web.public.session import landing, own_address


def _whose() -> entering.Pending | None:
    """Whose account this is: the signed-in person's, or that of somebody who must enrol before coming in."""
    if g.actor is not None and not entering.half_way(g.actor):
        return entering.Pending(g.actor.user_id, url_for("account.profile"))
    waiting = entering.pending()
    return None if waiting is None or second_factor.factors(waiting.user_id) else waiting


@blueprint.get("/factors/new")
@requires(Permission.PUBLIC)
def begin() -> ResponseReturnValue:
    """Choose between an app and a key."""
    if _whose() is None:
        return redirect(url_for("public.sign_in"))
    return render_template("account/begin.html", layout=layout(), forced=g.actor is None, key_possible=party())


@blueprint.route("/factors/app", methods=["GET", "POST"])
@limiter.limit("30 per minute", methods=["POST"])
@requires(Permission.PUBLIC)
def add_app() -> ResponseReturnValue:
    """Show the secret as a picture and as text; take it into use once the app shows the right code."""
    who = _whose()
    if who is None:
        return redirect(url_for("public.sign_in"))
    user_id = who.user_id
    problem: Invalid | None = None
    if request.method == "POST":
        try:
            with transaction():
                _sure(user_id)
                codes = second_factor.confirm_app(
                    user_id, request.form.get("code", "")[:40], request.form.get("name", "")
                )
                _told(user_id, "totp")
            return _enrolled(who, codes, "totp")
        except Invalid as invalid:
            problem = invalid
    with transaction():
        if request.method == "GET":
            # A secret that was shown before and not confirmed may have been seen by somebody else.
            second_factor.forget_unconfirmed(user_id)
        enrolment = second_factor.begin_app(user_id)
    page = render_template(
        "account/add_app.html",
        layout=layout(),
        picture=_picture(enrolment.address),
        secret=" ".join(enrolment.secret[start : start + 4] for start in range(0, len(enrolment.secret), 4)),
        problems=problem.problems if problem else (),
        forced=g.actor is None,
        form=FlaskForm(),
    )
    return make_response(page, 422 if problem else 200)


def _picture(address: str) -> Markup:
    """The QR code as SVG with presentation attributes only, which is what the policy of the pages allows."""
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", scale=5, border=3, light="#fff", xmldecl=False, svgclass=None, lineclass=None, nl=False
    )
    return Markup(drawn.getvalue().decode())  # noqa: S704  # drawn here from squares; the address is not part of it


@blueprint.route("/factors/key", methods=["GET", "POST"])
@limiter.limit("30 per minute", methods=["POST"])
@requires(Permission.PUBLIC)
def add_key() -> ResponseReturnValue:
    """Have the browser ask a security key or passkey for a new pair of keys, and keep the public one."""
    who, asker = _whose(), party()
    if who is None or asker is None:
        return redirect(url_for("account.begin"))
    user_id = who.user_id
    problem: Invalid | None = None
    if request.method == "POST":
        challenge = entering.take_challenge() or b""
        try:
            with transaction():
                _sure(user_id)
                codes = security_keys.enrol(
                    user_id,
                    request.form.get("credential", ""),
                    request.form.get("name", ""),
                    asker=asker,
                    challenge=challenge,
                )
                _told(user_id, "webauthn")
            return _enrolled(who, codes, "webauthn")
        except Invalid as invalid:
            problem = invalid
    options = security_keys.registration(user_id, asker, entering.new_challenge())
    page = render_template(
        "account/add_key.html",
        layout=layout(),
        options=options,
        problems=problem.problems if problem else (),
        forced=g.actor is None,
        origin=asker.origin,
        here=request.host_url.rstrip("/") == asker.origin,
        form=FlaskForm(),
    )
    return make_response(page, 422 if problem else 200)


def _sure(user_id: int) -> None:
    """A borrowed screen must not add a factor: whoever is signed in enters the password again. Raises Invalid."""
    if g.actor is not None:
        second_factor.check_password(user_id, request.form.get("password", ""))


def _told(user_id: int, kind: str) -> None:
    audit.record(audit.Visit(user_id, visit().address), "factor:add", about=str(user_id), reason=kind)
    account_mails.order(user_id, "factor_added", key=f"{user_id}:{clock.now().timestamp()}")


def _enrolled(who: entering.Pending, codes: list[str], factor: str) -> ResponseReturnValue:
    """In, with a new session; the recovery codes are shown now or never."""
    user_id, known = who.user_id, g.actor is not None
    entering.carry_on(user_id, (session.get(entering.FACTOR) if known else "") or factor)
    if not known:
        with transaction():
            accounts.signed_in(user_id)
            person = db.session.get_one(User, user_id)
            audit.record(audit.Visit(user_id, visit().address), "sign-in", about=person.email, reason=factor)
    onward = own_address(who.next) or landing(user_id)
    if not codes:
        return redirect(onward)
    g.actor = actor_of(user_id)
    return render_template("account/codes.html", codes=codes, onward=onward, form=FlaskForm())


@blueprint.post("/recovery-codes/file")
@requires(Permission.SIGNED_IN)
def recovery_file() -> ResponseReturnValue:
    """The codes the page shows, as a file: only those that are really this person's are written."""
    codes = recovery.still_valid(g.actor.user_id, request.form.getlist("codes"))
    answer = make_response("".join(f"{code}\r\n" for code in codes))
    answer.headers["Content-Type"] = "text/plain; charset=utf-8"
    answer.headers["Content-Disposition"] = "attachment; filename=ieum-recovery-codes.txt"
    return answer
