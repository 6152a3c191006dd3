"""Many projects at once: each like one that really went from its call to its agreement."""

from sqlalchemy import insert, select

from backoffice.cases.models import Case, CaseZone
from backoffice.core.db import db, transaction
from backoffice.funding.models import Agreement

OWN = frozenset({"id", "reference", "draft_reference", "title", "case_id", "project_number"})
"""What no two projects share."""


def more_projects(zone_id: int, number: int, *, year: int) -> None:
    """So many more projects of a program year in a zone, without history of their own."""
    query = select(Case, Agreement).join(Agreement).where(Agreement.concluded_at.is_not(None)).order_by(Case.id)
    known = db.session.execute(query).all()
    with transaction():
        pairs = [known[place % len(known)] for place in range(number)]
        cases = [
            _shared(like) | {"reference": f"X{zone_id}-{place}", "title": f"{like.title} {place}차", "year": year}
            for place, (like, _) in enumerate(pairs)
        ]
        ids = list(db.session.scalars(insert(Case).returning(Case.id, sort_by_parameter_order=True), cases))
        db.session.execute(insert(CaseZone), [{"case_id": one, "zone_id": zone_id, "lead": True} for one in ids])
        agreements = [
            _shared(agreed) | {"case_id": case_id, "project_number": f"GS{year % 100}-{zone_id:02d}-{place:04d}"}
            for place, (case_id, (_, agreed)) in enumerate(zip(ids, pairs, strict=True))
        ]
        db.session.execute(insert(Agreement), agreements)


def _shared(row: Case | Agreement) -> dict[str, object]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns if column.key not in OWN}
