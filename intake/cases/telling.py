"""What the holder of a receipt code is told of a case: where it stands, and what was answered."""

from dataclasses import dataclass

from intake.cases.case import Case
from intake.cases.people import REPORTER
from intake.cases.workflow import Workflow
from intake.journal.model import Event

_OPENED = "Đã ghi nhận phiếu"
_NO_LONGER_DONE = "Cập nhật phiếu"


@dataclass(frozen=True)
class Step:
    """One thing that happened to a case, as its reporter is told."""

    recorded_at: str
    """UTC, ISO 8601."""
    title: str
    state: str
    """Title of the state to which it led; empty when it stayed."""
    text: str
    """What was answered, or what the reporter added."""


def state_title(workflow: Workflow | None, state: str) -> str:
    """Return what people call a state; a state that the table no longer has by its name."""
    known = workflow.states.get(state) if workflow else None
    return known.title if known else "Mới" if workflow is None else state


def told(workflow: Workflow | None, case: Case) -> list[Step]:
    """Return what the reporter is told, in order: never a note, a name or an inner reason."""
    steps, before = [], ""
    for event in case.events:
        moved = event.state != before
        text = _text(event)
        if moved or text:
            title = _title(workflow, event)
            state = state_title(workflow, event.state) if moved else ""
            steps.append(Step(event.recorded_at, title, state, text))
        before = event.state
    return steps


def _title(workflow: Workflow | None, event: Event) -> str:
    if not event.action:
        return _OPENED
    form = workflow.forms.get(event.action) if workflow else None
    return form.title if form else _NO_LONGER_DONE


def _text(event: Event) -> str:
    if answer := event.cells.get("public_answer") or event.cells.get("notice"):
        return answer
    by_reporter = event.actor is not None and event.actor.role == REPORTER.grants[0].role
    return event.cells.get("text", "") if by_reporter else ""
