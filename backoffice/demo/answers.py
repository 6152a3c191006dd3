"""Complete answers to any form of a definition: what the storyboard says, and something plausible for the rest."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from backoffice.demo import sources
from backoffice.demo.speech import Scope
from backoffice.forms import checks
from workflows.forms import Field, Form


def complete(
    form_name: str,
    form: Form,
    scope: Scope,
    *,
    given: Mapping[str, Any],
    action: str = "",
    sections: Sequence[str] = (),
    kept: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Field -> typed answer. ``sections`` limits the answers to some pages; what is ``kept`` stays unless given anew.

    What a step gives comes first, then what its action always answers, then what the form always answers.
    """
    known = sources.chapter().answers
    spoken = {**known.get(form_name, {}), **known.get(f"{action}()", {}), **given}
    values: dict[str, Any] = dict(kept or {})
    for section in form.sections:
        if sections and section.code not in sections:
            continue
        for field in section.fields:
            if field.type == "files" or not checks.applies(field, values):
                continue
            if field.name in values and field.name not in given:
                continue
            value = scope.resolve(spoken[field.name], field) if field.name in spoken else _plausible(field, scope)
            if value is not None:
                values[field.name] = value
    return values


def _plausible(field: Field, scope: Scope) -> Any:
    """An answer by type alone; nothing for what may stay empty."""
    if not field.required:
        return None
    if field.type == "group":
        return [{inner.name: _plausible(inner, scope) for inner in field.fields if inner.required}]
    return _BY_TYPE[field.type](field, scope)


_BY_TYPE: Mapping[str, Callable[[Field, Scope], Any]] = {
    "text": lambda field, _scope: field.label.ko,
    "long_text": lambda _field, scope: scope.resolve("{subject} 관련 사항을 확인하였으며 특이사항이 없습니다."),
    "integer": lambda field, scope: scope.rng.randint(field.min or 1, min(field.max or 9, (field.min or 1) + 8)),
    "decimal": lambda field, _scope: str(field.min or 1),
    "percent": lambda field, scope: str(scope.rng.randint(field.min or 10, field.max or 90)),
    "money": lambda field, _scope: field.min or 0,
    "date": lambda _field, scope: scope.resolve("=today"),
    "choice": lambda field, _scope: field.options[0].code,
    "choices": lambda field, _scope: [field.options[0].code],
    "yes_no": lambda _field, _scope: True,
    "consent": lambda _field, _scope: True,
    "email": lambda _field, scope: f"contact@{scope.cast.lead.firm.slug}.example",
    "phone": lambda _field, _scope: "02-000-0000",
    "url": lambda _field, scope: f"https://{scope.cast.lead.firm.slug}.example",
    "business_number": lambda _field, scope: scope.cast.lead.business_number,
    "zone": lambda _field, scope: scope.cast.zone,
    "person_name": lambda _field, scope: scope.cast.lead.firm.contact,
    "indicators": lambda _field, scope: scope.resolve("=outcomes"),
}
