"""By when something must be done on a case."""

import datetime as dt
import math

from intake.cases.case import Case
from intake.cases.workflow import Workflow
from intake.working_days import add_working_days


def due_on(workflow: Workflow, case: Case) -> dt.date | None:
    """Return the day by which a case must leave its state.

    It follows from the working days of the state, or the later day of which the sender was told,
    else from the earliest deadline of an open action, else from the day for which a check of effect
    is planned; None when nothing says.
    """
    state = workflow.states.get(case.state)
    if state is None or state.ended:
        return None
    if state.days is not None:
        day = add_working_days(case.entered_on, math.ceil(state.days))
        extended = case.latest("extend", since=case.entered_at)
        return dt.date.fromisoformat(extended.cells["answer_by"]) if extended else day
    deadlines = [action.deadline for action in case.open_actions()]
    planned = min(deadlines, default=case.facts.get("check_on", ""))
    return dt.date.fromisoformat(planned) if planned else None
