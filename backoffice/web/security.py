"""Headers every answer carries, and the limits every request meets."""

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from werkzeug.middleware.proxy_fix import ProxyFix

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
MAX_REQUEST = 220 * 1024 * 1024
MAX_FORM = 8 * 1024 * 1024
MAX_PARTS = 4_000


class Sessions(SecureCookieSessionInterface):
    """Sessions in signed cookies, renewed by pages only.

    A bundled file asked for a moment earlier would otherwise bring the cookie as it was before the page wrote into it,
    and what the page remembered (a challenge, the token of its forms) would be gone. Nor does such a file depend on the
    cookie: said to vary with it, a browser would ask for it again after every page.
    """

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if request.endpoint != "static" or session.modified:
            super().save_session(app, session, response)


def _headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _close_uploads(_error: BaseException | None) -> None:
    """Large uploads lie in temporary files; they go with the request."""
    request.close()


def register(app: Flask, *, https: bool, proxies: int) -> None:
    """Set cookies, limits and headers; behind ``proxies`` of ours believe the address they pass on."""
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]  # Flask's way
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_NAME="ieum",
        PERMANENT_SESSION_LIFETIME=8 * 3600,
        MAX_CONTENT_LENGTH=MAX_REQUEST,
        MAX_FORM_MEMORY_SIZE=MAX_FORM,
        MAX_FORM_PARTS=MAX_PARTS,
        WTF_CSRF_TIME_LIMIT=12 * 3600,
    )
    app.session_interface = Sessions()
    app.after_request(_headers)
    app.teardown_request(_close_uploads)
    if https:
        app.after_request(_strict_transport)


def _strict_transport(response: Response) -> Response:
    response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
