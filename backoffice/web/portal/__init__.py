"""Pages for companies: their applications, forms, receipts, signatures and reports."""

from flask import Blueprint

blueprint = Blueprint("portal", __name__, url_prefix="/portal")
