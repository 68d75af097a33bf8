"""The whole way on PostgreSQL: sent, acted on at the desk, looked up, collected, published from."""

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator

import frictionless
import pytest
from flask.testing import FlaskClient

from intake.configuration import PROJECT_ROOT, Places
from intake.forms.rendering import FILES_FIELD
from intake.journal.postgres import PostgresJournal
from intake.journal.sql import SqlJournal
from intake.journal.store import SETTING, open_journal
from intake.packages.tables import file_path
from intake.receipts import new_token
from scripts.serve import snapshot
from tests.conftest import SetClock
from tests.intake.cases.slips import CLOSED, COORDINATOR, SECRETARY
from tests.intake.desk.conftest import SignIn, Slips
from tests.intake.desk.test_views import numbers
from tests.postgres import Postgres


@pytest.fixture
def journal(
    places: Places, clock: SetClock, postgres_server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SqlJournal]:
    """Stand in for the journal in a file, everywhere in this module."""
    monkeypatch.setenv(SETTING, postgres_server.new_schema())
    opened = open_journal(places, clock)
    yield opened
    opened.close()


def test_sent_acted_on_looked_up_and_collected(
    journal: SqlJournal,
    places: Places,
    client: FlaskClient,
    answers: dict[str, dict[str, str]],
    samples: dict[str, bytes],
    sign_in: SignIn,
    slips: Slips,
) -> None:
    assert isinstance(journal, PostgresJournal)
    before = snapshot(places)
    token = new_token()
    photo = (io.BytesIO(samples["png"]), "ảnh.png")
    form = {**answers["nonconformity"], "_token": token, FILES_FIELD: photo}
    sent = client.post("/bao/", data=form)
    assert sent.status_code == 201
    (number,) = re.findall(r'qms-number">([^<]+)', sent.text)
    (code,) = re.findall(r'qms-code">([^<]+)', sent.text)
    assert snapshot(places) != before, "the publisher sees it"
    assert numbers(sign_in(SECRETARY).get().text) == [number]
    slips.through(number, *CLOSED[:3])
    assert numbers(sign_in(COORDINATOR).get(xem="dang-mo").text) == [number]
    slips.through(number, *CLOSED[3:])
    assert slips.case(number).state == "closed"
    shown = client.post("/tra-cuu/", data={"code": code})
    assert (shown.status_code, number in shown.text) == (200, True)
    environment = {**os.environ, "QMS_ROOT": str(places.root)}
    command = [sys.executable, "-m", "intake", "packages"]
    subprocess.run(command, cwd=PROJECT_ROOT, env=environment, check=True)
    package = places.packages / "nonconformity" / "datapackage.json"
    assert frictionless.validate(str(package)).valid
    assert number in "".join(path.read_text() for path in package.parent.rglob("*.csv"))
    (file,) = slips.case(number).events[0].files
    assert (package.parent / file_path(file.sha256, file.media_type)).read_bytes() == samples["png"]
    assert not places.journal.exists()
