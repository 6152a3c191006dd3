"""Verbs about drafts of definitions: start, edit, ask for approval, publish by a second person, send back, discard."""

import hashlib

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from backoffice.accounts.queries import linked_by_delegation
from backoffice.core import clock
from backoffice.core.adding import add_once
from backoffice.core.db import Base, db, rows_changed
from backoffice.core.errors import Conflict, Invalid, NotFound, Reason, Refused
from backoffice.core.i18n import Sentence
from backoffice.programs.models import DraftAct, PublishedWorkflow, WorkflowDraft
from backoffice.programs.queries import newest_version, published
from backoffice.programs.services import publish_workflow
from workflows.linter import lint
from workflows.loader import DefinitionError, Finding, Loaded, load_bytes
from workflows.rewriting import read, revise
from workflows.vocabulary import Vocabulary

START, EDIT, REQUEST, WITHDRAW, REJECT, PUBLISH, DISCARD = (
    "start", "edit", "request", "withdraw", "reject", "publish", "discard",
)  # fmt: skip
"""What people do to a draft."""

OPEN, REQUESTED, PUBLISHED, DISCARDED = "open", "requested", "published", "discarded"
AUTHORSHIP = frozenset({START, EDIT, REQUEST})
"""Acts after which somebody may not publish the draft: four eyes, and nobody stands above it."""

MAX_NOTE = 2_000
UNSAVABLE = frozenset(
    {"WF001", "WF002", "WF101", "WF103", "WF104", "WF105", "WF106", "WF107", "WF108", "WF110", "WF111"}
)
"""Findings that keep a text from being saved at all: it cannot be read, or names what does not exist."""


def draft(draft_id: int) -> WorkflowDraft:
    """Raises NotFound."""
    found = db.session.get(WorkflowDraft, draft_id)
    if found is None:
        raise NotFound
    return found


def drafts_under_way() -> dict[str, WorkflowDraft]:
    """Workflow -> the draft of its next version, if there is one."""
    query = select(WorkflowDraft).where(WorkflowDraft.status.in_((OPEN, REQUESTED)))
    return {row.workflow: row for row in db.session.scalars(query)}


def acts(draft_id: int) -> list[DraftAct]:
    """Everything that was done to a draft, newest first."""
    query = select(DraftAct).where(DraftAct.draft_id == draft_id).order_by(DraftAct.id.desc())
    return list(db.session.scalars(query))


def authors(draft_id: int) -> frozenset[int]:
    """Whoever started it, changed it or asked for its approval."""
    query = select(DraftAct.actor_id).where(DraftAct.draft_id == draft_id, DraftAct.act.in_(AUTHORSHIP))
    return frozenset(db.session.scalars(query))


def load(row: WorkflowDraft) -> Loaded:
    """The definition as the draft has it now. Raises DefinitionError."""
    return load_bytes(row.source.encode(), f"{row.workflow}.yaml")


def inspect(loaded: Loaded, words: Vocabulary) -> tuple[Finding, ...]:
    """Every finding that stands between a draft and its publication."""
    return lint(loaded, words)


def start(workflow: str, actor_id: int) -> WorkflowDraft:
    """Copy the version in force as the next one. Raises NotFound, Conflict when a draft is under way."""
    base = newest_version(workflow)
    source = published(workflow, base).source
    row = WorkflowDraft(
        workflow=workflow, base_version=base, source=revise(source, {**read(source), "version": base + 1})
    )
    ko = "이 사업은 이미 고치는 중인 안이 있습니다. 그 안을 이어서 고쳐 주세요."
    en = "A draft of this workflow is under way; go on with that one."
    add_once([row], Conflict("draft_exists", Sentence(ko, en)))
    _write(row, START, actor_id)
    return row


def save(row: WorkflowDraft, source: str, *, seen: int, actor_id: int, words: Vocabulary) -> bool:
    """Take a new text. False when it is the text that is there already.

    Raises DefinitionError for what cannot be read or names what does not exist, Conflict when somebody else changed
    the draft since ``seen``, Refused while it waits for its approval.
    """
    source = source.replace("\r\n", "\n")
    loaded = load_bytes(source.encode(), f"{row.workflow}.yaml")
    wrong = [*_identity(row, loaded), *(one for one in lint(loaded, words) if one.code in UNSAVABLE)]
    if wrong:
        raise DefinitionError(tuple(wrong))
    _must_be(row, OPEN)
    if source == row.source:
        return False
    _change(row, seen, source=source)
    _write(row, EDIT, actor_id)
    return True


def _identity(row: WorkflowDraft, loaded: Loaded) -> list[Finding]:
    """A draft stays a draft of its own workflow, and of a version after all published ones."""
    found = []
    if loaded.workflow.workflow != row.workflow:
        what, hint = f"this is a draft of '{row.workflow}'", "keep the name"
        found.append(Finding(loaded.file, loaded.line("workflow"), "WF411", "workflow", what, hint))
    newest = newest_version(row.workflow)
    if loaded.workflow.version <= newest:
        what, hint = f"version {loaded.workflow.version} is not new", f"raise the version to {newest + 1}"
        found.append(Finding(loaded.file, loaded.line("version"), "WF401", "version", what, hint))
    return found


def request(row: WorkflowDraft, note: str, *, seen: int, actor_id: int, words: Vocabulary) -> None:
    """Ask a second person to publish it. Raises Invalid without a note, Refused while anything is found in it."""
    _must_be(row, OPEN)
    text = _note(note, "note", "무엇을 왜 바꾸는지 적어 주세요.", "Write what changes, and why.")
    _must_be_clean(row, words)
    _change(row, seen, status=REQUESTED)
    _write(row, REQUEST, actor_id, text)


def withdraw(row: WorkflowDraft, *, seen: int, actor_id: int) -> None:
    """Take the request back, to go on editing."""
    _must_be(row, REQUESTED)
    _change(row, seen, status=OPEN)
    _write(row, WITHDRAW, actor_id)


def reject(row: WorkflowDraft, reason: str, *, seen: int, actor_id: int) -> None:
    """Send it back to its authors with a reason. Raises Refused for an author."""
    _must_be(row, REQUESTED)
    _must_be_somebody_else(row, actor_id)
    text = _note(reason, "reason", "반려 사유를 적어 주세요.", "Write why it is sent back.")
    _change(row, seen, status=OPEN)
    _write(row, REJECT, actor_id, text)


def publish(row: WorkflowDraft, *, seen: int, actor_id: int, words: Vocabulary) -> PublishedWorkflow:
    """Put it in force for calls published from now on. Raises Refused for an author, whoever they are."""
    _must_be(row, REQUESTED)
    _must_be_somebody_else(row, actor_id)
    loaded = _must_be_clean(row, words)
    _change(row, seen, status=PUBLISHED)
    try:
        publish_workflow(loaded, actor_id)
    except IntegrityError as error:
        raise _stale() from error
    _write(row, PUBLISH, actor_id)
    return published(row.workflow, loaded.workflow.version)


def discard(row: WorkflowDraft, *, seen: int, actor_id: int) -> None:
    """Give the draft up; its history stays."""
    _must_be(row, OPEN)
    _change(row, seen, status=DISCARDED)
    _write(row, DISCARD, actor_id)


def _must_be(row: WorkflowDraft, status: str) -> None:
    if row.status == status:
        return
    words = {
        OPEN: ("아직 승인을 요청하지 않은 안입니다.", "It has not been submitted for approval."),
        REQUESTED: (
            "승인을 기다리는 안은 고칠 수 없습니다. 요청을 먼저 거두어 주세요.",
            "It waits for approval and cannot be changed; withdraw the request first.",
        ),
        PUBLISHED: ("이미 발행된 안입니다.", "It has been published already."),
        DISCARDED: ("버린 안입니다.", "It was discarded."),
    }  # fmt: skip
    raise Refused.because(f"draft_{row.status}", *words[row.status])


def _must_be_somebody_else(row: WorkflowDraft, actor_id: int) -> None:
    # Whoever wrote it in another's place wrote it for them, too (trust invariant 7).
    linked = linked_by_delegation(actor_id, clock.in_seoul(row.created_at).date())
    if ({actor_id} | linked) & authors(row.id):
        raise Refused.because(
            "same_person",
            "안을 만들거나 고치거나 승인을 요청한 사람은 승인할 수 없습니다. 다른 담당자가 처리해야 합니다.",
            "Whoever wrote this draft or asked for its approval may not decide on it; somebody else must.",
        )


def _must_be_clean(row: WorkflowDraft, words: Vocabulary) -> Loaded:
    loaded = load(row)
    findings = [*_identity(row, loaded), *inspect(loaded, words)]
    if findings:
        raise Refused([Reason(one.code, Sentence(str(one), str(one))) for one in findings])
    return loaded


def _note(text: str, field: str, ko: str, en: str) -> str:
    """Five characters at least: a reason that says something."""
    text = text.strip()
    if len(text) < 5:
        raise Invalid.field(field, ko, en)
    return text[:MAX_NOTE]


def _change(row: WorkflowDraft, seen: int, **values: str) -> None:
    """One conditional update: only the revision that was seen is changed. Raises Conflict."""
    table = Base.metadata.tables["workflow_draft"]
    statement = update(table).where(table.c.id == row.id, table.c.revision == seen)
    if rows_changed(statement.values(revision=seen + 1, **values)) != 1:
        raise _stale()
    db.session.refresh(row)


def _stale() -> Conflict:
    return Conflict(
        "stale",
        Sentence(
            "그 사이에 다른 사람이 이 안을 바꾸었습니다. 적은 내용은 아래에 남아 있으니 새 화면을 열어 옮겨 주세요.",
            "Somebody else changed this draft meanwhile. What you typed is still below; open the draft anew and take it over.",
        ),
    )


def _write(row: WorkflowDraft, act: str, actor_id: int, note: str = "") -> None:
    digest = hashlib.sha256(row.source.encode()).hexdigest()
    db.session.add(DraftAct(draft_id=row.id, act=act, actor_id=actor_id, note=note, sha256=digest))
    db.session.flush()
