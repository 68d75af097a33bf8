"""Opens the journal where the settings say: in PostgreSQL, else in a file of its own."""

import os

from intake.configuration import Places
from intake.journal.postgres import PostgresJournal
from intake.journal.sql import Clock, SqlJournal, utc_now
from intake.journal.sqlite import SqliteJournal

SETTING = "INTAKE_DATABASE_URL"
"""The environment variable that names the PostgreSQL database."""


def open_journal(places: Places, clock: Clock = utc_now) -> SqlJournal:
    """Open the journal of a portal.

    Raises:
        OSError: it would lie where it isn't safe.
        StorageUnavailable: it can't be opened now.
    """
    if url := os.environ.get(SETTING, ""):
        return PostgresJournal(url, clock)
    return SqliteJournal(places.journal, clock)
