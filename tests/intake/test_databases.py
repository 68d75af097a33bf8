import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from intake.databases import make, transaction

SCHEMA = "CREATE TABLE IF NOT EXISTS kept (word TEXT)"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "folder" / "small.sqlite3"
    make(made, SCHEMA)
    return made


def keep(path: Path, word: str, before: str = "", after: str = "") -> None:
    with transaction(path) as database:
        database.execute(before)
        database.execute("INSERT INTO kept VALUES (?)", [word])
        database.execute(after)


def words(path: Path) -> list[str]:
    with transaction(path) as database:
        return [word for (word,) in database.execute("SELECT word FROM kept")]


def mode(path: Path) -> str:
    with closing(sqlite3.connect(path)) as database:
        return str(database.execute("PRAGMA journal_mode").fetchone()[0])


def test_what_was_done_is_kept_whole_or_not_at_all(path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        keep(path, "dở dang", after="DELETE FROM nowhere")
    keep(path, "một")
    assert words(path) == ["một"]


def test_making_it_again_leaves_what_is_there(path: Path) -> None:
    keep(path, "một")
    make(path, SCHEMA)
    assert words(path) == ["một"]


def test_no_file_is_mapped_into_memory_also_of_one_from_before(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = WAL")
    make(path, SCHEMA)
    with transaction(path) as database:
        database.execute("INSERT INTO kept VALUES ('một')")
        assert {each.name for each in path.parent.iterdir()} == {path.name, f"{path.name}-journal"}


def test_one_from_before_that_is_in_use_is_left_as_it_is_until_the_next_start(path: Path) -> None:
    with closing(sqlite3.connect(path)) as used:
        used.execute("PRAGMA journal_mode = WAL")
        used.execute("BEGIN")
        used.execute("SELECT * FROM kept").fetchall()
        make(path, SCHEMA)
        assert mode(path) == "wal"
    make(path, SCHEMA)
    assert mode(path) == "delete"


def test_a_commit_is_durable_with_its_folder(path: Path) -> None:
    with transaction(path) as database:
        assert database.execute("PRAGMA synchronous").fetchone() == (3,)


def test_a_full_disk_is_told_as_such(path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError, match="full"):
        keep(path, "x" * 100_000, "PRAGMA max_page_count = 2")
    keep(path, "một")
    assert words(path) == ["một"]


def test_a_second_writer_waits_for_the_first(path: Path) -> None:
    other = threading.Thread(target=keep, args=(path, "hai"))
    with transaction(path) as database:
        other.start()
        other.join(0.2)
        database.execute("INSERT INTO kept VALUES ('một')")
    other.join()
    assert words(path) == ["một", "hai"]


def test_what_a_row_refers_to_must_be_there(path: Path) -> None:
    make(path, "CREATE TABLE one (word TEXT PRIMARY KEY); CREATE TABLE two (of REFERENCES one)")
    with pytest.raises(sqlite3.IntegrityError):
        keep(path, "một", after="INSERT INTO two VALUES ('không có')")
