import fcntl
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from intake.errors import ContentConflict, StorageStopped, StorageUnavailable
from intake.journal.sqlite import engine
from intake.journal.writer import Alike, GroupWriter

MakeWriter = Callable[..., GroupWriter]


class Watched:
    """A connection that counts its commits and fails where a test says so."""

    def __init__(self, path: Path) -> None:
        self._real = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._real.execute("CREATE TABLE IF NOT EXISTS kept (word TEXT)")
        self.commits = 0
        self.before_commit: Callable[[], None] = lambda: None
        self.before_close: Callable[[], None] = lambda: None

    def execute(self, statement: str, values: Any = ()) -> sqlite3.Cursor:
        if statement == "COMMIT":
            self.commits += 1
            self.before_commit()
        return self._real.execute(statement, values)

    def executemany(self, statement: str, rows: Any) -> None:
        self._real.executemany(statement, rows)

    def close(self) -> None:
        self.before_close()
        self._real.close()


def failure(name: str, kind: type[sqlite3.Error] = sqlite3.OperationalError) -> sqlite3.Error:
    error = kind("from the test")
    error.sqlite_errorname = name
    return error


def raising(error: BaseException) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def keep(word: str) -> Any:
    def job(connection: Any) -> str:
        connection.execute("INSERT INTO kept VALUES (?)", [word])
        return word

    return job


def words(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    found = [word for (word,) in connection.execute("SELECT word FROM kept ORDER BY rowid")]
    connection.close()
    return found


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "kept.sqlite3"


@pytest.fixture
def connection(database: Path) -> Watched:
    return Watched(database)


@pytest.fixture
def make_writer(database: Path, tmp_path: Path) -> Iterator[MakeWriter]:
    """Make a writer over the connections given, then over new ones."""
    made = []

    def make(*given: Watched) -> GroupWriter:
        waiting = list(given)
        made.append(
            GroupWriter(
                engine(
                    lambda: waiting.pop(0) if waiting else Watched(database),
                    tmp_path / "kept.turn",
                )
            )
        )
        return made[-1]

    yield make
    for writer in made:
        writer.close()


def test_a_job_gives_its_result_once_it_is_durable(
    make_writer: MakeWriter, connection: Watched, database: Path
) -> None:
    seen: list[list[str]] = []
    connection.before_commit = lambda: seen.append(words(database))
    assert make_writer(connection).run(keep("một")) == "một"
    assert seen == [[]], "not visible before the commit"
    assert words(database) == ["một"]


def test_jobs_that_wait_share_one_commit(
    make_writer: MakeWriter, connection: Watched, database: Path
) -> None:
    writer = make_writer(connection)
    started, go = threading.Event(), threading.Event()

    def slow(_: Any) -> None:
        started.set()
        go.wait(5)

    with ThreadPoolExecutor(30) as pool:
        first = pool.submit(writer.run, slow)
        started.wait(5)
        others = [pool.submit(writer.run, keep(str(n))) for n in range(20)]
        while writer._jobs.qsize() < 20:
            time.sleep(0.001)
        go.set()
        assert first.result() is None
        assert {other.result() for other in others} == {str(n) for n in range(20)}
    assert connection.commits == 2
    assert len(words(database)) == 20


@pytest.mark.parametrize("refusal", [ContentConflict("khác nội dung"), sqlite3.IntegrityError()])
def test_a_refused_job_is_undone_and_its_neighbours_are_kept(
    refusal: Exception, make_writer: MakeWriter, connection: Watched, database: Path
) -> None:
    writer = make_writer(connection)
    started, go = threading.Event(), threading.Event()

    def slow(_: Any) -> None:
        started.set()
        go.wait(5)

    def refused(connection: Any) -> None:
        keep("dở dang")(connection)
        raise refusal

    with ThreadPoolExecutor(4) as pool:
        pool.submit(writer.run, slow)
        started.wait(5)
        asked = []
        for job in (keep("trước"), refused, keep("sau")):
            asked.append(pool.submit(writer.run, job))
            while writer._jobs.qsize() < len(asked):
                time.sleep(0.001)
        go.set()
        with pytest.raises((ContentConflict, StorageUnavailable)):
            asked[1].result()
        assert [asked[0].result(), asked[2].result()] == ["trước", "sau"]
    assert words(database) == ["trước", "sau"]


class Words:
    """Jobs that keep a word each, alone or many as one."""

    def __init__(self, refusal: Exception | None = None) -> None:
        self.runs: list[list[str]] = []
        self._refusal = refusal

    def job(self, word: str) -> Alike[str]:
        return Alike(word, self._one, self._together)

    def _one(self, connection: Any, word: str) -> str:
        self.runs.append([word])
        if word == "dở dang":
            raise ContentConflict("khác nội dung")
        return str(keep(word)(connection))

    def _together(self, connection: Any, several: Sequence[str]) -> list[str]:
        self.runs.append(list(several))
        kept = [keep(word)(connection) for word in several]
        if self._refusal:
            raise self._refusal
        return kept


def asked_at_once(writer: GroupWriter, jobs: list[Any]) -> list[Any]:
    """Let jobs wait behind a slow one, and return the outcome of each."""
    started, go = threading.Event(), threading.Event()

    def slow(_: Any) -> None:
        started.set()
        go.wait(5)

    with ThreadPoolExecutor(len(jobs) + 1) as pool:
        pool.submit(writer.run, slow)
        started.wait(5)
        asked = []
        for job in jobs:
            asked.append(pool.submit(writer.run, job))
            while writer._jobs.qsize() < len(asked):
                time.sleep(0.001)
        go.set()
        return [each.exception() or each.result() for each in asked]


def test_jobs_of_a_kind_that_wait_are_run_as_one(
    make_writer: MakeWriter, connection: Watched, database: Path
) -> None:
    some = Words()
    sent = [some.job("một"), some.job("hai"), keep("ba"), some.job("tư")]
    assert asked_at_once(make_writer(connection), sent) == ["một", "hai", "ba", "tư"]
    assert some.runs == [["một", "hai"], ["tư"]]
    assert words(database) == ["một", "hai", "ba", "tư"]
    assert connection.commits == 2


@pytest.mark.parametrize("refusal", [sqlite3.IntegrityError(), KeyError("prefix")])
def test_what_cannot_be_run_as_one_is_undone_and_run_one_by_one(
    refusal: Exception, make_writer: MakeWriter, connection: Watched, database: Path
) -> None:
    some = Words(refusal)
    sent = [some.job(word) for word in ("một", "dở dang", "ba")]
    first, second, third = asked_at_once(make_writer(connection), sent)
    assert (first, third) == ("một", "ba")
    assert isinstance(second, ContentConflict)
    assert some.runs == [["một", "dở dang", "ba"], ["một"], ["dở dang"], ["ba"]]
    assert words(database) == ["một", "ba"]


def test_when_the_store_fails_jobs_run_as_one_are_all_refused(
    make_writer: MakeWriter, connection: Watched, database: Path
) -> None:
    some = Words(failure("SQLITE_FULL"))
    writer = make_writer(connection)
    for outcome in asked_at_once(writer, [some.job("một"), some.job("hai")]):
        assert isinstance(outcome, StorageUnavailable)
    assert some.runs == [["một", "hai"]]
    assert words(database) == []
    assert writer.run(keep("ba")) == "ba"


def test_while_another_process_has_the_turn_nothing_is_written(
    make_writer: MakeWriter, database: Path, tmp_path: Path
) -> None:
    hold = (
        "import fcntl, sys\nturn = open(sys.argv[1], 'ab')\nfcntl.flock(turn, fcntl.LOCK_EX)\n"
        "print('held', flush=True)\nsys.stdin.read()"
    )
    writer = make_writer()
    writer.run(keep("trước"))
    command = [sys.executable, "-c", hold, str(tmp_path / "kept.turn")]
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as other, ThreadPoolExecutor(1) as pool:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        waiting = pool.submit(writer.run, keep("sau"))
        time.sleep(0.2)
        assert not waiting.done()
        assert words(database) == ["trước"]
        other.communicate()
        assert waiting.result() == "sau"


def test_the_turn_is_given_back_after_each_commit(make_writer: MakeWriter, tmp_path: Path) -> None:
    make_writer().run(keep("một"))
    take = "import fcntl, sys; fcntl.flock(open(sys.argv[1], 'ab'), fcntl.LOCK_EX | fcntl.LOCK_NB)"
    subprocess.run([sys.executable, "-c", take, str(tmp_path / "kept.turn")], check=True)


@pytest.mark.parametrize("name", ["SQLITE_IOERR_FSYNC", "SQLITE_IOERR_WRITE", "SQLITE_CORRUPT"])
def test_after_an_input_output_error_nothing_is_taken_any_more(
    name: str, make_writer: MakeWriter, connection: Watched, database: Path
) -> None:
    connection.before_commit = raising(failure(name))
    writer = make_writer(connection)
    with pytest.raises(StorageStopped, match="tạm dừng nhận"):
        writer.run(keep("một"))
    with pytest.raises(StorageStopped):
        writer.run(keep("hai"))
    assert words(database) == []


def is_free(turn_file: Path) -> bool:
    with turn_file.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def test_after_an_input_output_error_nothing_is_written_by_closing(
    make_writer: MakeWriter, connection: Watched, database: Path
) -> None:
    closed: list[bool] = []
    connection.before_close = lambda: closed.append(True)
    connection.before_commit = raising(failure("SQLITE_IOERR_FSYNC"))
    writer = make_writer(connection)
    with pytest.raises(StorageStopped):
        writer.run(keep("một"))
    assert closed == [], "the last one to close writes a checkpoint"
    assert writer._left is connection, "and what nobody holds is closed"
    Watched(database).execute("BEGIN IMMEDIATE")


def test_a_connection_that_failed_is_closed_in_the_turn(
    make_writer: MakeWriter, connection: Watched, tmp_path: Path
) -> None:
    free: list[bool] = []
    connection.before_close = lambda: free.append(is_free(tmp_path / "kept.turn"))
    connection.before_commit = raising(failure("SQLITE_FULL"))
    with pytest.raises(StorageUnavailable):
        make_writer(connection).run(keep("một"))
    assert free == [False]
    assert is_free(tmp_path / "kept.turn")


@pytest.mark.parametrize("name", ["SQLITE_FULL", "SQLITE_BUSY", "SQLITE_IOERR_SHMSIZE"])
def test_after_a_passing_error_the_next_job_is_kept(
    name: str, make_writer: MakeWriter, connection: Watched, database: Path
) -> None:
    connection.before_commit = raising(failure(name))
    writer = make_writer(connection)
    with pytest.raises(StorageUnavailable, match="chưa được ghi nhận") as refused:
        writer.run(keep("một"))
    assert not isinstance(refused.value, StorageStopped)
    assert writer.run(keep("hai")) == "hai"
    assert words(database) == ["hai"]


def test_a_store_that_cannot_be_opened_is_unavailable(database: Path, tmp_path: Path) -> None:
    def connect() -> sqlite3.Connection:
        raise OSError("no such disk")

    writer = GroupWriter(engine(connect, tmp_path / "kept.turn"))
    with pytest.raises(StorageUnavailable):
        writer.run(keep("một"))
    writer.close()


def test_all_who_wait_are_told_when_the_store_is_not_reached(
    database: Path, tmp_path: Path
) -> None:
    """Not one after another, each after an attempt of its own."""
    trying, go, attempts = threading.Event(), threading.Event(), []

    def connect() -> sqlite3.Connection:
        attempts.append(1)
        trying.set()
        assert go.wait(5)
        raise OSError("no answer")

    writer = GroupWriter(engine(connect, tmp_path / "kept.turn"))
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(writer.run, keep("một"))]
        assert trying.wait(5)
        asked += [pool.submit(writer.run, keep(str(n))) for n in range(7)]
        while writer._jobs.qsize() < 7:
            time.sleep(0.001)
        go.set()
        for each in asked:
            with pytest.raises(StorageUnavailable):
                each.result()
    assert len(attempts) == 1
    writer.close()


def test_closing_while_the_store_is_not_reached_ends_the_writer(tmp_path: Path) -> None:
    trying, go = threading.Event(), threading.Event()

    def connect() -> sqlite3.Connection:
        trying.set()
        assert go.wait(5)
        raise OSError("no answer")

    writer = GroupWriter(engine(connect, tmp_path / "kept.turn"))
    closing = threading.Thread(target=writer.close, daemon=True)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(writer.run, keep("một"))
        assert trying.wait(5)
        closing.start()
        while not writer._jobs.qsize():
            time.sleep(0.001)
        go.set()
        with pytest.raises(StorageUnavailable):
            asked.result()
    closing.join(5)
    assert not closing.is_alive()


def test_a_sender_is_not_kept_waiting_for_ever(
    make_writer: MakeWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake.journal.writer._PATIENCE_SECONDS", 0.05)
    go = threading.Event()
    writer = make_writer()
    with pytest.raises(StorageUnavailable, match="gửi lại"):
        writer.run(lambda _: go.wait(5))
    go.set()


def test_closing_finishes_what_is_queued(database: Path, tmp_path: Path) -> None:
    writer = GroupWriter(engine(lambda: Watched(database), tmp_path / "t"))
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(writer.run, keep(str(n))) for n in range(8)]
        assert [each.result() for each in asked] == [str(n) for n in range(8)]
    writer.close()
    assert len(words(database)) == 8


def test_what_was_queued_when_the_store_failed_is_not_taken_either(
    make_writer: MakeWriter, connection: Watched, database: Path
) -> None:
    writer = make_writer(connection)
    at_commit, go = threading.Event(), threading.Event()

    def fail() -> None:
        at_commit.set()
        go.wait(5)
        raise failure("SQLITE_IOERR_FSYNC")

    connection.before_commit = fail
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(writer.run, keep("một"))
        at_commit.wait(5)
        second = pool.submit(writer.run, keep("hai"))
        while writer._jobs.qsize() < 1:
            time.sleep(0.001)
        go.set()
        with pytest.raises(StorageStopped):
            first.result()
        with pytest.raises(StorageStopped):
            second.result()
    assert words(database) == []


def test_a_job_that_meets_a_corrupt_database_stops_the_writer(make_writer: MakeWriter) -> None:
    def meets_corruption(_: Any) -> None:
        raise failure("SQLITE_CORRUPT", sqlite3.DatabaseError)

    writer = make_writer()
    with pytest.raises(StorageStopped):
        writer.run(meets_corruption)
