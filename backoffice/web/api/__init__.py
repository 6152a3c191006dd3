"""The API, version 1: the same cases, steps and refusals as on the pages, for programs with a token."""

from flask_smorest import Blueprint

from backoffice.web.api.asking import Asking

blueprint = Blueprint("api", __name__, url_prefix="/api/v1", description="Cases, their steps and calls.")
blueprint.ARGUMENTS_PARSER = Asking()
