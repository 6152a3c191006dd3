"""Pages about one's own account: the second step of signing in, factors, password, address, profile."""

from flask import Blueprint

blueprint = Blueprint("account", __name__, url_prefix="/account")
