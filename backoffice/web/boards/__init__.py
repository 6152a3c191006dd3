"""Dashboards: the figures of today as a report frozen now would print them, each with its chart, table and file."""

from flask import Blueprint

blueprint = Blueprint("boards", __name__, url_prefix="/reports/boards")
