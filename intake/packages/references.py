"""Keys of a package that is about to be published, looked up once a table.

Frictionless reads the whole table that a key points into again for each table with such a key.
With the answers to every action pointing into the events, that is most of the time. What a part
holds it is asked once (see `validation`); that no key stands twice is looked up across the parts.
"""

import csv
from collections.abc import Iterator, Sequence

from intake.packages.tables import Table

Key = tuple[str, ...]


def dangling(tables: Sequence[Table]) -> Iterator[str]:
    """Return, for each foreign key that some row breaks, one such row in words.

    A key whose cells are all empty points nowhere, which is no error (Table Schema, foreignKeys).
    """
    by_name = {table.name: table for table in tables}
    known: dict[tuple[str, Key], set[Key]] = {}
    for table in tables:
        for reference in table.schema.get("foreignKeys", []):
            into = reference["reference"]
            target, fields = into["resource"], tuple(into["fields"])
            if target not in by_name:
                yield f"{table.name}: no table {target}"
                continue
            if (target, fields) not in known:
                known[target, fields] = set(_keys(by_name[target], fields))
            lost = set(_keys(table, reference["fields"])) - known[target, fields]
            if lost := {key for key in lost if any(key)}:
                yield f"{table.name}: no row {', '.join(min(lost))} in {target}"


def repeated(tables: Sequence[Table]) -> Iterator[str]:
    """Return, for each key that may stand once in its table and stands twice, one such in words."""
    for table in tables:
        for fields in _unique(table):
            seen: set[Key] = set()
            for key in _keys(table, fields):
                if key in seen and any(key):
                    yield f"{table.name}: {', '.join(key)} stands twice"
                    break
                seen.add(key)


def _unique(table: Table) -> Iterator[list[str]]:
    """Yield the primary key of a table and the fields that are unique by themselves."""
    if primary := table.schema.get("primaryKey"):
        yield primary
    for field in table.schema["fields"]:
        if field.get("constraints", {}).get("unique"):
            yield [field["name"]]


def _keys(table: Table, fields: Sequence[str]) -> Iterator[Key]:
    for part in table.parts:
        rows = csv.reader(part.text.splitlines(keepends=True))
        header = next(rows)
        places = [header.index(field) for field in fields]
        for row in rows:
            yield tuple(row[place] for place in places)
