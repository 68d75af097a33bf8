"""A journal in a database: the statements that SQLite and PostgreSQL share.

Writers take turns, also between processes and hosts, so that the newest number is always that of
the newest event and no reader ever finds an older one later.
"""

import dataclasses
import datetime as dt
import json
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from intake.configuration import LOCAL_ZONE
from intake.errors import CaseMoved, ContentConflict
from intake.forms.schema import Form
from intake.journal.model import (
    NEW,
    Act,
    Actor,
    AttachedFile,
    Attachment,
    Disposal,
    Event,
    OnPaper,
    Receipt,
    Submission,
)
from intake.journal.writer import Alike, Connection, GroupWriter
from intake.receipts import Token, case_number, code_hash, receipt_code, token_hash

UNREADABLE = "Nơi lưu phiếu tạm thời không đọc được; hãy thử lại sau ít phút."
_HOLDING_SECONDS = 3.0
_HELD_FOR = dt.timedelta(days=1)

Clock = Callable[[], dt.datetime]


def utc_now() -> dt.datetime:
    """Return the real time, to the second; the journal never knows another one."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


class SqlJournal(ABC):
    """A journal whose statements are SQL; which database runs them is the subclass's matter."""

    def __init__(self, writer: GroupWriter, clock: Clock) -> None:
        self._writer = writer
        self._clock = clock

    def append(self, submission: Submission) -> Receipt:
        """Keep a submission durably, once: see `Journal.append`."""
        entry = _Entry(submission, self._clock)
        return self._writer.run(Alike(entry, _append, _add))

    def act(self, act: Act) -> Receipt:
        """Keep an action on a case durably, once: see `Journal.act`."""
        return self._writer.run(lambda connection: _act(connection, act, self._clock()))

    def dispose(self, disposal: Disposal) -> None:
        """Take out of the journal what the retention rule says, and note it as the last event.

        It is the only change that the database lets anybody make to what was kept.

        Raises:
            CaseMoved: somebody acted on the case since it was decided; nothing was changed.
            StorageUnavailable: nothing was changed.
        """
        self._writer.run(lambda connection: _dispose(connection, disposal, self._clock()))

    @abstractmethod
    def scrub(self) -> None:
        """Let the database's files hold nothing any more of what was taken out."""

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
        """Keep files of a form that was not accepted yet; they go after a day.

        Nobody waits for it long: what could not be held is chosen again.
        """
        if attachments:
            self._writer.run(
                lambda connection: _hold(connection, token, attachments, self._clock()),
                _HOLDING_SECONDS,
            )

    def held(self, token: Token) -> tuple[Attachment, ...]:
        """Return the files held for a token: of a form that waits, or of the one it became."""
        key = token_hash(token)
        query = (
            "SELECT * FROM event WHERE seq IN (SELECT seq FROM submission WHERE token_hash = ?"
            " UNION ALL SELECT seq FROM act WHERE token_hash = ?)"
        )
        if rows := self._query(query, key, key):
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
        query = "SELECT number FROM event WHERE seq > CAST(? AS BIGINT)"
        return list({str(row[0]) for row in self._query(query, str(seq))})

    def last_seq(self) -> int:
        """Return the number of the newest event, 0 when there is none."""
        return int(self._query("SELECT coalesce(max(seq), 0) FROM event")[0][0])

    def recorded_after(self, seq: int) -> dt.datetime | None:
        """Return when the first event after one was kept; None when there is none."""
        query = "SELECT recorded_at FROM event WHERE seq > CAST(? AS BIGINT) ORDER BY seq LIMIT 1"
        rows = self._query(query, str(seq))
        return dt.datetime.fromisoformat(rows[0][0]) if rows else None

    def check(self) -> None:
        """Check that the writer still trusts the store.

        Raises:
            StorageStopped: it doesn't, until a restart.
        """
        self._writer.check()

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

    @abstractmethod
    def close(self) -> None:
        """Finish what is queued and let go of the database."""

    @abstractmethod
    def _query(self, query: str, *values: str) -> list[Any]:
        """Return what a query finds.

        Raises:
            StorageUnavailable: the journal can't be read.
        """


class _Entry:
    """A submission with all that can be made ready before it is its turn."""

    def __init__(self, submission: Submission, clock: Clock) -> None:
        self.form = submission.form
        self.files = submission.attachments
        self.clock = clock
        self.key = token_hash(submission.token)
        self.content_hash = submission.content_hash
        self.code = code_hash(receipt_code(submission.token))
        paper = {"paper": dataclasses.asdict(submission.paper)} if submission.paper else {}
        data = {
            "cells": submission.cells,
            "files": [_said_of(file) for file in self.files],
            **paper,
        }
        self.data = json.dumps(data, ensure_ascii=False)

    def event(self, seq: int, number: str, recorded_at: str) -> list[Any]:
        """Return the row of the event."""
        form = self.form
        return [seq, "submitted", number, form.name, form.hash, recorded_at, self.data]

    def row(self, seq: int, number: str) -> list[Any]:
        """Return the row of the submission."""
        return [self.key, self.content_hash, number, self.code, seq]


def _append(connection: Connection, entry: _Entry) -> Receipt:
    query = (
        "SELECT content_hash, submission.number, recorded_at FROM submission JOIN event USING (seq)"
        " WHERE token_hash = ?"
    )
    if known := connection.execute(query, [entry.key]).fetchone():
        if known[0] != entry.content_hash:
            raise ContentConflict(
                f"Phiếu này đã được ghi nhận với số {known[1]} và nội dung khác. "
                "Nếu đây là việc mới, hãy gửi như một phiếu mới."
            )
        return Receipt(known[1], known[2])
    return _add(connection, [entry])[0]


def _add(connection: Connection, entries: Sequence[_Entry]) -> list[Receipt]:
    """Add new submissions, in their order; the key of tokens refuses what was sent before."""
    now = entries[0].clock()
    recorded_at = _written(now)
    first = _next_seq(connection)
    numbers = _next_numbers(connection, [entry.form.prefix for entry in entries], now)
    for form in {entry.form.hash: entry.form for entry in entries}.values():
        _keep_form(connection, form)
    events = [
        entry.event(seq, number, recorded_at)
        for seq, (entry, number) in enumerate(zip(entries, numbers, strict=True), first)
    ]
    rows = [
        entry.row(seq, number)
        for seq, (entry, number) in enumerate(zip(entries, numbers, strict=True), first)
    ]
    for entry in entries:
        for file in entry.files:
            _keep_file(connection, file)
    connection.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?)", events)
    connection.executemany("INSERT INTO submission VALUES (?, ?, ?, ?, ?)", rows)
    connection.executemany(
        "DELETE FROM held_file WHERE token_hash = ?", [[entry.key] for entry in entries]
    )
    return [Receipt(number, recorded_at) for number in numbers]


def _act(connection: Connection, act: Act, now: dt.datetime) -> Receipt:
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


def _dispose(connection: Connection, disposal: Disposal, now: dt.datetime) -> None:
    query = "SELECT seq, data FROM event WHERE number = ? AND form = ? ORDER BY seq"
    rows = connection.execute(query, [disposal.number, disposal.kind]).fetchall()
    if not rows or rows[-1][0] != disposal.version:
        raise CaseMoved(f"Phiếu {disposal.number} vừa có thay đổi; chưa hủy gì của phiếu này.")
    files: set[str] = set()
    for seq, written in rows:
        data = json.loads(written)
        files |= {file["sha256"] for file in data["files"]}
        left = json.dumps(_left_of(data, disposal.skeletons[seq]), ensure_ascii=False)
        connection.execute("UPDATE event SET data = ? WHERE seq = ?", [left, seq])
    for sha256 in sorted(files):
        used = "SELECT count(*) FROM event WHERE data LIKE ?"
        if not connection.execute(used, [f"%{sha256}%"]).fetchone()[0]:
            connection.execute("DELETE FROM attachment WHERE sha256 = ?", [sha256])
    data = {
        "cells": disposal.cells,
        "files": [],
        "action": disposal.action,
        "state": disposal.state,
        "actor": dataclasses.asdict(disposal.actor),
    }
    about = ("acted", disposal.number, disposal.kind)
    _add_event(connection, about, disposal.form, _written(now), data)


def _left_of(data: dict[str, Any], cells: dict[str, str]) -> dict[str, Any]:
    """Return what stays of an event: who acted only by role and unit, no file."""
    left = {**data, "cells": cells, "files": [], "removed": True}
    if "actor" in left:
        left["actor"] = {**left["actor"], "account": "", "name": ""}
    if "paper" in left:
        typed_by = {**left["paper"]["typed_by"], "account": "", "name": ""}
        left["paper"] = {**left["paper"], "typed_by": typed_by}
    return left


def _add_event(
    connection: Connection,
    about: tuple[str, str, str],
    form: Form,
    recorded_at: str,
    data: dict[str, Any],
) -> int:
    """Add an event about (kind, number, form of the case) and return its number."""
    _keep_form(connection, form)
    seq = _next_seq(connection)
    connection.execute(
        "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?)",
        [seq, *about, form.hash, recorded_at, json.dumps(data, ensure_ascii=False)],
    )
    return seq


def _keep_form(connection: Connection, form: Form) -> None:
    connection.execute(
        "INSERT INTO form_schema VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [form.hash, form.name, form.descriptor_text],
    )


def _next_seq(connection: Connection) -> int:
    """Return the number of the next event; nobody else adds one meanwhile."""
    return int(connection.execute("SELECT coalesce(max(seq), 0) + 1 FROM event").fetchone()[0])


def _written(now: dt.datetime) -> str:
    return now.strftime("%Y-%m-%dT%H:%M:%SZ")


def _next_numbers(connection: Connection, prefixes: list[str], now: dt.datetime) -> list[str]:
    """Return the next number for each prefix, in their order."""
    year = now.astimezone(LOCAL_ZONE).year
    last = {}
    for prefix, count in Counter(prefixes).items():
        newest = connection.execute(
            "INSERT INTO counter VALUES (?, ?, ?) ON CONFLICT (prefix, year)"
            " DO UPDATE SET last = counter.last + excluded.last RETURNING last",
            [prefix, year, count],
        ).fetchone()[0]
        last[prefix] = newest - count
    numbers = []
    for prefix in prefixes:
        last[prefix] += 1
        numbers.append(case_number(prefix, year, last[prefix]))
    return numbers


def _keep_file(connection: Connection, file: Attachment) -> dict[str, Any]:
    connection.execute(
        "INSERT INTO attachment VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [file.sha256, file.media_type, file.content],
    )
    return _said_of(file)


def _said_of(file: Attachment) -> dict[str, Any]:
    size = len(file.content)
    return {"sha256": file.sha256, "name": file.name, "media_type": file.media_type, "size": size}


def _hold(
    connection: Connection,
    token: Token,
    attachments: tuple[Attachment, ...],
    now: dt.datetime,
) -> None:
    connection.execute("DELETE FROM held_file WHERE held_at < ?", [(now - _HELD_FOR).isoformat()])
    for file in attachments:
        connection.execute(
            "INSERT INTO held_file VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
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
