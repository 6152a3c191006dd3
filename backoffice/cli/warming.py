"""What a process has ready before its first request, and what it makes ready once nobody waits."""

import gc
import time
from typing import Protocol

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from backoffice.cases.queries import versions_in_use
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.organizations import queries as organizations
from backoffice.programs.queries import newest_versions
from backoffice.reports.gathering import read_ahead

PAPERS = ("reports/", "emails/")
"""Templates of jobs, which have environments of their own."""
QUIET, LOOK = 5.0, 0.05
"""Seconds without a request after which nobody waits, and between two looks."""


class Tasks(Protocol):
    """The requests of a server: those at work, and those that wait for a thread."""

    active_count: int
    queue: object


def warm(app: Flask) -> None:
    """Compile templates and the definitions in use: otherwise the first requests of a crowd would, all at once.

    What is there then stays for the life of the process, so the garbage collector need not walk it again and again:
    a full round over it holds everybody up for a fifth of a second.
    """
    for name in app.jinja_env.list_templates(extensions=["html"]):
        if not name.startswith(PAPERS):
            app.jinja_env.get_template(name)
    with app.app_context():
        try:
            definitions = app.extensions["engine"].definitions
            for name, version in {*newest_versions().items(), *versions_in_use()}:
                definitions.get(name, version)
        except (SQLAlchemyError, LookupError) as error:
            app.logger.warning("definitions were not read ahead: %s", error)
        finally:
            db.session.remove()
    gc.collect()
    gc.freeze()


def read_figures(app: Flask, tasks: Tasks) -> None:
    """Figures of last year's boards: in a large archive that takes its time, so each waits until nobody else does."""
    with app.app_context():
        try:
            year, places = clock.today().year - 1, [zone.id for zone in organizations.zones()]
            for place in (*places, None):
                db.session.remove()
                wait_for_quiet(tasks)
                read_ahead(year, place)
        except SQLAlchemyError as error:
            app.logger.warning("figures were not read ahead: %s", error)
        finally:
            db.session.remove()


def wait_for_quiet(tasks: Tasks) -> None:
    """Until no request was seen for some seconds."""
    since = time.monotonic()
    while time.monotonic() - since < QUIET:
        time.sleep(LOOK)
        if tasks.active_count or tasks.queue:
            since = time.monotonic()
