"""Validates a package before it is published, each part of a table once.

A part never changes: its name holds the hash of what it holds. So frictionless is asked about the
parts that are new, or whose schema is; keys, which tie parts and tables together, are looked up in
all of them, in time that grows with the rows alone.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import frictionless

from intake.packages.references import dangling, repeated
from intake.packages.tables import Part, Table, package_descriptor

_FOUND_SOUND = ".sound.json"


class InvalidPackage(RuntimeError):
    """What was projected does not validate; the package that stands was left as it is."""


def validate(folder: Path, projected: Sequence[Table]) -> None:
    """Validate the tables of a package; their parts stand in its folder.

    Raises:
        InvalidPackage: a key stands twice or points nowhere, or frictionless found an error.
    """
    if broken := [*repeated(projected), *dangling(projected)]:
        raise InvalidPackage(f"{folder.name}: {broken[:10]}")
    sound = _sound(folder)
    marks = {table.name: {_mark(table, part): part for part in table.parts} for table in projected}
    new = [
        replace(table, schema=_without_keys(table), parts=parts)
        for table in projected
        if (parts := tuple(part for mark, part in marks[table.name].items() if mark not in sound))
    ]
    if problems := _problems(folder, new):
        raise InvalidPackage(f"{folder.name}: {problems}")
    present = {mark for each in marks.values() for mark in each}
    if sound != present:
        _remember(folder, sorted(present))


def _problems(folder: Path, new: list[Table]) -> list[list[str]]:
    """Return the first errors that frictionless finds in the new parts of tables."""
    if not new:
        return []
    aside = folder / ".next.json"
    aside.write_text(package_descriptor(folder.name, folder.name, 0, new), encoding="utf-8")
    report = frictionless.validate(str(aside), type="package")
    aside.unlink()
    problems: list[list[str]] = report.flatten(["name", "rowNumber", "fieldName", "message"])
    return problems[:10]


def _without_keys(table: Table) -> dict[str, object]:
    return {name: said for name, said in table.schema.items() if name != "foreignKeys"}


def _mark(table: Table, part: Part) -> str:
    """Return what a part was found sound as: its bytes, its schema and who judged."""
    judged = [part.path, part.text, table.schema, version("frictionless")]
    return hashlib.sha256(json.dumps(judged, sort_keys=True).encode()).hexdigest()


def _sound(folder: Path) -> set[str]:
    try:
        return set(json.loads((folder / _FOUND_SOUND).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return set()


def _remember(folder: Path, marks: list[str]) -> None:
    aside = folder / f"{_FOUND_SOUND}.tmp"
    aside.write_text(json.dumps(marks), encoding="utf-8")
    aside.replace(folder / _FOUND_SOUND)
