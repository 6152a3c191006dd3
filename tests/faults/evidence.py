"""What must be true after a kill, read from the database, the mails and the answers that were written down."""

from collections import Counter
from pathlib import Path

from sqlalchemy import func, select

from backoffice.cases.models import Case
from backoffice.core.db import db
from backoffice.core.outbox import DONE, Job
from backoffice.engine.chain import verify
from backoffice.engine.spine import History
from backoffice.notifications.models import Message


def acknowledged(told: Path) -> list[tuple[int, str, int]]:
    """(case id, key, revision) of every answer; a last line that was cut off by the kill was never an answer."""
    if not told.exists():
        return []
    lines = told.read_text(encoding="utf-8").split("\n")[:-1]
    parts = (line.partition(" ") for line in lines)
    return [(int(case), *_key_and_revision(rest)) for case, _, rest in parts]


def _key_and_revision(text: str) -> tuple[str, int]:
    key, _, revision = text.rpartition(" ")
    return key, int(revision)


def check_acknowledged(told: Path) -> None:
    """Whatever somebody was told is in the history under their key, at that revision."""
    rows = db.session.execute(select(History.key, History.case_id, History.revision)).all()
    written = {key: (case_id, revision) for key, case_id, revision in rows}
    lost = [answer for answer in acknowledged(told) if written.get(answer[1]) != (answer[0], answer[2])]
    assert not lost, f"acknowledged and lost: {lost}"


def check_whole() -> None:
    """Case rows, histories and hash chains tell the same, and every step has the one job it asked for."""
    checked, breaks = verify(db.session)
    assert not breaks, f"{len(breaks)} of {checked} histories are broken: {breaks[:3]}"
    steps = set(db.session.scalars(select(History.hash).where(History.revision > 1)))
    asked = Counter(key.partition(":")[0] for key in db.session.scalars(select(Job.key).where(Job.kind == "mail")))
    assert set(asked) == steps, "a step without its job, or a job without its step"
    assert set(asked.values()) <= {1}, "a step asked twice"


def jobs() -> set[str]:
    return set(db.session.scalars(select(Job.key)))


def check_jobs_kept(before: set[str]) -> None:
    lost = before - jobs()
    assert not lost, f"jobs lost: {lost}"


def check_once(cases: list[int]) -> None:
    """After everybody came back, each case has taken its one step: neither none nor two."""
    rows = db.session.execute(
        select(History.case_id, func.count())
        .where(History.case_id.in_(cases), History.revision > 1)
        .group_by(History.case_id)
    ).all()
    assert dict(rows) == dict.fromkeys(cases, 1)


def check_mails(folder: Path) -> None:
    """No job is left undone, every mail was sent, and however often a job ran, each mail exists once."""
    undone = db.session.execute(select(Job.key, Job.status, Job.error).where(Job.status != DONE)).all()
    assert not undone, f"jobs not done: {undone[:3]}"
    messages = db.session.execute(select(Message.message_id, Message.sent_at)).all()
    assert all(sent is not None for _, sent in messages)
    moved = db.session.scalar(select(func.count()).select_from(Case).where(Case.revision > 1))
    assert len(messages) == moved == len(list(folder.glob("*.eml")))


def summary(told: Path) -> str:
    steps = db.session.scalar(select(func.count()).select_from(History).where(History.revision > 1))
    again = db.session.scalar(select(func.count()).select_from(Job).where(Job.attempts > 1))
    answers = acknowledged(told)
    return (
        f"{steps} steps, {len(answers)} answers ({len(answers) - len({key for _, key, _ in answers})} of them repeated), "
        f"{again} jobs run again: nothing lost, nothing half"
    )
