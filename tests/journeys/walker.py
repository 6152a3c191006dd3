"""People at browsers who walk one case of any definition: they open it, fill its forms and take its steps by the pages."""

import re
from copy import copy
from datetime import timedelta
from typing import Any

from flask import Flask

from backoffice.access.actors import SYSTEM, Actor
from backoffice.cases.models import Case
from backoffice.cases.queries import case
from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.core.identifiers import format_business_number
from backoffice.engine.perform import Engine
from backoffice.funding.services import set_budget
from backoffice.organizations.models import Organization
from backoffice.programs.services import NewCall, create_call, publish_call
from backoffice.reviews.services import compose_panel
from tests.browse import Page, Person
from tests.make import CRITERIA, MILLION, make_organization, make_user
from tests.plausible import typed
from workflows.definition import Workflow
from workflows.roles import COMPANY_SIDE, Role

ZONE = "GS-GIMHAE"


class Walk:
    """One case and everybody around it. Each method goes through the pages."""

    def __init__(self, app: Flask, workflow: str) -> None:
        self.app, self.workflow, self.reference = app, workflow, ""
        self.people: dict[str, Person] = {}
        self.emails: dict[str, str] = {}
        with app.app_context():
            self._cast()

    def _cast(self) -> None:
        lead = make_organization("나노메디텍")
        supplier = make_organization("한국시험연구소", kind="institute")
        self.lead_id = lead.id
        self.numbers = {
            name: format_business_number(one.business_number or "") for name, one in (("lead", lead), ("supplier", supplier))
        }  # fmt: skip
        self._meet("applicant", make_user(Role.APPLICANT, organization=lead))
        self._meet("supplier", make_user(Role.SUPPLIER, organization=supplier))
        self._meet("zone_staff", make_user(Role.ZONE_STAFF, zone_code=ZONE))
        self._meet("other_zone_staff", make_user(Role.ZONE_STAFF, zone_code=ZONE))
        for role in (Role.HQ_STAFF, Role.APPROVER, Role.FINANCE, Role.BROKER, Role.OPERATOR):
            self._meet(role, make_user(role))
            self._meet(f"other_{role}", make_user(role))
        self.panel = [make_user(Role.REVIEWER) for _ in range(3)]
        chair = make_user(Role.CHAIR)
        self.chair_id = chair.user_id or 0
        self._meet("chair", chair)
        for number, reviewer in enumerate(self.panel):
            self._meet(f"reviewer{number}", reviewer)

    def _meet(self, name: str, actor: Actor) -> None:
        self.emails[name] = actor.email

    def at(self, name: str) -> Person:
        """A person's browser, signed in when first needed."""
        if name not in self.people:
            self.people[name] = Person(self.app, self.emails[name])
        return self.people[name]

    def again(self, workflow: str) -> "Walk":
        """The same people around another case."""
        other = copy(self)
        other.workflow, other.reference = workflow, ""
        return other

    def beside(self, other: "Walk") -> "Walk":
        """Another company before the same office and panel."""
        own = {"applicant", "supplier"}
        self.emails |= {name: email for name, email in other.emails.items() if name not in own}
        self.panel, self.chair_id = other.panel, other.chair_id
        return self

    # ---- beginnings

    def call(self, *, places: int = 0, budget: int = 500 * MILLION) -> str:
        """A published call of this program, closing in ten days."""
        with self.app.app_context():
            now = clock.now()
            with transaction():
                row = create_call(
                    NewCall(
                        self.workflow, clock.today().year, "지원 공고", "Call", now - timedelta(days=1),
                        now + timedelta(days=10), 100 * MILLION, presentation=False, expected_awards=places,
                        criteria=CRITERIA,
                    ),
                    None,
                )  # fmt: skip
                publish_call(row)
                set_budget(row.id, budget)
                compose_panel(row, self.chair_id, [one.user_id or 0 for one in self.panel])
                code = row.code
        return code

    def apply(self, code: str) -> "Walk":
        """The company starts a draft from the page of the call."""
        person = self.at("applicant")
        self.reference = person.submit(person.get(f"/calls/{code}"), "/start").address.rpartition("/")[2]
        return self

    def opened_by(self, name: str, **wanted: Any) -> "Walk":
        """Somebody at the foundation starts the case from the list of what may be started."""
        person = self.at(name)
        assert f"/staff/openings/{self.workflow}" in person.get("/staff/openings").response.get_data(as_text=True)
        page = person.get(f"/staff/openings/{self.workflow}")
        page = person.submit(page, "", **{"title": "바이오 협력 사업", "zone": self.zone_id(), **wanted})
        assert "만들었습니다" in page.text, page.text[:800]
        self.reference = page.address.rpartition("/")[2]
        return self

    def zone_id(self) -> str:
        with self.app.app_context():
            return str(db.session.get_one(Organization, self.lead_id).zone_id)

    # ---- the way

    def fill(self, name: str, form: str, **wanted: Any) -> "Walk":
        """Fill a form: section by section in the portal, on one page at the foundation."""
        person, charter = self.at(name), self.definition().forms[form]
        if name in COMPANY_SIDE:
            for section in charter.sections:
                own = {
                    key: value
                    for key, value in wanted.items()
                    if key.partition("-")[0] in {f.name for f in section.fields}
                }
                address = f"/portal/cases/{self.reference}/forms/{form}/{section.code}"
                page = person.submit(person.get(address), "", button=("go", "next"), **_section(charter, section, own))
                assert page.status == 200, page.text[:1200]
            return self
        page = person.submit(person.get(f"/staff/cases/{self.reference}/forms/{form}"), "", **typed(charter, **wanted))
        assert "저장했습니다" in page.text, page.text[:1200]
        return self

    def do(self, name: str, action: str, **wanted: Any) -> "Walk":
        """Take a step on its own page; what it asks for is made up unless given."""
        page = self.tried(name, action, **wanted)
        assert "처리했습니다" in page.text, page.text[:1500]
        found = re.search(r"/cases/([^/?]+)", page.address)
        self.reference = found[1] if found else self.reference
        return self

    def tried(self, name: str, action: str, **wanted: Any) -> Page:
        """What comes back when somebody tries to take a step."""
        person = self.at(name)
        page = person.get(f"/cases/{self.reference}/actions/{action}")
        assert page.status == 200, (action, page.status, page.text[:400])
        asked = next(step.input for step in self.definition().transitions if step.action == action)
        fields = typed(self.definition().forms[asked], **wanted) if asked is not None else {}
        return person.submit(page, "", **fields)

    def sign(self, *names: str) -> "Walk":
        """Each organization signs on its own page."""
        for name in names:
            person = self.at(name)
            page = person.get(f"/portal/cases/{self.reference}")
            form = next(form for form in page.forms() if "/signatures/" in (form.get("action") or ""))
            person.submit(page, form.get("action"))
        return self

    def score(self) -> "Walk":
        """Every assigned reviewer declares, scores and seals."""
        for number in range(len(self.panel)):
            reviewer = self.at(f"reviewer{number}")
            page = reviewer.get(f"/reviewer/cases/{self.reference}")
            page = reviewer.submit(page, "/conflict", button=("conflict", "no"))
            points = {"creativity": "25", "capability": "25", "impact": "35"}
            page = reviewer.submit(
                page, "/sheet", button=("go", "seal"), comment="구체적이며 협력이 분명합니다.", **points
            )
            assert "제출했습니다" in page.text, page.text[:600]
        return self

    def link(self, name: str, link: str) -> "Walk":
        """Open a linked case from the case's page; the walk goes on in it."""
        person = self.at(name)
        room = "portal" if name in COMPANY_SIDE else "staff"
        page = person.submit(person.get(f"/{room}/cases/{self.reference}"), f"/links/{link}")
        self.reference = page.address.rpartition("/")[2]
        self.workflow = self.row().workflow
        return self

    def back(self) -> "Walk":
        """From a linked case to the case it hangs on."""
        self.reference = self.reference.rpartition("-")[0]
        self.workflow = self.row().workflow
        return self

    def breach(self) -> int:
        """The system takes the steps whose time has come."""
        with self.app.app_context():
            engine: Engine = self.app.extensions["engine"]
            return engine.breach()

    # ---- what is seen

    def row(self) -> Case:
        with self.app.app_context():
            found = case(self.reference, SYSTEM)
            db.session.expunge(found)
            return found

    def definition(self) -> Workflow:
        row = self.row()
        with self.app.app_context():
            engine: Engine = self.app.extensions["engine"]
            return engine.definitions.get(row.workflow, row.workflow_version).workflow

    def tags(self) -> set[str]:
        return set(self.definition().state(self.row().state).tags)

    def state(self) -> str:
        """The Korean label of where the case rests."""
        return self.definition().state(self.row().state).label.ko


def _section(charter: Any, section: Any, wanted: dict[str, Any]) -> dict[str, Any]:
    part = charter.model_copy(update={"sections": (section,)})
    return typed(part, **wanted)
