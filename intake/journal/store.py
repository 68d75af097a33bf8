"""Opens the journal where the settings say: in PostgreSQL, else in a file of its own."""

import contextlib
import functools
import os
import sqlite3

from intake.configuration import Places
from intake.errors import StorageUnavailable
from intake.journal.postgres import PostgresJournal
from intake.journal.sql import Clock, SqlJournal, utc_now
from intake.journal.sqlite import SqliteJournal
from intake.settings import BadConfiguration, database_problems

SETTING = "INTAKE_DATABASE_URL"
"""The environment variable that names the PostgreSQL database."""
_seen: dict[str, int] = {}


def database_url() -> str:
    """Return the address of the PostgreSQL database; empty when the journal is a file.

    Raises:
        BadConfiguration: it is none, or leads elsewhere over a line that nobody decided.
    """
    url = os.environ.get(SETTING, "")
    if url and (found := list(database_problems(url))):
        raise BadConfiguration("\n".join(found))
    return url


def open_journal(places: Places, clock: Clock = utc_now) -> SqlJournal:
    """Open the journal of a portal.

    Raises:
        BadConfiguration: the setting is wrong.
        OSError: it would lie where it isn't safe.
        StorageUnavailable: it can't be opened now.
    """
    if url := database_url():
        return PostgresJournal(url, clock)
    return SqliteJournal(places.journal, clock)


def newest_event(places: Places) -> int:
    """Return the number of the newest event, without writing anything.

    Whoever watches the journal keeps on while a database is away: it is as it was last seen.
    """
    if url := database_url():
        with contextlib.suppress(StorageUnavailable):
            _seen[url] = _watched(url).last_seq()
        return _seen.get(url, 0)
    if not places.journal.exists():
        return 0
    address = f"{places.journal.as_uri()}?mode=ro"
    with contextlib.closing(sqlite3.connect(address, uri=True)) as reader:
        return int(reader.execute("SELECT coalesce(max(seq), 0) FROM event").fetchone()[0])


@functools.cache
def _watched(url: str) -> PostgresJournal:
    return PostgresJournal(url)
