"""Addresses and numbers are hidden where they are not needed (trust rule 13), and a password never stands in an address."""

import pytest

from backoffice.core.identifiers import mask_phone, masked
from backoffice.web.admin.settings import without_password
from backoffice.web.showing import without_contacts
from workflows import catalogue


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("홍길동", "홍*동"),
        ("홍길", "홍*"),
        ("남궁민수", "남**수"),
        ("010-1234-5678", "010-****-5678"),
        ("01012345678", "010-****-5678"),
        ("02-123-4567", "02-****-4567"),
        ("+82 10 1234 5678", "821-****-5678"),
        ("abcd@example.org", "ab***@example.org"),
        ("", ""),
    ],
)
def test_a_name_an_address_and_a_number_lose_their_telling_part(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_a_short_number_is_hidden_whole() -> None:
    assert mask_phone("1234-567") == "*******"


def test_answers_lose_contacts_by_the_type_of_their_field_in_groups_too() -> None:
    forms = [form for loaded in catalogue.shipped().values() for form in loaded.workflow.forms.values()]
    seen = 0
    for form in forms:
        answers = {
            field.name: [{inner.name: _typed(inner.type) for inner in field.fields}]
            if field.type == "group"
            else _typed(field.type)
            for field in form.fields
        }
        hidden = str(without_contacts(form, answers))
        assert "1234-5678" not in hidden
        assert "person@example" not in hidden
        seen += "010-****-5678" in hidden or "pe***@example" in hidden
        assert str(answers).count("그대로") == hidden.count("그대로")
    assert seen


def _typed(kind: str) -> str:
    return {"email": "person@example.kr", "phone": "010-1234-5678"}.get(kind, "그대로")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://ieum:geheim@db:5432/ieum?sslkey=geheim", "postgresql://●●●●@db:5432/ieum"),
        ("smtp://a:geheim@mail/", "smtp://●●●●@mail/"),
        ("sqlite:////srv/ieum.db", "sqlite:////srv/ieum.db"),
        ("s3:bucket", "s3:bucket"),
    ],
)
def test_an_address_is_shown_without_its_password(address: str, shown: str) -> None:
    assert without_password(address) == shown
