"""One simulated applicant for locust: writes, looks, and submits once, as people do on the closing day.

Run by ``python -m tests.load``, which says through the environment who applies (``IEUM_APPLICANTS``), where to note what
was acknowledged (``IEUM_TOLD``) and for how many seconds people write before everybody hands in (``IEUM_SECONDS``).
"""

import itertools
import json
import os
import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from locust import HttpUser, between, task
from lxml import html

FORM = "/portal/cases/{reference}/forms/application/overview"
WORDS = "현장에서 바로 쓰는 진단 기술을 함께 기획하고 국가 연구개발 과제로 이어 갑니다. "
HANDING_IN = 0.5
"""After this part of the time people begin to hand in."""

everybody = json.loads(Path(os.environ["IEUM_APPLICANTS"]).read_text(encoding="utf-8"))
told = os.open(os.environ["IEUM_TOLD"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
seconds = float(os.environ["IEUM_SECONDS"])
turn, began = itertools.count(), time.monotonic()


def note(what: str, reference: str, text: str) -> None:
    """Write down what was attempted or acknowledged, at once and whole."""
    os.write(told, (json.dumps([what, reference, text], ensure_ascii=False) + "\n").encode())


@dataclass
class Section:
    """An open section as its page's script knows it."""

    typed: dict[str, Any]
    fields: str
    """Where single fields are saved."""
    user: int
    seen: dict[str, int]
    """Field -> the revision it was typed over."""

    @classmethod
    def read(cls, content: bytes, address: str) -> "Section":
        form, typed = _form(content, address), _typed(content, address)
        return cls(typed, form.get("data-fields"), int(form.get("data-user")), json.loads(typed["seen"]))


class Applicant(HttpUser):
    """Somebody of one company, with a draft that only needs its last words.

    As in the browser a section is opened once, what is typed is saved by itself at every pause, and a button saves it all.
    """

    wait_time = between(3, 9)

    def on_start(self) -> None:
        me = everybody[next(turn) % len(everybody)]
        self.reference: str = me["reference"]
        self.client.cookies.set("ieum", me["session"], domain=urlsplit(self.host).hostname, path="/")
        self.address = FORM.format(reference=self.reference)
        self.page: Section | None = None
        self.edits = 0
        self.submitted = False
        self.hour = random.uniform(HANDING_IN, 0.95) * seconds  # when this one hands in
        self.write()  # what everybody came for, before the first look around

    @task(8)
    def write(self) -> None:
        """Type into the goal: saved by itself, and every fifth time by the button."""
        if self.submitted:
            return self.look()
        if self.page is None and not self.open():
            return None
        self.edits += 1
        text = f"{WORDS * (1 + self.edits % 4)}{self.edits}번째로 고침 {random.getrandbits(48):x}"  # a mark
        note("tried", self.reference, text)
        if self.edits % 5:
            self.pause(text)
        else:
            self.press(text)
        if time.monotonic() - began > self.hour:
            self.submit()
        return None

    def open(self) -> bool:
        page = self.client.get(self.address, name="section")
        self.page = Section.read(page.content, self.address) if page.status_code == 200 else None
        return self.page is not None

    def pause(self, text: str) -> None:
        """What the page's script sends a second after the last key."""
        assert self.page is not None  # it was opened
        page = self.page
        body = {"user": page.user, "fields": {"goal": [["goal", text]]}, "seen": {"goal": page.seen.get("goal", 0)}}
        with self.client.post(
            page.fields,
            json=body,
            headers={"X-CSRFToken": page.typed["csrf_token"]},
            name="autosave",
            catch_response=True,
        ) as answer:
            if answer.status_code == 200 and not answer.json()["clashes"]:
                page.seen |= answer.json()["revisions"]
                note("saved", self.reference, text)
            else:
                answer.failure(f"saving by itself answered {answer.status_code}: {answer.text[:200]}")

    def press(self, text: str) -> None:
        """The whole form, sent by its button."""
        assert self.page is not None  # it was opened
        typed = {**self.page.typed, "seen": json.dumps(self.page.seen), "goal": text, "go": "stay"}
        self.page = None
        with self.client.post(
            self.address, data=typed, files={}, name="save", allow_redirects=False, catch_response=True
        ) as answer:
            if answer.status_code == 302:
                note("saved", self.reference, text)
            else:
                answer.failure(f"saving answered {answer.status_code}")

    @task(2)
    def look(self) -> None:
        """Look at the case and the list."""
        self.client.get(f"/portal/cases/{self.reference}", name="case")
        self.client.get("/portal/", name="list")

    def submit(self) -> None:
        """Hand in, some by a double click."""
        address = f"/cases/{self.reference}/actions/submit"
        page = self.client.get(address, name="submit page")
        if page.status_code != 200:
            return
        typed = _typed(page.content, address)
        for _ in range(random.choice((1, 1, 2))):  # one in three clicks twice
            with self.client.post(
                address, data=typed, name="submit", allow_redirects=False, catch_response=True
            ) as answer:
                if answer.status_code == 302:
                    note("submitted", self.reference, "")
                    self.submitted = True
                else:
                    answer.failure(f"submitting answered {answer.status_code}")


def _typed(content: bytes, address: str) -> dict[str, Any]:
    """What the page's own form would send, button and files apart."""
    return dict(_form(content, address).form_values())


def _form(content: bytes, address: str) -> Any:
    for form in html.fromstring(content).forms:
        action = (form.get("action") or address).partition("?")[0]
        if form.get("method", "get").lower() == "post" and action.endswith(address):
            return form
    raise RuntimeError(f"there is no form on {address}")
