"""Every test here runs on SQLite and on a real PostgreSQL."""

from collections.abc import Iterator

import pytest

from intake.configuration import Places
from intake.journal.sql import SqlJournal
from intake.journal.store import SETTING, open_journal
from tests.conftest import SetClock


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Name the store that is set, an empty one."""
    if request.param == "postgres":
        server = request.getfixturevalue("postgres_server")
        monkeypatch.setenv(SETTING, server.new_schema())
    else:
        monkeypatch.delenv(SETTING, raising=False)
    return str(request.param)


@pytest.fixture
def journal(store: str, places: Places, clock: SetClock) -> Iterator[SqlJournal]:
    opened = open_journal(places, clock)
    yield opened
    opened.close()
