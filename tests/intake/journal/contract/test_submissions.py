"""What every store promises of submissions, files and numbers."""

import datetime as dt
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from intake.configuration import PROJECT_ROOT, Places
from intake.errors import ContentConflict, StorageUnavailable
from intake.forms.schema import Form, form_from_descriptor
from intake.journal.model import Attachment, Submission
from intake.journal.sql import SqlJournal
from intake.journal.store import open_journal
from intake.receipts import code_hash, new_token, receipt_code, token_hash

MakeSubmission = Callable[..., Submission]
PNG = Attachment("một.png", "image/png", b"\x89PNG 1")
PDF = Attachment("hai.pdf", "application/pdf", b"%PDF-hai")


def table(journal: SqlJournal, name: str) -> list[Any]:
    return journal._query(f"SELECT * FROM {name}")


def numbers(journal: SqlJournal) -> list[str]:
    return [event.number for event in journal.events()]


def test_a_new_journal_is_empty(journal: SqlJournal) -> None:
    assert (journal.events(), journal.last_seq()) == ([], 0)


def test_what_is_kept_comes_back(journal: SqlJournal, make_submission: MakeSubmission) -> None:
    sent = make_submission(attachments=(PNG, PDF), description="=1+1\n“x” 'y' \\n {{ 7*7 }}")
    receipt = journal.append(sent)
    (event,) = journal.events()
    assert (event.seq, event.kind, event.form) == (1, "submitted", "nonconformity")
    assert (event.number, event.recorded_at) == (receipt.number, receipt.recorded_at)
    assert event.recorded_at == "2020-09-10T02:15:00Z"
    assert event.cells == sent.cells
    assert [(file.name, file.media_type, file.size) for file in event.files] == [
        ("một.png", "image/png", len(PNG.content)),
        ("hai.pdf", "application/pdf", len(PDF.content)),
    ]
    assert [journal.attachment(file.sha256) for file in event.files] == [PNG.content, PDF.content]
    assert journal.last_seq() == 1


def test_the_schema_is_kept_with_every_answer(
    journal: SqlJournal, make_submission: MakeSubmission, forms: dict[str, Form]
) -> None:
    journal.append(make_submission())
    changed = form_from_descriptor(
        "nonconformity", {**forms["nonconformity"].descriptor, "retention": "1 năm"}
    )
    journal.append(make_submission(changed))
    for event, form in zip(journal.events(), (forms["nonconformity"], changed), strict=True):
        assert event.form_hash == form.hash
        assert json.loads(journal.form_descriptor(event.form_hash)) == form.descriptor


def test_a_file_that_was_never_sent_is_a_key_error(journal: SqlJournal) -> None:
    with pytest.raises(KeyError):
        journal.attachment("0" * 64)


def test_the_same_token_and_content_give_the_same_receipt(
    journal: SqlJournal, make_submission: MakeSubmission, clock: Any
) -> None:
    sent = make_submission(attachments=(PNG, PDF))
    first = journal.append(sent)
    clock.now += dt.timedelta(days=400)
    again = Submission(sent.form, sent.token, dict(reversed(sent.cells.items())), (PDF, PNG))
    assert journal.append(again) == first
    assert numbers(journal) == [first.number]


@pytest.mark.parametrize(
    "changes", [{"summary": "Một điều khác hẳn đi"}, {"attachments": (PNG,)}, {"form": "feedback"}]
)
def test_the_same_token_with_another_content_is_a_conflict(
    changes: dict[str, Any], journal: SqlJournal, make_submission: MakeSubmission
) -> None:
    first = journal.append(sent := make_submission())
    with pytest.raises(ContentConflict, match=first.number):
        journal.append(make_submission(**{"token": sent.token, **changes}))
    assert numbers(journal) == [first.number]
    assert journal.append(sent) == first


def test_another_token_with_the_same_content_is_another_case(
    journal: SqlJournal, make_submission: MakeSubmission
) -> None:
    given = {journal.append(make_submission()).number for _ in range(2)}
    assert given == {"KPH-2020-001", "KPH-2020-002"}


def test_numbers_run_on_for_each_prefix_and_year(
    journal: SqlJournal, make_submission: MakeSubmission, clock: Any
) -> None:
    for year in (2020, 2021, 2020):
        clock.now = clock.now.replace(year=year)
        for form in ("nonconformity", "feedback", "nonconformity"):
            journal.append(make_submission(form))
    assert numbers(journal) == [
        *("KPH-2020-001", "GY-2020-001", "KPH-2020-002"),
        *("KPH-2021-001", "GY-2021-001", "KPH-2021-002"),
        *("KPH-2020-003", "GY-2020-002", "KPH-2020-004"),
    ]


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        (dt.datetime(2020, 12, 31, 16, 59, 59, tzinfo=dt.UTC), "KPH-2020-001"),
        (dt.datetime(2020, 12, 31, 17, 0, tzinfo=dt.UTC), "KPH-2021-001"),
        (dt.datetime(2020, 12, 31, 18, 0, tzinfo=dt.UTC), "KPH-2021-001"),
    ],
)
def test_the_year_begins_when_it_does_in_viet_nam(
    moment: dt.datetime,
    number: str,
    journal: SqlJournal,
    make_submission: MakeSubmission,
    clock: Any,
) -> None:
    clock.now = moment
    receipt = journal.append(make_submission())
    assert receipt.number == number
    assert receipt.recorded_at == moment.strftime("%Y-%m-%dT%H:%M:%SZ"), "recorded in UTC"


def test_a_number_is_not_used_again_after_a_restart(
    store: str, places: Places, make_submission: MakeSubmission, clock: Any
) -> None:
    for number in ("KPH-2020-001", "KPH-2020-002"):
        journal = open_journal(places, clock)
        assert journal.append(make_submission()).number == number
        journal.close()


def test_a_refused_submission_uses_no_number_up(
    journal: SqlJournal, make_submission: MakeSubmission
) -> None:
    journal.append(sent := make_submission())
    with pytest.raises(ContentConflict):
        journal.append(make_submission(token=sent.token, evidence="khác"))
    assert journal.append(make_submission()).number == "KPH-2020-002"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET data = '{}'",
        "UPDATE event SET recorded_at = '2019-01-01T00:00:00Z' WHERE seq = 1",
        "DELETE FROM event",
        "DELETE FROM event WHERE seq = 1",
    ],
)
def test_an_event_is_never_changed(
    statement: str, journal: SqlJournal, make_submission: MakeSubmission
) -> None:
    journal.append(make_submission())
    before = journal.events()
    with pytest.raises(StorageUnavailable) as refused:
        journal._writer.run(lambda connection: connection.execute(statement))
    assert "append-only" in str(refused.value.__cause__)
    assert journal.events() == before


def test_held_files_wait_for_their_form(
    journal: SqlJournal, make_submission: MakeSubmission
) -> None:
    token = new_token()
    journal.hold(token, (PNG, PDF))
    journal.hold(token, (PNG,))
    assert journal.held(token) == (PNG, PDF)
    assert journal.held(new_token()) == ()
    assert journal.events() == []
    journal.append(make_submission(token=token, attachments=(PDF,)))
    assert table(journal, "held_file") == []
    assert journal.held(token) == (PDF,), "a form sent again still finds its files"


def test_nobody_waits_long_for_files_to_be_held(
    journal: SqlJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waited for the form in vain does not wait as long again."""
    monkeypatch.setattr("intake.journal.sql._HOLDING_SECONDS", 0.05)
    go = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(journal._writer.run, lambda _: go.wait(10))
        with pytest.raises(StorageUnavailable):
            journal.hold(new_token(), (PNG,))
        assert not slow.done()
        go.set()


def test_held_files_go_after_a_day(journal: SqlJournal, clock: Any) -> None:
    token, other = new_token(), new_token()
    journal.hold(token, (PNG,))
    clock.now += dt.timedelta(hours=23)
    journal.hold(other, (PDF,))
    assert journal.held(token) == (PNG,)
    clock.now += dt.timedelta(hours=2)
    journal.hold(new_token(), (PNG,))
    assert journal.held(token) == ()
    assert journal.held(other) == (PDF,)


@pytest.mark.parametrize(
    "way",
    [str, str.lower, lambda code: code.replace("-", ""), lambda code: f" {code[:6]} {code[6:]}"],
)
def test_a_case_is_found_however_its_code_is_typed(
    way: Callable[[str], str], journal: SqlJournal, make_submission: MakeSubmission
) -> None:
    journal.append(make_submission())
    receipt = journal.append(sent := make_submission())
    found = journal.find(code_hash(way(receipt_code(sent.token))))
    assert found is not None
    assert found.number == receipt.number


@pytest.mark.parametrize("code", ["", "ABCD-2345-WXYZ", "KPH-2020-001"])
def test_no_other_code_opens_a_case(
    code: str, journal: SqlJournal, make_submission: MakeSubmission
) -> None:
    journal.append(make_submission())
    assert journal.find(code_hash(code)) is None


def test_neither_token_nor_code_is_kept(
    journal: SqlJournal, make_submission: MakeSubmission
) -> None:
    journal.append(sent := make_submission())
    kept = repr(table(journal, "submission") + table(journal, "event"))
    assert token_hash(sent.token) in kept
    assert sent.token not in kept
    assert receipt_code(sent.token) not in kept


def test_events_of_one_form_come_alone(
    journal: SqlJournal, make_submission: MakeSubmission
) -> None:
    for form in ("nonconformity", "feedback", "nonconformity"):
        journal.append(make_submission(form))
    assert [event.seq for event in journal.events("nonconformity")] == [1, 3]
    assert [event.seq for event in journal.events()] == [1, 2, 3]


def test_many_threads_get_consecutive_numbers(
    journal: SqlJournal, make_submission: MakeSubmission
) -> None:
    sent = [make_submission() for _ in range(200)]
    with ThreadPoolExecutor(40) as pool:
        given = [receipt.number for receipt in pool.map(journal.append, sent)]
    assert sorted(given) == [f"KPH-2020-{n:03}" for n in range(1, 201)]


def test_two_hundred_presses_of_one_token_make_one_case(
    journal: SqlJournal, make_submission: MakeSubmission
) -> None:
    sent = make_submission(attachments=(PNG,))
    with ThreadPoolExecutor(200) as pool:
        receipts = set(pool.map(journal.append, [sent] * 200))
    assert len(receipts) == 1
    assert numbers(journal) == ["KPH-2020-001"]


_SENDER = """
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from intake.configuration import Places
from pathlib import Path
from intake.forms.schema import load_forms
from intake.journal.model import Submission
from intake.journal.store import open_journal
from intake.receipts import Token, new_token
places = Places(Path(sys.argv[1]))
form = load_forms(places.forms)["nonconformity"]
shared = Submission(form, Token("ab" * 16), {"summary": "Bấm ở hai tiến trình"})
print("ready", flush=True)
sys.stdin.readline()
journal = open_journal(places)
sent = [Submission(form, new_token(), {"summary": str(n)}) for n in range(100)] + [shared] * 5
with ThreadPoolExecutor(8) as pool:
    print(*[receipt.number for receipt in pool.map(journal.append, sent)])
journal.close()
"""


def test_two_processes_get_consecutive_numbers(store: str, places: Places) -> None:
    command = [sys.executable, "-c", _SENDER, str(places.root)]
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with (
        subprocess.Popen(command, cwd=PROJECT_ROOT, **pipes) as one,
        subprocess.Popen(command, cwd=PROJECT_ROOT, **pipes) as two,
    ):
        for process in (one, two):
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in (one, two):
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        given = [process.communicate()[0].split() for process in (one, two)]
    assert [len(each) for each in given] == [105, 105]
    ordinals = sorted({int(number.split("-")[2]) for each in given for number in each})
    assert ordinals == list(range(1, 202))
    assert len({*given[0][100:], *given[1][100:]}) == 1, "one token, one receipt, two processes"


def append_at_once(journal: SqlJournal, sent: list[Submission]) -> list[Any]:
    """Let submissions wait behind a slow job in this order; return receipts and refusals."""
    started, go = threading.Event(), threading.Event()

    def slow(_: Any) -> None:
        started.set()
        go.wait(5)

    with ThreadPoolExecutor(len(sent) + 1) as pool:
        pool.submit(journal._writer.run, slow)
        started.wait(5)
        asked = []
        for each in sent:
            asked.append(pool.submit(journal.append, each))
            while journal._writer._jobs.qsize() < len(asked):
                time.sleep(0.001)
        go.set()
        return [each.exception() or each.result() for each in asked]


def test_what_waits_is_added_as_one_with_the_same_outcome(
    journal: SqlJournal, make_submission: MakeSubmission, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake.journal.sql._append", None)
    kinds = ["nonconformity", "feedback"]
    sent = [make_submission(kinds[at % 2], attachments=(PNG, PDF)[: at % 3]) for at in range(40)]
    journal.hold(sent[1].token, (PNG,))
    receipts = append_at_once(journal, sent)
    assert [each.number for each in receipts[:4]] == [
        *("KPH-2020-001", "GY-2020-001", "KPH-2020-002", "GY-2020-002"),
    ]
    events = journal.events()
    assert [event.seq for event in events] == list(range(1, 41))
    for each, receipt, event in zip(sent, receipts, events, strict=True):
        found = journal.find(code_hash(receipt_code(each.token)))
        assert found == event
        assert (event.number, event.recorded_at) == (receipt.number, receipt.recorded_at)
        assert (event.form, event.cells) == (each.form.name, each.cells)
        assert [journal.attachment(file.sha256) for file in event.files] == [
            file.content for file in each.attachments
        ]
    assert table(journal, "held_file") == []


@pytest.mark.parametrize("before", [True, False])
def test_what_waits_twice_or_was_there_before_is_kept_once(
    before: bool, journal: SqlJournal, make_submission: MakeSubmission
) -> None:
    twice = make_submission()
    if before:
        journal.append(twice)
    other = make_submission(token=twice.token, summary="Một điều khác hẳn đi")
    sent = [make_submission(), twice, *([] if before else [twice]), other, make_submission()]
    first, *same, refused, last = append_at_once(journal, sent)
    assert isinstance(refused, ContentConflict)
    given = {receipt.number for receipt in (first, *same, last)}
    assert given == {"KPH-2020-001", "KPH-2020-002", "KPH-2020-003"}
    assert sorted(numbers(journal)) == sorted(given)
    assert [event.seq for event in journal.events()] == [1, 2, 3]
