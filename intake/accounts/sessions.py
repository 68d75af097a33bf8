"""Sessions and browsers that are known, in the database of accounts; only hashes are kept."""

import datetime as dt
import hashlib
import secrets
import sqlite3
from dataclasses import dataclass

from intake.accounts.model import Rules

SCHEMA = """
CREATE TABLE IF NOT EXISTS session (
  token_hash TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES account (name),
  began_at INTEGER NOT NULL, seen_at INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS device (
  token_hash TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES account (name),
  known_at INTEGER NOT NULL
) STRICT;
"""
_SEEN_EVERY_SECONDS = 60
DEVICE_SECONDS = 365 * 86_400
"""For so long a browser is known."""


@dataclass(frozen=True)
class Session:
    """A session that has not ended, as its holder may see it."""

    began_at: dt.datetime
    seen_at: dt.datetime
    """To the minute."""
    is_this: bool
    """It is the one that asks."""


@dataclass(frozen=True)
class SignedIn:
    """What a browser gets when somebody signed in."""

    session: str
    device: str
    """Known from now on: guesses made elsewhere don't keep this one out."""


def begin(database: sqlite3.Connection, name: str, now: int) -> SignedIn:
    """Begin a session of an account, and know the browser from now on."""
    signed_in = SignedIn(secrets.token_urlsafe(32), secrets.token_urlsafe(32))
    database.execute(
        "INSERT INTO session VALUES (?, ?, ?, ?)", [token_hash(signed_in.session), name, now, now]
    )
    database.execute(
        "INSERT INTO device VALUES (?, ?, ?)", [token_hash(signed_in.device), name, now]
    )
    return signed_in


def holder(database: sqlite3.Connection, token: str, rules: Rules, now: int) -> str | None:
    """Return the name of the account whose session it is; None when it has ended."""
    key = token_hash(token)
    row = database.execute(
        "SELECT account, began_at, seen_at FROM session WHERE token_hash = ?", [key]
    ).fetchone()
    if row is None:
        return None
    name, began_at, seen_at = row
    idle, age = now - seen_at, now - began_at
    if idle > rules.idle_minutes * 60 or age > rules.session_hours * 3600:
        end(database, token)
        return None
    if idle >= _SEEN_EVERY_SECONDS:
        database.execute("UPDATE session SET seen_at = ? WHERE token_hash = ?", [now, key])
    return str(name)


def living(
    database: sqlite3.Connection, name: str, token: str, rules: Rules, now: int
) -> list[Session]:
    """Return the sessions of an account, the one with this token first, then the last used."""
    rows = database.execute(
        "SELECT began_at, seen_at, token_hash = ? AS is_this FROM session"
        " WHERE account = ? AND seen_at >= ? AND began_at >= ?"
        " ORDER BY is_this DESC, seen_at DESC",
        [
            token_hash(token),
            name,
            now - rules.idle_minutes * 60,
            now - rules.session_hours * 3600,
        ],
    ).fetchall()
    return [
        Session(
            dt.datetime.fromtimestamp(began_at, dt.UTC),
            dt.datetime.fromtimestamp(seen_at, dt.UTC),
            bool(is_this),
        )
        for began_at, seen_at, is_this in rows
    ]


def end(database: sqlite3.Connection, token: str) -> None:
    """End a session."""
    database.execute("DELETE FROM session WHERE token_hash = ?", [token_hash(token)])


def end_others(database: sqlite3.Connection, name: str, token: str) -> None:
    """End every session of an account but the one with this token."""
    database.execute(
        "DELETE FROM session WHERE account = ? AND token_hash <> ?", [name, token_hash(token)]
    )


def end_all(database: sqlite3.Connection, name: str) -> None:
    """End what others may hold: sessions, and browsers that are known."""
    database.execute("DELETE FROM session WHERE account = ?", [name])
    database.execute("DELETE FROM device WHERE account = ?", [name])


def knows(database: sqlite3.Connection, name: str, device: str, now: int) -> bool:
    """Tell whether somebody has signed in to an account with this browser within a year."""
    row = database.execute(
        "SELECT 1 FROM device WHERE token_hash = ? AND account = ? AND known_at > ?",
        [token_hash(device), name, now - DEVICE_SECONDS],
    ).fetchone()
    return row is not None


def token_hash(token: str) -> str:
    """Return what is kept of something that only its holder should know."""
    return hashlib.sha256(token.encode()).hexdigest()
