"""The shipped forms: what is answered when all is well, and what one answer makes necessary."""

import datetime as dt

import pytest

from intake.configuration import PROJECT_ROOT, Places
from intake.forms.checking import Checked, check
from intake.forms.schema import load_forms
from intake.registers import Registers

FORMS = load_forms(Places(PROJECT_ROOT).forms)
TODAY = dt.date(2020, 9, 30)
Answers = dict[str, dict[str, str]]


def checked(registers: Registers, form: str, sent: dict[str, str]) -> Checked:
    return check(FORMS[form], {name: [value] for name, value in sent.items()}, registers, TODAY)


@pytest.mark.parametrize("form", sorted(FORMS))
def test_the_usual_answers_are_taken(registers: Registers, answers: Answers, form: str) -> None:
    assert checked(registers, form, answers[form]).errors == {}


@pytest.mark.parametrize(
    ("form", "changed", "asked"),
    [
        ("read_confirmation", {"scope": "person"}, "sender_name"),
        ("read_confirmation", {"document": "BM-HT01.01"}, "document"),
        ("read_confirmation", {"document_revision": "2"}, "document_revision"),
        ("change_request", {"document": ""}, "document"),
        ("change_request", {"kind": "withdraw", "document": ""}, "document"),
        ("change_request", {"kind": "new", "document": ""}, "new_title"),
        ("change_request", {"contact_back": "true"}, "sender_email"),
        ("objective_measurement", {"period": "quý 3"}, "period"),
        ("objective_measurement", {"objective": "MT-2020-99"}, "objective"),
        ("objective_measurement", {"measured_on": "2020-10-01"}, "measured_on"),
        ("objective_measurement", {"value": "khoảng 96"}, "value"),
        ("objective_measurement", {"contact_back": "true"}, "sender_email"),
    ],
)
def test_what_is_missing_or_wrong_is_asked_for(
    registers: Registers, answers: Answers, form: str, changed: dict[str, str], asked: str
) -> None:
    assert set(checked(registers, form, {**answers[form], **changed}).errors) == {asked}
