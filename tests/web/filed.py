"""A dossier as somebody is handed it, and the case it is of."""

import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask

from backoffice.access.actors import Actor
from tests.browse import Person
from tests.story import Way


@dataclass
class Taken:
    """A dossier somebody was handed."""

    archive: zipfile.ZipFile

    @property
    def names(self) -> list[str]:
        return self.archive.namelist()

    @property
    def manifest(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.archive.read("manifest.json"))
        return found

    def text(self, ending: str) -> str:
        (name,) = [name for name in self.names if name.endswith(ending)]
        return self.archive.read(name).decode()


@dataclass
class File:
    """One submitted and reviewed case with its people."""

    app: Flask
    story: Way
    reference: str
    zone_staff: Actor
    hq_staff: Actor

    @property
    def address(self) -> str:
        return f"/staff/cases/{self.reference}/dossier"

    def taken_by(self, person: Actor) -> Taken:
        answer = Person(self.app, person.email).client.get(self.address)
        assert answer.status_code == 200, answer.get_data(as_text=True)[:500]
        assert answer.mimetype == "application/zip"
        assert len(answer.data) == answer.content_length
        assert "filename*=UTF-8''%EC%84%9C%EB%A5%98%EC%B2%A0" in answer.headers["Content-Disposition"]
        return Taken(zipfile.ZipFile(io.BytesIO(answer.data)))

    def stored(self, sha256: str) -> Path:
        root: Path = self.app.extensions["files"].root
        return root / sha256[:2] / sha256
