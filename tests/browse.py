"""A person at a browser without script: follows addresses, fills the forms that pages really show, and submits them."""

import io
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import EnvironBuilder
from lxml import html
from werkzeug.test import TestResponse

from tests.make import PASSWORD


@dataclass
class Page:
    """What came back: status, address and the parsed page."""

    response: TestResponse
    address: str

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def tree(self) -> Any:
        return html.fromstring(self.response.get_data(as_text=True))

    @property
    def text(self) -> str:
        return " ".join(self.tree.text_content().split())

    def forms(self) -> list[Any]:
        return list(self.tree.forms)

    def form(self, ending: str) -> Any:
        """The form whose address ends like this (``""`` for the page's own)."""
        wanted = ending or self.address.partition("?")[0]
        for form in self.forms():
            action = (form.get("action") or self.address).partition("?")[0]
            if form.get("method", "get").lower() == "post" and action.endswith(wanted):
                return form
        raise AssertionError(f"no form to {wanted!r} on {self.address}: {self.text[:600]}")


class Person:
    """Somebody with a browser of their own."""

    def __init__(self, app: Flask, email: str = "", password: str = PASSWORD) -> None:
        self.client = app.test_client()
        if email:
            self.sign_in(email, password)

    def sign_in(self, email: str, password: str = PASSWORD) -> None:
        """Be let in; the page one would be led to is not opened."""
        page = self.get("/sign-in")
        typed = {**dict(page.form("").form_values()), "email": email, "password": password}
        response = self.client.post(page.address, data=typed)
        assert response.status_code == 302, Page(response, page.address).text

    def get(self, address: str) -> Page:
        response = self.client.get(address, follow_redirects=True)
        return Page(response, response.request.full_path.rstrip("?"))

    def submit(self, page: Page, ending: str = "", button: tuple[str, str] | None = None, **values: Any) -> Page:
        """Fill a form of the page and send it; ``files`` are (name, bytes) or lists of them."""
        form = page.form(ending)
        data: dict[str, Any] = {}
        for name, value in form.form_values():
            data.setdefault(name, []).append(value)
        for name, value in values.items():
            data[name.replace("__", "-")] = value
        if button is not None:
            data[button[0]] = button[1]
        return self.post(form.get("action") or page.address, data)

    def post(self, address: str, data: dict[str, Any]) -> Page:
        fields = {name: _sendable(value) for name, value in data.items()}
        builder = EnvironBuilder(
            self.client.application, address, method="POST", data=fields, content_type="multipart/form-data"
        )
        environ = builder.get_environ()
        builder.close()
        response = self.client.open(environ, follow_redirects=True)
        environ["wsgi.input"].close()
        return Page(response, response.request.full_path.rstrip("?"))


def _sendable(value: Any) -> Any:
    if isinstance(value, tuple):
        name, content = value
        return (io.BytesIO(content), name)
    if isinstance(value, list):
        return [_sendable(item) for item in value]
    return value
