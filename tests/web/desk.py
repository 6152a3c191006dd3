"""The desk at which definitions are written: two members of headquarters staff and an approver."""

from dataclasses import dataclass

from flask import Flask
from sqlalchemy import func, select

from backoffice.access.actors import Actor
from backoffice.core.db import db
from backoffice.programs.models import WorkflowDraft
from backoffice.programs.queries import newest_version
from tests.browse import Page, Person
from tests.versions import replaced


@dataclass
class Desk:
    """Two members of headquarters staff and an approver, each at a browser."""

    app: Flask
    author: Person
    colleague: Person
    approver: Person
    actors: dict[str, Actor]

    def started(self) -> Page:
        """The page of a fresh draft of the planning program."""
        return self.author.submit(self.author.get("/admin/workflows"), "/joint_rbd_planning/drafts")

    def source(self) -> str:
        with self.app.app_context():
            found = db.session.scalar(select(WorkflowDraft.source).order_by(WorkflowDraft.id.desc()))
            db.session.remove()
            return str(found)

    def status(self) -> str:
        with self.app.app_context():
            found = db.session.scalar(select(WorkflowDraft.status).order_by(WorkflowDraft.id.desc()))
            db.session.remove()
            return str(found)

    def count(self, model: type) -> int:
        with self.app.app_context():
            found = db.session.scalar(select(func.count()).select_from(model))
            db.session.remove()
            return int(found or 0)

    def newest(self) -> int:
        with self.app.app_context():
            found = newest_version("joint_rbd_planning")
            db.session.remove()
            return found

    def requested(self) -> str:
        """The address of a draft that waits for its approval."""
        page = self.started()
        address = page.address
        text = self.author.get(f"{address}/text")
        edited = replaced(self.source(), ("ko: 사전검토, en: Eligibility", "ko: 자격검토, en: Eligibility"))
        self.author.submit(text, "/text", source=edited)
        page = self.author.submit(self.author.get(address), "/request", note="용어를 규정에 맞춥니다.")
        assert "승인 대기" in page.text
        return address
