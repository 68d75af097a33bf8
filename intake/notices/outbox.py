"""The outbox in SQLite: every notice once, until it is sent or given up."""

import contextlib
import datetime as dt
import fcntl
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from intake import databases
from intake.notices.telling import Notice

_SCHEMA = """
CREATE TABLE IF NOT EXISTS notice (
  key TEXT PRIMARY KEY, kind TEXT NOT NULL, recipient TEXT NOT NULL, account TEXT NOT NULL,
  number TEXT NOT NULL, summary TEXT NOT NULL, text TEXT NOT NULL, due TEXT NOT NULL,
  made_at INTEGER NOT NULL, sent_at INTEGER, tries INTEGER NOT NULL DEFAULT 0,
  next_try INTEGER NOT NULL, problem TEXT NOT NULL DEFAULT '', given_up INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS notice_waiting ON notice (next_try) WHERE sent_at IS NULL;
CREATE TABLE IF NOT EXISTS digest (account TEXT PRIMARY KEY, sent_on TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS seen (only INTEGER PRIMARY KEY CHECK (only = 1), seq INTEGER NOT NULL)
STRICT;
"""
_PAUSES = tuple(minutes * 60 for minutes in (1, 5, 30, 120, 360, 720, 1440, 1440))
"""Seconds before each further try; after the last one a notice is given up and shown."""


@dataclass(frozen=True)
class Waiting:
    """A notice that was not sent yet."""

    notice: Notice
    tries: int
    problem: str
    given_up: bool


class Outbox:
    """What is to be sent. One process sends at a time."""

    def __init__(self, path: Path, clock: Callable[[], dt.datetime]) -> None:
        databases.make(path, _SCHEMA)
        self._path = path
        self._clock = clock

    @contextlib.contextmanager
    def turn(self) -> Iterator[bool]:
        """Tell whether it is this process's turn to send; false while another one does."""
        with self._path.with_suffix(".turn").open("ab") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    def seen(self) -> int | None:
        """Return up to which event of the journal notices were made; None before the first run."""
        with self._open() as database:
            row = database.execute("SELECT seq FROM seen").fetchone()
        return int(row[0]) if row else None

    def put(self, notices: Iterable[Notice], seq: int) -> None:
        """Add notices, those that are there already left as they are, and where they come from.

        Args:
            notices: what the journal calls for.
            seq: the newest event that was looked at.
        """
        now = self._now()
        with self._open() as database:
            database.executemany(
                "INSERT OR IGNORE INTO notice (key, kind, recipient, account, number, summary,"
                " text, due, made_at, next_try) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        each.key,
                        each.kind,
                        each.recipient,
                        each.account,
                        each.number,
                        each.summary,
                        each.text,
                        each.due.isoformat() if each.due else "",
                        now,
                        now,
                    )
                    for each in notices
                ],
            )
            database.execute("INSERT OR REPLACE INTO seen VALUES (1, ?)", [seq])

    def due(self) -> list[Notice]:
        """Return what is to be tried now, the oldest first."""
        return [
            each.notice for each in self._waiting("AND NOT given_up AND next_try <= ?", self._now())
        ]

    def oldest_due(self) -> dt.datetime | None:
        """Return since when the oldest notice waits that was never tried; None of none.

        What waits for somebody's daily mail counts from the day after.
        """
        query = (
            "SELECT min(made_at) FROM notice WHERE sent_at IS NULL AND tries = 0 AND made_at < ?"
        )
        with self._open() as database:
            (at,) = database.execute(query, [self._now() - 86_400]).fetchone()
        return dt.datetime.fromtimestamp(at, dt.UTC) if at else None

    def unsent(self) -> list[Waiting]:
        """Return what was tried and could not be sent, the oldest first."""
        return self._waiting("AND tries > 0")

    def sent(self, keys: Iterable[str]) -> None:
        """Note that notices were sent."""
        now = self._now()
        with self._open() as database:
            database.executemany(
                "UPDATE notice SET sent_at = ?, problem = '' WHERE key = ?",
                [(now, key) for key in keys],
            )

    def failed(self, keys: Iterable[str], problem: str, *, for_good: bool = False) -> None:
        """Note that notices could not be sent, and when to try again."""
        with self._open() as database:
            for key in keys:
                (tries,) = database.execute(
                    "SELECT tries FROM notice WHERE key = ?", [key]
                ).fetchone()
                last = for_good or tries >= len(_PAUSES)
                pause = 0 if last else _PAUSES[tries]
                database.execute(
                    "UPDATE notice SET tries = tries + 1, problem = ?, given_up = ?, next_try = ?"
                    " WHERE key = ?",
                    [problem[:300], last, self._now() + pause, key],
                )

    def forget(self, number: str) -> None:
        """Remove every notice of a case, sent or not."""
        with self._open() as database:
            database.execute("PRAGMA secure_delete = ON")
            database.execute("DELETE FROM notice WHERE number = ?", [number])

    def try_again(self) -> None:
        """Let everything that was not sent be tried at the next run."""
        with self._open() as database:
            database.execute(
                "UPDATE notice SET given_up = 0, tries = 1, next_try = ?"
                " WHERE sent_at IS NULL AND tries > 0",
                [self._now()],
            )

    def digest_sent_on(self, account: str) -> str:
        """Return the ISO day of somebody's last digest; empty when there was none."""
        with self._open() as database:
            row = database.execute(
                "SELECT sent_on FROM digest WHERE account = ?", [account]
            ).fetchone()
        return str(row[0]) if row else ""

    def digest_sent(self, account: str, day: dt.date) -> None:
        """Note that somebody's digest of a day was sent."""
        with self._open() as database:
            database.execute(
                "INSERT OR REPLACE INTO digest VALUES (?, ?)", [account, day.isoformat()]
            )

    def _waiting(self, which: str, *values: int) -> list[Waiting]:
        with self._open() as database:
            rows = database.execute(
                "SELECT key, kind, recipient, account, number, summary, text, due, tries, problem,"  # noqa: S608 (a literal of this class)
                f" given_up FROM notice WHERE sent_at IS NULL {which} ORDER BY made_at, key",
                values,
            ).fetchall()
        return [
            Waiting(
                _notice(row),
                row[8],
                row[9],
                bool(row[10]),
            )
            for row in rows
        ]

    def _now(self) -> int:
        return int(self._clock().timestamp())

    def _open(self) -> contextlib.AbstractContextManager[sqlite3.Connection]:
        return databases.transaction(self._path)


def _notice(row: tuple[Any, ...]) -> Notice:
    key, kind, recipient, account, number, summary, text, due, *_ = row
    day = dt.date.fromisoformat(due) if due else None
    return Notice(key, kind, recipient, account, number, summary, text, day)
