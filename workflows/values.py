"""The small values every part of a definition is written with: names, labels, references and dates."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from workflows.durations import Due, Length, parse_due, parse_length

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,47}$")]


class Frozen(BaseModel):
    """A value of the charter: unknown keys are refused and nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, populate_by_name=True)


class Label(Frozen):
    """A text in Korean, shown first, and in English."""

    ko: str = Field(min_length=1, max_length=600)
    en: str = Field(min_length=1, max_length=600)

    def text(self, language: str) -> str:
        return self.en if language == "en" else self.ko


class Named(Frozen):
    """A guard or effect by name, with the one argument the definition gives it."""

    name: Name
    argument: Any = None

    def __str__(self) -> str:
        return self.name if self.argument is None else f"{self.name}:{self.argument}"


def _read_named(value: object) -> object:
    """``budget_available`` · ``mail:receipt`` · ``{consortium: {companies: 2}}`` -> the fields of Named."""
    if isinstance(value, str):
        name, colon, argument = value.partition(":")
        return {"name": name, "argument": argument if colon else None}
    if isinstance(value, dict) and len(value) == 1:
        ((name, argument),) = value.items()
        return {"name": name, "argument": argument}
    if isinstance(value, (Named, dict)):
        return value
    raise ValueError("write name, name:argument or {name: argument}")


def _read_list(value: object) -> object:
    """One name or a list of names -> always a tuple, which strict reading asks for."""
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, list) else value


Reference = Annotated[Named, BeforeValidator(_read_named)]
Names = Annotated[tuple[Name, ...], BeforeValidator(_read_list)]
DueText = Annotated[Due, BeforeValidator(lambda value: parse_due(value) if isinstance(value, str) else value)]
LengthText = Annotated[Length, BeforeValidator(lambda value: parse_length(value) if isinstance(value, str) else value)]
