"""A backup holds all that people sent, is proven when it is put back, and never overwrites."""

import datetime as dt
import io
import json
import os
import sqlite3
import tarfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from intake import backups
from intake.accounts.model import Rules
from intake.accounts.store import AccountStore
from intake.backups import Backup, BadBackup, back_up, last_backup, restore
from intake.configuration import Places
from intake.journal.model import Attachment
from intake.journal.sql import SqlJournal
from intake.journal.sqlite import SqliteJournal
from intake.journal.store import SETTING, open_journal
from intake.receipts import new_token
from tests.conftest import MakeSubmission, SetClock
from tests.postgres import Postgres

PHOTO = Attachment("ảnh.png", "image/png", b"\x89PNG" + bytes(3000))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "kept"


@pytest.fixture
def elsewhere(tmp_path: Path, places: Places) -> Places:
    """Another machine with the same sources."""
    other = tmp_path / "other"
    (other / "data").mkdir(parents=True)
    return Places(other)


def filled(journal: SqlJournal, make: MakeSubmission, count: int = 3) -> None:
    for at in range(count):
        journal.append(make(summary=f"Phiếu thứ {at}", attachments=(PHOTO,)))


def test_what_is_restored_is_what_was_sent(
    places: Places,
    elsewhere: Places,
    journal: SqliteJournal,
    make_submission: MakeSubmission,
    folder: Path,
    clock: SetClock,
) -> None:
    filled(journal, make_submission)
    AccountStore(places.accounts, Rules(60, 10, 5, 15, 12), clock)
    made = back_up(places, folder, 3)
    assert (made.events, last_backup(places)) == (3, made)
    restored = restore(elsewhere, Path(made.path))
    assert (restored.events, restored.digest) == (3, made.digest)
    opened = SqliteJournal(elsewhere.journal, clock)
    assert opened.events() == journal.events()
    assert opened.attachment(PHOTO.sha256) == PHOTO.content
    assert opened.append(make_submission()).number == "KPH-2020-004"
    opened.close()
    assert elsewhere.accounts.exists()


def test_a_receipt_given_before_the_backup_opens_its_case_after_it(
    places: Places,
    elsewhere: Places,
    journal: SqliteJournal,
    make_submission: MakeSubmission,
    folder: Path,
) -> None:
    token = new_token()
    given = journal.append(make_submission(token=token))
    restore(elsewhere, Path(back_up(places, folder, 3).path))
    opened = SqliteJournal(elsewhere.journal)
    assert opened.append(make_submission(token=token)) == given
    opened.close()


def test_a_backup_is_made_while_people_send(
    places: Places, elsewhere: Places, journal: SqliteJournal, make_submission: MakeSubmission
) -> None:
    folder, done = places.root / "kept", threading.Event()

    def send() -> None:
        while not done.is_set():
            journal.append(make_submission(attachments=(PHOTO,)))

    sender = threading.Thread(target=send)
    sender.start()
    try:
        while journal.last_seq() < 20:
            pass
        before = journal.last_seq()
        made = back_up(places, folder, 3)
    finally:
        done.set()
        sender.join()
    assert made.events >= before
    restore(elsewhere, Path(made.path))
    opened = SqliteJournal(elsewhere.journal)
    assert opened.events() == journal.events()[: made.events]
    opened.close()


def test_a_backup_never_overwrites(
    places: Places, journal: SqliteJournal, make_submission: MakeSubmission, folder: Path
) -> None:
    filled(journal, make_submission, 1)
    made = back_up(places, folder, 3)
    with pytest.raises(BadBackup, match=r"đang có dữ liệu \(journal\.sqlite3.*không ghi đè"):
        restore(places, Path(made.path))
    assert journal.last_seq() == 1


Change = Callable[[dict[str, bytes]], object]


def changed_event(files: dict[str, bytes]) -> None:
    """Change an event and make the file's hash fit: the digest of the journal still tells."""
    import hashlib
    import tempfile

    with tempfile.NamedTemporaryFile(suffix=".sqlite3") as file:
        Path(file.name).write_bytes(files["journal.sqlite3"])
        with sqlite3.connect(file.name) as database:
            database.execute("DROP TRIGGER event_is_never_changed")
            database.execute("UPDATE event SET data = replace(data, 'thứ 1', 'thứ 9')")
        database.close()
        files["journal.sqlite3"] = Path(file.name).read_bytes()
    manifest = json.loads(files["backup.json"])
    manifest["files"]["journal.sqlite3"] = hashlib.sha256(files["journal.sqlite3"]).hexdigest()
    files["backup.json"] = json.dumps(manifest).encode()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda files: files.update({"journal.sqlite3": b"x"}), "không còn nguyên vẹn: journal"),
        (lambda files: files.pop("journal.sqlite3"), "không còn nguyên vẹn: journal"),
        (lambda files: files.update({"more": b"x"}), "không còn nguyên vẹn: more"),
        (lambda files: files.pop("backup.json"), "không phải là bản sao lưu"),
        (lambda files: files.update({"backup.json": b'{"format": 9, "files": {}}'}), "dạng 9"),
        (lambda files: files.update({"../out": b"x"}), "Chưa khôi phục được"),
        (changed_event, "không giống lúc sao lưu"),
    ],
)
def test_a_backup_that_is_not_whole_is_refused_and_nothing_is_changed(
    places: Places,
    elsewhere: Places,
    journal: SqliteJournal,
    make_submission: MakeSubmission,
    folder: Path,
    change: Change,
    told: str,
) -> None:
    filled(journal, make_submission)
    archive = Path(back_up(places, folder, 3).path)
    with tarfile.open(archive) as packed:
        files = {
            each.name: opened.read() for each in packed if (opened := packed.extractfile(each))
        }
    change(files)
    with tarfile.open(archive, "w:gz") as packed:
        for name, content in files.items():
            about = tarfile.TarInfo(name)
            about.size = len(content)
            packed.addfile(about, io.BytesIO(content))
    with pytest.raises(BadBackup, match=told):
        restore(elsewhere, archive)
    assert list(elsewhere.packages.glob("*")) == []
    assert not (elsewhere.root / "out").exists()


@pytest.mark.parametrize("content", [b"", b"no archive", b"\x1f\x8b\x08\x00"])
def test_what_is_no_archive_is_refused(elsewhere: Places, tmp_path: Path, content: bytes) -> None:
    archive = tmp_path / "x.tar.gz"
    archive.write_bytes(content)
    with pytest.raises(BadBackup, match="Chưa khôi phục được"):
        restore(elsewhere, archive)


def test_a_cut_archive_is_refused(
    places: Places,
    elsewhere: Places,
    journal: SqliteJournal,
    make_submission: MakeSubmission,
    folder: Path,
) -> None:
    filled(journal, make_submission)
    archive = Path(back_up(places, folder, 3).path)
    archive.write_bytes(archive.read_bytes()[:-100])
    with pytest.raises(BadBackup):
        restore(elsewhere, archive)
    assert list(elsewhere.packages.glob("*")) == []


def test_a_damaged_journal_gives_no_backup_and_keeps_the_old_ones(
    places: Places, journal: SqliteJournal, make_submission: MakeSubmission, folder: Path
) -> None:
    filled(journal, make_submission, 40)
    made = back_up(places, folder, 1)
    journal.close()
    content = bytearray(places.journal.read_bytes())
    content[4096 * 3 : 4096 * 6] = bytes(4096 * 3)
    places.journal.write_bytes(content)
    with pytest.raises(BadBackup, match="Chưa sao lưu được"):
        back_up(places, folder, 1)
    assert [path.name for path in folder.iterdir()] == [Path(made.path).name]
    assert last_backup(places) == made


def test_an_empty_portal_has_nothing_to_back_up(places: Places, folder: Path) -> None:
    with pytest.raises(BadBackup, match="Chưa có gì để sao lưu"):
        back_up(places, folder, 1)
    assert list(folder.iterdir()) == []


def test_the_oldest_go_and_others_can_read_none(
    places: Places, journal: SqliteJournal, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Backup] = []
    for day in range(1, 5):
        at = dt.datetime(2020, 9, day, tzinfo=dt.UTC)
        monkeypatch.setattr(backups, "utc_now", lambda at=at: at)
        made.append(back_up(places, folder, 2))
    kept = sorted(folder.iterdir())
    assert kept == [Path(each.path) for each in made[-2:]]
    assert {path.stat().st_mode & 0o077 for path in kept} == {0}
    assert folder.stat().st_mode & 0o077 == 0


@pytest.fixture
def database(postgres_server: Postgres) -> Iterator[Callable[[str], str]]:
    """Make an empty database of its own."""
    names: list[str] = []

    def make(name: str) -> str:
        with psycopg.connect(postgres_server.url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name}".encode())
            connection.execute(f"CREATE DATABASE {name}".encode())
        names.append(name)
        return postgres_server.url.replace("/postgres?", f"/{name}?")

    yield make
    with psycopg.connect(postgres_server.url, autocommit=True) as connection:
        for name in names:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def test_postgresql_is_restored_into_an_empty_database(
    places: Places,
    elsewhere: Places,
    make_submission: MakeSubmission,
    folder: Path,
    database: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(SETTING, database("first"))
    journal = open_journal(places)
    filled(journal, make_submission)
    made = back_up(places, folder, 3)
    with pytest.raises(BadBackup, match="đã có bảng, không ghi đè"):
        restore(elsewhere, Path(made.path))
    monkeypatch.setenv(SETTING, database("second"))
    restored = restore(elsewhere, Path(made.path))
    assert (restored.events, restored.digest) == (3, made.digest)
    opened = open_journal(elsewhere)
    assert opened.events() == journal.events()
    assert opened.attachment(PHOTO.sha256) == PHOTO.content
    opened.append(make_submission())
    with (
        psycopg.connect(os.environ[SETTING]) as connection,
        pytest.raises(psycopg.errors.RaiseException, match="append-only"),
    ):
        connection.execute("DELETE FROM event")
    opened.close()
    journal.close()
    monkeypatch.delenv(SETTING)
    with pytest.raises(BadBackup, match="của PostgreSQL: đặt biến môi trường"):
        restore(Places(elsewhere.root / "third"), Path(made.path))


def test_the_same_journal_has_the_same_digest_in_both_databases(
    places: Places,
    journal: SqliteJournal,
    make_submission: MakeSubmission,
    folder: Path,
    database: Callable[[str], str],
    clock: SetClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent = [make_submission(summary=f"Ướt áo {at}", attachments=(PHOTO,)) for at in range(5)]
    for each in sent:
        journal.append(each)
    in_sqlite = back_up(places, folder, 3)
    monkeypatch.setenv(SETTING, database("same"))
    other = open_journal(places, clock)
    for each in sent:
        other.append(each)
    other.close()
    assert back_up(places, folder, 3).digest == in_sqlite.digest
