"""No statement but the one for all events looks through a whole table, however long it grows."""

import sqlite3
from collections.abc import Callable

import pytest

from intake.configuration import Places
from intake.journal.model import Attachment, Submission
from intake.journal.sqlite import SqliteJournal
from intake.receipts import code_hash, new_token, receipt_code
from tests.intake.journal.contract.test_acts import act

MakeSubmission = Callable[..., Submission]
PDF = Attachment("bien-ban.pdf", "application/pdf", b"%PDF-1")


class Watched(SqliteJournal):
    """A journal that notes the statements it runs."""

    ran: list[str]

    def _connect(self) -> sqlite3.Connection:
        return self._watch(super()._connect())

    def _read(self) -> sqlite3.Connection:
        return self._watch(super()._read())

    def _watch(self, connection: sqlite3.Connection) -> sqlite3.Connection:
        connection.set_trace_callback(self.ran.append)
        return connection

    def plans(self) -> dict[str, list[str]]:
        """Return how SQLite goes about each statement; those on no table have no plan."""
        wanted = ("SELECT", "INSERT", "UPDATE", "DELETE")
        connection = sqlite3.connect(self._path)
        try:
            return {
                statement: [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
                for statement in dict.fromkeys(self.ran)
                if statement.startswith(wanted)
            }
        finally:
            connection.close()


@pytest.fixture
def watched(places: Places) -> Watched:
    Watched.ran = []
    return Watched(places.journal)


def test_nothing_looks_through_the_whole_journal(
    watched: Watched, make_submission: MakeSubmission
) -> None:
    submission = make_submission(attachments=(PDF,))
    number = watched.append(submission).number
    acted = act(watched, number, "accept")
    watched.hold(acted.token, (PDF,))
    watched.act(acted)
    watched.acted(acted.token)
    watched.held(new_token())
    watched.find(code_hash(receipt_code(submission.token)))
    assert watched.numbers_since(1) == [number]
    assert watched.recorded_after(1)
    assert watched.last_seq() == 2
    for file in watched.case(number)[0].files:
        assert watched.attachment(file.sha256)
    watched.form_descriptor(submission.form.hash)
    watched.close()
    plans = watched.plans()
    assert len(plans) > 15
    scans = {each: plan for each, plan in plans.items() if any("SCAN" in step for step in plan)}
    assert scans == {}
