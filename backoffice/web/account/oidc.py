"""Signing in at the organization's own identity provider (OpenID Connect), by configuration (decision 016)."""

import logging

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import FlaskOAuth2App, OAuth
from flask import Flask, abort, current_app, make_response, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from joserfc.errors import JoseError

from backoffice.access.permissions import Permission
from backoffice.accounts import queries as accounts
from backoffice.config import Settings
from backoffice.core.errors import Invalid
from backoffice.extensions import limiter
from backoffice.web.access import requires
from backoffice.web.account import blueprint
from backoffice.web.public.session import SignInForm, own_address, past_the_password

log = logging.getLogger(__name__)

ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"})
"""Signatures made with a private key; a shared secret proves nothing to us."""
NEXT = "oidc_next"
PROBLEMS = (AuthlibBaseError, JoseError, requests.RequestException, ValueError, KeyError, RuntimeError)
"""Whatever a provider, or somebody who plays one, may answer: the sign-in page says so, nothing else happens."""


def register(app: Flask, settings: Settings) -> None:
    """Connect, and tell the sign-in page whether there is a button to show."""
    connect(app, settings)
    app.jinja_env.globals["sign_in_elsewhere"] = lambda: bool(current_app.extensions["oidc"])


def connect(app: Flask, settings: Settings) -> None:
    """Make the provider known, if there is one; its addresses are asked for at the first sign-in."""
    app.extensions["oidc"] = None
    if not settings.oidc_issuer:
        return
    known = OAuth(app)
    app.extensions["oidc"] = known.register(
        "provider",
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        server_metadata_url=f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid email", "code_challenge_method": "S256", "timeout": 10},
    )


def _client() -> FlaskOAuth2App:
    """The provider, with what it says about itself checked. Raises ValueError when it is somebody else."""
    client = current_app.extensions["oidc"]
    if client is None:
        abort(404)
    told = client.load_server_metadata()
    if told.get("issuer") != current_app.extensions["settings"].oidc_issuer:
        raise ValueError(f"the provider calls itself {told.get('issuer')}")
    offered = set(told.get("id_token_signing_alg_values_supported") or ["RS256"])
    client.server_metadata["id_token_signing_alg_values_supported"] = sorted(offered & ALGORITHMS)
    return client


@blueprint.get("/oidc")
@limiter.limit("30 per minute")
@requires(Permission.PUBLIC)
def oidc_start() -> ResponseReturnValue:
    """Send the reader to the provider with a state, a nonce and a PKCE challenge that only this browser can answer."""
    base = current_app.extensions["settings"].base_url.rstrip("/")
    session[NEXT] = own_address(request.args.get("next")) or ""
    try:
        answer: ResponseReturnValue = _client().authorize_redirect(f"{base}{url_for('account.oidc_return')}")
    except PROBLEMS as error:
        return _refused(error)
    return answer


@blueprint.get("/oidc/return")
@limiter.limit("30 per minute")
@requires(Permission.PUBLIC)
def oidc_return() -> ResponseReturnValue:
    """Check what the provider sent, and let the person in whose verified address it names. Nobody is ever created."""
    settings: Settings = current_app.extensions["settings"]
    wanted = {
        "iss": {"essential": True, "value": settings.oidc_issuer},
        "aud": {"essential": True, "value": settings.oidc_client_id},
    }
    try:
        claims = _client().authorize_access_token(claims_options=wanted)["userinfo"]
    except PROBLEMS as error:
        return _refused(error)
    email, verified = claims.get("email"), claims.get("email_verified")
    person = accounts.by_email(email) if isinstance(email, str) and verified is True else None
    if person is None or not person.active:
        return _refused(LookupError("no active person has this verified address"))
    proven = "oidc" if _proven(claims, settings.second_factor_values) else ""
    return past_the_password(person.id, session.pop(NEXT, ""), proven, how="oidc")


def _proven(claims: dict[str, object], accepted: frozenset[str]) -> bool:
    """Whether the provider says it checked a second factor, in one of the words that were agreed upon."""
    methods = claims.get("amr")
    told = {str(method) for method in methods} if isinstance(methods, list) else set()
    return bool((told | {str(claims.get("acr"))}) & accepted)


def _refused(error: Exception) -> ResponseReturnValue:
    log.warning("sign-in at the provider failed: %s: %s", type(error).__name__, error)
    problem = Invalid.field(
        "email",
        "기관 로그인으로 들어올 수 없습니다. 등록된 전자우편 주소인지 담당자에게 확인하거나 비밀번호로 로그인해 주세요.",
        "Sign-in at your organization did not work; have your registered address checked, or sign in with a password.",
    )
    return make_response(render_template("public/sign_in.html", form=SignInForm(), problem=problem), 422)
