"""Mails about an account: every one in both languages, with its link or without one, naming nobody."""

import re

import pytest

from backoffice.core import clock
from backoffice.core.i18n import Language
from backoffice.core.paths import resource_dir
from backoffice.notifications import texts
from backoffice.notifications.account_mails import LINKS, NOTICES, AccountLetter

LINK = "https://ieum.example/account/reset/token"


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("event", sorted(NOTICES | LINKS.keys()))
def test_every_mail_about_an_account_has_a_subject_a_text_and_its_own_way_in(event: str, language: Language) -> None:
    letter = AccountLetter("https://ieum.example", LINK, clock.now())
    subject, body = texts.render(f"account/{event}", letter, language)
    assert subject.startswith("[")
    assert len(body.splitlines()) > 4
    assert (LINK in body) == (event in LINKS)
    assert not re.search(r"[가-힣]", body) or language == "ko"


def test_no_text_is_left_over() -> None:
    folder = resource_dir("templates") / "emails" / "account"
    assert {path.name.split(".")[0] for path in folder.iterdir()} == NOTICES | LINKS.keys()
