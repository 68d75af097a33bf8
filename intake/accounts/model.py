"""Accounts and how they sign in, as others see them."""

import datetime as dt
from dataclasses import dataclass

from intake.cases.people import Grant, Person


class BadAccount(ValueError):
    """An account can't be kept like this; the message says why."""


class RefusedSignIn(Exception):
    """Nobody is signed in; the message says what to do, not whether there is such an account."""


@dataclass(frozen=True)
class Rules:
    """How long sessions live and how guessing is slowed down."""

    idle_minutes: int
    session_hours: int
    attempts: int
    """Wrong passwords for one account from one place within `pause_minutes`."""
    pause_minutes: int
    password_length: int


@dataclass(frozen=True)
class Account:
    """Somebody who may sign in."""

    name: str
    full_name: str
    email: str
    unit: str
    grants: tuple[Grant, ...]
    must_change: bool = False
    """The password was given by somebody else and must be changed first."""
    disabled: bool = False
    digest: bool = False
    """Is told once a day instead of at once."""

    @property
    def person(self) -> Person:
        """Whom a case knows."""
        return Person(self.name, self.full_name, self.email, self.unit, self.grants)


@dataclass(frozen=True)
class Change:
    """What was changed of an account, for whoever asks later."""

    at: dt.datetime
    by: str
    """The account of who did it, or by which way it was done."""
    account: str
    what: str
    """In words; neither passwords nor addresses."""


def told_grants(account: Account) -> str:
    """Return the roles of an account as they are typed: `coordinator:BC verifier`."""
    return " ".join(
        f"{grant.role}:{grant.unit}" if grant.unit else grant.role for grant in account.grants
    )
