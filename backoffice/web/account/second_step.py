"""The second step of signing in: the code of an app, a recovery code, or a security key."""

from flask import current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from backoffice.access.permissions import Permission
from backoffice.accounts import second_factor, security_keys
from backoffice.accounts.factors import KEY, TOTP
from backoffice.core import audit
from backoffice.core.db import transaction
from backoffice.core.errors import Invalid
from backoffice.extensions import limiter
from backoffice.web import entering
from backoffice.web.access import requires, visit
from backoffice.web.account import blueprint
from backoffice.web.public.session import come_in


def party() -> security_keys.Party | None:
    return security_keys.party(current_app.extensions["settings"].base_url)


@blueprint.route("/second-step", methods=["GET", "POST"])
@limiter.limit("30 per minute", methods=["POST"])
@requires(Permission.PUBLIC)
def second_step() -> ResponseReturnValue:
    """Ask for what only this person has; whoever has nothing yet enrols first."""
    waiting = entering.pending()
    if waiting is None:
        return redirect(url_for("public.sign_in"))
    if not second_factor.factors(waiting.user_id):
        return redirect(url_for("account.begin"))
    if request.method == "GET":
        return _page(waiting)
    outcome = _try(waiting.user_id)
    if isinstance(outcome, Invalid):
        return _page(waiting, outcome)
    return come_in(waiting.user_id, waiting.next, outcome)


def _try(user_id: int) -> str | Invalid:
    """Which factor was right; or what to say, with the wrong try counted in the same transaction."""
    asker, challenge = party(), entering.take_challenge()
    answer, code = request.form.get("credential", ""), request.form.get("code", "")[:40]
    with transaction():
        try:
            if answer and asker is not None and challenge is not None:
                security_keys.prove(user_id, answer, asker=asker, challenge=challenge)
                return KEY
            return second_factor.use_code(user_id, code)
        except Invalid as wrong:
            second_factor.count_wrong(user_id)
            audit.record(audit.Visit(user_id, visit().address), "sign-in:factor-wrong")
            return wrong


def _page(waiting: entering.Pending, problem: Invalid | None = None) -> ResponseReturnValue:
    kinds = {row.kind for row in second_factor.factors(waiting.user_id)}
    asker = party()
    options = ""
    if KEY in kinds and asker is not None:
        options = security_keys.question(waiting.user_id, asker, entering.new_challenge())
    page = render_template(
        "account/second_step.html",
        problems=problem.problems if problem else (),
        app=TOTP in kinds,
        options=options,
        form=FlaskForm(),
    )
    return make_response(page, 422 if problem else 200)
