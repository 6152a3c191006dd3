"""The way out of the house: which addresses may be called, one signed request, and nothing but its status read back."""

import contextlib
import hashlib
import hmac
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from backoffice.core.errors import Failed, Invalid
from backoffice.core.i18n import Sentence

CONNECT, WHOLE = 5.0, 15.0
"""Seconds for reaching a receiver, and for all of it: a receiver that drips must not keep the worker."""
LONGEST = 500
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Undelivered(Failed):
    """A receiver did not take it; the job tries again."""

    def __init__(self, why: str, answer: int | None = None) -> None:
        super().__init__(Sentence(why, why))
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent: the exact body, the name of the event, and the secrets it is signed with."""

    event: str
    body: str
    secrets: Sequence[str]
    at: int
    """Seconds since 1970, part of what is signed."""


def check_address(url: str, *, demo: bool) -> str:
    """The address, if it may be a receiver's: https, or in the demo this machine. Raises Invalid naming the way out."""
    parts = _split(url.strip())
    if parts is None or not parts.hostname or parts.username or parts.password or parts.fragment:
        raise _wrong(
            "주소를 확인해 주세요. 예: https://example.kr/ieum", "Check the address, such as https://example.kr/ieum."
        )
    if demo and parts.hostname in LOOPBACK and parts.scheme in {"http", "https"}:
        return url.strip()
    if parts.scheme != "https":
        raise _wrong("주소는 https://로 시작해야 합니다.", "The address must start with https://.")
    literal = _literal(parts.hostname)
    if parts.hostname == "localhost" or (literal is not None and not is_public(literal)):
        raise _wrong("내부망 주소로는 보낼 수 없습니다.", "Addresses of private networks cannot be receivers.")
    return url.strip()


def _split(url: str) -> SplitResult | None:
    if len(url) > LONGEST or not url.isascii() or any(ch <= " " or ch == "\x7f" for ch in url):
        return None
    try:
        parts = urlsplit(url)
        fits = parts.port != 0
    except ValueError:
        return None
    return parts if fits else None


def _wrong(ko: str, en: str) -> Invalid:
    return Invalid.field("url", ko, en)


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def is_public(address: Address) -> bool:
    """Whether an address lies in the open internet, also when it is wrapped into another."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def reachable(host: str, port: int, *, demo: bool) -> str:
    """The address of a host as it is now; every one it has must be allowed. Raises Undelivered.

    The connection goes to what was checked here: a name that answers differently a moment later changes nothing.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Undelivered(f"the name {host} is not known") from error
    addresses = [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]
    here = demo and host in LOOPBACK
    if not addresses or not all(is_public(one) or (here and one.is_loopback) for one in addresses):
        raise Undelivered(f"{host} lies in a private network")
    return str(addresses[0])


def signature(letter: Letter) -> str:
    """``t=…,v1=…``: what the receiver checks, once for each secret that holds."""
    text = f"{letter.at}.{letter.body}".encode()
    signed = (hmac.new(secret.encode(), text, hashlib.sha256).hexdigest() for secret in letter.secrets)
    return ",".join([f"t={letter.at}", *(f"v1={one}" for one in signed)])


def post(url: str, letter: Letter, *, demo: bool) -> int:
    """Send one letter: the status of an answer that took it. Redirects are not followed. Raises Undelivered."""
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    try:
        status = _exchange(parts, host, (reachable(host, port, demo=demo), port), letter, secure=secure)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Undelivered(f"no answer: {type(error).__name__}") from error
    if not 200 <= status < 300:
        raise Undelivered(f"the receiver answered {status}", status)
    return status


def _exchange(parts: SplitResult, host: str, place: tuple[str, int], letter: Letter, *, secure: bool) -> int:
    lines = [socket.create_connection(place, timeout=CONNECT)]
    over = threading.Timer(WHOLE, _cut, (lines,))
    over.daemon = True
    over.start()
    try:
        if secure:
            context = ssl.create_default_context()
            # The new socket takes the old one's place before a word is exchanged, so that it can be cut at any time.
            lines[0] = secured = context.wrap_socket(lines[0], server_hostname=host, do_handshake_on_connect=False)
            secured.do_handshake()
        connection = http.client.HTTPConnection(host, place[1], timeout=CONNECT)
        connection.sock = lines[0]
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body=letter.body.encode(), headers=_headers(parts, letter))
        with connection.getresponse() as answer:
            return answer.status
    finally:
        over.cancel()
        _cut(lines)
        lines[0].close()


def _headers(parts: SplitResult, letter: Letter) -> dict[str, str]:
    return {
        "Host": parts.netloc,
        "Content-Type": "application/json",
        "User-Agent": "Ieum-Webhook/1",
        "Ieum-Event": letter.event,
        "Ieum-Signature": signature(letter),
        "Connection": "close",
    }


def _cut(lines: Sequence[socket.socket]) -> None:
    with contextlib.suppress(OSError):
        lines[0].shutdown(socket.SHUT_RDWR)
