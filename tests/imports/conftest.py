"""Two zones, their firms and staff, and a browser for each."""

from dataclasses import dataclass

import pytest
from flask import Flask

from backoffice.access.actors import Actor
from backoffice.core.identifiers import format_business_number
from tests.browse import Person
from tests.make import make_organization, make_user
from workflows.roles import Role


@dataclass
class World:
    app: Flask
    zone_id: int
    nano: int
    bio: int
    nano_number: str
    bio_number: str
    elsewhere: int
    """A firm of another zone."""
    elsewhere_number: str
    other_zone_id: int
    staff: Actor
    hq: Actor
    auditor: Actor
    approver: Actor
    other_staff: Actor
    applicant: Actor

    def person(self, actor: Actor) -> Person:
        return Person(self.app, actor.email)


@pytest.fixture
def world(app: Flask) -> World:
    with app.app_context():
        nano, bio = make_organization("나노메디텍"), make_organization("김해바이오")
        elsewhere = make_organization("포항소재", zone_code="GS-POHANG")
        return World(
            app=app,
            zone_id=nano.zone_id or 0,
            nano=nano.id,
            bio=bio.id,
            nano_number=format_business_number(nano.business_number or ""),
            bio_number=bio.business_number or "",
            elsewhere=elsewhere.id,
            elsewhere_number=elsewhere.business_number or "",
            other_zone_id=elsewhere.zone_id or 0,
            staff=make_user(Role.ZONE_STAFF, zone_code="GS-GIMHAE"),
            hq=make_user(Role.HQ_STAFF),
            auditor=make_user(Role.AUDITOR),
            approver=make_user(Role.APPROVER),
            other_staff=make_user(Role.ZONE_STAFF, zone_code="GS-POHANG"),
            applicant=make_user(Role.APPLICANT, organization=nano),
        )
