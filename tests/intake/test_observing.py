"""The service tells how it does, and nothing of who asked or what was sent."""

import json
import logging
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from intake import condition
from intake.errors import StorageStopped, StorageUnavailable
from intake.journal.sqlite import SqliteJournal
from intake.logs import JsonLines
from intake.receipts import new_token

FORM = dict[str, dict[str, str]]


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> "Lines":
    caplog.set_level(logging.INFO)
    handler = logging.StreamHandler()
    caught = Lines()
    handler.setFormatter(JsonLines())
    handler.emit = lambda record: caught.append(handler.format(record))  # type: ignore[method-assign]
    caplog.handler.addFilter(lambda record: handler.emit(record) or True)  # type: ignore[func-returns-value]
    return caught


class Lines(list[str]):
    """Lines of the log, as they are written."""

    def read(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self]


def test_a_request_is_one_line_with_the_id_that_the_client_got(
    client: FlaskClient, answers: FORM, lines: Lines
) -> None:
    answer = client.post("/bao/", data={**answers["nonconformity"], "_token": new_token()})
    assert answer.status_code == 201
    (line,) = [line for line in lines.read() if line["logger"] == "intake.observing"]
    assert line["request"] == answer.headers["X-Request-Id"]
    assert re.fullmatch(r"[2-9A-Z]{8}", str(line["request"]))
    assert (line["method"], line["route"], line["status"]) == ("POST", "/<path:address>", 201)
    assert answers["nonconformity"]["summary"] not in "".join(lines)


def test_reading_pages_fills_no_log(client: FlaskClient, lines: Lines) -> None:
    assert client.get("/bao/", buffered=True).status_code == 200
    assert lines == []


def test_a_failure_has_the_id_on_the_page_and_no_word_of_what_was_sent(
    app: Flask, client: FlaskClient, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("Nguyễn Văn Riêng Tư")

    monkeypatch.setattr("intake.views.read_sent", fail)
    answer = client.post("/bao/", data={"summary": "Nguyễn Văn Riêng Tư"})
    assert answer.status_code == 500
    assert f"mã sự cố {answer.headers['X-Request-Id']}" in answer.text
    failed = next(line for line in lines.read() if line["level"] == "error")
    assert failed["request"] == answer.headers["X-Request-Id"]
    told = failed["exception"]
    assert isinstance(told, dict)
    assert told["type"] == "ValueError"
    assert "fail" in told["frames"][-1]
    assert "Riêng Tư" not in "".join(lines)


def test_what_machines_say_is_written_and_what_mail_servers_say_is_not(lines: Lines) -> None:
    import smtplib
    import sqlite3

    def told(error: Exception) -> str:
        try:
            raise error
        except Exception:
            logging.getLogger("x").exception("it failed")
        return lines[-1]

    assert "database or disk is full" in told(sqlite3.OperationalError("database or disk is full"))
    assert "No space left" in told(OSError(28, "No space left on device"))
    refused = smtplib.SMTPRecipientsRefused({"lan@example.gov.vn": (550, b"no")})
    assert "lan@" not in told(refused)
    assert "riêng" not in told(KeyError("riêng"))


def test_it_is_ready_while_forms_can_be_taken_in(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (
        200,
        {"ready": True, "checks": {"journal": "well", "disk": "well", "site": "well"}},
    )


@pytest.mark.parametrize(
    ("what", "failure"),
    [("last_seq", StorageUnavailable("x")), ("check", StorageStopped("x"))],
)
def test_it_is_not_ready_without_the_journal(
    journal: SqliteJournal,
    client: FlaskClient,
    what: str,
    failure: Exception,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail() -> None:
        raise failure

    monkeypatch.setattr(journal, what, fail)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["checks"]["journal"] == "broken"


def test_it_is_not_ready_on_a_full_disk(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(condition, "_TOO_LOW_BYTES", 1 << 60)
    assert client.get("/readyz").status_code == 503


def figures(client: FlaskClient) -> dict[str, float]:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    written = (line for line in answer.text.splitlines() if not line.startswith("#"))
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in written}


def test_figures_count_requests_and_events(client: FlaskClient, answers: FORM) -> None:
    before = figures(client)
    assert before["qms_journal_events"] == 0
    client.post("/bao/", data={**answers["nonconformity"], "_token": new_token()})
    client.post("/bao/", data={})
    found = figures(client)
    kept = 'qms_requests_total{method="POST",route="/<path:address>",status="201"}'
    refused = 'qms_requests_total{method="POST",route="/<path:address>",status="422"}'
    assert (found[kept], found[refused]) == (1, 1)
    assert found['qms_request_seconds_count{route="/<path:address>"}'] == 2
    assert found["qms_journal_events"] == 1
    assert found["qms_unpublished_events"] == 1
    assert found["qms_cases_open"] == 1
    assert found['qms_condition{check="journal"}'] == 0
    assert found['qms_condition{check="backup"}'] == 1
    assert found["qms_disk_free_bytes"] > 0


def test_a_strange_method_or_address_makes_no_new_figure(client: FlaskClient) -> None:
    for name in ("a", "b"):
        client.open("/bao/", method=name.upper() * 5)
        client.get(f"/nowhere-{name}/")
    found = "".join(figures(client))
    assert "nowhere" not in found
    assert "AAAAA" not in found
    assert 'method="other"' in found


def test_figures_are_for_this_machine_alone(client: FlaskClient) -> None:
    elsewhere = {"REMOTE_ADDR": "10.1.2.3"}
    assert client.get("/metrics", environ_base=elsewhere).status_code == 404
    assert client.get("/healthz", environ_base=elsewhere).status_code == 200
