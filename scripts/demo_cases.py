"""The part of `make demo` after sending: sample slips and comments go through their states.

Each action is decided as the desk decides it, by sample people whose names say what they are; what
they write is the example of each field, so that nothing is made up here.
"""

import datetime as dt
import random

from intake.cases.case import Case, fold
from intake.cases.decisions import decide
from intake.cases.people import Grant, Person
from intake.cases.workflow import Workflow, load_workflows
from intake.configuration import Places
from intake.forms.schema import Field, Form
from intake.journal.model import NEW, Journal
from intake.receipts import new_token
from intake.working_days import add_working_days

Step = tuple[str, str]
"""Who acts, by role, and the action."""

_ANALYSED: list[Step] = [
    ("secretariat", "accept"),
    ("secretariat", "confirm"),
    ("coordinator", "correct"),
    ("coordinator", "record_cause"),
    ("coordinator", "plan_action"),
    ("coordinator", "submit"),
]
_DONE: list[Step] = [
    ("approver", "approve"),
    ("coordinator", "finish_action"),
    ("coordinator", "hand_over"),
    ("verifier", "check"),
    ("coordinator", "decide_documents"),
    ("secretariat", "close"),
]
_WAYS: dict[str, list[list[Step]]] = {
    "nonconformity": [
        [*_ANALYSED, *_DONE],
        [*_ANALYSED, *_DONE],
        [*_ANALYSED, ("approver", "return"), ("coordinator", "submit"), *_DONE],
        [("secretariat", "reject")],
    ],
    "feedback": [
        [("secretariat", "assign"), ("coordinator", "propose"), ("approver", "answer")],
        [("secretariat", "assign"), ("coordinator", "extend"), ("coordinator", "propose")],
        [("secretariat", "refer")],
    ],
}
_TO_THE_END = 0.5
_IN_DAYS = {"deadline": 20, "check_on": 40, "answer_by": 12}
"""Answers that are days to come, in working days."""
_VARIED = {"category", "cause_group", "proposed_response", "response"}
"""Questions that are answered by chance."""
_OTHER_UNITS = ("VP", "TTra")
"""Where those work who have no unit of their own in a case."""


def advance(places: Places, journal: Journal, today: dt.date, chance: random.Random) -> int:
    """Take the sample cases that nobody has touched some steps on.

    Args:
        places: the project.
        journal: of the portal.
        today: the real day.
        chance: how far each goes, and by which way.

    Returns:
        How many actions were taken.
    """
    workflows = load_workflows(places.forms)
    taken = 0
    for case in fold(journal.events()):
        workflow = workflows.get(case.kind)
        is_sample = case.facts.get("trial") == "true"
        if workflow is None or not is_sample or case.state != NEW or len(case.events) > 1:
            continue
        way = chance.choice(_WAYS[case.kind])
        length = len(way) if chance.random() < _TO_THE_END else chance.randrange(len(way))
        for step in way[:length]:
            _take(journal, workflow, case.number, step, today, chance)
        taken += length
    return taken


def _take(
    journal: Journal,
    workflow: Workflow,
    number: str,
    step: Step,
    today: dt.date,
    chance: random.Random,
) -> None:
    role, action = step
    case = Case(tuple(journal.case(number)))
    person = _person(workflow, role, case.unit)
    cells = _answers(workflow.forms[action], case, today, chance)
    journal.act(decide(workflow, case, person, action, cells, today).act(new_token()))


def _person(workflow: Workflow, role: str, unit: str) -> Person:
    """Return the sample person of a role: of the unit itself, or outside of it to verify."""
    bound = unit if role in {"coordinator", "approver"} else ""
    home = bound or next(each for each in _OTHER_UNITS if each != unit)
    title = workflow.roles[role].title
    return Person(f"mau.{role}", f"{title} (minh hoạ)", "", home, (Grant(role, bound),))


def _answers(form: Form, case: Case, today: dt.date, chance: random.Random) -> dict[str, str]:
    """Return an answer to every question that must be answered."""
    given = {
        field.name: _answer(field, case, today, chance)
        for field in form.fields
        if field.required or field.name in _VARIED
    }
    for rule in form.rules:
        if given.get(rule.when) == rule.value:
            given |= {name: str(form.by_name[name].example) for name in rule.requires}
    return given


def _answer(field: Field, case: Case, today: dt.date, chance: random.Random) -> str:
    if field.name in _IN_DAYS:
        return add_working_days(today, _IN_DAYS[field.name]).isoformat()
    if field.name in _VARIED:
        return chance.choice(list(field.labels))
    if field.name in {"unit", "owner_unit"}:
        return case.unit or _OTHER_UNITS[0]
    if field.name == "planned_action":
        return "1"
    return today.isoformat() if field.type == "date" else str(field.example)
