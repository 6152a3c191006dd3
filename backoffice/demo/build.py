"""``reset``: a demo a program officer believes, built by performing every step through the engine.

The build day is the only input. Everything else follows from it and from fixed seeds, so two builds on one day are the
same; on another day the same stories are told, with dates that keep their distance from that day.
"""

from datetime import date, datetime, timedelta

from flask import Flask

from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.demo import ground, sources
from backoffice.demo.casting import cast_all
from backoffice.demo.figures import enter
from backoffice.demo.ground import Ground
from backoffice.demo.issues import issue
from backoffice.demo.moments import World
from backoffice.demo.openings import announce, opening_day
from backoffice.demo.play import play
from backoffice.demo.society import DemoAccount, demo_accounts, settle
from backoffice.demo.stage import Stage
from backoffice.demo.visits import log_visits

FOUNDED = timedelta(days=40)
"""How long before the first call people and organizations were registered."""


def reset(app: Flask) -> None:
    """Fill a database of the present schema with the demo; a complete one is left as it is.

    Remains of a demo (a build that was killed, or an older edition) are cleared away first. Raises Refused outside of
    demo mode, and for a database that holds somebody's own data.
    """
    if not app.extensions["settings"].demo:
        raise ground.refuse_outside_demo()
    with app.app_context():
        digest = sources.digest()
        found = ground.survey(digest)
        if found is Ground.FOREIGN:
            raise ground.refuse_foreign()
        if found is not Ground.COMPLETE:
            if found is Ground.REMAINS:
                ground.clear()
            _build(app, World(clock.today()), digest)
        db.session.remove()


def accounts() -> list[DemoAccount]:
    """The demo accounts worth trying, for printing. All accounts have the same password (``society.PASSWORD``)."""
    return demo_accounts()


def _build(app: Flask, world: World, digest: str) -> None:
    first = min(opening_day(plan, world) for plan in sources.calls().calls)
    with clock.travelling(_morning(first - FOUNDED)):
        ground.begin()
        with transaction():
            society = settle()
    announced = announce(society, world)
    stage = Stage(app.extensions["engine"], app.extensions["files"], society, world)
    play(stage, cast_all(society, announced))
    enter(society, world)
    issue(society, world)
    log_visits(world)
    ground.finish(digest, world)


def _morning(day: date) -> datetime:
    return clock.seoul(day.year, day.month, day.day, 9)
