"""Stored files leave piece by piece: whatever their size memory stays small, and nothing damaged arrives as if whole."""

import hashlib
import io
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from obstore.store import MemoryStore

from backoffice.core.bundle import Bundle
from backoffice.core.files import CHUNK, Damaged, FileStore, LocalFiles, ObjectFiles, verify

MEGABYTE = 1024 * 1024
LARGE = 48 * MEGABYTE
SMALL = 8 * MEGABYTE
"""Memory that everything about a large file has to fit into."""


@pytest.fixture(params=["folder", "objects"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> FileStore:
    return LocalFiles(tmp_path / "files") if request.param == "folder" else ObjectFiles(MemoryStore())  # type: ignore[arg-type]  # has the same methods as S3


def keep(store: FileStore, content: bytes) -> str:
    return store.put(io.BytesIO(content)).sha256


def peak(act: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7])
def test_a_content_of_any_size_leaves_as_it_came(store: FileStore, size: int) -> None:
    content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    sha256 = keep(store, content)
    found = store.open(sha256)
    assert found.size == size
    assert b"".join(found) == content
    assert verify(store, sha256) == size


def test_what_is_not_there_is_said_before_anything_is_sent(store: FileStore) -> None:
    with pytest.raises(FileNotFoundError):
        store.open(hashlib.sha256(b"never kept").hexdigest())


def test_a_damaged_content_never_leaves_whole(tmp_path: Path) -> None:
    store = LocalFiles(tmp_path)
    sha256 = keep(store, b"a" * (2 * CHUNK + 5))
    path = tmp_path / sha256[:2] / sha256
    path.write_bytes(b"a" * (2 * CHUNK + 4) + b"b")
    sent = []
    with pytest.raises(Damaged):
        sent.extend(store.open(sha256))
    assert sum(map(len, sent)) < 2 * CHUNK + 5
    with pytest.raises(Damaged):
        verify(store, sha256)


def test_a_large_file_is_sent_and_bundled_in_little_memory(tmp_path: Path) -> None:
    store = LocalFiles(tmp_path / "files")
    source = tmp_path / "large"
    with source.open("wb") as target:
        for number in range(LARGE // MEGABYTE):
            target.write(bytes([number]) * MEGABYTE)
    with source.open("rb") as stream:
        sha256 = store.put(stream).sha256

    def bundle() -> None:
        with (tmp_path / "made.zip").open("wb") as target:
            made = Bundle(target, datetime(2026, 10, 5, tzinfo=UTC))
            made.copy(store, "첨부", "큰 파일.bin", sha256=sha256, size=LARGE)
            made.close({})
            assert [one.size for one in made.members][:1] == [LARGE]

    assert peak(lambda: sum(map(len, store.open(sha256)))) < SMALL
    assert peak(bundle) < SMALL
    with zipfile.ZipFile(tmp_path / "made.zip") as archive:
        assert archive.testzip() is None
        assert archive.getinfo("첨부/큰 파일.bin").file_size == LARGE
