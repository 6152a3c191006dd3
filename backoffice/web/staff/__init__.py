"""Pages for the foundation: the queue, cases, calls, organizations."""

from flask import Blueprint

blueprint = Blueprint("staff", __name__, url_prefix="/staff")
