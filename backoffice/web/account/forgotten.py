"""A forgotten password and an invitation: asking for the link, and setting the password with it."""

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from backoffice.access.permissions import Permission
from backoffice.accounts import queries as accounts
from backoffice.accounts import reset
from backoffice.accounts.factors import INVITATION, RESET
from backoffice.core import audit, clock
from backoffice.core.db import transaction
from backoffice.core.errors import Invalid
from backoffice.extensions import limiter
from backoffice.notifications import account_mails
from backoffice.web.access import requires, visit
from backoffice.web.account import blueprint


@blueprint.route("/reset", methods=["GET", "POST"])
@limiter.limit("6 per minute", methods=["POST"])
@requires(Permission.PUBLIC)
def ask_reset() -> ResponseReturnValue:
    """Have a link mailed. Known or unknown, the same work is done and the same sentence said."""
    if request.method == "POST":
        person = accounts.by_email(request.form.get("email", "")[:254])
        user_id = person.id if person is not None and person.active else None
        # One mail a minute for each person, however often the button is pressed.
        key = f"{user_id or 'nobody'}:{clock.now():%Y%m%dT%H%M}"
        with transaction():
            account_mails.order(user_id, RESET, key=key)
        return redirect(url_for("account.ask_reset", sent="yes"))
    return render_template("account/ask_reset.html", sent=request.args.get("sent") == "yes", form=FlaskForm())


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
@limiter.limit("20 per minute", methods=["POST"])
@requires(Permission.PUBLIC)
def new_password(token: str) -> ResponseReturnValue:
    """Set a password with a link; the second factor is asked for afterwards as always."""
    reset.find(token, RESET, INVITATION)
    problem: Invalid | None = None
    if request.method == "POST":
        try:
            with transaction():
                user_id = reset.set_password(token, request.form.get("password", ""), request.form.get("again", ""))
                audit.record(audit.Visit(user_id, visit().address), "password:reset", about=str(user_id))
                account_mails.order(user_id, "password_changed", key=f"{user_id}:{clock.now().timestamp()}")
            flash(
                _("새 비밀번호를 정했습니다. 모든 기기에서 로그아웃되었으니 새 비밀번호로 로그인해 주세요."), "success"
            )
            return redirect(url_for("public.sign_in"))
        except Invalid as invalid:
            problem = invalid
    page = render_template("account/new_password.html", problems=problem.problems if problem else (), form=FlaskForm())
    answer = make_response(page, 422 if problem else 200)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
