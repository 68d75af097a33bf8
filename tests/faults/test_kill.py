"""The service is killed with submissions under way: what it acknowledged is there, once."""

import contextlib
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import frictionless
import pytest

from intake.cases.workflow import load_workflows
from intake.configuration import PROJECT_ROOT, Places
from intake.forms.schema import load_forms
from intake.journal.sqlite import SqliteJournal
from intake.packages.projection import project
from intake.pages import slot
from intake.receipts import new_token
from tests.ports import free_port

SENDERS, SUBMISSIONS = 200, 200
ANSWERS = {
    "description": "Ba hồ sơ nộp trong tuần không kèm phiếu kiểm soát quá trình giải quyết.",
    "unit": "BC",
    "found_on": "2020-09-10",
    "source": "self",
}
NUMBER = re.compile(r'qms-number">([^<]+)')
CODE = re.compile(r'qms-code">([^<]+)')

Receipt = tuple[str, str]


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A project with one form page, as small as a page with a slot can be."""
    shutil.copytree(
        PROJECT_ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("intake")
    )
    page = tmp_path / "site" / "current" / "bao" / "index.html"
    page.parent.mkdir(parents=True)
    html = f"<html><head><title>x</title></head>{slot('form', 'nonconformity', '')}</html>"
    page.write_text(html, encoding="utf-8")
    return Places(tmp_path)


@contextlib.contextmanager
def service(
    places: Places, port: int = 0, **told: str
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Run an intake, at a port that is free when none is asked for, with more environment."""
    port = port or free_port()
    command = [sys.executable, "-m", "intake", "serve", "--port", str(port)]
    environment = {**os.environ, **told, "QMS_ROOT": str(places.root)}
    with subprocess.Popen(
        command, cwd=PROJECT_ROOT, env=environment, stderr=subprocess.DEVNULL
    ) as process:
        try:
            wait_for(port)
            yield process, port
        finally:
            process.kill()


def wait_for(port: int) -> None:
    for _ in range(300):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise AssertionError("the service did not start")


def send(port: int, token: str, summary: str) -> Receipt | None:
    """Return the receipt, or None when no whole answer came."""
    body = urlencode({**ANSWERS, "summary": summary, "_token": token})
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(
            "POST", "/bao/", body, {"Content-Type": "application/x-www-form-urlencoded"}
        )
        answer = connection.getresponse()
        text = answer.read().decode()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    assert answer.status == 201, (answer.status, text[:300])
    return NUMBER.findall(text)[0], CODE.findall(text)[0]


def kept(places: Places) -> list[tuple[str, str]]:
    journal = SqliteJournal(places.journal)
    events = [(event.number, event.cells["summary"]) for event in journal.events()]
    project(journal, load_forms(places.forms), load_workflows(places.forms), places.packages)
    journal.close()
    assert frictionless.validate(str(places.packages / "nonconformity" / "datapackage.json")).valid
    return events


def test_kill_during_parallel_submissions_loses_and_doubles_nothing(places: Places) -> None:
    tokens = [new_token() for _ in range(SUBMISSIONS)]
    acknowledged: dict[str, Receipt] = {}

    def work(ordinal: int) -> None:
        receipt = send(port, tokens[ordinal], f"Phiếu thử số {ordinal:04} khi bị ngắt")
        if receipt:
            acknowledged[tokens[ordinal]] = receipt

    with service(places) as (process, port), ThreadPoolExecutor(SENDERS) as pool:
        sent = [pool.submit(work, ordinal) for ordinal in range(SUBMISSIONS)]
        while len(acknowledged) < SUBMISSIONS // 4:
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        for future in sent:
            future.result()
    assert 0 < len(acknowledged) < SUBMISSIONS, "the kill came too early or too late to show"
    before = dict(acknowledged)
    summaries = [summary for _, summary in kept(places)]
    for token in before:
        summary = f"Phiếu thử số {tokens.index(token):04} khi bị ngắt"
        assert summaries.count(summary) == 1

    with service(places) as (_, port), ThreadPoolExecutor(16) as pool:
        list(pool.map(work, range(SUBMISSIONS)))
    assert len(acknowledged) == SUBMISSIONS
    assert {token: acknowledged[token] for token in before} == before
    events = kept(places)
    assert sorted(summary for _, summary in events) == sorted(
        f"Phiếu thử số {ordinal:04} khi bị ngắt" for ordinal in range(SUBMISSIONS)
    )
    assert len({number for number, _ in events}) == SUBMISSIONS


def test_double_presses_in_parallel_make_one_slip_each(places: Places) -> None:
    tokens = [new_token() for _ in range(SUBMISSIONS)]
    with service(places) as (_, port), ThreadPoolExecutor(SENDERS) as pool:
        first = [pool.submit(send, port, token, "Bấm hai lần liền nhau") for token in tokens]
        second = [pool.submit(send, port, token, "Bấm hai lần liền nhau") for token in tokens]
        receipts = [(one.result(), two.result()) for one, two in zip(first, second, strict=True)]
    assert all(one == two and one for one, two in receipts)
    assert len(kept(places)) == SUBMISSIONS
