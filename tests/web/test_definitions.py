"""Program managers write the next version of a program; a second person puts it in force, for new calls only."""

import pytest
from sqlalchemy import select

from backoffice.core.audit import AccessEvent
from backoffice.core.db import db
from backoffice.programs.models import PublishedWorkflow, WorkflowDraft
from tests.make import make_call
from tests.versions import replaced
from tests.web.desk import Desk
from workflows import catalogue

SHIPPED = catalogue.newest("joint_rbd_planning").source


def test_a_second_person_publishes_and_new_calls_run_under_the_new_version(desk: Desk) -> None:
    with desk.app.app_context():
        before = make_call().code
        db.session.remove()
    address = desk.requested()
    page = desk.approver.submit(desk.approver.get(address), "/publish")
    assert "2판을 발행했습니다" in page.text
    assert desk.newest() == 2
    with desk.app.app_context():
        assert make_call().workflow_version == 2
        db.session.remove()
    assert "1판" in desk.author.get(f"/staff/calls/{before}").text
    row = desk.author.get("/admin/workflows/joint_rbd_planning/2").text
    assert "자격검토" in row
    assert "박승인" in row


@pytest.mark.parametrize("who", ["author", "colleague"])
def test_nobody_publishes_what_they_wrote_whatever_roles_they_hold(desk: Desk, who: str) -> None:
    """The colleague, an administrator too, changed one letter; the author asked for the approval."""
    address = desk.started().address
    text = desk.colleague.get(f"{address}/text")
    desk.colleague.submit(text, "/text", source=replaced(desk.source(), ("ko: 사전검토,", "ko: 자격검토,")))
    desk.author.submit(desk.author.get(address), "/request", note="용어를 맞춥니다.")
    person = getattr(desk, who)
    page = person.get(address)
    assert "다른 담당자가 승인해야 합니다" in page.text
    token = page.tree.xpath("//input[@name='csrf_token']/@value")[0]
    revision = page.tree.xpath("//input[@name='revision']/@value")[0]
    for act in ("publish", "reject"):
        answer = person.post(f"{address}/{act}", {"csrf_token": token, "revision": revision, "reason": "안 됩니다."})
        assert answer.status == 409
        assert "승인할 수 없습니다" in answer.text
    assert (desk.newest(), desk.status()) == (1, "requested")


def test_an_approver_may_not_write(desk: Desk) -> None:
    address = desk.started().address
    page = desk.approver.get(address)
    token = page.tree.xpath("//input[@name='csrf_token']/@value")[0]
    for ending in ("/text", "/edit/states/screening", "/request", "/discard"):
        assert desk.approver.post(f"{address}{ending}", {"csrf_token": token, "revision": "1"}).status == 403
    assert desk.approver.get(f"{address}/edit/states/screening").status == 403


def test_a_rejected_draft_goes_back_to_its_author_with_the_reason(desk: Desk) -> None:
    address = desk.requested()
    assert desk.approver.submit(desk.approver.get(address), "/reject", reason="").status == 422
    desk.approver.submit(desk.approver.get(address), "/reject", reason="기한도 함께 고쳐 주세요.")
    page = desk.author.get(address)
    assert "기한도 함께 고쳐 주세요." in page.text
    assert desk.status() == "open"
    assert page.form("/request") is not None


def test_a_waiting_draft_is_not_changed_until_its_request_is_withdrawn(desk: Desk) -> None:
    address = desk.requested()
    text = desk.author.get(f"{address}/text")
    before = desk.source()
    token = text.tree.xpath("//input[@name='csrf_token']/@value")[0]
    answer = desk.author.post(f"{address}/text", {"csrf_token": token, "revision": "3", "source": before + "\n# x"})
    assert answer.status == 409
    assert desk.source() == before
    desk.author.submit(desk.author.get(address), "/withdraw")
    assert desk.status() == "open"


def test_two_people_publishing_at_once_publish_one_version(desk: Desk) -> None:
    address = desk.requested()
    first, second = desk.approver.get(address), desk.approver.get(address)
    assert desk.approver.submit(first, "/publish").status == 200
    assert desk.approver.submit(second, "/publish").status == 409
    assert desk.count(PublishedWorkflow) == len(catalogue.shipped()) + 1


def test_there_is_one_draft_of_a_program_at_a_time(desk: Desk) -> None:
    page = desk.author.get("/admin/workflows")
    desk.started()
    assert desk.colleague.submit(page, "/joint_rbd_planning/drafts").status in {400, 409}
    listed = desk.colleague.get("/admin/workflows")
    assert "고치는 중인 다음 판 보기" in listed.text
    assert desk.count(WorkflowDraft) == 1


def test_a_discarded_draft_makes_room_for_another(desk: Desk) -> None:
    page = desk.started()
    desk.author.submit(page, "/discard")
    assert desk.started().status == 200
    assert desk.count(WorkflowDraft) == 2


def test_the_difference_names_what_changes_and_which_cases_would_go_where(desk: Desk) -> None:
    address = desk.requested()
    assert "이름 변경, '사전검토' → '자격검토'" in desk.approver.get(f"{address}/difference").text
    desk.approver.submit(desk.approver.get(address), "/publish")
    page = desk.author.get("/admin/workflows/joint_rbd_planning/1/2")
    assert page.status == 200
    assert "진행 중인 건은 0건" in page.text


def test_a_draft_is_tried_out_without_touching_a_case(desk: Desk) -> None:
    address = desk.started().address
    page = desk.author.get(f"{address}/simulate?state=screening&role=hq_staff&closed=panel_ready")
    assert "부적격 처리" in page.text
    assert "충족되지 않았다고 가정했습니다" in page.text
    assert not page.tree.xpath("//section[@id='scenarios']//span[@class='fail']")
    changed = replaced(
        desk.source(), ("    from: screening\n    to: ineligible\n", "    from: screening\n    to: rejected\n")
    )
    desk.author.submit(desk.author.get(f"{address}/text"), "/text", source=changed)
    assert desk.author.get(f"{address}/simulate").tree.xpath("//section[@id='scenarios']//span[@class='fail']")


def test_every_act_is_in_the_access_log(desk: Desk) -> None:
    address = desk.requested()
    desk.approver.submit(desk.approver.get(address), "/publish")
    with desk.app.app_context():
        query = (
            select(AccessEvent.act, AccessEvent.actor_id)
            .where(AccessEvent.act.like("definition:%"))
            .order_by(AccessEvent.id)
        )
        acts = [tuple(row) for row in db.session.execute(query)]
        db.session.remove()
    author, approver = desk.actors["author"].user_id, desk.actors["approver"].user_id
    assert acts == [
        ("definition:start", author), ("definition:edit", author), ("definition:request", author),
        ("definition:publish", approver),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "path", ["states/nowhere", "transitions/999", "forms/reason/0/99", "nothing", "states/a/b/c/d", "stages/-1"]
)
def test_a_piece_that_does_not_exist_is_not_found(desk: Desk, path: str) -> None:
    address = desk.started().address
    assert desk.author.get(f"{address}/edit/{path}").status == 404


@pytest.mark.parametrize("address", ["/admin/workflows/nothing/1", "/admin/workflows/objection/9", "/admin/drafts/99",
                                     "/admin/workflows/objection/2/1", "/admin/workflows/objection/9/text"])  # fmt: skip
def test_a_version_that_does_not_exist_is_not_found(desk: Desk, address: str) -> None:
    assert desk.author.get(address).status == 404


def test_the_published_text_is_downloaded_word_for_word(desk: Desk) -> None:
    answer = desk.author.client.get("/admin/workflows/joint_rbd_planning/1/text")
    assert answer.get_data(as_text=True) == SHIPPED
    assert "attachment" in answer.headers["Content-Disposition"]


def test_another_process_finds_a_version_it_did_not_publish(desk: Desk) -> None:
    engine = desk.app.extensions["engine"]
    address = desk.requested()
    desk.approver.submit(desk.approver.get(address), "/publish")
    engine.definitions.forget()
    with desk.app.app_context():
        assert engine.definitions.get("joint_rbd_planning", 2).workflow.version == 2
        db.session.remove()
