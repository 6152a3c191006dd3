"""The workflow author's guide names every word of the definition language, and every finding of the linter."""

import re

import pytest

from backoffice.notifications.events import EVENTS
from backoffice.wiring import DATES, EFFECTS, GUARDS
from tests.house.test_sizes import ROOT, sources
from workflows import definition, forms
from workflows.roles import Role

GUIDE = (ROOT / "docs/guide/workflow-author.md").read_text(encoding="utf-8")
FENCE = re.compile(r"```.*?```", re.DOTALL)
CODE = [*FENCE.findall(GUIDE), *re.findall(r"`([^`]+)`", FENCE.sub("", GUIDE))]
WORDS = {word for text in CODE for word in re.findall(r"[a-z_]+", text)}
MODELS = (
    definition.Workflow, definition.State, definition.Transition, definition.Deadline, definition.Task, definition.Quorum,
    definition.Link, definition.Approvals, definition.Migration, forms.Form, forms.Section, forms.Field, forms.Document,
)  # fmt: skip


@pytest.mark.parametrize("name", sorted({*GUARDS, *EFFECTS, *DATES, *EVENTS}))
def test_every_guard_effect_date_and_mail_is_explained(name: str) -> None:
    assert name in WORDS


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_key_of_the_language_is_explained(model: type[definition.Frozen]) -> None:
    keys = {field.alias or name for name, field in model.model_fields.items()}
    assert keys <= WORDS | {"n"}


def test_every_type_of_a_field_and_every_role_is_named() -> None:
    plain = set(re.findall(r"[a-z_]+", GUIDE))
    assert set(forms.FieldType.__args__) | set(Role) <= plain  # type: ignore[attr-defined]  # a Literal's own words


def test_every_finding_of_the_linter_stands_in_the_table() -> None:
    known = {
        code for path in sources("workflows") for code in re.findall(r'"(WF\d{3})"', path.read_text(encoding="utf-8"))
    }
    assert known == set(re.findall(r"WF\d{3}", GUIDE))
