"""The forms of actions: what they take, and what one answer makes necessary."""

import pytest

from intake.forms.checking import Checked, check
from intake.registers import Registers
from tests.intake.cases.slips import ANSWERS, TODAY, WORKFLOW


def checked(registers: Registers, action: str, **answers: str) -> Checked:
    sent = {name: [value] for name, value in {**ANSWERS[action], **answers}.items()}
    return check(WORKFLOW.forms[action], sent, registers, TODAY)


@pytest.mark.parametrize("action", sorted(ANSWERS))
def test_the_tests_answers_are_such_as_the_forms_take(registers: Registers, action: str) -> None:
    assert checked(registers, action).errors == {}
    assert checked(registers, action).cells == ANSWERS[action]


@pytest.mark.parametrize("action", sorted(WORKFLOW.forms))
def test_every_example_is_an_answer_that_its_form_takes(registers: Registers, action: str) -> None:
    form = WORKFLOW.forms[action]
    examples = {field.name: [str(field.example)] for field in form.fields}
    ahead = {field.name for field in form.fields if field.options.get("not_after")}
    assert set(check(form, examples, registers, TODAY).errors) <= ahead


@pytest.mark.parametrize(
    ("action", "answers", "asked"),
    [
        ("accept", {"clause_edition": "2015"}, "clause"),
        ("reject", {"ground": "duplicate"}, "duplicate_of"),
        ("cancel", {"ground": "duplicate"}, "duplicate_of"),
        ("confirm", {"analysis_needed": "no"}, "no_analysis_reason"),
        ("check", {"conclusion": "postponed"}, "check_on"),
        ("decide_documents", {"change_needed": "yes"}, "documents"),
        ("decide_documents", {"change_needed": "no", "no_change_reason": ""}, "no_change_reason"),
    ],
)
def test_one_answer_asks_for_another(
    registers: Registers, action: str, answers: dict[str, str], asked: str
) -> None:
    assert set(checked(registers, action, **answers).errors) == {asked}


@pytest.mark.parametrize(("day", "right"), [("2020-09-29", False), ("2020-09-30", True)])
def test_a_deadline_lies_ahead(registers: Registers, day: str, right: bool) -> None:
    errors = checked(registers, "plan_action", deadline=day).errors
    assert errors == ({} if right else {"deadline": errors.get("deadline")})
    assert right or "đã qua" in errors["deadline"]


@pytest.mark.parametrize(("day", "right"), [("2020-10-01", False), ("2020-09-30", True)])
def test_what_is_done_was_done_by_today(registers: Registers, day: str, right: bool) -> None:
    assert ("done_on" not in checked(registers, "finish_action", done_on=day).errors) == right
