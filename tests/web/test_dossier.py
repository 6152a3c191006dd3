"""A case to take along: complete, with hashes that hold, and nothing in it that its page does not show."""

import hashlib
import json

import pytest
from flask import Flask
from sqlalchemy import func, select

from backoffice.accounts.models import User
from backoffice.cases.models import Case
from backoffice.cases.queries import attachments, submissions
from backoffice.core.audit import AccessEvent
from backoffice.core.db import db, transaction
from backoffice.engine.chain import COVERED, GENESIS, canonical
from backoffice.notifications.models import Message
from backoffice.organizations.models import Organization
from backoffice.reviews.models import Sheet
from tests.browse import Person
from tests.jobs.desk import run_jobs
from tests.make import PDF, attach_file, make_organization, make_user
from tests.story import Way, days_later
from tests.web.filed import File
from workflows.roles import Role


@pytest.fixture
def file(app: Flask) -> File:
    with app.app_context():
        story = Way(app.extensions["engine"])
        for number in (1, 2):
            attach_file(
                story.case(), "intent_file", story.applicant, name="참여의사확인서.pdf", content=PDF + b"%d" % number
            )
        story.submitted()
        with days_later(11):
            story.screened().reviewed()
        reference = story.case().reference
        db.session.remove()
    return File(app, story, reference, story.zone_staff, story.hq_staff)


def test_every_file_has_the_size_and_hash_of_the_manifest(file: File) -> None:
    taken = file.taken_by(file.zone_staff)
    listed = {line["path"]: line for line in taken.manifest["files"]}
    assert set(listed) == set(taken.names) - {"manifest.json"}
    readable = taken.text("MANIFEST.txt")
    for name, line in listed.items():
        content = taken.archive.read(name)
        assert (len(content), hashlib.sha256(content).hexdigest()) == (line["size"], line["sha256"])
        assert name == "MANIFEST.txt" or f"{line['sha256']}  {line['size']}  {name}" in readable
    assert all(entry.flag_bits & 0x800 for entry in taken.archive.infolist() if not entry.filename.isascii())
    assert taken.manifest["reference"] == file.reference


def test_it_holds_every_submission_word_for_word_and_to_read(file: File) -> None:
    taken = file.taken_by(file.zone_staff)
    with file.app.app_context():
        (row,) = submissions(file.story.case_id)
    content = taken.text("내용.json")
    assert (content, hashlib.sha256(content.encode()).hexdigest()) == (row.content, row.sha256)
    readable = taken.text("내용.html")
    assert "나노입자 바이오센서" in readable
    assert row.receipt in readable
    assert "<script" not in readable
    assert "href" not in readable


def test_it_holds_every_file_that_is_there_now_under_a_name_of_its_own(file: File) -> None:
    taken = file.taken_by(file.zone_staff)
    with file.app.app_context():
        kept = sorted(row.sha256 for row in attachments(file.story.case_id))
    names = [name for name in taken.names if name.startswith("첨부/")]
    assert sorted(hashlib.sha256(taken.archive.read(name)).hexdigest() for name in names) == kept
    assert {name.rpartition("/")[2] for name in names} == {
        "계획서.pdf", "참여의사확인서.pdf", "참여의사확인서 (2).pdf", "참여의사확인서 (3).pdf",
    }  # fmt: skip
    assert len({name.rpartition("/")[0] for name in names}) == 1


def test_no_name_leads_out_of_the_folder(file: File) -> None:
    with file.app.app_context(), transaction():
        rows = attachments(file.story.case_id)
        for row, name in zip(rows, ("../../밖.pdf", "/etc/passwd", "..", "가" * 130), strict=True):
            row.name = name
    names = [name for name in file.taken_by(file.zone_staff).names if name.startswith("첨부/")]
    assert len(set(names)) == 4
    assert all(part not in {"", ".", ".."} and len(part.encode()) <= 220 for name in names for part in name.split("/"))


def test_the_history_can_be_verified_without_the_office(file: File) -> None:
    lines = [json.loads(line) for line in file.taken_by(file.zone_staff).text("이력.jsonl").splitlines()]
    previous = GENESIS
    for line in lines:
        covered = canonical([line[name] for name in COVERED])
        assert line["previous_hash"] == previous
        assert hashlib.sha256(f"{previous}\n{covered}".encode()).hexdigest() == line["hash"]
        previous = line["hash"]
    with file.app.app_context():
        row = db.session.get_one(Case, file.story.case_id)
        assert (len(lines), previous) == (row.revision, row.chain_head)


@pytest.mark.pdf
def test_it_holds_the_receipts_and_the_mails_that_left(file: File) -> None:
    before = file.taken_by(file.zone_staff).manifest
    assert [line["problem"] for line in before["not_included"]] == ["not made yet"]
    run_jobs(file.app)
    taken = file.taken_by(file.zone_staff)
    assert taken.manifest["not_included"] == []
    with file.app.app_context():
        row = submissions(file.story.case_id)[0]
        sent = select(func.count()).select_from(Message)
        number = db.session.scalar(sent.where(Message.case_id == row.case_id, Message.sent_at.is_not(None)))
    (receipt,) = [name for name in taken.names if name.endswith(f"접수증_{row.receipt}.pdf")]
    assert hashlib.sha256(taken.archive.read(receipt)).hexdigest() == row.receipt_file
    letters = [name for name in taken.names if name.startswith("발송문/")]
    assert len(letters) == number
    assert number
    assert file.story.applicant.email not in taken.archive.read(letters[0]).decode()


def test_a_missing_and_a_damaged_file_are_named_and_the_rest_is_there(file: File) -> None:
    with file.app.app_context():
        gone, broken = (row.sha256 for row in attachments(file.story.case_id)[-2:])
    kept = {sha256: file.stored(sha256).read_bytes() for sha256 in (gone, broken)}
    try:
        file.stored(gone).unlink()
        file.stored(broken).write_bytes(b"something else")
        taken = file.taken_by(file.zone_staff)
    finally:
        for sha256, content in kept.items():
            file.stored(sha256).write_bytes(content)
    problems = {line["sha256"]: line["problem"] for line in taken.manifest["not_included"] if line["sha256"] != "-"}
    assert problems == {gone: "missing", broken: "damaged"}
    assert len([name for name in taken.names if name.startswith("첨부/")]) == 2
    assert f"{gone}  " in taken.text("MANIFEST.txt")


def test_sealed_scores_and_declared_conflicts_stay_out_as_on_the_page(file: File) -> None:
    with file.app.app_context(), transaction():
        sheet = db.session.scalars(select(Sheet).order_by(Sheet.id)).first()
        assert sheet is not None
        sheet.conflict, sheet.conflict_reason, sheet.comment = "declared", "처남의 회사입니다", "비밀 의견입니다"
    for_zone, for_headquarters = file.taken_by(file.zone_staff), file.taken_by(file.hq_staff)
    sealed, opened = for_zone.text("평가.json"), for_headquarters.text("평가.json")
    assert "비밀 의견입니다" in opened
    assert "비밀 의견입니다" in Person(file.app, file.hq_staff.email).get(f"/staff/cases/{file.reference}").text
    everything = b"".join(for_zone.archive.read(name) for name in for_zone.names).decode(errors="ignore")
    assert "비밀 의견입니다" not in everything
    assert "total" not in sealed
    assert "처남의 회사입니다" not in everything + opened
    assert "declared" not in sealed + opened


def test_a_sheet_that_is_not_sealed_is_sealed_for_headquarters_too(app: Flask) -> None:
    with app.app_context():
        story = Way(app.extensions["engine"]).submitted()
        with days_later(11):
            story.screened()
        with transaction():
            for sheet in db.session.scalars(select(Sheet)):
                sheet.comment, sheet.total = "아직 쓰는 의견", 77
        reference, person = story.case().reference, story.hq_staff
        db.session.remove()
    taken = File(app, story, reference, story.zone_staff, person).taken_by(person)
    assert "아직 쓰는 의견" not in taken.text("평가.json")
    assert "77" not in taken.text("평가.json")


def test_it_exists_only_for_those_who_see_the_case_in_the_office(file: File) -> None:
    with file.app.app_context():
        other_zone = make_user(Role.ZONE_STAFF, zone_code="GS-POHANG")
        company = make_user(Role.APPLICANT, organization=make_organization("다른기업"))
        reviewer = db.session.scalar(select(Sheet.reviewer_id))
        own_reviewer = db.session.get_one(User, reviewer).email
        ministry = make_user(Role.MINISTRY)
    expected = {
        other_zone.email: 404, company.email: 403, file.story.applicant.email: 403, own_reviewer: 403, ministry.email: 200,
    }  # fmt: skip
    for email, status in expected.items():
        assert Person(file.app, email).client.get(file.address).status_code == status, email
    assert file.app.test_client().get(file.address).status_code == 302


def test_a_person_of_the_company_who_works_elsewhere_too_gets_no_dossier(file: File) -> None:
    with file.app.app_context():
        lead = db.session.scalar(select(Organization).where(Organization.name_ko == "나노메디텍"))
        double = make_user(Role.APPLICANT, Role.OPERATOR, organization=lead)
    assert Person(file.app, double.email).client.get(file.address).status_code == 404


def test_taking_a_dossier_is_recorded_with_whose_data_it_holds(file: File) -> None:
    file.taken_by(file.hq_staff)
    with file.app.app_context():
        (event,) = db.session.scalars(select(AccessEvent).where(AccessEvent.act == "case:dossier"))
        assert (event.actor_id, event.about, event.case_id) == (
            file.hq_staff.user_id, "나노메디텍", file.story.case_id,
        )  # fmt: skip


def test_the_case_page_leads_to_it(file: File) -> None:
    page = Person(file.app, file.zone_staff.email).get(f"/staff/cases/{file.reference}")
    assert file.address in page.tree.xpath("//a/@href")
