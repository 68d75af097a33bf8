"""A form as its Table Schema describes it.

Beside the properties of Table Schema a form schema knows, at the top: `title`, `prefix` (of the
numbers), `template` (code of the paper form), `submit`, `attachments`, `anonymous` (the field that
asks for anonymity), `retention`, `next`, `sections`, `rules`; and in a field: `section`, `widget`
(`textarea`, `radio`, `scale`; else what its type calls for), `access` (`public`, `internal`,
`personal`), `identifies` (published, but dropped like what is personal when the sender stays
anonymous), `labels` (of an enum), `choices` (which rows of the register a foreign key offers;
`from`: what the desk offers, `actions` of the case, `accounts` or other `cases`), `carried` (begins
with what the case says already, under the same name or under the one that it gives), `not_after`
and `not_before` ("today"), `autocomplete`, `inputmode`, `by_desk` (nobody answers it: the desk
fills it in).

The form of an action on a case has no numbers of its own, so no `prefix`.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from frictionless import Schema

_ACCESS = {"public", "internal", "personal"}


class BadFormSchema(ValueError):
    """A form schema can't be used; the message names the file and what is wrong."""


@dataclass(frozen=True)
class Field:
    """One question of a form."""

    name: str
    title: str
    description: str
    example: Any
    type: str
    section: str
    access: str
    constraints: dict[str, Any]
    options: dict[str, Any]
    """All properties of the schema's field, those of the portal included."""

    @property
    def required(self) -> bool:
        """Whether an answer must be given."""
        return bool(self.constraints.get("required", False))

    @property
    def carried(self) -> str:
        """The name of what the case says already, with which the answer begins; empty if none."""
        source = self.options.get("carried", "")
        return self.name if source is True else str(source or "")

    @property
    def labels(self) -> dict[str, str]:
        """The Vietnamese words of each value of an enum, in order."""
        return dict(self.options.get("labels", {}))

    @property
    def by_desk(self) -> bool:
        """Whether the desk fills it in and nobody is asked."""
        return bool(self.options.get("by_desk", False))

    @property
    def multiline(self) -> bool:
        """Whether line ends may be typed."""
        return self.options.get("widget") == "textarea"


@dataclass(frozen=True)
class Rule:
    """When `when` is answered with `value`, or `*` at all, each of `requires` must be answered."""

    when: str
    value: str
    requires: tuple[str, ...]
    message: str


@dataclass(frozen=True)
class Form:
    """A form: its fields in order, and what it says about itself."""

    name: str
    descriptor: dict[str, Any]
    fields: tuple[Field, ...]
    rules: tuple[Rule, ...]

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical descriptor; kept with every answer given under it."""
        canonical = json.dumps(self.descriptor, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()

    @cached_property
    def descriptor_text(self) -> str:
        """The descriptor as JSON text, in the order in which it was written."""
        return json.dumps(self.descriptor, ensure_ascii=False)

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """The fields by their names."""
        return {field.name: field for field in self.fields}

    @cached_property
    def asked(self) -> tuple[Field, ...]:
        """The fields that people answer, in order: all but what the desk fills in."""
        return tuple(field for field in self.fields if not field.by_desk)

    @cached_property
    def asked_names(self) -> frozenset[str]:
        """The names of the fields that people answer."""
        return frozenset(field.name for field in self.asked)

    @cached_property
    def references(self) -> dict[str, str]:
        """The register that each field with a foreign key takes its choices from."""
        return {
            key["fields"][0]: key["reference"]["resource"]
            for key in self.descriptor.get("foreignKeys", [])
        }

    @cached_property
    def cell_readers(self) -> dict[str, Any]:
        """Frictionless's own readers, one a field, made once."""
        schema = Schema.from_descriptor({"fields": self.descriptor["fields"]})
        return dict(schema.create_cell_readers())  # type: ignore[no-untyped-call]

    @cached_property
    def blank_notes(self) -> dict[str, dict[str, str]]:
        """Frictionless's verdict on each field that is left out, which never changes."""
        return {name: dict(read("")[1] or {}) for name, read in self.cell_readers.items()}

    @property
    def title(self) -> str:
        """The form's title."""
        return str(self.descriptor["title"])

    @property
    def prefix(self) -> str:
        """The prefix of the numbers, such as KPH."""
        return str(self.descriptor["prefix"])

    @property
    def takes_attachments(self) -> bool:
        """Whether files may be attached."""
        return bool(self.descriptor.get("attachments", False))

    @property
    def anonymous_field(self) -> str | None:
        """The checkbox that asks for anonymity, if the form has one."""
        name = self.descriptor.get("anonymous")
        return str(name) if name else None

    @property
    def personal_fields(self) -> tuple[str, ...]:
        """The fields that say who sent it."""
        return tuple(field.name for field in self.fields if field.access == "personal")

    @property
    def identifying_fields(self) -> tuple[str, ...]:
        """The fields that an anonymous submission goes without."""
        return tuple(
            field.name
            for field in self.fields
            if field.access == "personal" or field.options.get("identifies")
        )

    def sections(self) -> list[tuple[dict[str, str], list[Field]]]:
        """Return each section with the fields that are asked, in the order of the schema."""
        return [
            (
                section,
                [field for field in self.asked if field.section == section["name"]],
            )
            for section in self.descriptor["sections"]
        ]


def form_from_descriptor(name: str, descriptor: dict[str, Any]) -> Form:
    """Build a form from its schema.

    Raises:
        BadFormSchema: a property is missing or contradicts another one.
    """
    try:
        fields = tuple(_field(raw) for raw in descriptor["fields"])
        rules = tuple(
            Rule(rule["when"], rule.get("is", "true"), tuple(rule["requires"]), rule["message"])
            for rule in descriptor.get("rules", [])
        )
        sections = {section["name"] for section in descriptor["sections"]}
        _ = descriptor["title"]
    except KeyError as missing:
        raise BadFormSchema(f"{name}.json: thiếu thuộc tính {missing}") from None
    for field in fields:
        if field.section not in sections:
            raise BadFormSchema(f"{name}.json: {field.name}: không có phần {field.section!r}")
        if field.access not in _ACCESS:
            raise BadFormSchema(f"{name}.json: {field.name}: access phải là {sorted(_ACCESS)}")
        if field.labels and list(field.labels) != field.constraints.get("enum"):
            raise BadFormSchema(f"{name}.json: {field.name}: labels và enum phải như nhau")
    form = Form(name, descriptor, fields, rules)
    for rule in rules:
        for asked in (rule.when, *rule.requires):
            if asked not in form.by_name:
                raise BadFormSchema(f"{name}.json: rules: không có trường {asked!r}")
    return form


def load_forms(folder: Path) -> dict[str, Form]:
    """Load every form that opens a case, by name; a file is read again when it changed.

    Raises:
        BadFormSchema: a schema can't be used.
    """
    forms = load_action_forms(folder)
    for form in forms.values():
        _refuse_without_prefix(form)
    return forms


def load_form(folder: Path, name: str) -> Form | None:
    """Load one form that opens a case, without a look at the others; None when there is none.

    Raises:
        BadFormSchema: its schema can't be used.
    """
    path = folder / f"{name}.json"
    try:
        changed = path.stat().st_mtime_ns
    except FileNotFoundError:
        return None
    form = _load(path, changed)
    _refuse_without_prefix(form)
    return form


def load_action_forms(folder: Path) -> dict[str, Form]:
    """Load every form of an action on a case, by name, as `load_forms` does.

    Raises:
        BadFormSchema: a schema can't be used.
    """
    return {
        path.stem: _load(path, path.stat().st_mtime_ns) for path in sorted(folder.glob("*.json"))
    }


def _refuse_without_prefix(form: Form) -> None:
    if "prefix" not in form.descriptor:
        raise BadFormSchema(f"{form.name}.json: thiếu thuộc tính 'prefix'")


@lru_cache(maxsize=64)
def _load(path: Path, _changed: int) -> Form:
    try:
        descriptor = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadFormSchema(f"{path.name}: không phải JSON: {error}") from None
    return form_from_descriptor(path.stem, descriptor)


def _field(raw: dict[str, Any]) -> Field:
    return Field(
        name=raw["name"],
        title=raw["title"],
        description=raw["description"],
        example=raw["example"],
        type=raw["type"],
        section=raw["section"],
        access=raw["access"],
        constraints=raw.get("constraints", {}),
        options=raw,
    )
