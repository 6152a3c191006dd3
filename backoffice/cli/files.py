"""``backoffice files``: prove that every file is there, byte for byte."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from backoffice.cases.models import Attachment, Case, Submission
from backoffice.cli.output import Noun, say, say_and_fail, store
from backoffice.core.db import db
from backoffice.core.files import Damaged, FileStore, verify
from backoffice.outcomes.models import Import
from backoffice.reports.models import ReportFile, Snapshot

group = Noun("files", help="Stored files.")


@dataclass(frozen=True, slots=True)
class Reference:
    """A row that relies on a content in the store."""

    sha256: str
    what: str


@group.command()
def scrub() -> None:
    """Read every referenced file and compare its hash; list what nothing refers to."""
    files = store()
    wanted: dict[str, list[str]] = {}
    for one in references():
        wanted.setdefault(one.sha256, []).append(one.what)
    faults = {digest: fault for digest in sorted(wanted) if (fault := fault_of(files, digest)) is not None}
    damaged = [{"sha256": digest, "fault": faults[digest], "what": wanted[digest]} for digest in faults]
    spare = sorted(set(files.names()) - set(wanted))
    lines = [f"{faults[digest]}: {what} ({digest})" for digest in faults for what in wanted[digest]]
    lines += [f"unreferenced: {digest}" for digest in spare]
    lines.append(f"{len(wanted) - len(faults)} files intact, {len(faults)} damaged, {len(spare)} unreferenced")
    answer = say_and_fail if faults else say
    answer({"intact": len(wanted) - len(faults), "damaged": damaged, "unreferenced": spare}, lines)


def references() -> Iterator[Reference]:
    """Everything in the database that must be found in the store."""
    for reference, name, sha256 in db.session.execute(
        select(Case.reference, Attachment.name, Attachment.sha256).join(Case, Case.id == Attachment.case_id)
    ):
        yield Reference(sha256, f"{reference} {name}")
    for receipt, file in db.session.execute(select(Submission.receipt, Submission.receipt_file)):
        if file is not None:
            yield Reference(file, f"receipt {receipt}")
    for name, sha256 in db.session.execute(select(Import.name, Import.sha256)):
        yield Reference(sha256, f"import {name}")
    query = select(Snapshot.number, ReportFile.sha256).join(Snapshot, Snapshot.id == ReportFile.snapshot_id)
    for number, sha256 in db.session.execute(query):
        yield Reference(sha256, f"report {number}")


def fault_of(files: FileStore, digest: str) -> str | None:
    """``missing`` or ``changed``; None for a file that is what its name says."""
    try:
        verify(files, digest)
    except Damaged:
        return "changed"
    except FileNotFoundError:
        return "missing"
    return None
