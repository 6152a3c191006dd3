"""The ground a demo stands on: recognising one that is complete or half built, and clearing it away."""

from enum import Enum

from sqlalchemy import func, select, text, update

from backoffice.accounts.models import User
from backoffice.cases.models import Case, Counter
from backoffice.core import clock, marks, outbox
from backoffice.core.db import Base, db, transaction
from backoffice.core.errors import Refused
from backoffice.core.outbox import Job
from backoffice.demo.moments import World
from backoffice.organizations.services import load_shipped
from backoffice.programs.layouts import lay_out_published
from backoffice.programs.models import PublishedWorkflow
from backoffice.programs.services import publish_shipped

BUILDING, COMPLETE = "demo:building", "demo:"
"""Names of counters: the first while a demo is being built, the second, followed by its digest, once it stands."""


class Ground(Enum):
    """What a database holds before a build."""

    EMPTY = "nothing yet"
    COMPLETE = "this demo"
    REMAINS = "another or a half-built demo"
    FOREIGN = "somebody's own data"


def survey(digest: str) -> Ground:
    """What stands here now."""
    marks = set(db.session.scalars(select(Counter.name).where(Counter.name.startswith(COMPLETE))))
    if f"{COMPLETE}{digest}" in marks and BUILDING not in marks:
        return Ground.COMPLETE
    if marks:
        return Ground.REMAINS
    owned = db.session.scalar(select(func.count()).select_from(User)) or 0
    owned += db.session.scalar(select(func.count()).select_from(Case)) or 0
    return Ground.FOREIGN if owned else Ground.EMPTY


def refuse_foreign() -> Refused:
    """Nobody's own data is ever mixed with a demo, let alone cleared away."""
    return Refused.because(
        "not_a_demo",
        "이 데이터베이스에는 시연 자료가 아닌 사용자나 건이 있습니다. 빈 데이터베이스를 지정해 주세요.",
        "This database holds people or cases that are no demo; name an empty database.",
    )


def refuse_outside_demo() -> Refused:
    """Demo accounts share a public password."""
    return Refused.because(
        "demo_only",
        "시연 자료는 BACKOFFICE_DEMO=true일 때만 만들 수 있습니다.",
        "Demo data is only made with BACKOFFICE_DEMO=true: its accounts have a public password.",
    )


def clear() -> None:
    """Empty every table and load what ships with the product. Only for a database that carries a demo's mark."""
    tables = Base.metadata.sorted_tables
    with transaction():
        if db.session.get_bind().dialect.name == "postgresql":
            names = ", ".join(f'"{table.name}"' for table in tables)
            db.session.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
        else:
            for table in reversed(tables):
                db.session.execute(table.delete())


def begin() -> None:
    """Load what ships with the product, as if it had been there from the first day, and mark that a demo is being built."""
    with transaction():
        load_shipped()
        publish_shipped()
        db.session.execute(update(PublishedWorkflow).values(published_at=clock.now()))
        db.session.add(Counter(name=BUILDING, value=1))
        marks.renew([marks.OFFICE])
    lay_out_published()


def finish(digest: str, world: World) -> None:
    """Settle the jobs of the past, so that a worker sends no old mail, and mark the demo as complete."""
    with transaction():
        db.session.execute(
            update(Job)
            .where(Job.status == outbox.WAITING, Job.created_at <= world.last)
            .values(status=outbox.DONE, finished_at=Job.created_at)
        )
        mark = db.session.get_one(Counter, BUILDING)
        db.session.delete(mark)
        db.session.add(Counter(name=f"{COMPLETE}{digest}", value=1))
