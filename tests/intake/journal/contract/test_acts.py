"""Acting on a case: once, on the case as it was seen, in its order."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from intake.cases.case import Case
from intake.cases.decisions import decide
from intake.errors import CaseMoved, ContentConflict
from intake.journal.model import Act, Attachment, Submission
from intake.journal.sql import SqlJournal
from intake.receipts import Token, new_token
from tests.intake.cases.slips import ANSWERS, SECRETARY, TODAY, WORKFLOW

MakeSubmission = Callable[..., Submission]
PDF = Attachment("bien-ban.pdf", "application/pdf", b"%PDF-1")


@pytest.fixture
def number(journal: SqlJournal, make_submission: MakeSubmission) -> str:
    return journal.append(make_submission()).number


def act(
    journal: SqlJournal, number: str, action: str, token: Token | None = None, **cells: str
) -> Act:
    """Return an action on a case as it stands now."""
    case = Case(tuple(journal.case(number)))
    answers = {**ANSWERS[action], **cells}
    decision = decide(WORKFLOW, case, SECRETARY, action, answers, TODAY)
    return decision.act(token or new_token(), (PDF,))


def test_an_action_comes_back_with_who_what_and_the_files(journal: SqlJournal, number: str) -> None:
    receipt = journal.act(act(journal, number, "accept"))
    opened, event = journal.case(number)
    assert receipt.number == number
    assert (opened.kind, opened.action, opened.state, opened.actor) == (
        "submitted",
        "",
        "new",
        None,
    )
    assert (event.kind, event.action, event.state) == ("acted", "accept", "accepted")
    assert event.actor == SECRETARY.acting(SECRETARY.grants[0])
    assert event.cells == ANSWERS["accept"]
    assert event.form_hash == WORKFLOW.forms["accept"].hash
    assert [journal.attachment(file.sha256) for file in event.files] == [PDF.content]
    assert journal.events("nonconformity") == [opened, event]


def test_an_unknown_number_has_no_events(journal: SqlJournal) -> None:
    assert journal.case("KPH-2020-999") == []


def test_the_same_action_sent_twice_is_kept_once(journal: SqlJournal, number: str) -> None:
    sent = act(journal, number, "accept")
    assert journal.act(sent) == journal.act(sent)
    assert len(journal.case(number)) == 2


def test_a_token_does_not_serve_two_actions(journal: SqlJournal, number: str) -> None:
    token = new_token()
    journal.act(act(journal, number, "accept", token))
    with pytest.raises(ContentConflict, match=number):
        journal.act(act(journal, number, "note", token))
    assert len(journal.case(number)) == 2


def test_who_saw_an_older_case_is_told_and_nothing_is_kept(
    journal: SqlJournal, number: str
) -> None:
    first, second = act(journal, number, "accept"), act(journal, number, "reject")
    journal.act(first)
    with pytest.raises(CaseMoved, match=f"{number} vừa được người khác cập nhật"):
        journal.act(second)
    assert [event.action for event in journal.case(number)] == ["", "accept"]


def test_of_many_at_once_one_acts(journal: SqlJournal, number: str) -> None:
    def attempt(sent: Act) -> bool:
        try:
            journal.act(sent)
        except CaseMoved:
            return False
        return True

    sent = [act(journal, number, "accept") for _ in range(16)]
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, sent)) == 1
    assert len(journal.case(number)) == 2


def test_files_of_an_action_can_be_held_and_are_found_by_its_token(
    journal: SqlJournal, number: str
) -> None:
    token = new_token()
    journal.hold(token, (PDF,))
    assert journal.held(token) == (PDF,)
    journal.act(act(journal, number, "accept", token))
    assert journal.held(token) == (PDF,)
