"""What stands beside a row: the rows of other registers that refer to it, in any direction.

Foreign keys say it all, so a new register finds its neighbours by itself. A link table, whose key
is made of foreign keys alone, is looked through: its rows stand for what they lead to.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from scripts.registers import Resource, Row
from scripts.system import Key, System, key_of


@dataclass(frozen=True)
class Group:
    """Rows of one register that are neighbours of a row."""

    register: str
    title: str
    keys: tuple[Key, ...]


def neighbours(system: System, register: str, key: Key) -> list[Group]:
    """Return the neighbours of a row that have pages, by register, in the order of the package."""
    referring = system.referring(register, key)
    groups: dict[str, list[Key]] = {}
    for name, table in system.tables.items():
        for row in referring.get(name, []):
            for target, target_key in _stands_for(system, table, row, register, key):
                if target_key not in groups.setdefault(target, []):
                    groups[target].append(target_key)
    return [
        Group(name, system.tables[name].title, tuple(keys)) for name, keys in groups.items() if keys
    ]


def _stands_for(
    system: System, table: Resource, row: Row, register: str, key: Key
) -> Iterator[tuple[str, Key]]:
    own = key_of(row, table.key)
    if system.address(table.name, own) is not None:
        yield table.name, own
    elif _is_link_table(table):
        for reference in table.references:
            target = (reference.register, key_of(row, reference.fields))
            if target != (register, key) and system.address(*target) is not None:
                yield target


def _is_link_table(table: Resource) -> bool:
    referring = {name for reference in table.references for name in reference.fields}
    return referring == {*table.key} == {field["name"] for field in table.fields}
