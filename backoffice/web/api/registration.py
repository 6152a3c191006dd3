"""The API attached to the application: known by tokens alone, limited, and described at one public address."""

from flask import Flask, Response, current_app, json
from flask.json.provider import DefaultJSONProvider
from flask_smorest import Api

from backoffice.access.permissions import Permission
from backoffice.core.i18n import language
from backoffice.extensions import csrf, limiter
from backoffice.web.access import requires
from backoffice.web.api import actions, blueprint, calls, cases, me
from backoffice.web.api.description import SPEC, TOKEN
from backoffice.web.api.shapes import ProblemShape

RATE = "600 per minute"
"""What one address of the network may ask for."""

VIEWS = (cases, actions, calls, me)
"""The modules that hold its views."""


class OfficeApi(Api):
    """flask-smorest, without its own error answers: web/errors.py has them."""

    ERROR_SCHEMA = ProblemShape
    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        pass

    def _register_pagination_header(self) -> None:
        """Lists here have a ``next`` instead."""


@blueprint.get("/openapi.json")
@requires(Permission.PUBLIC)
@blueprint.response(200, {"type": "object"}, description="An OpenAPI 3.1 document.")
@blueprint.doc(security=[])
def openapi() -> Response:
    """This description."""
    found: OfficeApi = current_app.extensions["api"]
    return current_app.response_class(json.dumps(found.spec.to_dict()), mimetype="application/json")


def _language(response: Response) -> Response:
    response.headers.setdefault("Content-Language", language())
    return response


blueprint.after_request(_language)
limiter.shared_limit(RATE, scope="api")(blueprint)


def register(app: Flask) -> None:
    """Attach the views with their description. Nobody is known here by a cookie, so nothing can be forged with one."""
    app.config.update(API_TITLE="이음 (Ieum)", API_VERSION="1", OPENAPI_VERSION="3.1.0")
    api = OfficeApi(app, spec_kwargs=SPEC)
    api.spec.components.security_scheme("token", TOKEN)
    api.register_blueprint(blueprint)
    # Its own command would speak unlike our other ones, and the description is served above.
    app.cli.commands.pop("openapi", None)
    csrf.exempt(blueprint)
    app.extensions["api"] = api
    if isinstance(app.json, DefaultJSONProvider):
        app.json.ensure_ascii = False
