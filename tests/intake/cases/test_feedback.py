"""Comments: who assigns, answers, contests and closes, and when."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import pytest

from intake.cases.case import Case
from intake.cases.deadlines import due_on
from intake.cases.decisions import decide, options, waits_for
from intake.cases.people import REPORTER, Grant, Person
from intake.cases.telling import told
from intake.cases.workflow import Workflow, load_workflows
from intake.configuration import PROJECT_ROOT, Places
from intake.errors import NotAllowed
from intake.forms.checking import Checked, check
from intake.journal.model import Event
from intake.registers import Registers
from tests.intake.cases.slips import COORDINATOR, HEAD, SECRETARY, person

WORKFLOW: Workflow = load_workflows(Places(PROJECT_ROOT).forms)["feedback"]
MONDAY = dt.date(2020, 9, 14)
COLLEAGUE = person("dongnghiep", "coordinator", "BC")

ANSWERS: dict[str, dict[str, str]] = {
    "assign": {"unit": "BC"},
    "refer": {
        "ground": "denunciation",
        "referred_to": "Thanh tra Bộ",
        "public_answer": "Việc này thuộc thẩm quyền của Thanh tra Bộ.",
    },
    "cancel": {
        "ground": "duplicate",
        "duplicate_of": "GY-2020-001",
        "public_answer": "Được trả lời cùng ý kiến GY-2020-001.",
    },
    "propose": {
        "verified": "Bước 3 không ghi thời hạn.",
        "proposed_response": "accepted",
        "proposed_answer": "Bước 3 nên ghi thời hạn trả lời.",
    },
    "return": {"comment": "Chưa nói rõ áp dụng từ khi nào."},
    "extend": {"answer_by": "2020-10-01", "notice": "Cần đối chiếu hồ sơ ở hai đơn vị."},
    "answer": {"response": "accepted", "public_answer": "Bước 3 sẽ ghi thời hạn trả lời."},
    "contest": {"text": "Chưa nói áp dụng từ khi nào."},
    "record_revision": {"resulting_document": "QT-HT-06", "resulting_revision": "02"},
    "close": {},
    "note": {"text": "Đã gọi điện."},
    "inform": {"text": "Biểu mẫu cũng chưa rõ."},
    "rate": {"helped": "yes"},
}
"""Answers that pass the form of each action."""

Step = tuple[Person, str] | tuple[Person, str, dict[str, str]]


def opened(**cells: str) -> Case:
    given = {"kind": "document", "document": "QT-BC-01", "summary": "Nêu rõ thời hạn", **cells}
    opening = Event(
        1, "submitted", "GY-2020-009", "feedback", "0" * 64, "2020-09-14T01:00:00Z", given, ()
    )
    return Case((opening,))


def done(
    case: Case,
    who: Person,
    action: str,
    cells: Mapping[str, str] | None = None,
    day: dt.date = MONDAY,
) -> Case:
    """Return the case after an action on a day, judged as the intake judges it."""
    answers = {**ANSWERS[action], **(cells or {})}
    decision = decide(WORKFLOW, case, who, action, answers, day)
    event = Event(
        case.version + 1,
        "acted",
        case.number,
        case.kind,
        "1" * 64,
        f"{day}T02:00:00Z",
        answers,
        (),
        action,
        decision.transition.target,
        who.acting(decision.grant),
    )
    return Case((*case.events, event))


def through(*steps: Step, case: Case | None = None) -> Case:
    case = case or opened()
    for who, action, *cells in steps:
        case = done(case, who, action, *cells)
    return case


def refused(case: Case, who: Person, action: str, day: dt.date = MONDAY) -> str:
    with pytest.raises(NotAllowed) as refusal:
        done(case, who, action, day=day)
    return refusal.value.message


ASSIGNED: tuple[Step, ...] = ((SECRETARY, "assign"),)
PROPOSED: tuple[Step, ...] = (*ASSIGNED, (COORDINATOR, "propose"))
ANSWERED: tuple[Step, ...] = (*PROPOSED, (HEAD, "answer"))
CONTESTED: tuple[Step, ...] = (*ANSWERED, (REPORTER, "contest"))
SIX_DAYS_LATER = MONDAY + dt.timedelta(days=8)


def test_a_comment_is_assigned_answered_and_closed() -> None:
    case = done(through(*ANSWERED), SECRETARY, "close", day=SIX_DAYS_LATER)
    states = [event.state for event in case.events]
    assert states == ["new", "assigned", "assigned", "answered", "closed"]
    assert case.unit == "BC"
    assert done(case, SECRETARY, "record_revision").facts["resulting_revision"] == "02"
    assert done(case, REPORTER, "rate").state == "closed"


def test_the_sender_is_told_the_answer() -> None:
    texts = [step.text for step in told(WORKFLOW, through(*CONTESTED))]
    assert ANSWERS["answer"]["public_answer"] in texts
    assert ANSWERS["contest"]["text"] in texts


@pytest.mark.parametrize("action", ["refer", "cancel"])
def test_what_is_not_answered_ends_at_once_with_a_reason(action: str) -> None:
    case = done(opened(), SECRETARY, action)
    assert WORKFLOW.states[case.state].ended
    assert told(WORKFLOW, case)[-1].text == ANSWERS[action]["public_answer"]
    assert WORKFLOW.forms[action].by_name["public_answer"].required


@pytest.mark.parametrize("who", [COORDINATOR, HEAD, REPORTER])
@pytest.mark.parametrize("action", ["assign", "refer", "cancel"])
def test_only_the_secretariat_assigns_refers_and_cancels(who: Person, action: str) -> None:
    assert "vai trò" in refused(opened(), who, action)


@pytest.mark.parametrize("who", [SECRETARY, HEAD, REPORTER, person("khac", "coordinator", "VP")])
def test_only_the_unit_that_it_was_given_to_drafts_the_answer(who: Person) -> None:
    assert "vai trò" in refused(through(*ASSIGNED), who, "propose")


@pytest.mark.parametrize("who", [SECRETARY, COORDINATOR, REPORTER, person("k", "approver", "VP")])
@pytest.mark.parametrize("action", ["answer", "return"])
def test_only_the_head_of_that_unit_approves_the_answer(who: Person, action: str) -> None:
    assert "vai trò" in refused(through(*PROPOSED), who, action)


def test_the_unit_that_answers_is_the_one_it_was_last_given_to() -> None:
    case = through(*ASSIGNED, (SECRETARY, "assign", {"unit": "VP"}))
    assert "vai trò" in refused(case, COORDINATOR, "propose")
    assert done(case, person("vp", "coordinator", "VP"), "propose").state == "assigned"


# Gates


@pytest.mark.parametrize("sender", [COORDINATOR.name, COORDINATOR.name.upper()])
def test_nobody_answers_their_own_comment(sender: str) -> None:
    case = through(*ASSIGNED, case=opened(sender_name=sender))
    assert "người báo" in refused(case, COORDINATOR, "propose")
    assert done(case, COLLEAGUE, "propose").state == "assigned"


@pytest.mark.parametrize("action", ["refer", "cancel"])
def test_nobody_puts_their_own_comment_aside(action: str) -> None:
    assert "người báo" in refused(opened(sender_email=SECRETARY.email), SECRETARY, action)


def test_an_answer_is_contested_once_and_given_again_by_another() -> None:
    case = through(*CONTESTED)
    assert case.state == "assigned"
    assert "người khác" in refused(case, COORDINATOR, "propose")
    again = through((COLLEAGUE, "propose"), (HEAD, "answer"), case=case)
    for who in (REPORTER, SECRETARY):
        assert "một lần" in refused(again, who, "contest")


def test_the_same_person_may_draft_again_while_nobody_contested() -> None:
    case = through(*PROPOSED, (HEAD, "return"))
    assert waits_for(WORKFLOW, case, COORDINATOR, MONDAY)
    assert done(case, COORDINATOR, "propose").state == "assigned"


def test_nothing_is_approved_that_was_not_drafted_or_was_returned() -> None:
    returned = through(*PROPOSED, (HEAD, "return"))
    for case in (through(*ASSIGNED), returned, through(*CONTESTED)):
        assert not waits_for(WORKFLOW, case, HEAD, MONDAY)
        for action in ("answer", "return"):
            assert "Chưa có dự thảo" in refused(case, HEAD, action)


def test_a_draft_waits_for_the_head_and_for_nobody_else() -> None:
    case = through(*PROPOSED)
    assert waits_for(WORKFLOW, case, HEAD, MONDAY)
    assert not waits_for(WORKFLOW, case, COORDINATOR, MONDAY)
    assert "chờ duyệt" in refused(case, COORDINATOR, "propose")


def test_nobody_approves_their_own_draft() -> None:
    both = (Grant("coordinator", "BC"), Grant("approver", "BC"))
    case = through(*ASSIGNED, (replace(COORDINATOR, grants=both), "propose"))
    for action in ("answer", "return"):
        assert "dự thảo" in refused(case, replace(COORDINATOR, grants=both), action)


def test_what_is_drafted_is_not_told() -> None:
    texts = [step.text for step in told(WORKFLOW, through(*PROPOSED, (HEAD, "return")))]
    assert texts == ["", ""]


# A longer time


@pytest.mark.parametrize(
    ("until", "taken"),
    [("2020-09-22", False), ("2020-09-23", True), ("2020-10-05", True), ("2020-10-06", False)],
)
def test_the_time_is_extended_to_at_most_15_working_days(until: str, taken: bool) -> None:
    """Assigned on Monday 14/9: 6 working days end on 22/9, 15 on 5/10."""
    case, cells = through(*ASSIGNED), {"answer_by": until}
    if not taken:
        with pytest.raises(NotAllowed, match="15 ngày"):
            done(case, COORDINATOR, "extend", cells)
        return
    extended = done(case, COORDINATOR, "extend", cells)
    assert due_on(WORKFLOW, case) == dt.date(2020, 9, 22)
    assert due_on(WORKFLOW, extended) == dt.date.fromisoformat(until)
    assert told(WORKFLOW, extended)[-1].text == ANSWERS["extend"]["notice"]


def test_the_time_is_extended_once_and_before_it_is_over() -> None:
    case = through(*ASSIGNED)
    assert "quá hạn" in refused(case, COORDINATOR, "extend", dt.date(2020, 9, 23))
    again = done(case, COORDINATOR, "extend", day=dt.date(2020, 9, 22))
    assert "một lần" in refused(again, COORDINATOR, "extend")


def test_an_extension_ends_with_the_answer() -> None:
    case = through(*PROPOSED, (COORDINATOR, "extend"), (HEAD, "answer"))
    assert due_on(WORKFLOW, case) == dt.date(2020, 9, 21)


def test_a_review_has_a_time_of_its_own() -> None:
    case = through(*CONTESTED, (COLLEAGUE, "extend"))
    assert due_on(WORKFLOW, case) == dt.date(2020, 10, 1)


@pytest.mark.parametrize(("days", "open_"), [(7, False), (8, True)])
def test_a_comment_stays_open_while_its_answer_may_be_contested(days: int, open_: bool) -> None:
    case, day = through(*ANSWERED), MONDAY + dt.timedelta(days=days)
    offered = {each.transition.action: each for each in options(WORKFLOW, case, SECRETARY, day)}
    assert (not offered["close"].refusal) is open_
    if not open_:
        assert "5 ngày làm việc" in refused(case, SECRETARY, "close", day)


def test_a_second_answer_ends_it_at_once() -> None:
    case = through(*CONTESTED, (COLLEAGUE, "propose"), (HEAD, "answer"))
    assert done(case, SECRETARY, "close").state == "closed"


@pytest.mark.parametrize("steps", [ASSIGNED, CONTESTED])
def test_nothing_is_closed_without_an_answer(steps: tuple[Step, ...]) -> None:
    case = through(*steps)
    assert "Đang xem xét" in refused(case, SECRETARY, "close")
    moved = replace(case.events[-1], seq=99, action="x", state="answered")
    message = refused(Case((*case.events, moved)), SECRETARY, "close", SIX_DAYS_LATER)
    assert "Chưa trả lời" in message


# Forms


def checked(registers: Registers, action: str, **answers: str) -> Checked:
    sent = {name: [value] for name, value in {**ANSWERS[action], **answers}.items()}
    return check(WORKFLOW.forms[action], sent, registers, MONDAY)


@pytest.mark.parametrize("action", sorted(WORKFLOW.forms))
def test_the_tests_answers_are_such_as_the_forms_take(registers: Registers, action: str) -> None:
    assert checked(registers, action).errors == {}
    assert checked(registers, action).cells == ANSWERS[action]


@pytest.mark.parametrize("action", sorted(WORKFLOW.forms))
def test_every_example_is_an_answer_that_its_form_takes(registers: Registers, action: str) -> None:
    form = WORKFLOW.forms[action]
    examples = {field.name: [str(field.example)] for field in form.fields}
    assert check(form, examples, registers, MONDAY).errors == {}


@pytest.mark.parametrize(
    ("action", "answers", "asked"),
    [
        ("answer", {"response": "not_accepted"}, "response_reason"),
        ("answer", {"response": "partly"}, "response_reason"),
        ("propose", {"proposed_response": "not_accepted"}, "proposed_reason"),
        ("propose", {"proposed_response": "partly"}, "proposed_reason"),
        ("answer", {"resulting_revision": "02"}, "resulting_document"),
        ("cancel", {"duplicate_of": ""}, "duplicate_of"),
    ],
)
def test_one_answer_asks_for_another(
    registers: Registers, action: str, answers: dict[str, str], asked: str
) -> None:
    assert set(checked(registers, action, **answers).errors) == {asked}
