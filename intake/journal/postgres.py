"""The journal in PostgreSQL: any number of intakes on any number of hosts write into it."""

import contextlib
import functools
import logging
import queue
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
from psycopg import conninfo, pq

from intake.errors import JournalTooNew, StorageUnavailable
from intake.journal.reaching import Reach
from intake.journal.sql import UNREADABLE, Clock, SqlJournal, utc_now
from intake.journal.writer import Connection, Cursor, Engine, GroupWriter

log = logging.getLogger(__name__)

_UPGRADES = (
    """
CREATE TABLE form_schema (hash TEXT PRIMARY KEY, form TEXT NOT NULL, descriptor TEXT NOT NULL);
CREATE TABLE event (
  seq BIGINT PRIMARY KEY, kind TEXT NOT NULL, number TEXT NOT NULL, form TEXT NOT NULL,
  form_hash TEXT NOT NULL REFERENCES form_schema (hash),
  recorded_at TEXT NOT NULL, data TEXT NOT NULL
);
CREATE INDEX event_by_form ON event (form, seq);
CREATE INDEX event_by_number ON event (number, seq);
CREATE TABLE submission (
  token_hash TEXT PRIMARY KEY, content_hash TEXT NOT NULL, number TEXT NOT NULL UNIQUE,
  code_hash TEXT NOT NULL UNIQUE, seq BIGINT NOT NULL UNIQUE REFERENCES event (seq)
);
CREATE TABLE act (
  token_hash TEXT PRIMARY KEY, content_hash TEXT NOT NULL,
  seq BIGINT NOT NULL UNIQUE REFERENCES event (seq)
);
CREATE TABLE counter (
  prefix TEXT NOT NULL, year INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (prefix, year)
);
CREATE TABLE attachment (sha256 TEXT PRIMARY KEY, media_type TEXT NOT NULL, content BYTEA NOT NULL);
CREATE TABLE held_file (
  token_hash TEXT NOT NULL, sha256 TEXT NOT NULL, name TEXT NOT NULL, media_type TEXT NOT NULL,
  content BYTEA NOT NULL, held_at TEXT NOT NULL, rowid BIGINT GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (token_hash, sha256)
);
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN RAISE EXCEPTION ''the journal is append-only''; END';
CREATE TRIGGER event_is_never_changed BEFORE UPDATE OR DELETE ON event
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER event_is_never_emptied BEFORE TRUNCATE ON event EXECUTE FUNCTION refuse_change();
""",
    """
CREATE TABLE schema_version (version INTEGER NOT NULL);
INSERT INTO schema_version VALUES (0);
CREATE FUNCTION allow_disposal() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF TG_OP = 'UPDATE' AND (NEW.data::jsonb -> 'removed') = 'true'
    AND (OLD.data::jsonb -> 'removed') IS NULL
    AND (NEW.seq, NEW.kind, NEW.number, NEW.form, NEW.form_hash, NEW.recorded_at)
      = (OLD.seq, OLD.kind, OLD.number, OLD.form, OLD.form_hash, OLD.recorded_at)
  THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'the journal is append-only';
END $body$;
DROP TRIGGER event_is_never_changed ON event;
CREATE TRIGGER event_is_never_changed BEFORE UPDATE OR DELETE ON event
  FOR EACH ROW EXECUTE FUNCTION allow_disposal();
""",
    "CREATE INDEX held_file_by_time ON held_file (held_at)",
)
"""The scripts that lead from each version of the tables to the next, as in SQLite."""
_BEGIN = "BEGIN; SELECT pg_advisory_xact_lock(90012015)"
"""The lock is the turn: one writer of all hosts, until its commit is visible."""
_PATIENCE = (
    "SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '3s';"
    " SET tcp_user_timeout = '4s';"
    " SET tcp_keepalives_idle = 2; SET tcp_keepalives_interval = 1; SET tcp_keepalives_count = 2"
)
"""Who waits for the turn gives up in time, who froze or vanished while it had the turn loses it.

A session that has sent only a part of what it sends together isn't idle to PostgreSQL, however long
the rest takes: that a host vanished then, or before it acknowledged an answer, only TCP notices.
"""
_REACHING = (
    "connect_timeout=3 tcp_user_timeout=5000 keepalives_idle=2 keepalives_interval=1"
    " keepalives_count=3 target_session_attrs=read-write application_name=qms-intake"
)
"""A host that is silent is given up, and of several the one that is written to is found."""
_MARK = "SELECT pg_logical_emit_message(true, 'qms', '')"
"""Writes a few bytes, so that a commit which only found what was kept before waits for the standby,
too: what it found may not be there yet."""
_SOUND = pq.TransactionStatus.INTRANS
_NEEDED = {"fsync": "on", "server_encoding": "UTF8"}


class PostgresJournal(SqlJournal):
    """The journal of any number of machines."""

    def __init__(self, url: str, clock: Clock = utc_now) -> None:
        self._address = conninfo.make_conninfo(_REACHING, **conninfo.conninfo_to_dict(url))
        self._idle: queue.LifoQueue[_Connection] = queue.LifoQueue()
        self._preparing = threading.Lock()
        self._prepared = False
        self._reach = Reach(lambda: _Connection(self._address), psycopg.Error)
        engine = Engine(
            connect=self._connect,
            turn=contextlib.nullcontext,
            begin=_BEGIN,
            failure=psycopg.Error,
            refusals=(psycopg.IntegrityError, psycopg.DataError),
            is_lasting=_is_lasting,
        )
        super().__init__(GroupWriter(engine), clock)
        try:
            self._idle.put(self._connect_reader())
        except psycopg.OperationalError:
            log.exception("journal: the database can't be reached yet")

    def scrub(self) -> None:
        """Let the tables hold nothing any more of what was taken out.

        Raises:
            StorageUnavailable: the database can't be reached.
        """
        try:
            with contextlib.closing(self._connect()) as connection:
                for table in ("event", "attachment"):
                    connection.execute(f"VACUUM FULL {table}")
        except psycopg.Error as error:
            raise StorageUnavailable(UNREADABLE) from error

    def close(self) -> None:
        """Finish what is queued and let go of the connections."""
        self._reach.close()
        self._writer.close()
        with contextlib.suppress(queue.Empty):
            while True:
                self._idle.get_nowait().close()

    def _query(self, query: str, *values: str) -> list[Any]:
        """Return what a query finds; asked again once when the connection broke meanwhile.

        Raises:
            StorageUnavailable: the journal can't be read.
        """
        try:
            try:
                return self._ask(query, values)
            except psycopg.OperationalError:
                self._forget_idle()
                return self._ask(query, values)
        except (psycopg.Error, OSError) as error:
            log.exception("journal: can't be read")
            raise StorageUnavailable(UNREADABLE) from error

    def _ask(self, query: str, values: Sequence[str]) -> list[Any]:
        with self._reader() as connection:
            return connection.execute(query, values).fetchall()

    @contextlib.contextmanager
    def _reader(self) -> Iterator["_Connection"]:
        """Lend a connection; one that failed is not lent again."""
        try:
            connection = self._idle.get_nowait()
        except queue.Empty:
            connection = self._connect_reader()
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        self._idle.put(connection)

    def _forget_idle(self) -> None:
        """Close the connections that wait: when one broke the others did, too."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._idle.get_nowait().close()

    def _connect_reader(self) -> "_Connection":
        connection = self._connect()
        connection.execute("SET default_transaction_read_only = on")
        return connection

    def _connect(self) -> "_Connection":
        """Connect, and make the tables that are missing.

        Raises:
            OSError: the server is set up so that it may lose what it acknowledged, or is silent.
        """
        connection = self._reach.connect()
        try:
            with self._preparing:
                if not self._prepared:
                    _prepare(connection)
                    self._prepared = True
        except BaseException:
            connection.close()
            raise
        return connection


class _Connection:
    """A connection whose commit tells the truth."""

    def __init__(self, address: str) -> None:
        self._real = psycopg.connect(address, autocommit=True, client_encoding="utf8")
        self._warnings: list[str] = []
        self._real.add_notice_handler(self._note)
        self.execute(_PATIENCE)
        if self.execute("SHOW synchronous_commit").fetchone()[0] in {"off", "local"}:
            self.execute("SET synchronous_commit = on")

    def execute(self, statement: str, values: Sequence[Any] = ()) -> Cursor:
        """Run a statement.

        Raises:
            psycopg.Error: it failed; a commit also when the server rolled back instead, or did
                not wait for the standby that it should wait for.
        """
        self._warnings.clear()
        if statement == "COMMIT" and self._real.info.transaction_status == _SOUND:
            self._real.execute(_MARK)
        text = _translated(statement)
        cursor = self._real.execute(text, values or None, prepare=bool(values))
        if statement == "COMMIT" and (cursor.statusmessage != "COMMIT" or self._warnings):
            raise psycopg.OperationalError(f"{cursor.statusmessage}: {self._warnings}")
        return cursor

    def executemany(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement for each row, all sent before the first is answered."""
        with self._real.cursor() as cursor:
            cursor.executemany(_translated(statement), rows)

    def close(self) -> None:
        """Let go of it."""
        self._real.close()

    def _note(self, diagnostic: psycopg.errors.Diagnostic) -> None:
        if diagnostic.severity_nonlocalized == "WARNING":
            self._warnings.append(diagnostic.message_primary or "")


@functools.cache
def _translated(statement: str) -> bytes:
    return statement.replace("?", "%s").encode()


def _prepare(connection: Connection) -> None:
    """Look at the server's settings and make the tables, unless they are there.

    Raises:
        OSError: it may lose what it acknowledged, or can't keep every letter.
        JournalTooNew: a newer portal wrote it.
    """
    for name, needed in _NEEDED.items():
        if (found := connection.execute(f"SHOW {name}").fetchone()[0]) != needed:
            raise OSError(f"the journal needs a PostgreSQL with {name} = {needed}, not {found}")
    if _is_current(connection):
        return  # without the turn, which somebody may have while a standby is away
    connection.execute(_BEGIN)
    version = _version(connection)
    if version > len(_UPGRADES):
        connection.execute("ROLLBACK")
        raise JournalTooNew(version, len(_UPGRADES))
    if version < len(_UPGRADES):
        for script in _UPGRADES[version:]:
            connection.execute(script)
        connection.execute("UPDATE schema_version SET version = ?", [len(_UPGRADES)])
    connection.execute("COMMIT")


def _is_current(connection: Connection) -> bool:
    """Tell whether nothing is to be made.

    It looks into the catalogue: a name that `to_regclass` does not find stays not found for a while
    in this connection, also after somebody else made the table.
    """
    query = (
        "SELECT count(*) FROM pg_tables"
        " WHERE schemaname = current_schema() AND tablename = 'schema_version'"
    )
    return connection.execute(query).fetchone()[0] == 1 and _version(connection) == len(_UPGRADES)


def _version(connection: Connection) -> int:
    """Return the version of the tables: 0 of none, 1 of those from before versions were counted."""
    if connection.execute("SELECT to_regclass('event')").fetchone()[0] is None:
        return 0
    if connection.execute("SELECT to_regclass('schema_version')").fetchone()[0] is None:
        return 1
    return int(connection.execute("SELECT version FROM schema_version").fetchone()[0])


def _is_lasting(error: BaseException) -> bool:
    """After a failed sync PostgreSQL itself stops and recovers; damaged data stays damaged."""
    return isinstance(error, psycopg.errors.DataCorrupted | psycopg.errors.IndexCorrupted)
