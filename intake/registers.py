"""The controlled registers, as far as the intake needs them: the choices of its forms."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from intake.forms.schema import Field, Form

Row = dict[str, str]


@dataclass(frozen=True)
class Choice:
    """One answer that a register offers."""

    value: str
    label: str
    group: str = ""


class Registers:
    """Reads registers from their CSV files; a file is read again when it changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def rows(self, resource: str) -> list[Row]:
        """Return the rows of a register.

        Raises:
            OSError: there is no such register.
        """
        path = self.folder / f"{resource}.csv"
        return _read(path, path.stat().st_mtime_ns)

    def choices(self, form: Form, field: Field) -> list[Choice]:
        """Return what `field` offers: the labels of its enum or the rows of its register."""
        if field.labels:
            return [Choice(value, label) for value, label in field.labels.items()]
        resource = form.references.get(field.name)
        if resource is None:
            return []
        asked = field.options.get("choices", {})
        label, group = asked.get("label", "code"), asked.get("group", "")
        return [
            Choice(row["code"], f"{row['code']} – {row[label]}", row.get(group, ""))
            for row in self._offered_rows(resource, field)
        ]

    def offers(self, form: Form, field: Field, value: str) -> bool:
        """Tell whether the register that `field` points into offers a value."""
        where = field.options.get("choices", {}).get("where", {})
        asked = tuple((column, *allowed) for column, allowed in where.items())
        path = self.folder / f"{form.references[field.name]}.csv"
        return value in _codes(path, path.stat().st_mtime_ns, asked)

    def _offered_rows(self, resource: str, field: Field) -> Iterator[Row]:
        where: dict[str, list[str]] = field.options.get("choices", {}).get("where", {})
        return _those(self.rows(resource), where.items())


@lru_cache(maxsize=64)
def _read(path: Path, _changed: int) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@lru_cache(maxsize=256)
def _codes(path: Path, changed: int, where: tuple[tuple[str, ...], ...]) -> frozenset[str]:
    """Return the codes that a register offers, found once for each state of it."""
    asked = [(column, allowed) for column, *allowed in where]
    return frozenset(row["code"] for row in _those(_read(path, changed), asked))


def _those(rows: Iterable[Row], where: Iterable[tuple[str, Sequence[str]]]) -> Iterator[Row]:
    """Return the rows that hold, in each column asked for, something that is allowed there."""
    asked = list(where)
    return (row for row in rows if all(row[column] in allowed for column, allowed in asked))
