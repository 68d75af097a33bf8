"""Roles: what people call them, and what each may see of cases, as `data/forms/roles.csv` says.

What each may do is in the workflow of a kind of case. A role that is bound to a unit reaches the
cases of that unit only.
"""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ROLES_TABLE = "roles.csv"
_COLUMNS = ["role", "title", "desk", "sender", "findings", "accounts", "reviews"]


class BadRoles(ValueError):
    """The table of roles can't be used; the message names the line and what is wrong."""


@dataclass(frozen=True)
class Role:
    """What somebody may be on a case."""

    name: str
    title: str
    desk: bool
    """Sees the cases that the role reaches."""
    sender: bool
    """Sees who sent them, when they said so."""
    findings: bool
    """Makes slips of the findings of an audit."""
    accounts: bool
    """Says who may sign in, and as what."""
    reviews: bool
    """Prepares the reviews of the management."""


def load_roles(folder: Path) -> dict[str, Role]:
    """Load the roles, by name; the table is read again when it changed.

    Raises:
        BadRoles: the table can't be used.
    """
    path = folder / ROLES_TABLE
    return _load(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _load(path: Path, _changed: int) -> dict[str, Role]:
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        if reader.fieldnames != _COLUMNS:
            raise BadRoles(f"{ROLES_TABLE}:1: các cột phải là {','.join(_COLUMNS)}")
        roles = {}
        for row in reader:
            flags = [row[column] for column in _COLUMNS[2:]]
            if None in row or not set(flags) <= {"true", "false"}:
                place = f"{ROLES_TABLE}:{reader.line_num}"
                raise BadRoles(f"{place}: {', '.join(_COLUMNS[2:])} phải là true hoặc false")
            roles[row["role"]] = Role(
                row["role"], row["title"], *(flag == "true" for flag in flags)
            )
    return roles
