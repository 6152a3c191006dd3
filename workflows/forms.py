"""What people are asked: frozen models of forms, sections, fields and documents."""

from collections.abc import Collection
from typing import Literal, Self

from pydantic import Field as Rule
from pydantic import model_validator

from workflows.roles import Role
from workflows.values import Frozen, Label, Name

FieldType = Literal[
    "text", "long_text", "integer", "decimal", "percent", "money", "date", "choice", "choices", "yes_no", "consent",
    "email", "phone", "url", "business_number", "zone", "person_name", "files", "group", "indicators",
]  # fmt: skip
"""``money`` is entered in thousand won and stored in won; ``decimal`` and ``percent`` keep up to three places."""

Feed = Literal["title", "amount", "members", "starts_on", "ends_on"]


class Option(Frozen):
    code: Name
    label: Label


class Condition(Frozen):
    """A field is asked only when another field of the same form holds one of these values."""

    field: Name
    is_one_of: tuple[str, ...] = Rule(min_length=1)


class Field(Frozen):
    """One question. Lengths count characters, ``min``/``max`` count units (won for money, days never)."""

    name: Name
    type: FieldType
    label: Label
    hint: Label | None = None
    required: bool = False
    min: int | None = None
    max: int | None = None
    min_length: int | None = Rule(default=None, ge=0)
    max_length: int | None = Rule(default=None, ge=1, le=20_000)
    unit: Label | None = None
    options: tuple[Option, ...] = ()
    fields: tuple["Field", ...] = ()
    min_rows: int = Rule(default=0, ge=0, le=200)
    max_rows: int = Rule(default=50, ge=1, le=500)
    document: Name | None = None
    feeds: Feed | None = None
    when: Condition | None = None
    after: Name | None = None
    """For a date: the field it must lie behind."""
    total: Name | None = None
    """In a group: the money column whose sum is shown below the grid."""

    @model_validator(mode="after")
    def _has_what_its_type_needs(self) -> Self:
        if (self.type in {"choice", "choices"}) != bool(self.options):
            raise ValueError(f"field '{self.name}': options belong to choice and choices, and only there")
        if (self.type == "group") != bool(self.fields):
            raise ValueError(f"field '{self.name}': inner fields belong to a group, and only there")
        if (self.type == "files") != (self.document is not None):
            raise ValueError(f"field '{self.name}': a files field names the document it takes")
        if any(inner.type in {"group", "files"} for inner in self.fields):
            raise ValueError(f"field '{self.name}': a group holds plain fields, no group and no files")
        return self


class Section(Frozen):
    """A page of the form, one line in the applicant's task list."""

    code: Name
    title: Label
    intro: Label | None = None
    by: tuple[Role, ...] = ()
    """Who writes here, among those who fill the form where a case rests; empty for all of them."""
    fields: tuple[Field, ...] = Rule(min_length=1)

    def written_by(self, roles: Collection[Role]) -> bool:
        """Whether somebody with these roles writes here."""
        return not self.by or any(role in self.by for role in roles)


class Form(Frozen):
    """A form in sections. Field names are unique in the whole form."""

    title: Label
    sections: tuple[Section, ...] = Rule(min_length=1)

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        names = [field.name for section in self.sections for field in section.fields]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"field names used twice: {', '.join(twice)}")
        return self

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(field for section in self.sections for field in section.fields)

    def field(self, name: str) -> Field | None:
        return next((field for field in self.fields if field.name == name), None)

    def section_of(self, field: str) -> Section | None:
        """The section that asks for a field."""
        return next((one for one in self.sections if any(asked.name == field for asked in one.fields)), None)

    def part_for(self, roles: Collection[Role]) -> Self:
        """The same form with only those sections in which somebody with these roles writes."""
        return self.model_copy(update={"sections": tuple(one for one in self.sections if one.written_by(roles))})

    def section(self, code: str) -> Section | None:
        return next((section for section in self.sections if section.code == code), None)


class Document(Frozen):
    """A kind of file people attach: what it is called, which types and how large it may be."""

    label: Label
    types: tuple[Literal["pdf", "hwp", "hwpx", "docx", "xlsx", "csv", "jpg", "png", "zip"], ...] = (
        "pdf",
        "hwp",
        "hwpx",
    )
    max_mb: int = Rule(default=20, ge=1, le=200)
    many: bool = False
    personal: bool = False
    """Whether it usually carries personal data: reads are logged with the person concerned."""
