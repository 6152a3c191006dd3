"""Pages anybody may see: open calls, signing in, verifying a receipt."""

from flask import Blueprint

blueprint = Blueprint("public", __name__)
