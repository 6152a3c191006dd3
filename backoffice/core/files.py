"""Bytes on disk or in an object store, named by their SHA-256: written, made durable, then renamed."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol
from urllib.parse import urlparse

import obstore
from obstore.store import S3Store

from backoffice.core.errors import Invalid, Unavailable
from backoffice.core.i18n import Sentence

CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Stored:
    """What was kept: the content's SHA-256 in hex, and its size in bytes."""

    sha256: str
    size: int


class Damaged(OSError):
    """The store holds other bytes under a name than the name says."""


class Content:
    """A content on its way out, a piece at a time: what leaves is what its name says, and memory stays small.

    The last piece is held back until the hash of all of them is known, so nobody receives a damaged content whole.
    """

    def __init__(self, sha256: str, size: int, pieces: Iterator[bytes], close: Callable[[], None]) -> None:
        self.sha256, self.size, self.close = sha256, size, close
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        """Raises Damaged in place of the last piece."""
        digest, held = hashlib.sha256(), b""
        try:
            for piece in self._pieces:
                digest.update(piece)
                if held:
                    yield held
                held = piece
            if digest.hexdigest() != self.sha256:
                raise Damaged(self.sha256)
            if held:
                yield held
        finally:
            self.close()


def verify(store: "FileStore", sha256: str) -> int:
    """Read a content from end to end: its size. Raises Damaged, or another OSError for one that is not there."""
    return sum(len(piece) for piece in store.open(sha256))


class FileStore(Protocol):
    """Where contents live. Names are SHA-256 digests; a content is never changed."""

    def put(self, source: IO[bytes]) -> Stored: ...
    def open(self, sha256: str) -> Content: ...
    def read(self, sha256: str) -> bytes: ...
    def exists(self, sha256: str) -> bool: ...
    def delete(self, sha256: str) -> None: ...
    def names(self) -> Iterator[str]: ...


def open_store(url: str) -> FileStore:
    """``file:///path`` or ``s3://bucket/prefix`` -> a store. Raises ValueError for anything else."""
    parsed = urlparse(url)
    if parsed.scheme == "file":
        return LocalFiles(Path(parsed.path))
    if parsed.scheme == "s3":
        return ObjectFiles(S3Store.from_url(url))
    raise ValueError(f"BACKOFFICE_FILES_URL must start with file: or s3:, not '{parsed.scheme}:'")


class LocalFiles:
    """A folder tree. Order of a write: temporary file, fsync, rename, fsync of the folder; then the row may commit."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "incoming").mkdir(parents=True, exist_ok=True)

    def _path(self, sha256: str) -> Path:
        return self.root / sha256[:2] / sha256

    def put(self, source: IO[bytes]) -> Stored:
        source.seek(0)
        digest, size = hashlib.sha256(), 0
        try:
            handle, name = tempfile.mkstemp(dir=self.root / "incoming")
            with os.fdopen(handle, "wb") as target:
                while chunk := source.read(CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
            final = self._path(digest.hexdigest())
            final.parent.mkdir(exist_ok=True)
            Path(name).replace(final)
            _fsync_folder(final.parent)
        except OSError as error:
            raise Unavailable(
                Sentence(
                    "파일을 저장할 공간이 부족합니다. 잠시 뒤 다시 올려 주세요. 입력한 내용은 그대로 있습니다.",
                    "There is no room to store the file; try again later. What you typed is kept.",
                )
            ) from error
        return Stored(digest.hexdigest(), size)

    def open(self, sha256: str) -> Content:
        source = self._path(sha256).open("rb")
        pieces = iter(lambda: source.read(CHUNK), b"")
        return Content(sha256, os.fstat(source.fileno()).st_size, pieces, source.close)

    def read(self, sha256: str) -> bytes:
        return self._path(sha256).read_bytes()

    def exists(self, sha256: str) -> bool:
        return self._path(sha256).is_file()

    def delete(self, sha256: str) -> None:
        self._path(sha256).unlink(missing_ok=True)

    def names(self) -> Iterator[str]:
        for folder in sorted(self.root.iterdir()):
            if len(folder.name) == 2:
                yield from (path.name for path in sorted(folder.iterdir()))


def _fsync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class ObjectFiles:
    """An S3-compatible bucket; a put is durable when it returns."""

    def __init__(self, store: S3Store) -> None:
        self.store = store

    @staticmethod
    def _key(sha256: str) -> str:
        return f"{sha256[:2]}/{sha256}"

    def put(self, source: IO[bytes]) -> Stored:
        source.seek(0)
        digest, size = hashlib.sha256(), 0
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
        source.seek(0)
        obstore.put(self.store, self._key(digest.hexdigest()), source)
        return Stored(digest.hexdigest(), size)

    def open(self, sha256: str) -> Content:
        found = obstore.get(self.store, self._key(sha256))
        pieces = (bytes(piece) for piece in found.stream(min_chunk_size=CHUNK))
        return Content(sha256, found.meta["size"], pieces, pieces.close)

    def read(self, sha256: str) -> bytes:
        return bytes(obstore.get(self.store, self._key(sha256)).bytes())

    def exists(self, sha256: str) -> bool:
        try:
            obstore.head(self.store, self._key(sha256))
        except FileNotFoundError:
            return False
        return True

    def delete(self, sha256: str) -> None:
        obstore.delete(self.store, self._key(sha256))

    def names(self) -> Iterator[str]:
        for batch in obstore.list(self.store):
            yield from (str(entry["path"]).rpartition("/")[2] for entry in batch)


def measure(stream: IO[bytes], limit: int, field: str) -> int:
    """The size of an upload in bytes. Raises Invalid when it is empty or larger than ``limit`` bytes."""
    stream.seek(0, os.SEEK_END)
    size = stream.tell()
    stream.seek(0)
    if size == 0:
        raise Invalid.field(
            field, "빈 파일입니다. 내용이 있는 파일을 올려 주세요.", "The file is empty; upload one with content."
        )
    if size > limit:
        megabytes = limit // (1024 * 1024)
        raise Invalid.field(
            field,
            f"파일이 {size / 1024 / 1024:.1f}MB입니다. {megabytes}MB까지 올릴 수 있습니다. 줄이거나 나누어 올려 주세요.",
            f"The file has {size / 1024 / 1024:.1f} MB; at most {megabytes} MB. Shrink or split it.",
        )
    return size
