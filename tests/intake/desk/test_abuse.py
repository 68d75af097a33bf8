"""What somebody with an account, or none, would try: every one is refused and leaves no trace."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from intake.accounts.store import AccountStore
from intake.cases.people import Grant, Person
from intake.journal.model import Attachment
from intake.journal.sqlite import SqliteJournal
from intake.receipts import new_token, receipt_code
from tests.conftest import MakeSubmission
from tests.intake.cases.slips import (
    ANALYSED,
    APPROVED,
    CHAIR,
    CONFIRMED,
    COORDINATOR,
    EFFECTIVE,
    HANDED_OVER,
    HEAD,
    SECRETARY,
    SUBMITTED,
    VERIFIER,
    person,
)
from tests.intake.desk.conftest import PASSWORD, SignIn, Slips, add

Attempt = Callable[..., TestResponse]


@pytest.fixture
def attempt(sign_in: SignIn, slips: Slips) -> Attempt:
    """Send an action past all pages, on the case as it stands."""

    def send(who: Person, number: str, action: str, **changes: Any) -> TestResponse:
        return sign_in(who).act(number, action, slips.case(number).version, **changes)

    return send


def refused(answer: TestResponse, slips: Slips, number: str, events: int) -> bool:
    return answer.status_code in {401, 403, 404} and len(slips.case(number).events) == events


def test_who_reported_does_not_judge_whatever_their_role(slips: Slips, attempt: Attempt) -> None:
    number = slips.open(sender_email=SECRETARY.email.upper())
    for action in ("accept", "reject"):
        assert refused(attempt(SECRETARY, number, action), slips, number, 1)
    by_name = slips.open(sender_name="nguoi THUKY")
    assert refused(attempt(SECRETARY, by_name, "accept"), slips, by_name, 1)


def test_a_head_who_reported_does_not_approve(slips: Slips, attempt: Attempt) -> None:
    number = slips.open(sender_email=HEAD.email)
    slips.through(number, *SUBMITTED)
    count = len(slips.case(number).events)
    assert refused(attempt(HEAD, number, "approve"), slips, number, count)
    assert attempt(CHAIR, number, "approve").status_code == 303


def test_one_person_with_two_roles_does_not_approve_and_verify(
    slips: Slips, attempt: Attempt, store: AccountStore
) -> None:
    both = dataclasses.replace(
        person("hai", "approver", home="VP"), grants=(Grant("approver"), Grant("verifier"))
    )
    add(store, both)
    number = slips.open()
    slips.through(number, *SUBMITTED, (both, "approve"))
    slips.through(number, (COORDINATOR, "finish_action"), (COORDINATOR, "hand_over"))
    count = len(slips.case(number).events)
    for action in ("check", "reopen"):
        assert refused(attempt(both, number, action), slips, number, count)


def test_who_carried_out_does_not_verify(
    slips: Slips, attempt: Attempt, store: AccountStore
) -> None:
    both = dataclasses.replace(
        COORDINATOR, account="hai", grants=(Grant("coordinator", "BC"), Grant("verifier"))
    )
    add(store, both)
    number = slips.open(sender_name="Một người khác")
    slips.through(number, *APPROVED, (both, "finish_action"), (both, "hand_over"))
    count = len(slips.case(number).events)
    assert refused(attempt(both, number, "check"), slips, number, count)


def test_nobody_of_the_unit_verifies_an_anonymous_slip(
    slips: Slips, attempt: Attempt, store: AccountStore
) -> None:
    inside = person("trong", "verifier", home="BC")
    add(store, inside)
    number = slips.open()
    slips.through(number, *HANDED_OVER)
    count = len(slips.case(number).events)
    assert refused(attempt(inside, number, "check"), slips, number, count)
    assert attempt(VERIFIER, number, "check").status_code == 303


def test_a_major_slip_is_not_approved_within_the_unit(slips: Slips, attempt: Attempt) -> None:
    number = slips.open()
    major = {"grade": "major"}
    slips.through(number, (SECRETARY, "accept", major), (SECRETARY, "confirm", major))
    slips.through(number, *ANALYSED[2:], (COORDINATOR, "submit"))
    count = len(slips.case(number).events)
    assert refused(attempt(HEAD, number, "approve"), slips, number, count)


def test_nothing_is_closed_past_its_gates(slips: Slips, attempt: Attempt) -> None:
    for steps in ((), CONFIRMED, APPROVED, HANDED_OVER, EFFECTIVE):
        number = slips.open()
        slips.through(number, *steps)
        count = len(slips.case(number).events)
        assert refused(attempt(SECRETARY, number, "close"), slips, number, count)


def test_another_unit_neither_sees_nor_acts(
    slips: Slips, attempt: Attempt, store: AccountStore, sign_in: SignIn
) -> None:
    other = person("khac", "coordinator", "KHCN")
    add(store, other)
    file = Attachment("a.png", "image/png", b"\x89PNG")
    number = slips.open(attachments=(file,))
    slips.through(number, *CONFIRMED)
    count = len(slips.case(number).events)
    for action in ("record_cause", "plan_action", "note", "assign"):
        assert refused(attempt(other, number, action), slips, number, count)
    assert sign_in(other).get("tep/", so=number, tep=file.sha256).status_code == 404


def test_a_unit_does_not_hand_a_case_to_itself(
    slips: Slips, attempt: Attempt, store: AccountStore
) -> None:
    other = person("khac", "coordinator", "KHCN")
    add(store, other)
    number = slips.open()
    for who in (other, COORDINATOR):
        assert refused(attempt(who, number, "assign", unit="KHCN"), slips, number, 1)


@pytest.mark.parametrize("extra", ["role", "actor", "state", "account", "unit"])
def test_a_form_says_nothing_of_who_acts_and_where_it_leads(
    extra: str, slips: Slips, attempt: Attempt
) -> None:
    number = slips.open()
    slips.through(number, *SUBMITTED)
    count = len(slips.case(number).events)
    answer = attempt(COORDINATOR, number, "approve", **{extra: "approver"})
    assert answer.status_code in {403, 422}
    assert len(slips.case(number).events) == count
    hidden = attempt(COORDINATOR, number, "approve", **{f"_{extra}": "approver"})
    assert refused(hidden, slips, number, count)


@pytest.mark.parametrize("version", ["999999", "-1", "0", "", "1e9", "9" * 400])
def test_a_version_that_was_never_seen_is_refused(
    version: str, slips: Slips, sign_in: SignIn
) -> None:
    number = slips.open()
    answer = sign_in(SECRETARY).act(number, "accept", 0, _version=version)
    assert answer.status_code == 409
    assert len(slips.case(number).events) == 1


def test_a_token_of_another_action_acts_on_nothing_else(slips: Slips, sign_in: SignIn) -> None:
    first, second, token = slips.open(), slips.open(), new_token()
    desk = sign_in(SECRETARY)
    assert desk.act(first, "accept", 1, _token=token).status_code == 303
    version = slips.case(second).version
    assert desk.act(second, "accept", version, _token=token).status_code == 409
    assert len(slips.case(second).events) == 1


def test_a_role_that_was_taken_away_is_gone_at_once(
    slips: Slips, attempt: Attempt, store: AccountStore, sign_in: SignIn
) -> None:
    number = slips.open()
    desk = sign_in(SECRETARY)
    account = store.get(SECRETARY.account)
    assert account
    store.put(dataclasses.replace(account, grants=()))
    assert desk.act(number, "accept", 1).status_code == 404
    store.put(dataclasses.replace(account, disabled=True))
    assert desk.act(number, "accept", 1).status_code == 401
    assert len(slips.case(number).events) == 1


def test_a_session_chosen_by_somebody_else_is_not_taken_up(
    store: AccountStore, sign_in: SignIn
) -> None:
    desk = sign_in(SECRETARY)
    desk.client.set_cookie("qms_session", "chosen-by-an-attacker", path="/xu-ly/")
    desk.client.post("/xu-ly/dang-nhap/", data={"name": SECRETARY.account, "password": PASSWORD})
    cookie = desk.client.get_cookie("qms_session", path="/xu-ly/")
    assert cookie
    assert cookie.value != "chosen-by-an-attacker"
    assert store.session("chosen-by-an-attacker") is None


def test_a_receipt_code_opens_no_desk(
    slips: Slips,
    sign_in: SignIn,
    journal: SqliteJournal,
    make_submission: MakeSubmission,
    store: AccountStore,
) -> None:
    token = new_token()
    number = journal.append(make_submission(token=token)).number
    desk = sign_in(SECRETARY)
    desk.client.set_cookie("qms_session", receipt_code(token), path="/xu-ly/")
    assert desk.get("phieu/", so=number).status_code == 303
    answer = desk.act(number, "accept", 1, _code=receipt_code(token))
    assert answer.status_code == 401
    assert len(slips.case(number).events) == 1
