"""Who may act: accounts and what they were granted."""

from collections.abc import Collection
from dataclasses import dataclass

from intake.journal.model import Actor


@dataclass(frozen=True)
class Grant:
    """A role, for one unit or, when `unit` is empty, for all."""

    role: str
    unit: str = ""


@dataclass(frozen=True)
class Person:
    """Somebody who has signed in, or the holder of a receipt code."""

    account: str
    name: str
    email: str
    unit: str
    """The code of the unit that the person works in."""
    grants: tuple[Grant, ...]

    def grant(self, roles: Collection[str], units: Collection[str]) -> Grant | None:
        """Return the widest grant of one of some roles that reaches one of some units."""
        held = [
            grant
            for grant in self.grants
            if grant.role in roles and (not grant.unit or grant.unit in units)
        ]
        return min(held, key=lambda grant: bool(grant.unit), default=None)

    def acting(self, grant: Grant) -> Actor:
        """Return the person as an event names who acted."""
        return Actor(self.account, self.name, self.unit, grant.role, grant.unit)


REPORTER = Person("", "", "", "", (Grant("reporter"),))
"""Whoever holds the receipt code of a case."""
