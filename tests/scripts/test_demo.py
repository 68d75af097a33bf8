"""Sample cases go through their states as the desk would take them, and no others do."""

import datetime as dt
import random

import pytest

from intake.cases.case import fold
from intake.cases.workflow import load_workflows
from intake.configuration import PROJECT_ROOT, Places
from intake.forms.checking import check
from intake.forms.schema import load_forms
from intake.journal.sqlite import SqliteJournal
from intake.registers import Registers
from scripts.demo import _samples
from scripts.demo_cases import advance
from scripts.system import System
from tests.conftest import MakeSubmission

TODAY = dt.date(2020, 9, 10)


@pytest.fixture
def sent(journal: SqliteJournal, make_submission: MakeSubmission) -> SqliteJournal:
    for _ in range(40):
        journal.append(make_submission("nonconformity", unit="VP", anonymous="true", trial="true"))
        journal.append(make_submission("feedback", trial="true"))
    journal.append(make_submission("nonconformity"))
    return journal


def test_samples_come_to_every_kind_of_state(places: Places, sent: SqliteJournal) -> None:
    taken = advance(places, sent, TODAY, random.Random(1))
    cases = list(fold(sent.events()))
    assert taken == sum(len(case.events) - 1 for case in cases) > 100
    states = {(case.kind, case.state) for case in cases}
    assert {("nonconformity", "closed"), ("nonconformity", "approval")} <= states
    assert {("feedback", "answered"), ("feedback", "referred")} <= states
    assert [case.state for case in cases if case.facts.get("trial") != "true"] == ["new"]


def test_what_sample_people_write_is_such_as_the_forms_take(
    places: Places, sent: SqliteJournal
) -> None:
    advance(places, sent, TODAY, random.Random(2))
    workflows, registers = load_workflows(places.forms), Registers(places.registers)
    acts = [event for event in sent.events() if event.action]
    assert {event.action for event in acts} > {"close", "return", "answer", "extend"}
    for event in acts:
        form = workflows[event.form].forms[event.action]
        typed = {name: [value] for name, value in event.cells.items()}
        assert check(form, typed, registers, TODAY).errors == {}, event.action


def test_a_second_run_does_not_act_again_on_what_was_touched(
    places: Places, sent: SqliteJournal
) -> None:
    advance(places, sent, TODAY, random.Random(3))
    before = {case.number: case.version for case in fold(sent.events()) if len(case.events) > 1}
    advance(places, sent, TODAY, random.Random(3))
    after = {case.number: case.version for case in fold(sent.events())}
    assert before
    assert {number: after[number] for number in before} == before


def test_every_sample_is_such_as_its_form_takes() -> None:
    places = Places(PROJECT_ROOT)
    system, forms = System.load(places), load_forms(places.forms)
    registers = Registers(places.registers)
    samples = list(_samples(system, forms, random.Random(4)))
    assert {form for form, _, _ in samples} == forms.keys() - {"file_entry"}
    for form, answers, _ in samples:
        typed = {name: [value] for name, value in answers.items()}
        assert check(forms[form], typed, registers, system.day).errors == {}, (form, answers)
        assert answers["trial"] == "true"
