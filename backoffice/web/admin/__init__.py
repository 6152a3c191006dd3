"""Pages for administrators: people, jobs, the access log, definitions."""

from flask import Blueprint

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
