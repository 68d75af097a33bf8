"""What a person may do on a case now, and why not another thing."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from intake.cases.case import Case
from intake.cases.gates import GATES, Attempt
from intake.cases.people import Grant, Person
from intake.cases.workflow import Transition, Workflow
from intake.errors import NotAllowed
from intake.journal.model import Act, Attachment
from intake.receipts import Token

_BY_OWNERS = {"finish_action"}
"""What the units that own actions of a case may do on it too."""
_BESIDE = {
    "assign",
    "note",
    "inform",
    "drop_action",
    "extend_action",
    "extend",
    "return",
    "record_revision",
}
"""What may be done on a case in its state, but is not what it waits for."""
_ASIDE = {"cancel", "contest"}
"""What leads a case elsewhere, but not on."""


def waits_for(workflow: Workflow, case: Case, person: Person, today: dt.date) -> bool:
    """Tell whether a case waits for a person: something is left to do that only such a one does."""
    state = workflow.states.get(case.state)
    if state is None or person.grant(state.waits_for, _units(case)) is None:
        return False
    return any(
        not option.refusal and _is_left(case, option.transition)
        for option in options(workflow, case, person, today)
        if set(option.transition.roles) & set(state.waits_for)
    )


def _is_left(case: Case, transition: Transition) -> bool:
    """Tell whether an action that can be taken is one that the case needs now."""
    action = transition.action
    if action == "check":
        return case.checked_since_execution is None
    if transition.target != transition.source:
        return action not in _ASIDE
    if action in _BESIDE:
        return False
    if action == "finish_action":
        return True
    returned = case.latest("return")
    since = max(case.entered_at, returned.seq if returned else 0)
    return not any(event.action == action for event in case.events if event.seq > since)


@dataclass(frozen=True)
class Option:
    """Something that a person has the role for on a case."""

    transition: Transition
    title: str
    refusal: str
    """Why it can't be done yet, or not by this person; empty when it can."""


def options(workflow: Workflow, case: Case, person: Person, today: dt.date) -> list[Option]:
    """Return what a person's roles reach in the state of a case, in the order of the workflow."""
    return [
        Option(
            transition,
            workflow.forms[transition.action].title,
            _closed_gate(transition, Attempt(case, person, grant, None, today)) or "",
        )
        for transition in workflow.from_state(case.state)
        if (grant := _grant(case, person, transition))
    ]


def decide(
    workflow: Workflow,
    case: Case,
    person: Person,
    action: str,
    cells: Mapping[str, str],
    today: dt.date,
) -> "Decision":
    """Judge an action on a case by its workflow.

    Args:
        workflow: that of the case's kind.
        case: as it stands.
        person: who wants to act.
        action: what they want to do.
        cells: what they wrote, checked against the form of the action.
        today: the real day.

    Raises:
        NotAllowed: the table has no such transition, the person no such role, or a gate is closed.
    """
    transition = workflow.transition(case.state, action)
    if transition is None:
        state = workflow.states.get(case.state)
        where = f"đang ở trạng thái {state.title}" if state else "ở một trạng thái không còn dùng"
        raise NotAllowed(f"Phiếu {case.number} {where}, không làm được việc này.")
    grant = _grant(case, person, transition)
    if grant is None:
        raise NotAllowed("Bạn không có vai trò làm việc này với phiếu này.")
    if refusal := _closed_gate(transition, Attempt(case, person, grant, cells, today)):
        raise NotAllowed(refusal)
    return Decision(workflow, case, person, grant, transition, dict(cells))


@dataclass(frozen=True)
class Decision:
    """An action that was found to be allowed on a case as it stood."""

    workflow: Workflow
    case: Case
    person: Person
    grant: Grant
    transition: Transition
    cells: dict[str, str]

    def act(self, token: Token, attachments: tuple[Attachment, ...] = ()) -> Act:
        """Return the action for the journal, which refuses it when the case has moved on."""
        return Act(
            number=self.case.number,
            kind=self.case.kind,
            version=self.case.version,
            action=self.transition.action,
            state=self.transition.target,
            workflow_hash=self.workflow.hash,
            actor=self.person.acting(self.grant),
            form=self.workflow.forms[self.transition.action],
            token=token,
            cells=self.cells,
            attachments=attachments,
        )


def _grant(case: Case, person: Person, transition: Transition) -> Grant | None:
    units = _units(case) if transition.action in _BY_OWNERS else {case.unit}
    return person.grant(transition.roles, units)


def _units(case: Case) -> set[str]:
    return {case.unit} | {action.cells["owner_unit"] for action in case.open_actions()}


def _closed_gate(transition: Transition, attempt: Attempt) -> str | None:
    refusals = (GATES[gate].refusal(attempt) for gate in transition.gates)
    return next(filter(None, refusals), None)
