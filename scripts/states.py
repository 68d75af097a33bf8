"""In which state things are, as their own rows say: objectives, findings, clauses, ages."""

import datetime as dt

from scripts.registers import Row

OBJECTIVE_STATES = {"on_target": "Đạt", "off_target": "Chưa đạt", "unmeasured": "Chưa đo"}
FINDING_STATES = {
    "closed_on_time": "Đã đóng đúng hạn",
    "closed_late": "Đã đóng trễ hạn",
    "closed": "Đã đóng, không đặt hạn",
    "in_hand": "Đang khắc phục",
    "overdue": "Quá hạn",
    "open": "Chưa đóng, không đặt hạn",
}
COVERAGE = ("Có tài liệu", "Chưa có, đã ghi lý do", "Chưa có, chưa ghi lý do")
AGES = {30: "đến 30 ngày", 60: "31–60 ngày", 90: "61–90 ngày"}
OLDER = "trên 90 ngày"
"""How long something has been open, by the days that each word reaches to."""


def objective_state(objective: Row, measurements: list[Row]) -> str:
    """Judge an objective by its newest value: `on_target`, `off_target` or `unmeasured`."""
    if not measurements:
        return "unmeasured"
    value, target = measurements[-1]["value"], objective["target"]
    met = value >= target if objective["direction"] == "min" else value <= target
    return "on_target" if met else "off_target"


def finding_state(finding: Row, day: dt.date) -> str:
    """Judge a finding by its term and the day it was closed: a key of `FINDING_STATES`."""
    due_on, closed_on = finding["due_on"], finding["closed_on"]
    if closed_on:
        if not due_on:
            return "closed"
        return "closed_on_time" if closed_on <= due_on else "closed_late"
    if not due_on:
        return "open"
    return "overdue" if due_on < day else "in_hand"


def coverage(clause: Row, documents: list[Row]) -> str:
    """Tell in words whether a clause is answered, empty for a clause that requires nothing."""
    if not clause["auditable"]:
        return ""
    answered, excused, missing = COVERAGE
    return answered if documents else excused if clause["gap_reason"] else missing


def age_band(days: int) -> str:
    """Return the words for how long something has been open."""
    return next((words for reach, words in AGES.items() if days <= reach), OLDER)
