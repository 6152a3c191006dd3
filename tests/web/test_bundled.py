"""Bundled files: kept by browsers for good, under addresses that change with their bytes."""

import pytest
from flask import Flask

from tests.browse import Person
from tests.queries import counted

VENDORED = "/static/vendor/htmx-2.0.11/htmx.min.js"


def styles(person: Person) -> str:
    return str(person.get("/").tree.xpath("//link[contains(@href, 'app.css')]/@href")[0])


def test_a_page_names_its_style_sheet_by_its_bytes_and_browsers_keep_it(app: Flask) -> None:
    person = Person(app)
    with person.client.get(styles(person)) as file:
        assert file.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Cookie" not in file.headers.get("Vary", "")


def test_files_of_others_are_kept_for_their_folder_carries_the_version(app: Flask) -> None:
    with Person(app).client.get(VENDORED) as file:
        assert "immutable" in file.headers["Cache-Control"]


@pytest.mark.parametrize("address", ["/static/app.css", "/static/app.css?v=older", "/static/js/section.js"])
def test_an_address_that_may_come_to_mean_other_bytes_is_asked_again(app: Flask, address: str) -> None:
    with Person(app).client.get(address) as file:
        assert file.headers["Cache-Control"] == "no-cache"


def test_a_bundled_file_asks_the_database_nothing(app: Flask) -> None:
    person = Person(app)
    address = styles(person)
    with app.app_context(), counted() as sent:
        person.client.get(address).close()
    assert sent == []
