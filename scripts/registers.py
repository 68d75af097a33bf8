"""Reads data packages for the build: typed rows, with the schema beside them."""

import csv
import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from intake.text import unescape_formula

Row = dict[str, Any]
"""A row by field name: str, int, float, bool, date, or None for an empty cell."""


class BadRegister(ValueError):
    """A register can't be read; the message names the file and the line."""


@dataclass(frozen=True)
class Reference:
    """A foreign key: fields that name a row of a register."""

    fields: tuple[str, ...]
    register: str
    their_fields: tuple[str, ...]


@dataclass(frozen=True)
class Resource:
    """A table of a package: its rows in file order and its Table Schema."""

    name: str
    title: str
    description: str
    schema: dict[str, Any]
    rows: tuple[Row, ...]
    path: Path
    page: dict[str, str] | None = None
    """Where each row has a page of its own: `folder`, and the field that is its `title`."""
    time: dict[str, Any] | None = None
    """How rows live in time: the date field they exist `from`, and the date fields that are
    `events`, filled when something happens."""

    @property
    def key(self) -> tuple[str, ...]:
        """The fields of the primary key."""
        return _names(self.schema["primaryKey"])

    @property
    def references(self) -> list[Reference]:
        """The foreign keys of the schema."""
        return [
            Reference(
                _names(key["fields"]),
                key["reference"]["resource"] or self.name,
                _names(key["reference"]["fields"]),
            )
            for key in self.schema.get("foreignKeys", [])
        ]

    @property
    def fields(self) -> list[dict[str, Any]]:
        """The fields of the schema, in order."""
        return list(self.schema["fields"])

    def labels(self, field: str) -> dict[str, str]:
        """Return the Vietnamese words for the values of an enum."""
        found = next(each for each in self.fields if each["name"] == field)
        return dict(found.get("labels", {}))


def load_package(descriptor: Path, *, escaped: bool = False) -> dict[str, Resource]:
    """Load a package that `frictionless validate` accepts.

    Args:
        descriptor: the `datapackage.json`.
        escaped: whether its text cells carry the formula escape of the intake.

    Raises:
        BadRegister: a cell can't be read as its type.
    """
    package = json.loads(descriptor.read_text(encoding="utf-8"))
    folder = descriptor.parent
    return {raw["name"]: _load(raw, folder, escaped) for raw in package["resources"]}


def _load(raw: dict[str, Any], folder: Path, escaped: bool) -> Resource:
    schema = raw["schema"]
    if isinstance(schema, str):
        schema = json.loads((folder / schema).read_text(encoding="utf-8"))
    paths = [folder / part for part in (raw["path"], *raw.get("extrapaths", []))]
    rows = [row for path in paths for row in _rows(path, schema, escaped)]
    return Resource(
        raw["name"],
        raw["title"],
        raw.get("description", ""),
        schema,
        tuple(rows),
        paths[0],
        raw.get("page"),
        raw.get("time"),
    )


def _names(fields: str | list[str]) -> tuple[str, ...]:
    return (fields,) if isinstance(fields, str) else tuple(fields)


def _rows(path: Path, schema: dict[str, Any], escaped: bool) -> list[Row]:
    readers = {field["name"]: _reader(field["type"], escaped) for field in schema["fields"]}
    rows = []
    with path.open(encoding="utf-8", newline="") as lines:
        table = csv.DictReader(lines)
        if table.fieldnames != list(readers):
            raise BadRegister(f"{path.name}:1: các cột phải là {', '.join(readers)}")
        for cells in table:
            try:
                if None in cells.values():
                    raise ValueError
                rows.append({name: read(cells[name]) for name, read in readers.items()})
            except (ValueError, TypeError, AttributeError, KeyError):
                raise BadRegister(f"{path.name}:{table.line_num}: có ô sai kiểu: {cells}") from None
    return rows


def _reader(kind: str, escaped: bool) -> Callable[[str], Any]:
    readers: dict[str, Callable[[str], Any]] = {
        "integer": int,
        "number": float,
        "boolean": {"true": True, "false": False}.__getitem__,
        "date": dt.date.fromisoformat,
        "datetime": dt.datetime.fromisoformat,
        "string": unescape_formula if escaped else str,
    }
    read = readers[kind]
    return lambda cell: None if cell == "" else read(cell)
