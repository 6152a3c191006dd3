"""What an installation needs: everything that is missing or unsafe, and the way out of each; never a secret."""

import ctypes.util
import io
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote, urlparse

import redis
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from backoffice.cases import words
from backoffice.config import Settings
from backoffice.core.db import db
from backoffice.core.errors import Unavailable
from backoffice.core.files import FileStore
from backoffice.core.i18n import Sentence
from backoffice.core.outbox import DEAD, Job
from backoffice.core.paths import PACKAGE, resource_dir
from backoffice.notifications.delivery import connect

OK, MISSING, UNSAFE = "ok", "missing", "unsafe"
LIBRARIES = {"pango-1.0": "libpango-1.0-0", "pangoft2-1.0": "libpangoft2-1.0-0"}
HIDDEN = "●●●●"
PATIENCE = 5.0
"""Seconds another system has to answer: somebody is waiting for the page."""
RESTART = Sentence("환경 변수를 고치고 다시 시작하세요.", "change it in the environment and restart")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. Only what is ``essential`` makes an installation unfit."""

    check: str
    status: str
    detail: Sentence
    essential: bool = True
    way_out: Sentence | None = None

    @property
    def serious(self) -> bool:
        return self.essential and self.status != OK


Look = Callable[[Settings, FileStore], Iterator[Finding]]


def look_at_everything(settings: Settings, files: FileStore) -> list[Finding]:
    """Every finding, in order. What other systems say about themselves is told without the secrets it may repeat."""
    looks: tuple[Look, ...] = (_settings, _programs, _database, _search, _jobs, _files, _mail, _broker)
    hidden = secrets_of(settings)
    return [without(hidden, finding) for look in looks for finding in look(settings, files)]


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """Every word of the settings that nobody may read: keys, and what stands in addresses before the @ or behind the ?."""
    found = {settings.secret_key, settings.oidc_client_secret}
    for address in (settings.database, settings.redis_url, settings.files, settings.mail):
        parsed = urlparse(address)
        found |= {parsed.password or "", unquote(parsed.password or ""), parsed.query}
        found |= {part.partition("=")[2] for part in parsed.query.split("&") if len(part.partition("=")[2]) > 3}
    return tuple(sorted((word for word in found if word), key=len, reverse=True))


def without(hidden: tuple[str, ...], finding: Finding) -> Finding:
    ko, en = finding.detail.ko, finding.detail.en
    for word in hidden:
        ko, en = ko.replace(word, HIDDEN), en.replace(word, HIDDEN)
    return replace(finding, detail=Sentence(ko, en))


def _plain(words: object) -> Sentence:
    """What reads the same in every language: a version, an address, the words of another system."""
    return Sentence(str(words), str(words))


KOREAN = {
    "BACKOFFICE_DEMO is set but BACKOFFICE_BASE_URL is not loopback: demo accounts would be public": (
        "BACKOFFICE_DEMO가 켜져 있는데 BACKOFFICE_BASE_URL이 이 컴퓨터가 아닙니다. 시연 계정이 공개됩니다."
    ),
    "BACKOFFICE_BASE_URL must start with https:// unless it is loopback": (
        "BACKOFFICE_BASE_URL은 이 컴퓨터가 아니면 https://로 시작해야 합니다."
    ),
    "BACKOFFICE_SECRET_KEY must be set outside of loopback": (
        "이 컴퓨터 밖에서 쓰려면 BACKOFFICE_SECRET_KEY를 정해야 합니다."
    ),
    "BACKOFFICE_TRUSTED_HOSTS must name the hosts this service answers for": (
        "BACKOFFICE_TRUSTED_HOSTS에 이 서비스가 응답할 호스트를 적어야 합니다."
    ),
    "BACKOFFICE_TRUSTED_HOSTS must contain the host of BACKOFFICE_BASE_URL": (
        "BACKOFFICE_TRUSTED_HOSTS에 BACKOFFICE_BASE_URL의 호스트가 있어야 합니다."
    ),
    "BACKOFFICE_OIDC_ISSUER needs BACKOFFICE_OIDC_CLIENT_ID and BACKOFFICE_OIDC_CLIENT_SECRET": (
        "BACKOFFICE_OIDC_ISSUER에는 BACKOFFICE_OIDC_CLIENT_ID와 BACKOFFICE_OIDC_CLIENT_SECRET이 필요합니다."
    ),
    "BACKOFFICE_OIDC_ISSUER must start with https:// unless it is loopback": (
        "BACKOFFICE_OIDC_ISSUER는 이 컴퓨터가 아니면 https://로 시작해야 합니다."
    ),
}
"""The faults of the settings in Korean; a process that cannot start yet says them in English."""


def _settings(settings: Settings, _: FileStore) -> Iterator[Finding]:
    faults = settings.unsafe()
    for fault in faults:
        yield Finding("settings", UNSAFE, Sentence(KOREAN.get(fault, fault), fault), way_out=RESTART)
    if not faults:
        base = settings.base_url
        yield Finding("settings", OK, Sentence(f"기준 주소 {base}", f"base address {base}"))
    if settings.demo:
        detail = Sentence(
            "시연 계정을 쓸 수 있고 2단계 인증을 묻지 않습니다.",
            "demo accounts are allowed and no second factor is asked",
        )
        way_out = Sentence(
            "실제로 쓸 때는 BACKOFFICE_DEMO를 끄고 다시 시작하세요.",
            "unset BACKOFFICE_DEMO and restart before real use",
        )
        yield Finding("demo", UNSAFE, detail, essential=False, way_out=way_out)
    key = settings.instance / "secret-key"
    if key.exists() and key.stat().st_mode & 0o077:
        detail = Sentence(f"{key} 파일을 다른 사용자가 읽을 수 있습니다.", f"{key} can be read by others")
        yield Finding("secret key", UNSAFE, detail, way_out=_run(f"chmod 600 {key}"))


def _run(command: str) -> Sentence:
    return Sentence(f"서버에서 실행하세요: {command}", f"run: {command}")


def _install(package: str) -> Sentence:
    return Sentence(f"서버에 {package} 꾸러미를 설치하세요.", f"install {package}")


def _programs(_: Settings, __: FileStore) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    newer = Sentence("Python 3.11 이상으로 다시 설치하세요.", "install Python 3.11 or newer")
    yield Finding("python", OK if sys.version_info >= (3, 11) else MISSING, _plain(version), way_out=newer)
    needed = Sentence("PDF를 만드는 데 필요합니다.", "PDF files need it")
    for library, package in LIBRARIES.items():
        found = ctypes.util.find_library(library)
        detail = _plain(found) if found else needed
        yield Finding(library, OK if found else MISSING, detail, way_out=_install(package))
    dot = shutil.which("dot")
    maps = Sentence("업무 흐름 그림에 필요합니다.", "process maps need it")
    yield Finding("graphviz", OK if dot else MISSING, _plain(dot) if dot else maps, way_out=_install("graphviz"))
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    tests = Sentence("없습니다. 브라우저 시험에만 필요합니다.", "not installed; only the browser tests need it")
    detail = _plain(chromium) if chromium else tests
    yield Finding("chromium", OK if chromium else MISSING, detail, essential=False, way_out=_install("chromium"))
    fonts = len(list(resource_dir("static").glob("fonts/**/*.ttf")))
    files = Sentence(f"PDF 글꼴 {fonts}개", f"{fonts} font files for PDF")
    again = Sentence("이음을 다시 설치하세요. 글꼴은 함께 들어 있습니다.", "install Ieum again; its fonts come with it")
    yield Finding("fonts", OK if fonts else MISSING, files, way_out=again)


def _database(_: Settings, __: FileStore) -> Iterator[Finding]:
    try:
        with db.engine.connect() as connection:
            name = connection.dialect.name
            yield Finding("database", OK, Sentence(f"{name} 응답함", f"{name} answers"))
            if name == "sqlite":
                level = connection.execute(text("PRAGMA synchronous")).scalar()
                safe = level is not None and int(level) >= 2
                detail = _plain(f"SQLite synchronous={level} (2 = FULL)")
                yield Finding("durability", OK if safe else UNSAFE, detail, way_out=RESTART)
            present = MigrationContext.configure(connection).get_current_revision()
    except (SQLAlchemyError, RuntimeError) as error:
        cause = str(getattr(error, "orig", error)).strip().partition("\n")[0]
        way_out = Sentence(
            "데이터베이스가 켜져 있는지, BACKOFFICE_DATABASE_URL이 맞는지 확인하세요.",
            "see that it runs and that BACKOFFICE_DATABASE_URL is right",
        )
        yield Finding("database", MISSING, _plain(cause), way_out=way_out)
        return
    newest = ScriptDirectory(str(PACKAGE / "migrations")).get_current_head()
    if present == newest:
        yield Finding("schema", OK, Sentence(f"판 {present}", f"revision {present}"))
    else:
        there = present or "-"
        detail = Sentence(
            f"판 {there}. 이 버전에는 {newest}이(가) 필요합니다.", f"revision {there}, this version needs {newest}"
        )
        yield Finding("schema", MISSING, detail, way_out=_run("backoffice db upgrade"))


def _search(_: Settings, __: FileStore) -> Iterator[Finding]:
    try:
        wrong = words.strayed()
    except SQLAlchemyError:
        db.session.rollback()
        return
    well = Sentence("검색 색인이 맞습니다.", "the search index is true")
    wrongly = Sentence(f"검색 색인에서 어긋난 건 {wrong}건", f"{wrong} cases are not as the search index says")
    way_out = _run("backoffice db reindex")
    yield Finding("search", UNSAFE if wrong else OK, wrongly if wrong else well, essential=False, way_out=way_out)


def _jobs(_: Settings, __: FileStore) -> Iterator[Finding]:
    try:
        dead = db.session.scalar(select(func.count()).select_from(Job).where(Job.status == DEAD)) or 0
    except SQLAlchemyError:
        db.session.rollback()
        return
    none = Sentence("멈춘 작업이 없습니다.", "no job gave up")
    some = Sentence(f"멈춘 작업 {dead}건", f"{dead} jobs gave up")
    way_out = Sentence("'작업' 화면에서 다시 실행하세요.", "retry them on the page of background jobs")
    yield Finding("jobs", UNSAFE if dead else OK, some if dead else none, essential=False, way_out=way_out)


def _files(settings: Settings, files: FileStore) -> Iterator[Finding]:
    """Really write, read and remove a content of random bytes."""
    content, where = os.urandom(32), settings.files.partition("?")[0]
    try:
        kept = files.put(io.BytesIO(content))
        whole = files.read(kept.sha256) == content
        files.delete(kept.sha256)
    except (OSError, Unavailable) as error:
        name = error.__class__.__name__
        detail = Sentence(f"{where}에 쓸 수 없습니다({name}).", f"{where} cannot be written ({name})")
        way_out = Sentence(
            "폴더가 있고 서버가 쓸 수 있는지, 자리가 남았는지, BACKOFFICE_FILES_URL이 맞는지 확인하세요.",
            "see that it exists, may be written and has room, and that BACKOFFICE_FILES_URL is right",
        )
        yield Finding("files", MISSING, detail, way_out=way_out)
        return
    other = Sentence(
        "저장소를 점검하세요. 쓴 내용과 읽은 내용이 다릅니다.", "check the store: it reads other bytes than it wrote"
    )
    yield Finding("files", OK if whole else UNSAFE, _plain(where), way_out=other)


def _mail(settings: Settings, _: FileStore) -> Iterator[Finding]:
    target = urlparse(settings.mail)
    server = Sentence(
        "메일 서버가 켜져 있는지, BACKOFFICE_MAIL_URL이 맞는지 확인하세요.",
        "see that the mail server runs and that BACKOFFICE_MAIL_URL is right",
    )
    if target.scheme == "file":
        writable = os.access(_nearest(Path(target.path)), os.W_OK)
        detail = Sentence(f"{target.path} 폴더에 파일로 씁니다.", f"written as files to {target.path}")
        yield Finding("mail", OK if writable else MISSING, detail, essential=not writable, way_out=server)
        return
    where = f"{target.scheme}://{target.hostname}:{target.port or 25}"
    if target.scheme not in {"smtp", "smtps"}:
        wrong = Sentence(
            "BACKOFFICE_MAIL_URL은 file:이나 smtp:로 시작해야 합니다.",
            "BACKOFFICE_MAIL_URL must start with file: or smtp:",
        )
        yield Finding("mail", MISSING, wrong, way_out=RESTART)
        return
    try:
        connect(target, PATIENCE).close()
    except OSError as error:
        detail = Sentence(f"{where}이(가) 응답하지 않습니다({error}).", f"{where} does not answer ({error})")
        yield Finding("mail", MISSING, detail, way_out=server)
        return
    yield Finding("mail", OK, _plain(where))


def _nearest(path: Path) -> Path:
    """The folder itself or the nearest one above it that exists."""
    return next(folder for folder in (path, *path.parents) if folder.exists())


def _broker(settings: Settings, _: FileStore) -> Iterator[Finding]:
    if settings.jobs != "celery":
        yield Finding("worker", OK, Sentence("서버 안에서 돕니다.", "embedded in the server"))
        return
    try:
        with redis.Redis.from_url(
            settings.redis_url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE
        ) as client:
            client.ping()
    except redis.RedisError as error:
        way_out = Sentence(
            "Redis가 켜져 있는지, BACKOFFICE_REDIS_URL이 맞는지 확인하세요.",
            "see that Redis runs and that BACKOFFICE_REDIS_URL is right",
        )
        yield Finding("redis", MISSING, _plain(error), way_out=way_out)
        return
    yield Finding("redis", OK, Sentence("응답함", "answers"))
