"""What one proves oneself by: password, e-mail address, factors, recovery codes, and leaving every device."""

from flask import flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from backoffice.access.permissions import Permission
from backoffice.accounts import recovery, reset, second_factor
from backoffice.accounts.factors import EMAIL
from backoffice.core import audit, clock
from backoffice.core.db import transaction
from backoffice.core.errors import Invalid
from backoffice.extensions import limiter
from backoffice.notifications import account_mails
from backoffice.web import entering
from backoffice.web.access import actor, requires, visit
from backoffice.web.account import blueprint
from backoffice.web.account.profile import page
from backoffice.web.account.rooms import layout


def _me() -> int:
    return actor().user_id or 0


def _key() -> str:
    return f"{_me()}:{clock.now().timestamp()}"


@blueprint.post("/password")
@limiter.limit("10 per minute")
@requires(Permission.SIGNED_IN)
def change_password() -> ResponseReturnValue:
    """A new password by somebody who knows the present one; every other session ends."""
    try:
        with transaction():
            reset.change_password(
                _me(),
                request.form.get("password", ""),
                request.form.get("new_password", ""),
                request.form.get("again", ""),
            )
            audit.record(visit(), "password:change", about=str(_me()))
            account_mails.order(_me(), "password_changed", key=_key())
    except Invalid as invalid:
        return page(invalid.problems, "password")
    entering.carry_on(_me())
    flash(_("비밀번호를 바꿨습니다. 다른 기기에서는 모두 로그아웃되었고 API 토큰은 폐기되었습니다."), "success")
    return redirect(url_for("account.profile"))


@blueprint.post("/email")
@limiter.limit("6 per minute")
@requires(Permission.SIGNED_IN)
def change_email() -> ResponseReturnValue:
    """A new address counts once a link sent there was followed; the old one is told at once."""
    try:
        with transaction():
            email = reset.check_new_email(_me(), request.form.get("email", ""), request.form.get("password", ""))
            audit.record(visit(), "email:ask", about=str(_me()))
            account_mails.order(_me(), EMAIL, key=_key(), email=email)
            account_mails.order(_me(), "email_changing", key=_key(), email=actor().email)
    except Invalid as invalid:
        return page(invalid.problems, "email")
    flash(_("새 주소로 확인 링크를 보냈습니다. 30분 안에 그 링크를 누르면 주소가 바뀝니다."), "success")
    return redirect(url_for("account.profile"))


@blueprint.route("/email/<token>", methods=["GET", "POST"])
@requires(Permission.SIGNED_IN)
def confirm_email(token: str) -> ResponseReturnValue:
    """The link in the mail to the new address; a button, because mail programs follow links by themselves."""
    row = reset.find(token, EMAIL)
    problem: Invalid | None = None
    if request.method == "POST":
        try:
            with transaction():
                old = reset.take_email(token, _me())
                audit.record(visit(), "email:change", about=old)
        except Invalid as invalid:
            problem = invalid
        else:
            entering.carry_on(_me())
            flash(_("전자우편 주소를 바꿨습니다. 다음부터 새 주소로 로그인해 주세요."), "success")
            return redirect(url_for("account.profile"))
    page_ = render_template(
        "account/confirm_email.html",
        layout=layout(),
        problems=problem.problems if problem else (),
        email=row.email if row.user_id == _me() else "",
        form=FlaskForm(),
    )
    return make_response(page_, 422 if problem else 200)


@blueprint.post("/factors/<int:factor_id>/remove")
@limiter.limit("10 per minute")
@requires(Permission.SIGNED_IN)
def remove_factor(factor_id: int) -> ResponseReturnValue:
    """Take a factor away, upon the password; other sessions end."""
    try:
        with transaction():
            second_factor.check_password(_me(), request.form.get("password", ""))
            name = second_factor.remove(_me(), factor_id, duty=entering.duty(actor()))
            audit.record(visit(), "factor:remove", about=str(_me()), reason=name)
            account_mails.order(_me(), "factor_removed", key=_key())
    except Invalid as invalid:
        return page(invalid.problems, f"factor{factor_id}")
    entering.carry_on(_me())
    flash(_("'%(name)s' 인증수단을 지웠습니다.", name=name), "success")
    return redirect(url_for("account.profile"))


@blueprint.post("/recovery-codes")
@limiter.limit("10 per minute")
@requires(Permission.SIGNED_IN)
def renew_codes() -> ResponseReturnValue:
    """Ten new recovery codes, upon the password; the old ones are void."""
    try:
        with transaction():
            second_factor.check_password(_me(), request.form.get("password", ""))
            codes = recovery.renew(_me()) if second_factor.factors(_me()) else []
            audit.record(visit(), "factor:codes", about=str(_me()))
    except Invalid as invalid:
        return page(invalid.problems, "codes")
    return render_template("account/codes.html", codes=codes, onward=url_for("account.profile"), form=FlaskForm())


@blueprint.post("/sign-out-everywhere")
@requires(Permission.SIGNED_IN)
def sign_out_everywhere() -> ResponseReturnValue:
    """End every session of this person, the present one included."""
    with transaction():
        second_factor.end_sessions(_me())
        audit.record(visit(), "session:end-all", about=str(_me()))
    session.clear()
    flash(_("모든 기기에서 로그아웃했습니다."), "success")
    return redirect(url_for("public.sign_in"))
