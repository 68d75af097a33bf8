import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from intake.configuration import Places
from intake.errors import StorageStopped, StorageUnavailable
from intake.journal.model import Attachment, Submission
from intake.journal.sqlite import SqliteJournal

MakeSubmission = Callable[..., Submission]
PNG = Attachment("một.png", "image/png", b"\x89PNG 1")
PDF = Attachment("hai.pdf", "application/pdf", b"%PDF-hai")


def test_readers_cannot_write(journal: SqliteJournal) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        journal._read().execute("DELETE FROM counter")


def test_every_commit_is_synced(journal: SqliteJournal, tmp_path: Path) -> None:
    ask = journal._writer.run
    assert ask(lambda c: c.execute("PRAGMA journal_mode").fetchone()) == ("wal",)
    assert ask(lambda c: c.execute("PRAGMA synchronous").fetchone()) == (2,)
    assert ask(lambda c: c.execute("PRAGMA foreign_keys").fetchone()) == (1,)


class SmallJournal(SqliteJournal):
    """A journal on a disk that is nearly full."""

    pages = 1_000_000

    def _connect(self) -> sqlite3.Connection:
        connection = super()._connect()
        connection.execute(f"PRAGMA max_page_count = {self.pages}")
        return connection


def test_a_full_database_keeps_nothing_and_recovers(
    places: Places, make_submission: MakeSubmission, clock: Any
) -> None:
    journal = SmallJournal(places.journal, clock)
    journal.append(make_submission())
    journal.close()
    full = SmallJournal(places.journal, clock)
    full._writer.run(lambda connection: connection.execute("PRAGMA max_page_count = 1"))
    large = make_submission(attachments=(Attachment("a.pdf", "application/pdf", b"x" * 200_000),))
    with pytest.raises(StorageUnavailable) as refused:
        full.append(large)
    assert not isinstance(refused.value, StorageStopped)
    assert "full" in str(refused.value.__cause__)
    assert [event.number for event in full.events()] == ["KPH-2020-001"]
    assert full.append(large).number == "KPH-2020-002", "the same token, once there is room"
    full.close()


class FailingDisk:
    """A connection whose syncs fail."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, statement: str, values: Any = ()) -> sqlite3.Cursor:
        if statement == "COMMIT":
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorname = "SQLITE_IOERR_FSYNC"
            raise error
        return self._connection.execute(statement, values)

    def close(self) -> None:
        self._connection.close()


class UntrustworthyJournal(SqliteJournal):
    failing = True

    def _connect(self) -> sqlite3.Connection:
        connection = super()._connect()
        return FailingDisk(connection) if self.failing else connection  # type: ignore[return-value]


def test_a_failing_disk_stops_the_journal_until_a_restart(
    journal: SqliteJournal, places: Places, make_submission: MakeSubmission, clock: Any
) -> None:
    untrustworthy = UntrustworthyJournal(places.journal, clock)
    with pytest.raises(StorageStopped):
        untrustworthy.append(make_submission())
    untrustworthy.failing = False
    with pytest.raises(StorageStopped, match="báo cho bộ phận quản trị"):
        untrustworthy.append(make_submission())
    assert journal.events() == []
    untrustworthy.close()
    restarted = SqliteJournal(places.journal, clock)
    assert restarted.append(make_submission()).number == "KPH-2020-001"
    restarted.close()


def leave_free(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=size))


def test_with_too_little_room_nothing_is_begun_and_with_room_it_goes_on(
    places: Places, make_submission: MakeSubmission, monkeypatch: pytest.MonkeyPatch, clock: Any
) -> None:
    journal = SqliteJournal(places.journal, clock)
    begun: list[str] = []
    journal._writer.run(lambda c: c.set_trace_callback(begun.append))  # type: ignore[attr-defined]
    begun.clear()
    leave_free(63_999_999, monkeypatch)
    submission = make_submission()
    with pytest.raises(StorageUnavailable, match="gửi lại") as refused:
        journal.append(submission)
    assert not isinstance(refused.value, StorageStopped)
    assert isinstance(refused.value.__cause__, OSError)
    assert begun == []
    leave_free(64_000_000, monkeypatch)
    assert journal.append(submission).number == "KPH-2020-001"
    assert begun[0] == "BEGIN IMMEDIATE", "over the same connection: no file is made anew"
    journal.close()


def test_a_start_with_too_little_room_writes_nothing_and_reads(
    places: Places, make_submission: MakeSubmission, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = SqliteJournal(places.journal)
    journal.append(make_submission())
    journal.close()
    leave_free(0, monkeypatch)
    started = SqliteJournal(places.journal)
    assert len(started.events()) == 1
    with pytest.raises(StorageUnavailable):
        started.append(make_submission())
    started.close()


def test_nothing_is_left_beside_the_journal_when_it_was_closed(
    places: Places, make_submission: MakeSubmission
) -> None:
    SqliteJournal(places.journal).close()
    journal = SqliteJournal(places.journal)
    journal.append(make_submission())
    journal.close()
    left = {path.suffix for path in places.journal.parent.glob("journal.*")}
    assert left == {".sqlite3", ".turn"}


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "9p", "ceph"])
def test_a_network_file_system_is_refused(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mount(
        monkeypatch, tmp_path, f"/dev/sda / ext4 rw 0 0\nserver:/x {tmp_path}/share {kind} rw 0 0\n"
    )
    with pytest.raises(OSError, match=f"network file system \\({kind}\\)"):
        SqliteJournal(tmp_path / "share" / "deep" / "journal.sqlite3")
    assert not (tmp_path / "share" / "deep" / "journal.sqlite3").exists()


@pytest.mark.parametrize(
    "mounts",
    [
        "server:/x / nfs rw 0 0\n/dev/sda {tmp} ext4 rw 0 0\n",
        "/dev/sda / ext4 rw 0 0\nserver:/x {tmp}/sha nfs rw 0 0\n",
        "server:/x {tmp} nfs rw 0 0\n/dev/sda {tmp} ext4 rw 0 0\n",
        "",
    ],
)
def test_a_disk_of_its_own_is_taken(
    mounts: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mount(monkeypatch, tmp_path, mounts.format(tmp=tmp_path))
    SqliteJournal(tmp_path / "share" / "journal.sqlite3").close()


def test_a_network_file_system_with_a_blank_in_its_name_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mount(
        monkeypatch,
        tmp_path,
        f"/dev/sda / ext4 rw 0 0\nserver:/x {tmp_path}/my\\040share nfs rw 0 0\n",
    )
    with pytest.raises(OSError, match="network file system"):
        SqliteJournal(tmp_path / "my share" / "journal.sqlite3").close()


def mount(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mounts: str) -> None:
    listed = tmp_path / "mounts"
    listed.write_text(mounts, encoding="utf-8")
    monkeypatch.setattr("intake.journal.sqlite.Path", lambda _: listed)


def test_an_old_sqlite_is_spoken_of_at_the_start(
    places: Places, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 51, 2))
    SqliteJournal(places.journal).close()
    assert "older than 3.51.3" in caplog.text
