"""Notes, messages and money in a dossier: complete for whoever may read them, absent and said so for everybody else."""

import json
from typing import Any

import pytest
from flask import Flask

from backoffice.access.actors import Actor
from backoffice.accounts.services import grant
from backoffice.core.db import db, transaction
from backoffice.organizations.queries import zone
from tests.browse import Person
from tests.make import MILLION, make_user
from tests.story import Way, days_later
from tests.web.filed import File, Taken
from workflows.roles import Role

NOTE, WITHDRAWN, QUESTION, ANSWER = (
    "신용등급 <b>확인</b>",
    "잘못 쓴 메모",
    "견적서를 보내 주세요.",
    "내일 보내겠습니다.",
)
PARTS = {"내부 메모", "기업과의 대화", "사업비"}


@pytest.fixture
def file(app: Flask) -> File:
    """A settled case about which the office noted, asked, and was answered."""
    with app.app_context():
        story = Way(app.extensions["engine"]).submitted()
        with days_later(11):
            story.screened().reviewed().selected().running(days=180).paid()
        with days_later(11 + 181):
            story.engine.breach()
            story.reported(35 * MILLION).settled()
        reference = story.case().reference
        db.session.remove()
    return File(app, story, reference, story.zone_staff, story.hq_staff)


@pytest.fixture
def written(file: File) -> File:
    officer, company = Person(file.app, file.zone_staff.email), Person(file.app, file.story.applicant.email)
    office, portal = f"/staff/cases/{file.reference}", f"/portal/cases/{file.reference}"
    for text in (NOTE, WITHDRAWN):
        officer.submit(officer.get(office), "/notes", note=text)
    page = officer.get(office)
    officer.submit(page, str(page.tree.xpath("//form[contains(@action, '/withdraw')]/@action")[0]))
    officer.submit(officer.get(office), "/messages", message=QUESTION)
    company.submit(company.get(portal), "/messages", message=ANSWER)
    return file


def said(taken: Taken, part: str) -> Any:
    return json.loads(taken.text(f"{part}/{part}.json"))


def parts(taken: Taken) -> set[str]:
    return {name.partition("/")[0] for name in taken.names} & PARTS


def withheld(taken: Taken) -> dict[str, str]:
    return {line["part"]: line["right"] for line in taken.manifest["withheld"]}


def everything(taken: Taken) -> str:
    return b"".join(taken.archive.read(name) for name in taken.names).decode(errors="ignore")


def test_notes_and_messages_are_there_to_read_and_for_machines(written: File) -> None:
    taken = written.taken_by(written.hq_staff)
    assert parts(taken) == PARTS
    assert withheld(taken) == {}
    notes, messages = said(taken, "내부 메모"), said(taken, "기업과의 대화")
    assert [line.get("text") for line in notes] == [NOTE, None]
    assert [(line["from"], line["organization"], line["text"]) for line in messages] == [
        ("office", None, QUESTION), ("company", "나노메디텍", ANSWER),
    ]  # fmt: skip
    readable = taken.text("내부 메모/내부 메모.html")
    assert "신용등급 &lt;b&gt;확인" in readable
    assert "철회" in readable
    assert QUESTION in taken.text("기업과의 대화/기업과의 대화.html")
    assert "href" not in readable


def test_a_withdrawn_note_leaves_its_trace_and_not_its_text(written: File) -> None:
    taken = written.taken_by(written.hq_staff)
    (gone,) = [line for line in said(taken, "내부 메모") if line["withdrawn_at"]]
    assert set(gone) == {"author", "written_at", "withdrawn_at"}
    assert WITHDRAWN not in everything(taken)


def test_all_the_money_is_there_in_won_and_adds_up(file: File) -> None:
    taken = file.taken_by(file.hq_staff)
    money = said(taken, "사업비")
    assert [row["amount"] for row in money["reservations"]] == [50 * MILLION]
    assert money["agreement"]["project_number"].startswith("GS")
    assert [row["version"] for row in money["agreement_versions"]] == [1]
    assert sum(row["amount"] for row in money["instalments"]) == money["agreement"]["amount"]
    paid = [row for row in money["instalments"] if row["paid_at"]]
    assert sum(row["amount"] for row in paid) == money["agreement"]["disbursed"] == money["settlements"][0]["disbursed"]
    assert [(row["category"], row["amount"]) for row in money["expenditures"]] == [("personnel", 35 * MILLION)]
    assert "order_key" not in json.dumps(money)
    readable = taken.text("사업비/사업비.html")
    for words in ("50,000,000", "인건비", "기획 인력", money["agreement"]["project_number"]):
        assert words in readable


def test_whoever_may_not_see_money_gets_a_dossier_without_it_that_says_so(written: File) -> None:
    taken = written.taken_by(written.zone_staff)
    assert parts(taken) == {"내부 메모", "기업과의 대화"}
    assert withheld(taken) == {"사업비": "funding:read"}
    assert "사업비  needs funding:read" in taken.text("MANIFEST.txt")


def test_a_chair_gets_neither_notes_nor_messages_nor_money(written: File) -> None:
    with written.app.app_context():
        chair = written.story.chair
    taken = written.taken_by(chair)
    assert parts(taken) == set()
    assert withheld(taken) == {"내부 메모": "note:read", "기업과의 대화": "note:read", "사업비": "funding:read"}
    for words in (NOTE, WITHDRAWN, QUESTION, ANSWER):
        assert words not in everything(taken)


def test_what_is_withheld_is_named_whether_or_not_there_is_any(app: Flask) -> None:
    """Otherwise the manifest would tell that there are notes."""
    with app.app_context():
        story = Way(app.extensions["engine"]).submitted()
        stranger = make_user(Role.CHAIR)
        reference, officer = story.case().reference, story.zone_staff
        db.session.remove()
    found = File(app, story, reference, officer, story.hq_staff)
    assert withheld(found.taken_by(officer)) == {"사업비": "funding:read"}
    assert Person(app, stranger.email).client.get(found.address).status_code == 404


def test_a_right_held_in_another_zone_opens_no_money_here(written: File) -> None:
    """The right to see money counts where it was given, on the page and in the dossier."""
    with written.app.app_context():
        double: Actor = make_user(Role.ZONE_STAFF, zone_code="GS-GIMHAE")
        with transaction():
            grant(double.user_id or 0, Role.FINANCE, zone_id=zone("GS-POHANG").id)
        db.session.remove()
    taken = written.taken_by(double)
    assert withheld(taken) == {"사업비": "funding:read"}
    page = Person(written.app, double.email).get(f"/staff/cases/{written.reference}")
    assert not page.tree.xpath("//section[@id='money']")
