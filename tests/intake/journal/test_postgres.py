"""What PostgreSQL alone can do wrong: settings, connections that break, what a commit says."""

import contextlib
import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import psycopg
import pytest

from intake.configuration import Places
from intake.errors import StorageStopped, StorageUnavailable
from intake.journal.postgres import _UPGRADES, PostgresJournal
from intake.journal.store import SETTING, newest_event, open_journal
from intake.settings import BadConfiguration
from tests.conftest import MakeSubmission
from tests.postgres import Postgres, postgres


@pytest.fixture
def url(postgres_server: Postgres) -> str:
    return postgres_server.new_schema()


@pytest.fixture
def journal(url: str) -> Iterator[PostgresJournal]:
    opened = PostgresJournal(url)
    yield opened
    opened.close()


@pytest.fixture
def own() -> Iterator[Postgres]:
    """A server that the test may stop."""
    with postgres() as server:
        yield server


def test_readers_cannot_write(journal: PostgresJournal) -> None:
    with pytest.raises(StorageUnavailable) as refused:
        journal._query("DELETE FROM counter RETURNING prefix")
    assert isinstance(refused.value.__cause__, psycopg.errors.ReadOnlySqlTransaction)


@pytest.mark.parametrize("reach", [open_journal, newest_event])
def test_a_line_that_nobody_decided_is_not_used(
    reach: Callable[[Places], object], places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SETTING, "postgresql://qms@db1/qms")
    with pytest.raises(BadConfiguration, match="sslmode=verify-full"):
        reach(places)


def test_the_journal_cannot_be_emptied(
    journal: PostgresJournal, make_submission: MakeSubmission
) -> None:
    journal.append(make_submission())
    with pytest.raises(StorageUnavailable) as refused:
        journal._writer.run(lambda connection: connection.execute("TRUNCATE event CASCADE"))
    assert "append-only" in str(refused.value.__cause__)
    assert journal.last_seq() == 1


@pytest.mark.parametrize("lax", ["off", "local"])
def test_every_commit_is_synced_whatever_the_role_says(lax: str, url: str) -> None:
    opened = PostgresJournal(f"{url}%20-csynchronous_commit%3D{lax}")
    assert opened._writer.run(lambda c: c.execute("SHOW synchronous_commit").fetchone()) == ("on",)
    opened.close()


def test_a_stronger_commit_is_left_as_it_is(url: str) -> None:
    opened = PostgresJournal(f"{url}%20-csynchronous_commit%3Dremote_apply")
    found = opened._writer.run(lambda c: c.execute("SHOW synchronous_commit").fetchone())
    assert found == ("remote_apply",)
    opened.close()


def test_a_server_that_does_not_sync_is_refused() -> None:
    with (
        postgres(settings={"fsync": "off"}) as server,
        pytest.raises(OSError, match="fsync = on, not off"),
    ):
        PostgresJournal(server.url)


def test_a_database_of_other_letters_is_refused(postgres_server: Postgres) -> None:
    with psycopg.connect(postgres_server.url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0 LOCALE 'C'")
    with pytest.raises(OSError, match="server_encoding = UTF8, not LATIN1"):
        PostgresJournal(postgres_server.url.replace("/postgres?", "/latin?"))


def test_a_commit_that_rolled_back_is_no_receipt(
    journal: PostgresJournal, make_submission: MakeSubmission
) -> None:
    def spoil(connection: Any) -> None:
        with pytest.raises(psycopg.Error):
            connection.execute("SELECT 1/0")
        original = type(connection).execute  # the savepoint's release would tell
        connection.execute = lambda statement, values=(): (
            None if "job" in statement else original(connection, statement, values)
        )

    with pytest.raises(StorageUnavailable) as refused:
        journal._writer.run(spoil)
    assert "ROLLBACK" in str(refused.value.__cause__)
    assert journal.append(make_submission()).number.endswith("-001")


def test_a_commit_that_did_not_wait_for_its_standby_is_no_receipt(
    journal: PostgresJournal, make_submission: MakeSubmission
) -> None:
    def warn_at_commit(connection: Any) -> None:
        connection.execute(
            "CREATE FUNCTION warn() RETURNS trigger LANGUAGE plpgsql AS"
            " 'BEGIN RAISE WARNING ''not replicated''; RETURN NULL; END'"
        )
        connection.execute(
            "CREATE CONSTRAINT TRIGGER warns AFTER INSERT ON counter INITIALLY DEFERRED"
            " FOR EACH ROW EXECUTE FUNCTION warn()"
        )

    journal._writer.run(warn_at_commit)
    with pytest.raises(StorageUnavailable) as refused:
        journal.append(sent := make_submission())
    assert "not replicated" in str(refused.value.__cause__)
    assert journal.append(sent).number.endswith("-001"), "it was kept: the same receipt"
    assert journal.last_seq() == 1


def test_what_the_database_cannot_hold_harms_no_neighbour(
    journal: PostgresJournal, make_submission: MakeSubmission
) -> None:
    def bad(connection: Any) -> None:
        connection.execute("INSERT INTO form_schema VALUES (?, ?, ?)", ["x", "\0", "x"])

    with pytest.raises(StorageUnavailable):
        journal._writer.run(bad)
    assert journal.append(make_submission()).number.endswith("-001")


def test_a_broken_connection_is_replaced_unseen(
    journal: PostgresJournal, make_submission: MakeSubmission, postgres_server: Postgres
) -> None:
    journal.append(make_submission())
    with psycopg.connect(postgres_server.url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'qms-intake'"
        )
    assert journal.last_seq() == 1
    assert journal.append(make_submission()).number.endswith("-002")


def test_a_database_that_goes_away_and_comes_back(
    own: Postgres, make_submission: MakeSubmission
) -> None:
    journal = PostgresJournal(own.url)
    journal.append(make_submission())
    own.stop(signal.SIGQUIT)
    with pytest.raises(StorageUnavailable) as refused:
        journal.append(sent := make_submission())
    assert not isinstance(refused.value, StorageStopped)
    with pytest.raises(StorageUnavailable, match="không đọc được"):
        journal.events()
    own.start()
    assert journal.append(sent).number.endswith("-002")
    assert len(journal.events()) == 2
    journal.close()


def test_a_journal_opens_before_its_database(
    own: Postgres, make_submission: MakeSubmission, caplog: pytest.LogCaptureFixture
) -> None:
    own.stop()
    caplog.set_level(logging.CRITICAL)
    journal = PostgresJournal(own.url)
    own.start()
    assert journal.append(make_submission()).number.endswith("-001")
    journal.close()


def test_the_watcher_keeps_on_while_the_database_is_away(
    own: Postgres,
    places: Places,
    make_submission: MakeSubmission,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(SETTING, own.url)
    assert newest_event(places) == 0
    journal = open_journal(places)
    journal.append(make_submission())
    assert newest_event(places) == 1
    own.stop()
    assert newest_event(places) == 1
    own.start()
    journal.append(make_submission())
    assert newest_event(places) == 2
    journal.close()
    assert not places.journal.exists()


def test_the_turn_is_one_for_all_hosts(url: str, make_submission: MakeSubmission) -> None:
    """While another host's transaction is under way nothing is written, nor a number given."""
    journal = PostgresJournal(url)
    seen: list[Any] = []

    def slow(connection: Any) -> None:
        other = psycopg.connect(url, autocommit=True)
        seen.append(other.execute("SELECT pg_try_advisory_lock(90012015)").fetchone())
        other.close()

    journal._writer.run(slow)
    assert seen == [(False,)]
    journal.close()


def let_wait_for(server: Postgres, standby: str) -> None:
    """Let the server wait for a standby of a name at every commit from now on."""
    with psycopg.connect(server.url, autocommit=True) as connection:
        change = f"ALTER SYSTEM SET synchronous_standby_names = '{standby}'"
        connection.execute(change.encode())
        connection.execute("SELECT pg_reload_conf()")
        until(lambda: connection.execute("SHOW synchronous_standby_names").fetchone() == (standby,))
    time.sleep(0.5)  # its checkpointer has to read it, too


def until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 15
    while not done():
        assert time.monotonic() < end
        time.sleep(0.05)


def cancel_waiting(server: Postgres) -> bool:
    """Let a commit wait for its standby no longer; return whether there was one."""
    query = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    with psycopg.connect(server.url, autocommit=True) as other:
        return bool(other.execute(query.encode()).fetchall())


def test_what_its_standby_may_not_have_is_no_receipt_at_the_next_try_either(
    own: Postgres, make_submission: MakeSubmission, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, sent = PostgresJournal(own.url), make_submission()
    let_wait_for(own, "nobody")
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(journal.append, sent)
        until(lambda: cancel_waiting(own))
        with pytest.raises(StorageUnavailable):
            first.result()
    until(lambda: journal.last_seq() == 1)  # this server has it now, whatever becomes of it
    monkeypatch.setattr("intake.journal.writer._PATIENCE_SECONDS", 2.0)
    with pytest.raises(StorageUnavailable):
        journal.append(sent)
    monkeypatch.undo()
    let_wait_for(own, "")
    assert journal.append(sent).number.endswith("-001")
    journal.close()


def test_reading_waits_for_no_standby(
    own: Postgres, make_submission: MakeSubmission, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor for the turn of whoever waits for one."""
    waiting = PostgresJournal(own.url)
    waiting.append(make_submission())
    let_wait_for(own, "nobody")
    monkeypatch.setattr("intake.journal.writer._PATIENCE_SECONDS", 2.0)
    with pytest.raises(StorageUnavailable):
        waiting.append(make_submission())
    with ThreadPoolExecutor(1) as pool:
        try:
            journal = pool.submit(PostgresJournal, own.url).result(8)
            assert journal.last_seq() == 1
        finally:
            let_wait_for(own, "")
    journal.close()
    waiting.close()


def test_who_freezes_while_it_has_the_turn_loses_it(
    url: str, make_submission: MakeSubmission
) -> None:
    frozen, go = threading.Event(), threading.Event()

    def freeze(connection: Any) -> None:
        frozen.set()
        assert go.wait(20)
        connection.execute("SELECT 1")

    with (
        closing(PostgresJournal(url)) as one,
        closing(PostgresJournal(url)) as other,
        ThreadPoolExecutor(1) as pool,
    ):
        kept = pool.submit(one._writer.run, freeze)
        assert frozen.wait(5)
        began = time.monotonic()
        assert other.append(make_submission()).number.endswith("-001")
        assert time.monotonic() - began < 6
        go.set()
        with pytest.raises(StorageUnavailable):
            kept.result()


def test_a_silent_database_is_waited_for_once(
    own: Postgres, make_submission: MakeSubmission, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake.journal.reaching._SLOW_SECONDS", 0.0)
    journal = PostgresJournal(own.url)
    own.stop()
    with pytest.raises(StorageUnavailable):
        journal.events()
    with pytest.raises(StorageUnavailable) as refused:
        journal.append(make_submission())
    assert "silent" in str(refused.value.__cause__)
    own.start()
    for _ in range(100):
        with contextlib.suppress(StorageUnavailable):
            assert journal.append(make_submission()).number.endswith("-001")
            break
        time.sleep(0.1)
    assert journal.last_seq() == 1
    journal.close()


def test_tables_that_another_host_makes_at_the_same_moment(url: str) -> None:
    waiting = b"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    with psycopg.connect(url) as other, ThreadPoolExecutor(1) as pool:
        other.execute("SELECT pg_advisory_xact_lock(90012015)")
        opened = pool.submit(PostgresJournal, url)
        until(lambda: other.execute(waiting).fetchone() == (1,))
        for script in _UPGRADES:
            other.execute(script.encode())
        other.execute(f"UPDATE schema_version SET version = {len(_UPGRADES)}".encode())
        other.commit()
        with closing(opened.result(10)) as journal:
            assert journal.last_seq() == 0
