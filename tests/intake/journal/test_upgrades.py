"""A journal of every version that was ever released opens, whole, and goes on.

`samples/` holds a small one of each: two submissions, an action, a file, a file that is held.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from intake.configuration import Places
from intake.errors import JournalTooNew
from intake.journal import postgres, sqlite
from intake.journal.postgres import PostgresJournal
from intake.journal.sql import SqlJournal
from intake.journal.sqlite import SqliteJournal
from intake.receipts import Token
from tests.conftest import MakeSubmission, SetClock
from tests.postgres import Postgres

SAMPLES = Path(__file__).parent / "samples"
VERSIONS = sorted({path.name.partition(".")[0] for path in SAMPLES.iterdir()})
Open = Callable[[str], SqlJournal]


def test_there_is_a_sample_of_every_version_but_the_present_one() -> None:
    assert len(sqlite._UPGRADES) == len(postgres._UPGRADES)
    assert [f"v{at}" for at in range(1, len(sqlite._UPGRADES))] == VERSIONS


@pytest.fixture(params=["sqlite", "postgres"])
def open_sample(
    request: pytest.FixtureRequest,
    places: Places,
    postgres_server: Postgres,
    clock: SetClock,
) -> Open:
    def in_sqlite(version: str) -> SqlJournal:
        places.packages.mkdir()
        with sqlite3.connect(places.journal) as database:
            database.executescript((SAMPLES / f"{version}.sqlite.sql").read_text(encoding="utf-8"))
        database.close()
        return SqliteJournal(places.journal, clock)

    def in_postgres(version: str) -> SqlJournal:
        with psycopg.connect(postgres_server.url, autocommit=True) as database:
            database.execute("DROP DATABASE IF EXISTS sample WITH (FORCE)")
            database.execute("CREATE DATABASE sample")
        url = postgres_server.url.replace("/postgres?", "/sample?")
        script = (SAMPLES / f"{version}.postgres.sql").read_bytes()
        with psycopg.connect(url, autocommit=True) as database:
            database.execute(script)
        return PostgresJournal(url, clock)

    return in_sqlite if request.param == "sqlite" else in_postgres


@pytest.mark.parametrize("version", VERSIONS)
def test_an_older_journal_opens_whole_and_goes_on(
    version: str, open_sample: Open, make_submission: MakeSubmission
) -> None:
    journal = open_sample(version)
    first, _, third = journal.events()
    assert first.cells["summary"] == "Hồ sơ đề nghị xác nhận thiếu phiếu kiểm soát"
    assert journal.attachment(first.files[0].sha256).startswith(b"\x89PNG")
    assert (third.number, third.action, third.actor and third.actor.name) == (
        *("KPH-2020-001", "note"),
        "Trần Minh Thư",
    )
    assert journal.held(Token("3456789ABCDEFGHJKMNPQRSTVW"))[0].name == "cho.png"
    assert journal.append(make_submission()).number == "KPH-2020-002"
    with pytest.raises(Exception, match=r"append-only|chưa được ghi nhận"):
        journal._writer.run(lambda connection: connection.execute("DELETE FROM event"))
    journal.close()


@pytest.mark.parametrize("version", VERSIONS)
def test_an_upgrade_is_made_once(
    version: str, open_sample: Open, places: Places, clock: SetClock
) -> None:
    journal = open_sample(version)
    if isinstance(journal, SqliteJournal):
        journal.close()
        again: SqlJournal = SqliteJournal(places.journal, clock)
    else:
        assert isinstance(journal, PostgresJournal)
        again = PostgresJournal(journal._address, clock)
        journal.close()
    assert again.last_seq() == 3
    again.close()


def test_a_newer_journal_is_not_touched(places: Places, postgres_server: Postgres) -> None:
    SqliteJournal(places.journal).close()
    with sqlite3.connect(places.journal) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(JournalTooNew, match="phiên bản 99, mới hơn phiên bản"):
        SqliteJournal(places.journal)
    url = postgres_server.new_schema()
    PostgresJournal(url).close()
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE schema_version SET version = 99")
    with pytest.raises(JournalTooNew):
        PostgresJournal(url)
