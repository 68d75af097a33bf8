"""The small databases beside the journal, opened anew for each thing that is done with them.

With a log of changes (WAL) each opening maps a file into memory, and on a full disk the kernel may
kill a process for touching it. With a rollback journal it doesn't, and reading needs no room.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

_PATIENCE_SECONDS = 10


def make(path: Path, schema: str) -> None:
    """Make a database and its folder, each unless it is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.closing(_connect(path)) as database:
        with contextlib.suppress(sqlite3.OperationalError):  # in use as it was: at the next start
            database.execute("PRAGMA journal_mode = DELETE")
        database.executescript(schema)


@contextlib.contextmanager
def transaction(path: Path) -> Iterator[sqlite3.Connection]:
    """Give a connection; what was done is kept whole or, after an error, not at all."""
    with contextlib.closing(_connect(path)) as database:
        database.execute("BEGIN IMMEDIATE")
        try:
            yield database
        except BaseException:
            if database.in_transaction:  # a full disk has ended it
                database.execute("ROLLBACK")
            raise
        database.execute("COMMIT")


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=_PATIENCE_SECONDS, isolation_level=None)
    database.execute("PRAGMA foreign_keys = ON")
    database.execute("PRAGMA synchronous = EXTRA")  # a commit is durable with its folder
    return database
