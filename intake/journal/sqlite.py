"""The journal in SQLite: WAL, synchronous FULL, the embedded default."""

import contextlib
import errno
import fcntl
import logging
import re
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from intake.errors import JournalTooNew, StorageUnavailable
from intake.journal.sql import UNREADABLE, Clock, SqlJournal, utc_now
from intake.journal.writer import Connection, Engine, GroupWriter

log = logging.getLogger(__name__)

_UPGRADES = (
    """
CREATE TABLE IF NOT EXISTS form_schema (
  hash TEXT PRIMARY KEY, form TEXT NOT NULL, descriptor TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS event (
  seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, number TEXT NOT NULL, form TEXT NOT NULL,
  form_hash TEXT NOT NULL REFERENCES form_schema (hash),
  recorded_at TEXT NOT NULL, data TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS event_by_form ON event (form, seq);
CREATE INDEX IF NOT EXISTS event_by_number ON event (number, seq);
CREATE TABLE IF NOT EXISTS submission (
  token_hash TEXT PRIMARY KEY, content_hash TEXT NOT NULL, number TEXT NOT NULL UNIQUE,
  code_hash TEXT NOT NULL UNIQUE, seq INTEGER NOT NULL UNIQUE REFERENCES event (seq)
) STRICT;
CREATE TABLE IF NOT EXISTS act (
  token_hash TEXT PRIMARY KEY, content_hash TEXT NOT NULL,
  seq INTEGER NOT NULL UNIQUE REFERENCES event (seq)
) STRICT;
CREATE TABLE IF NOT EXISTS counter (
  prefix TEXT NOT NULL, year INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (prefix, year)
) STRICT;
CREATE TABLE IF NOT EXISTS attachment (
  sha256 TEXT PRIMARY KEY, media_type TEXT NOT NULL, content BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS held_file (
  token_hash TEXT NOT NULL, sha256 TEXT NOT NULL, name TEXT NOT NULL, media_type TEXT NOT NULL,
  content BLOB NOT NULL, held_at TEXT NOT NULL, PRIMARY KEY (token_hash, sha256)
) STRICT;
CREATE TRIGGER IF NOT EXISTS event_is_never_changed BEFORE UPDATE ON event
  BEGIN SELECT RAISE (ABORT, 'the journal is append-only'); END;
CREATE TRIGGER IF NOT EXISTS event_is_never_deleted BEFORE DELETE ON event
  BEGIN SELECT RAISE (ABORT, 'the journal is append-only'); END;
""",
    """
DROP TRIGGER event_is_never_changed;
CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event
  WHEN NOT (json_extract(NEW.data, '$.removed') IS 1
    AND json_extract(OLD.data, '$.removed') IS NULL
    AND NEW.seq = OLD.seq AND NEW.kind = OLD.kind AND NEW.number = OLD.number
    AND NEW.form = OLD.form AND NEW.form_hash = OLD.form_hash
    AND NEW.recorded_at = OLD.recorded_at)
  BEGIN SELECT RAISE (ABORT, 'the journal is append-only'); END;
""",
    "CREATE INDEX held_file_by_time ON held_file (held_at);",
)
"""The scripts that lead from each version of the tables to the next, the first one from nothing.

1: until versions were counted. 2: what the retention rule takes out may go, once, nothing else.
3: files whose day is over are found without reading through all that are held.
"""
_NETWORK_FILE_SYSTEMS = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "ceph"}
_OCTAL = re.compile(r"\\([0-7]{3})")
"""How `/proc/mounts` writes a blank in the name of a mount point."""
_FIXED_WAL_RESET = (3, 51, 3)
_ROOM_BYTES = 64_000_000
"""So much must be free for a transaction to begin: the largest form with its files fits in.

SQLite maps its index of the log into memory, and where the file system has no block for a page of
it (small blocks, copy on write) the kernel kills whoever touches that page.
"""


class SqliteJournal(SqlJournal):
    """The journal of one machine. Any number of threads and processes may use it."""

    def __init__(self, path: Path, clock: Clock = utc_now) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        _refuse_network_file_system(path)
        if sqlite3.sqlite_version_info < _FIXED_WAL_RESET:
            log.info(
                "SQLite %s is older than 3.51.3: every write and checkpoint stays under the "
                "turn lock; don't open the journal for writing with another program",
                sqlite3.sqlite_version,
            )
        self._path = path
        self._local = threading.local()
        self._readers: list[sqlite3.Connection] = []
        self._engine = engine(self._connect, path.with_suffix(".turn"))
        super().__init__(GroupWriter(self._engine), clock)
        if not self._is_current():
            self._writer.run(_upgrade)

    def scrub(self) -> None:
        """Let the files hold nothing any more of what was taken out.

        Raises:
            StorageUnavailable: a reader or writer is in the way; it may be asked again.
        """
        with self._engine.turn(), contextlib.closing(self._connect()) as connection:
            (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise StorageUnavailable("Nơi lưu phiếu đang bận; hãy chạy lại sau ít phút.")

    def close(self) -> None:
        """Finish what is queued and let go of the files; the writer last, which tidies them up."""
        while self._readers:
            self._readers.pop().close()
        self._writer.close()

    def _is_current(self) -> bool:
        """Tell whether there are tables already, and the newest: then a start writes nothing."""
        return self._path.exists() and self._query("PRAGMA user_version") == [(len(_UPGRADES),)]

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
        return connection

    def _query(self, query: str, *values: str) -> list[Any]:
        """Return what a query finds.

        Raises:
            StorageUnavailable: the journal can't be read.
        """
        try:
            return self._read().execute(query, values).fetchall()
        except sqlite3.Error as error:
            log.exception("journal: can't be read")
            raise StorageUnavailable(UNREADABLE) from error

    def _read(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "reader", None)
        if connection is None:
            address = f"{self._path.resolve().as_uri()}?mode=ro"
            connection = sqlite3.connect(
                address, uri=True, isolation_level=None, check_same_thread=False
            )
            self._local.reader = connection
            self._readers.append(connection)
        return connection


def engine(connect: Callable[[], Connection], turn_file: Path) -> Engine:
    """Return how a writer works with SQLite.

    SQLite's own busy handler sleeps and starves under load, and two connections that write or
    checkpoint at the same instant can corrupt the WAL before SQLite 3.51.3. So the turn is a lock
    on a file.
    """

    @contextlib.contextmanager
    def turn() -> Iterator[None]:
        with turn_file.open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # also between two writers of one process
            yield

    def check_room() -> None:
        if shutil.disk_usage(turn_file.parent).free < _ROOM_BYTES:
            raise OSError(errno.ENOSPC, "too little room is left for the journal")

    return Engine(
        connect=connect,
        turn=turn,
        begin="BEGIN IMMEDIATE",
        failure=sqlite3.Error,
        refusals=(sqlite3.IntegrityError,),
        is_lasting=_is_lasting,
        check_room=check_room,
    )


def _is_lasting(error: BaseException) -> bool:
    """Tell whether to trust nothing any more; no room for the index of the log will pass."""
    name = str(getattr(error, "sqlite_errorname", ""))
    return name != "SQLITE_IOERR_SHMSIZE" and name.startswith(("SQLITE_IOERR", "SQLITE_CORRUPT"))


def _upgrade(connection: Connection) -> None:
    """Bring the tables to the newest version, from nothing or from any earlier one.

    Raises:
        JournalTooNew: a newer portal wrote it.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(_UPGRADES):
        raise JournalTooNew(version, len(_UPGRADES))
    for script in _UPGRADES[version:]:
        for statement in _statements(script):
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {len(_UPGRADES)}")


def _statements(script: str) -> list[str]:
    """Split a script; `executescript` would commit the transaction it runs in."""
    statements, start = [], ""
    for line in script.splitlines(keepends=True):
        start += line
        if sqlite3.complete_statement(start):
            statements.append(start)
            start = ""
    return statements


def _refuse_network_file_system(path: Path) -> None:
    """Refuse to start where file locks and syncs can't be trusted.

    Raises:
        OSError: the journal would lie on a network file system.
    """
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return
    folder = str(path.parent.resolve())
    best = ("", "")
    for line in mounts.read_text(encoding="utf-8").splitlines():
        written, kind = line.split(" ")[1:3]
        point = _OCTAL.sub(lambda found: chr(int(found[1], 8)), written)
        inside = folder == point or folder.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best[0]):
            best = (point, kind)
    if best[1] in _NETWORK_FILE_SYSTEMS:
        raise OSError(f"the journal must not lie on a network file system ({best[1]}): {path}")
