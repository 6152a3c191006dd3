"""Mails leave the house: as files in a folder, or over SMTP. Both carry the same head, and the same Message-ID every time."""

import contextlib
import hashlib
import os
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import ParseResult, parse_qs, unquote, urlparse

from backoffice.core import clock
from backoffice.core.errors import Unavailable
from backoffice.core.i18n import Sentence

TIMEOUT = 20
"""Seconds to wait for a mail server's answer."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A mail that is ready to leave."""

    message_id: str
    to: str
    subject: str
    body: str
    language: str
    created_at: datetime


class Undeliverable(Exception):
    """The address is refused for good: trying again would not help."""


class MailDown(Unavailable):
    """The mail server or folder cannot take the mail now; the job waits."""

    def __init__(self, cause: object) -> None:
        super().__init__(
            Sentence(
                "메일 서버에 연결할 수 없습니다. 자동으로 다시 보냅니다.", f"The mail server cannot be reached: {cause}"
            )
        )


def deliver(url: str, envelope: Envelope, sender: str) -> None:
    """Hand a mail over to where ``url`` (``file:`` or ``smtp:``) says. Raises MailDown, Undeliverable."""
    message = build(envelope, sender)
    target = urlparse(url)
    if target.scheme == "file":
        _write(Path(target.path), envelope, message)
    elif target.scheme in {"smtp", "smtps"}:
        _send(target, message)
    else:
        raise ValueError(f"BACKOFFICE_MAIL_URL must start with file: or smtp:, not '{target.scheme}:'")


def build(envelope: Envelope, sender: str) -> EmailMessage:
    """The message with its head (RFC 5322, RFC 2047). Raises Undeliverable for an address that is none."""
    if not envelope.to.isascii():
        raise Undeliverable("the address is not ASCII")
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = sender
        message["To"] = Address(addr_spec=envelope.to)
        message["Subject"] = envelope.subject
    except (MessageError, ValueError, IndexError) as error:
        raise Undeliverable(str(error)) from error
    message["Message-ID"] = envelope.message_id
    message["Date"] = format_datetime(clock.in_seoul(envelope.created_at))
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(envelope.body, charset="utf-8", cte="base64")
    message["Content-Language"] = envelope.language
    return message


def _write(folder: Path, envelope: Envelope, message: EmailMessage) -> None:
    """One file per Message-ID: written aside, made durable, then renamed, so that nobody reads half a mail."""
    name = hashlib.sha256(envelope.message_id.encode()).hexdigest()[:12]
    final = folder / f"{clock.in_seoul(envelope.created_at):%Y%m%d-%H%M%S}-{name}.eml"
    aside = folder / f".{final.name}.{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with aside.open("wb") as target:
            target.write(message.as_bytes())
            target.flush()
            os.fsync(target.fileno())
        aside.replace(final)
    except OSError as error:
        raise MailDown(error) from error


def connect(target: ParseResult, timeout: float = TIMEOUT) -> smtplib.SMTP:
    """A session with the mail server of ``smtp://user:password@host:port/?starttls=1``."""
    host, context = target.hostname or "localhost", ssl.create_default_context()
    server: smtplib.SMTP
    if target.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, target.port or 465, timeout=timeout, context=context)
    else:
        server = smtplib.SMTP(host, target.port or 25, timeout=timeout)
    try:
        if target.scheme == "smtp" and parse_qs(target.query).get("starttls") == ["1"]:
            server.starttls(context=context)
        if target.username:
            server.login(unquote(target.username), unquote(target.password or ""))
    except BaseException:
        server.close()
        raise
    return server


def _send(target: ParseResult, message: EmailMessage) -> None:
    try:
        server = connect(target)
        try:
            server.send_message(message)
        finally:
            _hang_up(server)
    except smtplib.SMTPRecipientsRefused as error:
        code, answer = next(iter(error.recipients.values()))
        raise _refused(code, answer) from error
    except smtplib.SMTPDataError as error:
        raise _refused(error.smtp_code, error.smtp_error) from error
    except (OSError, smtplib.SMTPException) as error:
        raise MailDown(error) from error


def _hang_up(server: smtplib.SMTP) -> None:
    """A failing good-bye must not make an accepted mail look like a failed one: it would be sent twice."""
    with contextlib.suppress(OSError, smtplib.SMTPException):
        server.quit()
    server.close()


def _refused(code: int, answer: bytes | str) -> Exception:
    """5xx is for good, 4xx is for now (RFC 5321, 4.2.1)."""
    said = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    return Undeliverable(f"{code} {said}") if code >= 500 else MailDown(f"{code} {said}")
