"""What history is compared by: states of the registers, what each promises, and corrections."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from scripts.checks.material import Finding, Place
from scripts.registers import Reference

Cells = dict[str, str]
Key = tuple[str, ...]
Rows = Mapping[Key, Cells]
State = Mapping[str, Rows]
"""The rows of each register by their keys, in the order of the file; cells as they are written."""

CORRECTIONS = "corrections"
_JOINT = "; "


@dataclass(frozen=True)
class Policy:
    """What the resource of a register promises of its rows (`history` in the package)."""

    register: str
    key: Key
    references: tuple[Reference, ...] = ()
    numbered: tuple[str, ...] | None = None
    """The fields that tell what a number stands for; None when keys are no numbers."""
    frozen: Mapping[str, Any] | None = None
    """`when`: the values of fields (or true: filled) that freeze a row; `with`: the field of a
    foreign key whose row freezes this one; `but`: fields that stay free; `once`: fields that may
    be filled once."""
    moves: Mapping[str, Mapping[str, list[str]]] = field(default_factory=dict)
    """The values that may follow each value of a field."""
    sequence: Mapping[str, str] | None = None
    """`number` counts up without a gap in the rows `of` a field's value."""
    dates: tuple[str, ...] = ()
    """Dates that may not come to lie before the day on which the earlier state stood."""

    def identity(self, row: Cells) -> str:
        """Return what the number of a row stands for."""
        return _JOINT.join(row.get(name, "") for name in self.numbered or ())

    def free(self, name: str) -> bool:
        """Tell whether a field of a frozen row may change, or is watched by another rule."""
        frozen = self.frozen or {}
        return name in {*frozen.get("but", ()), *self.moves, *(self.numbered or ())}

    def once(self, name: str) -> bool:
        """Tell whether a field of a frozen row may be filled when it is empty."""
        return name in (self.frozen or {}).get("once", ())

    def may_become(self, name: str, old: str, new: str) -> bool:
        """Tell whether a field may go from a value to another, in one step or several."""
        follows, reached, waiting = self.moves[name], {old}, [old]
        while waiting:
            for value in follows.get(waiting.pop(), ()):
                if value not in reached:
                    reached.add(value)
                    waiting.append(value)
        return new in reached


Policies = Mapping[str, Policy]


class Corrections:
    """The corrections in their order: which change of which cell they permit."""

    def __init__(self, rows: Iterable[Cells]) -> None:
        self._steps: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
        for row in rows:
            about = (row["register"], row["key"], row["field"])
            self._steps.setdefault(about, []).append((row["before"], row["after"]))

    def permit(self, register: str, key: Key, name: str, old: str, new: str) -> bool:
        """Tell whether corrections lead from a value to another; none corrects a correction."""
        value = old
        for before, after in self._steps.get((register, key_text(key), name), ()):
            value = after if before == value else value
        return value == new and register != CORRECTIONS

    def permit_removal(self, register: str, key: Key) -> bool:
        """Tell whether a row was taken out by a correction: one that names no field."""
        return (register, key_text(key), "") in self._steps and register != CORRECTIONS

    def removed(self, register: str, key: Key) -> str | None:
        """Return what a number stood for that a correction took out; None when none did."""
        steps = self._steps.get((register, key_text(key), ""))
        return steps[-1][0] if steps else None


@dataclass(frozen=True)
class Comparison:
    """An earlier state of the registers beside the present one."""

    before: State
    now: State
    policies: Policies
    corrections: Corrections
    day: dt.date | None = None
    """The last day on which the earlier state is known to have stood."""

    def both(self, register: str) -> Iterable[tuple[Key, Cells, Cells]]:
        """Yield the rows that changed: key, as it was, as it is."""
        now = self.now.get(register, {})
        for key, was in self.before.get(register, {}).items():
            if (row := now.get(key)) is not None and row != was:
                yield key, was, row

    def gone(self, register: str) -> Iterable[tuple[Key, Cells]]:
        """Yield the rows that are no longer there."""
        now = self.now.get(register, {})
        yield from (each for each in self.before.get(register, {}).items() if each[0] not in now)

    def new(self, register: str) -> Iterable[tuple[Key, Cells]]:
        """Yield the rows that were not there."""
        before = self.before.get(register, {})
        yield from (each for each in self.now.get(register, {}).items() if each[0] not in before)

    def is_frozen(self, register: str, row: Cells) -> bool:
        """Tell whether a row of the earlier state was frozen."""
        return is_frozen(self.policies, self.before, register, row)

    def says(self, register: str, key: Key | None, message: str) -> Finding:
        """Return a finding at the row with a key, or at the head of the register."""
        line = self._lines.get((register, key), 1) if key else 1
        return Place(f"data/qms/{register}.csv", line).says(message)

    @cached_property
    def _lines(self) -> dict[tuple[str, Key | None], int]:
        return {
            (register, key): line
            for register, rows in self.now.items()
            for line, key in enumerate(rows, 2)
        }


def is_frozen(policies: Policies, state: State, register: str, row: Cells) -> bool:
    """Tell whether a row of a state may no longer be edited."""
    policy = policies.get(register)
    if policy is None or policy.frozen is None:
        return False
    if not all(_holds(row.get(name, ""), wanted) for name, wanted in _conditions(policy)):
        return False
    by = policy.frozen.get("with")
    return by is None or _owner_is_frozen(policies, state, policy, by, row)


def _conditions(policy: Policy) -> Iterable[tuple[str, Any]]:
    when: Mapping[str, Any] = (policy.frozen or {}).get("when", {})
    return when.items()


def _holds(cell: str, wanted: Any) -> bool:
    return bool(cell) if wanted is True else cell in wanted


def _owner_is_frozen(policies: Policies, state: State, policy: Policy, by: str, row: Cells) -> bool:
    reference = next(each for each in policy.references if each.fields == (by,))
    owner = state.get(reference.register, {}).get((row.get(by, ""),))
    return owner is not None and is_frozen(policies, state, reference.register, owner)


def key_text(key: Key) -> str:
    """Return a key as corrections write it."""
    return _JOINT.join(key)


def parse(text: str, key: Key) -> dict[Key, Cells]:
    """Read a register as it is written; rows that lack the key are left out."""
    table = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    names = next(table, [])
    if not set(key) <= set(names):
        return {}
    places = [names.index(name) for name in key]
    return {
        tuple(cells[place] for place in places): dict(zip(names, cells, strict=True))
        for cells in table
        if len(cells) == len(names)
    }


def policies_of(package: Mapping[str, Any], schemas: Mapping[str, Any]) -> dict[str, Policy]:
    """Return what each resource of a package promises.

    Args:
        package: the descriptor.
        schemas: the schema of each resource by its name.
    """
    return {
        raw["name"]: _policy(raw["name"], raw.get("history", {}), schemas[raw["name"]])
        for raw in package["resources"]
    }


def _policy(name: str, raw: Mapping[str, Any], schema: Mapping[str, Any]) -> Policy:
    return Policy(
        register=name,
        key=_names(schema["primaryKey"]),
        references=tuple(
            Reference(
                _names(each["fields"]),
                each["reference"]["resource"] or name,
                _names(each["reference"]["fields"]),
            )
            for each in schema.get("foreignKeys", [])
        ),
        numbered=tuple(raw["numbered"]) if "numbered" in raw else None,
        frozen=raw.get("frozen"),
        moves=raw.get("moves", {}),
        sequence=raw.get("sequence"),
        dates=tuple(raw.get("dates", ())),
    )


def _names(fields: str | list[str]) -> Key:
    return (fields,) if isinstance(fields, str) else tuple(fields)
