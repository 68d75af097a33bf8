"""Slips in memory: people, events without a store, and the shipped workflow."""

import datetime as dt
from collections.abc import Mapping

from intake.cases.case import Case
from intake.cases.decisions import decide
from intake.cases.people import REPORTER, Grant, Person
from intake.cases.workflow import Workflow, load_workflows
from intake.configuration import PROJECT_ROOT, Places
from intake.journal.model import Event

TODAY = dt.date(2020, 9, 30)
WORKFLOW: Workflow = load_workflows(Places(PROJECT_ROOT).forms)["nonconformity"]


def person(account: str, role: str, unit: str = "", home: str = "") -> Person:
    """Return somebody with one role."""
    name = f"Người {account}"
    return Person(account, name, f"{account}@example.gov.vn", home or unit, (Grant(role, unit),))


SECRETARY = person("thuky", "secretariat", home="KHCN")
COORDINATOR = person("dauviec", "coordinator", "BC")
HEAD = person("truong", "approver", "BC")
CHAIR = person("ban", "approver", home="VP")
VERIFIER = person("xacminh", "verifier", home="TTra")
EVERYONE = (SECRETARY, COORDINATOR, HEAD, CHAIR, VERIFIER, REPORTER)

ANSWERS: dict[str, dict[str, str]] = {
    "accept": {"category": "corrective", "grade": "minor", "unit": "BC"},
    "reject": {"ground": "unclear", "public_answer": "Phiếu không nêu việc cụ thể."},
    "correct": {"correction": "Đã thu hồi văn bản sai.", "corrected_on": "2020-09-12"},
    "confirm": {"grade": "minor", "analysis_needed": "yes"},
    "cancel": {"ground": "mistake", "public_answer": "Đã kiểm tra: báo nhầm hồ sơ."},
    "record_cause": {
        "method": "five_whys",
        "why_1": "Vì sao trễ? Vì chờ ý kiến.",
        "undetected": "Sổ theo dõi không có cột ngày nhận.",
        "root_cause": "Mẫu văn bản lấy ý kiến không có hạn trả lời.",
        "cause_group": "procedure",
    },
    "plan_action": {
        "action_kind": "corrective",
        "task": "Bổ sung hạn trả lời vào mẫu",
        "owner_unit": "BC",
        "deadline": "2020-10-15",
        "evidence_expected": "Mẫu mới",
    },
    "drop_action": {"planned_action": "1", "reason": "Trùng với hành động khác."},
    "submit": {"criterion": "30 hồ sơ liên tiếp đúng hạn", "check_on": "2020-12-15"},
    "return": {"comment": "Chưa đến nguyên nhân gốc."},
    "approve": {},
    "finish_action": {
        "planned_action": "1",
        "done_on": "2020-09-29",
        "evidence": "Mẫu mới ngày 29/9/2020",
    },
    "extend_action": {
        "planned_action": "1",
        "deadline": "2020-11-15",
        "reason": "Chờ thống nhất lịch.",
    },
    "hand_over": {},
    "check": {"conclusion": "effective", "evidence": "Xem 30 hồ sơ, đều đúng hạn."},
    "reopen": {"comment": "Hồ sơ vẫn trễ ở khâu trình ký."},
    "decide_documents": {
        "change_needed": "no",
        "no_change_reason": "Quy trình đã đúng.",
        "similar_units": "Không có",
        "risk_review": "Không phải chấm lại",
    },
    "close": {"public_answer": "Mẫu văn bản đã có hạn trả lời."},
    "follow_up": {"follow_up_slip": "KPH-2020-009", "public_answer": "Xử lý ở phiếu mới."},
    "assign": {"unit": "BC"},
    "note": {"text": "Đã gọi điện."},
    "inform": {"text": "Việc này lặp lại hôm qua."},
    "rate": {"helped": "partly", "text": "Hồ sơ gửi qua bưu chính vẫn chậm."},
}
"""Answers that pass the form of each action."""


def opened(cells: Mapping[str, str] | None = None, number: str = "KPH-2020-001") -> Case:
    """Return a case that was only just opened, anonymous unless the cells say who sent it."""
    event = Event(
        seq=1,
        kind="submitted",
        number=number,
        form="nonconformity",
        form_hash="0" * 64,
        recorded_at="2020-09-10T02:15:00Z",
        cells={"unit": "BC", "summary": "Hồ sơ thiếu phiếu", **(cells or {})},
        files=(),
    )
    return Case((event,))


def done(case: Case, who: Person, action: str, cells: Mapping[str, str] | None = None) -> Case:
    """Return the case after an action, judged as the intake judges it."""
    decision = decide(WORKFLOW, case, who, action, {**ANSWERS[action], **(cells or {})}, TODAY)
    return Case(
        (*case.events, after(case, decision.transition.target, who, action, decision.cells))
    )


def after(case: Case, state: str, who: Person, action: str, cells: Mapping[str, str]) -> Event:
    """Return the event that an action leaves."""
    return Event(
        seq=case.version + 1,
        kind="acted",
        number=case.number,
        form=case.kind,
        form_hash="1" * 64,
        recorded_at="2020-09-30T02:15:00Z",
        cells=dict(cells),
        files=(),
        action=action,
        state=state,
        actor=who.acting(who.grants[0]),
    )


def through(*steps: tuple[Person, str] | tuple[Person, str, dict[str, str]]) -> Case:
    """Return an anonymous case after some actions."""
    case = opened()
    for who, action, *cells in steps:
        case = done(case, who, action, *cells)
    return case


ACCEPTED = ((SECRETARY, "accept"),)
CONFIRMED = (*ACCEPTED, (SECRETARY, "confirm"))
ANALYSED = (*CONFIRMED, (COORDINATOR, "record_cause"), (COORDINATOR, "plan_action"))
SUBMITTED = (*ANALYSED, (COORDINATOR, "submit"))
APPROVED = (*SUBMITTED, (HEAD, "approve"))
HANDED_OVER = (*APPROVED, (COORDINATOR, "finish_action"), (COORDINATOR, "hand_over"))
EFFECTIVE = (*HANDED_OVER, (VERIFIER, "check"))
DECIDED = (*EFFECTIVE, (COORDINATOR, "decide_documents"))
CLOSED = (*DECIDED, (SECRETARY, "close"))
INEFFECTIVE = (*HANDED_OVER, (VERIFIER, "check", {"conclusion": "ineffective"}))
