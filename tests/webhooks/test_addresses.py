"""Nothing leaves for a private network: not by its number, not by a name, not by a redirect, not by a name that changes."""

import ipaddress
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from backoffice.core.errors import Invalid
from backoffice.webhooks import sending
from backoffice.webhooks.sending import Letter, Undelivered, check_address, is_public, post, reachable
from tests.machine import need
from tests.webhooks.receiver import Receiver

LETTER = Letter("event", "{}", ("secret",), 1)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.kr/", "ftp://example.kr/", "https://", "https:///x", "example.kr", "https://user:pw@example.kr/",
        "https://example.kr/#x", "https://exa mple.kr/", "https://example.kr:99999/", "https://example.kr:0/", "https://10.0.0.1/",
        "https://169.254.169.254/latest/", "https://127.0.0.1/", "https://[::1]/", "https://[::ffff:10.0.0.1]/",
        "https://localhost/", "https://0.0.0.0/", "https://192.168.0.1/", "https://[fd00::1]/", "https://예시.kr/",
        "https://example.kr/\r\nHost: x", "https://example.kr/" + "x" * 500, "",
    ],
)  # fmt: skip
def test_an_address_that_may_not_be_called_is_refused_when_it_is_typed(url: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_address(url, demo=False)
    assert [problem.field for problem in refused.value.problems] == ["url"]


def test_this_machine_is_a_receiver_in_the_demo_only() -> None:
    assert check_address("http://127.0.0.1:8080/x", demo=True) == "http://127.0.0.1:8080/x"
    with pytest.raises(Invalid):
        check_address("http://127.0.0.1:8080/x", demo=False)
    assert check_address("https://example.kr/ieum", demo=False)


@pytest.mark.parametrize(
    ("text", "public"),
    [
        ("8.8.8.8", True), ("2606:4700::1111", True), ("10.1.2.3", False), ("172.16.0.1", False), ("192.168.1.1", False),
        ("127.0.0.1", False), ("169.254.169.254", False), ("100.64.0.1", False), ("0.0.0.1", False), ("224.0.0.1", False),
        ("255.255.255.255", False), ("::1", False), ("::", False), ("fe80::1", False), ("fd00::1", False),
        ("::ffff:127.0.0.1", False), ("64:ff9b::7f00:1", False), ("2002:7f00:1::", False), ("ff02::1", False),
    ],
)  # fmt: skip
def test_private_ranges_are_known_also_when_they_are_wrapped(text: str, public: bool) -> None:
    assert is_public(ipaddress.ip_address(text)) is public


@pytest.mark.parametrize("answers", [["10.0.0.5"], ["8.8.8.8", "127.0.0.1"], ["::ffff:192.168.0.1"], []])
def test_a_name_that_leads_inside_is_not_called(monkeypatch: pytest.MonkeyPatch, answers: list[str]) -> None:
    def resolve(_host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in answers]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(Undelivered):
        reachable("receiver.example", 443, demo=False)
    with pytest.raises(Undelivered):
        reachable("receiver.example", 443, demo=True)


def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is asked once: that it answers with an inner address a moment later changes nothing."""
    asked, called = [], []

    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        place = "93.184.215.14" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (place, port))]

    def connect(place: tuple[str, int], **_: Any) -> socket.socket:
        called.append(place)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(sending.socket, "create_connection", connect)
    with pytest.raises(Undelivered):
        post("https://receiver.example/x", LETTER, demo=False)
    assert (asked, called) == (["receiver.example"], [("93.184.215.14", 443)])


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_receiver_that_says_nothing_does_not_keep_the_worker(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setattr(sending, "WHOLE", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        with pytest.raises(Undelivered):
            post(f"{scheme}://127.0.0.1:{silent.getsockname()[1]}/", LETTER, demo=True)
    assert time.monotonic() - began < 3 < sending.CONNECT


def test_a_receiver_whose_certificate_nobody_vouches_for_is_told_nothing(tmp_path: Path) -> None:
    command = "openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost"
    need(shutil.which("openssl") is not None, "openssl")
    subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)
    with Receiver().open(certificate=(tmp_path / "cert.pem", tmp_path / "key.pem")) as receiver:
        with pytest.raises(Undelivered) as refused:
            post(receiver.url, LETTER, demo=True)
        assert "SSLCertVerificationError" in str(refused.value)
        assert receiver.taken == []


def test_a_trusted_receiver_is_spoken_to_in_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost "
        "-addext subjectAltName=IP:127.0.0.1"
    )
    need(shutil.which("openssl") is not None, "openssl")
    subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    with Receiver().open(certificate=(tmp_path / "cert.pem", tmp_path / "key.pem")) as receiver:
        assert post(receiver.url, LETTER, demo=True) == 204
        assert [body for _headers, body in receiver.taken] == [b"{}"]
