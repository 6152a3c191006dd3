"""Many files as one ZIP: safe and unique names, and a manifest with size and SHA-256 of every one, missing ones too."""

import hashlib
import json
import zipfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import IO, Any

from backoffice.core import clock
from backoffice.core.files import Damaged, FileStore, verify
from backoffice.core.filetypes import plain_name

LONGEST = 200
"""Bytes of one name: file systems take 255, and a Korean letter has three."""
MISSING, DAMAGED, NOT_MADE = "missing", "damaged", "not made yet"


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the bundle."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Lost:
    """A file that should be in the bundle: what it was, and why it is not."""

    path: str
    size: int
    sha256: str
    problem: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """A part of the bundle this reader has no right to. It is named whether or not there is anything in it."""

    part: str
    right: str


class Bundle:
    """A ZIP while it is written. Texts are packed; files that people uploaded are packed already and only stored."""

    def __init__(self, target: IO[bytes], at: datetime) -> None:
        self._zip = zipfile.ZipFile(target, "w", allowZip64=True)
        self._time = clock.in_seoul(at).timetuple()[:6]
        self._taken: set[str] = set()
        self.members: list[Member] = []
        self.lost: list[Lost] = []
        self.withheld: list[Withheld] = []

    def write_text(self, folder: str, name: str, content: str) -> None:
        self._put_text(self._path(folder, name), content)

    def copy(self, store: FileStore, folder: str, name: str, *, sha256: str, size: int = 0) -> None:
        """A file of the store. One that is gone, or is not what it was, is told in the manifest and left out."""
        path = self._path(folder, name)
        try:
            size = verify(store, sha256)
        except Damaged:
            self.lost.append(Lost(path, size, sha256, DAMAGED))
        except OSError:
            self.lost.append(Lost(path, size, sha256, MISSING))
        else:
            self._put(path, store.open(sha256), size, zipfile.ZIP_STORED)

    def await_file(self, folder: str, name: str) -> None:
        """Tell in the manifest that a file of ours has not been made yet."""
        self.lost.append(Lost(self._path(folder, name), 0, "-", NOT_MADE))

    def withhold(self, part: str, right: str) -> None:
        """Tell in the manifest that a part was left out, and which right it takes to be given it."""
        self.withheld.append(Withheld(part, right))

    def close(self, about: dict[str, Any]) -> None:
        """Write the manifest for people, then the one for machines, which lists the first as well."""
        lines = [f"{name}: {value}" for name, value in about.items()]
        lines += ["", "SHA-256  bytes  path", *(f"{one.sha256}  {one.size}  {one.path}" for one in self.members)]
        if self.lost:
            lines += [
                "",
                "NOT INCLUDED",
                *(f"{one.sha256}  {one.size}  {one.path}  {one.problem}" for one in self.lost),
            ]
        if self.withheld:
            lines += ["", "WITHHELD (not yours to read)", *(f"{one.part}  needs {one.right}" for one in self.withheld)]
        self.write_text("", "MANIFEST.txt", "\n".join(lines) + "\n")
        said = about | {
            "files": [asdict(one) for one in self.members],
            "not_included": [asdict(one) for one in self.lost],
            "withheld": [asdict(one) for one in self.withheld],
        }
        text = json.dumps(said, ensure_ascii=False, indent=1) + "\n"
        self._put_text("manifest.json", text)
        self._zip.close()

    def _put_text(self, path: str, content: str) -> None:
        encoded = content.encode()
        self._put(path, [encoded], len(encoded), zipfile.ZIP_DEFLATED)

    def _put(self, path: str, pieces: Iterable[bytes], size: int, packing: int) -> None:
        """Write a member piece by piece; the size is needed first, because a ZIP says it before the content."""
        entry, digest = zipfile.ZipInfo(path, self._time), hashlib.sha256()
        entry.compress_type, entry.file_size = packing, size
        entry.external_attr = 0o644 << 16
        with self._zip.open(entry, "w") as member:
            for piece in pieces:
                digest.update(piece)
                member.write(piece)
        self.members.append(Member(path, size, digest.hexdigest()))

    def _path(self, folder: str, name: str) -> str:
        """A path nobody has yet, also where capital letters make no difference."""
        parts = [_fitting(plain_name(part)) for part in folder.split("/") if part]
        wanted, number = PurePosixPath(_fitting(plain_name(name))), 1
        path = "/".join((*parts, wanted.name))
        while path.casefold() in self._taken:
            number += 1
            path = "/".join((*parts, f"{wanted.stem} ({number}){wanted.suffix}"))
        self._taken.add(path.casefold())
        return path


def _fitting(name: str) -> str:
    parts = PurePosixPath(name)
    room = LONGEST - len(parts.suffix.encode())
    return parts.stem.encode()[:room].decode(errors="ignore") + parts.suffix
