"""The journal in SQLite: WAL, synchronous FULL, the embedded default."""

import dataclasses
import datetime as dt
import json
import logging
import re
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from intake.configuration import LOCAL_ZONE
from intake.errors import CaseMoved, ContentConflict, StorageUnavailable
from intake.forms.schema import Form
from intake.journal.model import (
    NEW,
    Act,
    Actor,
    AttachedFile,
    Attachment,
    Event,
    OnPaper,
    Receipt,
    Submission,
)
from intake.journal.writer import GroupWriter
from intake.receipts import Token, case_number, code_hash, receipt_code, token_hash

log = logging.getLogger(__name__)

_SCHEMA = """
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
"""
_HELD_FOR = dt.timedelta(days=1)
_NETWORK_FILE_SYSTEMS = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "ceph"}
_OCTAL = re.compile(r"\\([0-7]{3})")
"""How `/proc/mounts` writes a blank in the name of a mount point."""
_FIXED_WAL_RESET = (3, 51, 3)

_UNREADABLE = "Nơi lưu phiếu tạm thời không đọc được; hãy thử lại sau ít phút."

Clock = Callable[[], dt.datetime]


def utc_now() -> dt.datetime:
    """Return the real time, to the second; the journal never knows another one."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


class SqliteJournal:
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
        self._clock = clock
        self._local = threading.local()
        self._readers: list[sqlite3.Connection] = []
        self._writer = GroupWriter(self._connect, path.with_suffix(".turn"))
        self._writer.run(_create_tables)

    def append(self, submission: Submission) -> Receipt:
        """Keep a submission durably, once: see `Journal.append`."""
        return self._writer.run(lambda connection: _append(connection, submission, self._clock()))

    def act(self, act: Act) -> Receipt:
        """Keep an action on a case durably, once: see `Journal.act`."""
        return self._writer.run(lambda connection: _act(connection, act, self._clock()))

    def acted(self, token: Token) -> Event | None:
        """Return the action that was kept with a token, if there is one."""
        query = "SELECT event.* FROM event JOIN act USING (seq) WHERE token_hash = ?"
        rows = self._query(query, token_hash(token))
        return _event(rows[0]) if rows else None

    def case(self, number: str) -> list[Event]:
        """Return the events of a case; none when there is no such number."""
        query = "SELECT * FROM event WHERE number = ? ORDER BY seq"
        return [_event(row) for row in self._query(query, number)]

    def hold(self, token: Token, attachments: tuple[Attachment, ...]) -> None:
        """Keep files of a form that was not accepted yet; they go after a day."""
        if attachments:
            self._writer.run(
                lambda connection: _hold(connection, token, attachments, self._clock())
            )

    def held(self, token: Token) -> tuple[Attachment, ...]:
        """Return the files held for a token: of a form that waits, or of the one it became."""
        key = token_hash(token)
        query = (
            "SELECT * FROM event WHERE seq IN (SELECT seq FROM submission WHERE token_hash = ?1"
            " UNION ALL SELECT seq FROM act WHERE token_hash = ?1)"
        )
        if rows := self._query(query, key):
            files = _event(rows[0]).files
            return tuple(
                Attachment(file.name, file.media_type, self.attachment(file.sha256))
                for file in files
            )
        waiting = self._query(
            "SELECT name, media_type, content FROM held_file WHERE token_hash = ? ORDER BY rowid",
            key,
        )
        return tuple(Attachment(*row) for row in waiting)

    def find(self, code_hash: str) -> Event | None:
        """Return the submission that a receipt code opens."""
        query = "SELECT event.* FROM event JOIN submission USING (seq) WHERE code_hash = ?"
        rows = self._query(query, code_hash)
        return _event(rows[0]) if rows else None

    def events(self, form: str | None = None) -> list[Event]:
        """Return the events, of one form or of all, in their order."""
        query = "SELECT * FROM event WHERE ? IN (form, '') ORDER BY seq"
        return [_event(row) for row in self._query(query, form or "")]

    def numbers_since(self, seq: int) -> list[str]:
        """Return the numbers of the cases that have events after one, in no order."""
        query = "SELECT DISTINCT number FROM event WHERE seq > CAST(? AS INTEGER)"
        return [str(row[0]) for row in self._query(query, str(seq))]

    def last_seq(self) -> int:
        """Return the number of the newest event, 0 when there is none."""
        return int(self._query("SELECT coalesce(max(seq), 0) FROM event")[0][0])

    def attachment(self, sha256: str) -> bytes:
        """Return the content of a file.

        Raises:
            KeyError: no such file was ever sent.
        """
        query = "SELECT content FROM attachment WHERE sha256 = ?"
        rows = self._query(query, sha256)
        if not rows:
            raise KeyError(sha256)
        return bytes(rows[0][0])

    def form_descriptor(self, form_hash: str) -> str:
        """Return the form schema, as JSON text, that answers were given under."""
        query = "SELECT descriptor FROM form_schema WHERE hash = ?"
        return str(self._query(query, form_hash)[0][0])

    def close(self) -> None:
        """Finish what is queued and let go of the files."""
        self._writer.close()
        while self._readers:
            self._readers.pop().close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
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
            raise StorageUnavailable(_UNREADABLE) from error

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


def _create_tables(connection: sqlite3.Connection) -> None:
    for statement in _statements(_SCHEMA):
        connection.execute(statement)


def _statements(script: str) -> list[str]:
    """Split a script; `executescript` would commit the transaction it runs in."""
    statements, start = [], ""
    for line in script.splitlines(keepends=True):
        start += line
        if sqlite3.complete_statement(start):
            statements.append(start)
            start = ""
    return statements


def _append(connection: sqlite3.Connection, submission: Submission, now: dt.datetime) -> Receipt:
    key = token_hash(submission.token)
    query = (
        "SELECT content_hash, submission.number, recorded_at FROM submission JOIN event USING (seq)"
        " WHERE token_hash = ?"
    )
    if known := connection.execute(query, [key]).fetchone():
        if known[0] != submission.content_hash:
            raise ContentConflict(
                f"Phiếu này đã được ghi nhận với số {known[1]} và nội dung khác. "
                "Nếu đây là việc mới, hãy gửi như một phiếu mới."
            )
        return Receipt(known[1], known[2])
    form = submission.form
    number = _next_number(connection, form.prefix, now)
    recorded_at = _written(now)
    data = {
        "cells": submission.cells,
        "files": [_keep_file(connection, file) for file in submission.attachments],
        **({"paper": dataclasses.asdict(submission.paper)} if submission.paper else {}),
    }
    seq = _add_event(connection, ("submitted", number, form.name), form, recorded_at, data)
    code = code_hash(receipt_code(submission.token))
    connection.execute(
        "INSERT INTO submission VALUES (?, ?, ?, ?, ?)",
        [key, submission.content_hash, number, code, seq],
    )
    connection.execute("DELETE FROM held_file WHERE token_hash = ?", [key])
    return Receipt(number, recorded_at)


def _act(connection: sqlite3.Connection, act: Act, now: dt.datetime) -> Receipt:
    key = token_hash(act.token)
    query = "SELECT content_hash, recorded_at FROM act JOIN event USING (seq) WHERE token_hash = ?"
    if known := connection.execute(query, [key]).fetchone():
        if known[0] != act.content_hash:
            raise ContentConflict(
                f"Việc này đã được ghi vào phiếu {act.number} với nội dung khác. "
                "Hãy mở lại phiếu để xem."
            )
        return Receipt(act.number, known[1])
    query = "SELECT max(seq) FROM event WHERE number = ? AND form = ?"
    if connection.execute(query, [act.number, act.kind]).fetchone()[0] != act.version:
        raise CaseMoved(
            f"Phiếu {act.number} vừa được người khác cập nhật sau khi bạn mở trang. "
            "Những gì bạn gõ vẫn còn dưới đây: hãy xem thay đổi rồi gửi lại."
        )
    recorded_at = _written(now)
    data = {
        "cells": act.cells,
        "files": [_keep_file(connection, file) for file in act.attachments],
        "action": act.action,
        "state": act.state,
        "actor": dataclasses.asdict(act.actor),
        "workflow": act.workflow_hash,
    }
    seq = _add_event(connection, ("acted", act.number, act.kind), act.form, recorded_at, data)
    connection.execute("INSERT INTO act VALUES (?, ?, ?)", [key, act.content_hash, seq])
    connection.execute("DELETE FROM held_file WHERE token_hash = ?", [key])
    return Receipt(act.number, recorded_at)


def _add_event(
    connection: sqlite3.Connection,
    about: tuple[str, str, str],
    form: Form,
    recorded_at: str,
    data: dict[str, Any],
) -> int | None:
    """Add an event about (kind, number, form of the case) and return its number."""
    connection.execute(
        "INSERT OR IGNORE INTO form_schema VALUES (?, ?, ?)",
        [form.hash, form.name, form.descriptor_text],
    )
    return connection.execute(
        "INSERT INTO event (kind, number, form, form_hash, recorded_at, data)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [*about, form.hash, recorded_at, json.dumps(data, ensure_ascii=False)],
    ).lastrowid


def _written(now: dt.datetime) -> str:
    return now.strftime("%Y-%m-%dT%H:%M:%SZ")


def _next_number(connection: sqlite3.Connection, prefix: str, now: dt.datetime) -> str:
    year = now.astimezone(LOCAL_ZONE).year
    ordinal = connection.execute(
        "INSERT INTO counter VALUES (?, ?, 1)"
        " ON CONFLICT DO UPDATE SET last = last + 1 RETURNING last",
        [prefix, year],
    ).fetchone()[0]
    return case_number(prefix, year, ordinal)


def _keep_file(connection: sqlite3.Connection, file: Attachment) -> dict[str, Any]:
    connection.execute(
        "INSERT OR IGNORE INTO attachment VALUES (?, ?, ?)",
        [file.sha256, file.media_type, file.content],
    )
    size = len(file.content)
    return {"sha256": file.sha256, "name": file.name, "media_type": file.media_type, "size": size}


def _hold(
    connection: sqlite3.Connection,
    token: Token,
    attachments: tuple[Attachment, ...],
    now: dt.datetime,
) -> None:
    connection.execute("DELETE FROM held_file WHERE held_at < ?", [(now - _HELD_FOR).isoformat()])
    for file in attachments:
        connection.execute(
            "INSERT OR IGNORE INTO held_file VALUES (?, ?, ?, ?, ?, ?)",
            [
                token_hash(token),
                file.sha256,
                file.name,
                file.media_type,
                file.content,
                now.isoformat(),
            ],
        )


def _paper(kept: dict[str, Any]) -> OnPaper:
    return OnPaper(**{**kept, "typed_by": Actor(**kept["typed_by"])})


def _event(row: tuple[Any, ...]) -> Event:
    seq, kind, number, form, form_hash, recorded_at, data = row
    content = json.loads(data)
    return Event(
        seq=seq,
        kind=kind,
        number=number,
        form=form,
        form_hash=form_hash,
        recorded_at=recorded_at,
        cells=content["cells"],
        files=tuple(AttachedFile(**file) for file in content["files"]),
        action=content.get("action", ""),
        state=content.get("state", NEW),
        actor=Actor(**content["actor"]) if "actor" in content else None,
        paper=_paper(content["paper"]) if "paper" in content else None,
    )


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
