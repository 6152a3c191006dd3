"""Cases stay on the version in force when their call was published; a migration moves them, and proves that it did."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from backoffice.analytics.conformance import replay
from backoffice.cases.models import Case
from backoffice.cases.services import start_draft
from backoffice.cases.versions import Survey, migrate, survey, with_deadlines
from backoffice.core.db import db, transaction
from backoffice.engine.chain import verify
from backoffice.engine.perform import Engine
from backoffice.engine.spine import History, Task
from backoffice.engine.timeline import public_timeline, timeline
from backoffice.organizations.models import Organization
from backoffice.programs import queries as programs
from backoffice.programs.models import Call
from backoffice.programs.services import publish_call, publish_workflow
from backoffice.reports.charter import AWARDED, Charter
from tests.cli.terminal import run
from tests.make import make_call, make_organization, make_user
from tests.story import Way, days_later
from tests.versions import PLANNING, RENAMED, loaded, next_version
from workflows.migration import Plan, plan
from workflows.roles import Role

COMPANY = frozenset({Role.APPLICANT})


def publish(text: str) -> None:
    with transaction():
        publish_workflow(loaded(text), None)


def planned(office: Engine, given: dict[str, str] | None = None) -> Plan:
    old, new = (office.definitions.get(PLANNING, version).workflow for version in (1, 2))
    return plan(old, new, given)


def surveyed(office: Engine, chosen: Plan) -> Survey:
    return with_deadlines(office, survey(chosen))


def draft(office: Engine, call: Call) -> int:
    """The version a new draft of this call runs under."""
    company = make_organization()
    person = make_user(Role.APPLICANT, organization=company)
    with transaction():
        row = start_draft(
            office, db.session.get_one(Call, call.id), db.session.get_one(Organization, company.id), person, key="new"
        )
        return row.workflow_version


def test_a_draft_of_a_published_call_stays_on_its_version(office: Engine) -> None:
    call = make_call()
    publish(next_version())
    assert draft(office, call) == 1


def test_a_call_published_afterwards_runs_under_the_new_version(office: Engine) -> None:
    publish(next_version())
    assert draft(office, make_call()) == 2


def test_a_call_prepared_before_but_published_after_takes_the_version_in_force(office: Engine) -> None:
    call = make_call()
    with transaction():
        row = programs.call(call.code)
        row.published_at = None
        publish_workflow(loaded(next_version()), None)
        publish_call(row)
        publish_call(row)
    assert db.session.get_one(Call, call.id).workflow_version == 2
    publish(next_version(version=3))
    with transaction():
        publish_call(programs.call(call.code))
    assert db.session.get_one(Call, call.id).workflow_version == 2


def test_a_case_moves_with_one_history_row_and_goes_on_under_the_new_version(office: Engine) -> None:
    story = Way(office).submitted()
    with days_later(11):
        story.do("start_screening", story.zone_staff)
    before = story.case()
    revision, since, due = before.revision, before.state_since, before.due_at
    publish(next_version(*RENAMED))
    found = surveyed(office, planned(office, {"screening": "eligibility"}))
    assert found.counts() == {("screening", "eligibility"): 1}
    assert migrate(office, found, reason="개정") == 1
    row = story.case()
    assert (row.workflow_version, row.state, row.revision) == (2, "eligibility", revision + 1)
    assert (row.state_since, row.due_at) == (since, due)
    assert verify(db.session()) == (1, [])
    with days_later(12):
        story.fill("screening_checklist", story.hq_staff, dict.fromkeys(CHECKS, True))
        story.do("pass_screening", story.hq_staff)
    assert story.case().state == "doc_review"
    assert verify(db.session()) == (1, [])


CHECKS = ("not_barred", "not_duplicate", "no_arrears", "project_cap", "documents_valid")


def test_a_second_run_changes_nothing(office: Engine) -> None:
    story = Way(office).submitted()
    publish(next_version())
    found = surveyed(office, planned(office))
    assert migrate(office, found) == 1
    rows = db.session.scalars(select(History.hash)).all()
    assert migrate(office, found) == 0
    assert surveyed(office, planned(office)).journeys == ()
    assert db.session.scalars(select(History.hash)).all() == rows
    assert story.case().workflow_version == 2


def test_a_case_that_moved_on_meanwhile_goes_from_where_it_is(office: Engine) -> None:
    story = Way(office).submitted()
    publish(next_version(*RENAMED))
    found = surveyed(office, planned(office))
    with days_later(11):
        story.do("start_screening", story.zone_staff)
        assert migrate(office, found) == 0
    assert (story.case().workflow_version, story.case().state) == (1, "screening")


def test_the_timeline_reads_each_row_in_the_words_of_its_version(office: Engine) -> None:
    story = Way(office).submitted()
    with days_later(11):
        story.do("start_screening", story.zone_staff)
    publish(
        next_version(
            *RENAMED,
            ("label: {ko: 신청서 제출, en", "label: {ko: 신청, en"),
            ("{ko: 사전검토, en", "{ko: 자격검토, en"),
        )
    )
    migrate(office, surveyed(office, planned(office, {"screening": "eligibility"})))
    entries = timeline(office, office.subject(story.case_id))
    assert [(entry.label.ko, entry.target.ko) for entry in entries] == [
        ("업무 흐름 1판에서 2판으로 옮김", "자격검토"),
        ("사전검토 착수", "사전검토"),
        ("신청서 제출", "접수완료"),
        ("작성을 시작했습니다", "작성중"),
    ]
    told = [entry.label.ko for entry in public_timeline(office, office.subject(story.case_id), COMPANY)]
    assert told == ["자격 검토를 시작했습니다", "신청서를 제출했습니다", "작성을 시작했습니다"]


def test_a_deadline_that_reads_otherwise_is_counted_again_from_the_day_the_case_came_in(office: Engine) -> None:
    story = Way(office).submitted()
    with days_later(11):
        story.do("start_screening", story.zone_staff)
        publish(
            next_version(
                (
                    "due: 7d, clock: screening, remind: [-2d], escalate_to: approver",
                    "due: 40d, clock: screening, escalate_to: approver",
                )
            )
        )
        (one,) = surveyed(office, planned(office)).journeys
        assert one.due_before is not None
        assert one.due_after is not None
        assert 31 <= (one.due_after - one.due_before).days <= 36
        migrate(office, surveyed(office, planned(office)))
    assert story.case().due_at == one.due_after


def test_a_case_that_would_be_late_at_once_is_pointed_out(office: Engine) -> None:
    story = Way(office).submitted()
    with days_later(11):
        story.do("start_screening", story.zone_staff)
    publish(
        next_version(
            (
                "due: 7d, clock: screening, remind: [-2d], escalate_to: approver",
                "due: 1d, clock: screening, escalate_to: approver",
            )
        )
    )
    with days_later(16):
        (one,) = surveyed(office, planned(office)).journeys
        assert one.suddenly_late


def test_open_tasks_the_new_state_does_not_know_are_told_and_closed(office: Engine) -> None:
    story = Way(office).submitted()
    with days_later(11):
        story.screened()
    publish(
        next_version(("document: {label: {ko: 서면 평가표", "paper: {label: {ko: 서면 평가표"), (":document", ":paper"))
    )
    found = surveyed(office, planned(office))
    assert [one.lost for one in found.losing()] == [("document",)]
    migrate(office, found)
    assert set(db.session.scalars(select(Task.status).where(Task.name == "document"))) == {"excluded"}


@pytest.fixture
def moved(office: Engine) -> Way:
    """A case in eligibility screening, and a new version in which that state has another name."""
    story = Way(office).submitted()
    with days_later(11):
        story.do("start_screening", story.zone_staff)
    publish(next_version(*RENAMED))
    return story


def test_a_dry_run_tells_counts_and_changes_nothing(app: Flask, moved: Way) -> None:
    ended = run(app, "workflow", "migrate", "RBD", "--from", 1, "--to", 2, "--dry-run", "--json")
    assert ended.code == 1
    assert ended.data["without_image"] == [moved.case().reference]
    assert ended.data["counts"] == [{"from": "screening", "to": None, "cases": 1}]
    ended = run(
        app, "workflow", "migrate", "RBD", "--from", 1, "--to", 2, "--dry-run", "--map", "screening=eligibility"
    )
    assert ended.code == 0
    assert "screening -> eligibility: 1 cases" in ended.lines
    assert moved.case().workflow_version == 1


def test_nothing_moves_while_a_case_has_nowhere_to_go(app: Flask, moved: Way) -> None:
    ended = run(app, "workflow", "migrate", "RBD", "--from", 1, "--to", 2)
    assert (ended.code, ended.out) == (1, "")
    assert "--map screening=" in ended.err
    assert moved.case().workflow_version == 1


def test_the_command_moves_and_the_chain_stays_whole(app: Flask, moved: Way) -> None:
    command = ("workflow", "migrate", "RBD", "--from", 1, "--to", 2, "--map", "screening=eligibility")
    first, second = run(app, *command, "--json"), run(app, *command, "--json")
    assert (first.code, first.data["moved"]) == (0, 1)
    assert (second.code, second.data["moved"]) == (0, 0)
    assert run(app, "audit", "verify").code == 0
    assert moved.case().state == "eligibility"
    assert "migration" not in {one.code for one in replay(app.extensions["engine"].definitions).deviations}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--from", 1, "--to", 1), "version"),
        (("--from", 1, "--to", 9), "no such definition"),
        (("--from", 1, "--to", 2, "--map", "screening"), "OLD=NEW"),
        (("--from", 1, "--to", 2, "--map", "screening=nowhere"), "OLD=NEW"),
        (("--from", "one", "--to", 2), "integer"),
    ],
)
def test_a_wrong_migration_is_refused_in_one_line(
    app: Flask, moved: Way, arguments: tuple[object, ...], words: str
) -> None:
    ended = run(app, "workflow", "migrate", "RBD", *arguments)
    assert ended.code in {1, 2}
    assert words in ended.err
    assert moved.case().workflow_version == 1


def test_the_command_tells_what_two_versions_differ_in(app: Flask, moved: Way, tmp_path: Path) -> None:
    ended = run(app, "workflow", "diff", "RBD@1", "RBD@2", "--json")
    assert ended.code == 0
    assert {("removed", "state"), ("added", "state")} <= {(one["what"], one["part"]) for one in ended.data}
    path = tmp_path / "next.yaml"
    path.write_text(next_version(version=3), encoding="utf-8")
    assert run(app, "workflow", "diff", "RBD@1", path).lines == ["no difference"]
    path.write_text("workflow: [", encoding="utf-8")
    assert run(app, "workflow", "diff", "RBD@1", path).code == 1


def test_a_case_that_waits_for_a_second_approval_stays(office: Engine) -> None:
    """What was approved so far was the old text."""
    twice = (
        "    to: screening\n    by: [zone_staff, hq_staff]\n",
        "    to: screening\n    by: [zone_staff, hq_staff]\n    approvals: {n: 2}\n",
    )
    publish(next_version(twice))
    story = Way(office).submitted()
    publish(next_version(twice, version=3))
    old, new = (office.definitions.get(PLANNING, version).workflow for version in (2, 3))
    with days_later(11):
        story.do("start_screening", story.zone_staff)
        found = survey(plan(old, new))
        assert [one.reference for one in found.held_back()] == [story.case().reference]
        assert migrate(office, found) == 0
        story.do("start_screening", story.hq_staff)
        assert migrate(office, survey(plan(old, new))) == 1
    assert (story.case().workflow_version, story.case().state) == (3, "screening")


def test_what_a_state_meant_when_a_case_came_into_it_is_not_forgotten(office: Engine) -> None:
    """Reports count an award from the day it was made, also after the state got another name."""
    story = Way(office).submitted()
    with days_later(11):
        story.screened().reviewed().selected()
    awarded_on = story.case().state_since
    publish(
        next_version(
            ("  selected:\n", "  chosen:\n"),
            ("to: selected\n", "to: chosen\n"),
            ("from: selected\n", "from: chosen\n"),
            ("from: [selected, ", "from: [chosen, "),
        )
    )
    chosen = planned(office, {"selected": "chosen"})
    with days_later(30):
        assert migrate(office, survey(chosen)) == 1
    query = select(func.min(History.at)).join(Case, Case.id == History.case_id)
    assert db.session.scalar(query.where(Charter().rests_in(History.target, (AWARDED,)))) == awarded_on
