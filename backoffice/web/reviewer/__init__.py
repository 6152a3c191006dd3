"""Pages for reviewers: their files, the conflict declaration first, then the score sheet beside the file."""

from flask import Blueprint

blueprint = Blueprint("reviewer", __name__, url_prefix="/reviewer")
