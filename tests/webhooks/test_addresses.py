"""Nothing leaves for a private network: not by its number, not by a name, not by a redirect, not by a name that changes."""

import ipaddress
import socket
from typing import Any

import pytest

from backoffice.core.errors import Invalid
from backoffice.webhooks import sending
from backoffice.webhooks.sending import Letter, Undelivered, check_address, is_public, post, reachable

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


def test_a_receiver_that_drips_does_not_keep_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "WHOLE", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(Undelivered):
        post(f"http://127.0.0.1:{silent.getsockname()[1]}/", LETTER, demo=True)
