"""Who lives in the demo: organizations with valid numbers, the foundation's people, and the accounts they sign in with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from backoffice.access.actors import Actor
from backoffice.accounts import queries as accounts
from backoffice.accounts.models import User
from backoffice.accounts.passwords import hash_password
from backoffice.accounts.services import grant
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.core.identifiers import is_business_number
from backoffice.demo import sources
from backoffice.demo.sources import Firm
from backoffice.organizations.queries import zone_ids
from backoffice.organizations.services import NewOrganization, register
from workflows.roles import Role

PASSWORD = "ieum-demo"  # noqa: S105  # printed for everybody: demo accounts exist on loopback only
DOMAIN = "demo.example"
COMPANY = "company"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One line of the list that is printed: the address, whose it is, and where the role holds."""

    email: str
    name: str
    role: Role
    place: str


@dataclass(frozen=True, slots=True)
class House:
    """An organization as the stories need it."""

    id: int
    business_number: str
    firm: Firm


@dataclass(frozen=True, slots=True)
class Society:
    """Everybody the stories can call upon."""

    zones: Mapping[str, int]
    houses: Mapping[str, House]
    actors: Mapping[str, Actor]
    """By seat."""


def seat_of(firm: Firm) -> str:
    """The seat of an organization's own person: companies apply, institutions take part."""
    return f"{Role.APPLICANT if firm.kind == COMPANY else Role.PARTNER}.{firm.slug}"


def email_of(seat: str) -> str:
    return f"{seat}@{DOMAIN}"


def demo_accounts() -> list[DemoAccount]:
    """The accounts worth trying, the foundation's people first; the password of all is PASSWORD."""
    staff = [DemoAccount(email_of(seat), one.name, one.role, one.note) for seat, one in sources.people().items()]
    firms = [
        DemoAccount(email_of(seat_of(firm)), firm.contact, Role(seat_of(firm).partition(".")[0]), firm.name_ko)
        for firm in sources.firms().values()
        if firm.shown
    ]
    return staff + firms


def settle() -> Society:
    """Insert organizations and people. Call inside a transaction."""
    zones = zone_ids({firm.zone for firm in sources.firms().values()})
    houses = {
        firm.slug: _house(firm, zones[firm.zone], place) for place, firm in enumerate(sources.firms().values(), start=1)
    }
    seats = _people(zones, houses)
    actors = accounts.actors(seats.values())
    return Society(zones, houses, {seat: actors[user_id] for seat, user_id in seats.items()})


def _house(firm: Firm, zone_id: int, place: int) -> House:
    number = business_number(firm, place)
    row = register(
        NewOrganization(
            kind=firm.kind,
            name_ko=firm.name_ko,
            name_en=firm.name_en,
            business_number=number,
            zone_id=zone_id,
            size=firm.size,
            representative=firm.representative,
            address=_address(firm, place),
            founded_on=date.fromisoformat(firm.founded_on),
            industry_code=firm.industry,
        )
    )
    row.verified_at = clock.now()
    return House(row.id, number, firm)


def business_number(firm: Firm, place: int) -> str:
    """A number nobody has looked up: valid check digit, 81 or 86 for companies, 82 for institutions."""
    middle = "82" if firm.kind != COMPANY else ("81" if place % 3 else "86")
    head = f"{120 + place * 7:03d}{middle}{(place * 1373) % 9000 + 700:04d}"
    return next(head + last for last in "0123456789" if is_business_number(head + last))


def _address(firm: Firm, place: int) -> str:
    street = sources.figures()["addresses"][firm.zone]
    return f"{street} {10 + place * 3}"


def _people(zones: Mapping[str, int], houses: Mapping[str, House]) -> dict[str, int]:
    """Seat -> user id of everybody."""
    # One hash for all: they share one public password, and a hash of its own costs each of them a tenth of a second.
    secret = hash_password(PASSWORD)
    by_place = {code.partition("-")[2].lower(): zone_id for code, zone_id in zones.items()}
    seats: dict[str, int] = {}
    for seat, one in sources.people().items():
        place = seat.partition(".")[2]
        works_at = houses[one.organization].id if one.organization else None
        seats[seat] = _person(seat, one.name, secret, phone=one.phone, organization_id=works_at)
        grant(seats[seat], one.role, zone_id=by_place.get(place))
    for house in houses.values():
        seat = seat_of(house.firm)
        seats[seat] = _person(seat, house.firm.contact, secret, phone="", organization_id=house.id)
        grant(seats[seat], Role(seat.partition(".")[0]), organization_id=house.id)
        if house.firm.kind != COMPANY:
            grant(seats[seat], Role.SUPPLIER, organization_id=house.id)
    return seats


def _person(seat: str, name: str, secret: str, *, phone: str, organization_id: int | None) -> int:
    row = User(email=email_of(seat), name=name, phone=phone, password_hash=secret, organization_id=organization_id)
    db.session.add(row)
    db.session.flush()
    return row.id
