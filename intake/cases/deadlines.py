"""By when something must be done on a case."""

import datetime as dt
import math

from intake.cases.case import Case
from intake.cases.workflow import Workflow


def add_working_days(day: dt.date, count: int) -> dt.date:
    """Return the day that many working days (Monday to Friday) after another."""
    while count > 0:
        day += dt.timedelta(days=1)
        count -= day.weekday() < 5
    return day


def due_on(workflow: Workflow, case: Case) -> dt.date | None:
    """Return the day by which a case must leave its state.

    It follows from the working days of the state, else from the earliest deadline of an open
    action, else from the day for which a check of effect is planned; None when nothing says.
    """
    state = workflow.states.get(case.state)
    if state is None or state.ended:
        return None
    if state.days is not None:
        return add_working_days(case.entered_on, math.ceil(state.days))
    deadlines = [action.deadline for action in case.open_actions()]
    planned = min(deadlines, default=case.facts.get("check_on", ""))
    return dt.date.fromisoformat(planned) if planned else None
