"""What PostgreSQL alone can do wrong: settings, connections that break, what a commit says."""

import logging
import signal
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from intake.configuration import Places
from intake.errors import StorageStopped, StorageUnavailable
from intake.journal.postgres import PostgresJournal
from intake.journal.store import SETTING, newest_event, open_journal
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
