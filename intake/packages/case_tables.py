"""The tables of a kind of case: the cases, their events, what each action said, planned actions.

What a case is comes from the fold of its events; every table refers to the table of cases.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from intake.cases.case import Case, PlannedAction, fold
from intake.cases.deadlines import due_on
from intake.cases.roles import Role
from intake.cases.workflow import Workflow
from intake.configuration import LOCAL_ZONE
from intake.forms.checking import stored_cell
from intake.forms.schema import Field, Form
from intake.journal.model import Event
from intake.packages.tables import (
    FILE_COLUMNS,
    HASH_PATTERN,
    Row,
    Table,
    column,
    file_row,
    parts_by_month,
    received_month,
)
from intake.text import escape_formula

FormOf = Callable[[str, str], Form]
"""Returns the form of an action, by its name, in the version of a hash."""

_OUTCOMES = {"open": "Đang làm", "done": "Đã xong", "dropped": "Đã bỏ"}
_PLANNED = ("action_kind", "task", "owner_unit", "evidence_expected")
"""What is kept of the answers with which an action was planned."""


def case_tables(workflow: Workflow, events: Iterable[Event], form_of: FormOf) -> list[Table]:
    """Return the tables of all cases of a kind; of an action that was never taken there is none."""
    cases = list(fold(events))
    acted = [event for case in cases for event in case.events if event.action]
    acted.sort(key=lambda event: event.seq)
    tables = [_cases(workflow, cases), _events(workflow, cases)]
    if any(case.planned for case in cases):
        tables.append(_planned_actions(workflow, cases))
    if any(event.files for event in acted):
        tables.append(_event_files(workflow, acted))
    return [*tables, *_answers(workflow, acted, form_of)]


def about_the_case(workflow: Workflow) -> dict[str, tuple[Form, Field]]:
    """Return the public fields that say something of a case as a whole, each with a form of it.

    Forms that are about one planned action say nothing of the case. A field of several forms takes
    what any of them takes.
    """
    found: dict[str, tuple[Form, Field]] = {}
    for action, form in workflow.forms.items():
        if action == "plan_action" or "planned_action" in form.by_name:
            continue
        for field in form.fields:
            if field.access == "public":
                before = found.get(field.name)
                found[field.name] = (form, _either(before[1], field) if before else field)
    return found


def _either(one: Field, other: Field) -> Field:
    """Return a field that takes the values of both; a pattern stays when it is that of both."""
    constraints = {
        name: value
        for name, value in one.constraints.items()
        if name != "pattern" or other.constraints.get("pattern") == value
    }
    labels = {**one.labels, **other.labels}
    if labels:
        constraints["enum"] = list(labels)
    options = {**one.options, "constraints": constraints, **({"labels": labels} if labels else {})}
    return replace(one, constraints=constraints, options=options)


def _cases(workflow: Workflow, cases: list[Case]) -> Table:
    known = about_the_case(workflow)
    fields = [*_case_columns(workflow), *(_known(field) for _, field in known.values())]
    months: dict[str, list[Row]] = {}
    for case in cases:
        state = workflow.states.get(case.state)
        row = {
            "number": case.number,
            "state": case.state,
            "opened_on": _day(case.events[0]).isoformat(),
            "entered_on": case.entered_on.isoformat(),
            "ended_on": case.entered_on.isoformat() if state and state.ended else "",
            "due_on": due.isoformat() if (due := due_on(workflow, case)) else "",
        }
        for name, (_, field) in known.items():
            row[name] = stored_cell(field, case.facts.get(name, ""))
        months.setdefault(received_month(case.events[0]), []).append(row)
    return _table(workflow, "cases", "phiếu và trạng thái", fields, ["number"], months)


def _events(workflow: Workflow, cases: list[Case]) -> Table:
    months: dict[str, list[Row]] = {}
    for event in sorted(
        (each for case in cases for each in case.events), key=lambda each: each.seq
    ):
        actor = event.paper.typed_by if event.paper else event.actor
        months.setdefault(received_month(event), []).append(
            {
                "seq": str(event.seq),
                "number": event.number,
                "recorded_at": event.recorded_at,
                "action": event.action or event.kind,
                "state": event.state,
                "role": actor.role if actor else "",
                "actor_unit": actor.unit if actor else "",
                "account": escape_formula(actor.account) if actor else "",
                "actor_name": escape_formula(actor.name) if actor else "",
                "form_hash": event.form_hash,
            }
        )
    columns = _event_columns(workflow.roles)
    return _table(workflow, "events", "lịch sử xử lý", columns, ["seq"], months, ["number"])


def _planned_actions(workflow: Workflow, cases: list[Case]) -> Table:
    form = workflow.forms["plan_action"]
    fields = [*_ACTION_COLUMNS, *(_known(form.by_name[name]) for name in _PLANNED)]
    months: dict[str, list[Row]] = {}
    for case in cases:
        rows = [_action_row(case, each, form) for each in case.planned]
        if rows:
            months.setdefault(received_month(case.events[0]), []).extend(rows)
    key = ["number", "ordinal"]
    return _table(workflow, "actions", "hành động", fields, key, months, ["number"])


def _action_row(case: Case, action: PlannedAction, form: Form) -> Row:
    done = action.ended.cells if action.ended and action.outcome == "done" else {}
    return {
        "number": case.number,
        "ordinal": str(action.ordinal),
        "deadline": action.deadline,
        "first_deadline": action.deadlines[0],
        "outcome": action.outcome,
        "done_on": done.get("done_on", ""),
        "evidence": escape_formula(done.get("evidence", "")),
        **{name: stored_cell(form.by_name[name], action.cells.get(name, "")) for name in _PLANNED},
    }


def _event_files(workflow: Workflow, acted: list[Event]) -> Table:
    fields = [_SEQ, _NUMBER, *FILE_COLUMNS]
    months: dict[str, list[Row]] = {}
    for event in acted:
        for file in event.files:
            row = {"seq": str(event.seq), "number": event.number, **file_row(file)}
            months.setdefault(received_month(event), []).append(row)
    key = ["seq", "sha256"]
    return _table(workflow, "event_files", "tệp khi xử lý", fields, key, months, ["number", "seq"])


def _answers(workflow: Workflow, acted: list[Event], form_of: FormOf) -> Iterator[Table]:
    """Return a table for each version of each action's form, the present one without a suffix."""
    by_form: dict[tuple[str, str], list[Event]] = {}
    for event in acted:
        by_form.setdefault((event.action, event.form_hash), []).append(event)
    for action, version in sorted(by_form):
        form = form_of(action, version)
        now = workflow.forms.get(action)
        suffix = "" if now and now.hash == version else f"-{version[:12]}"
        months: dict[str, list[Row]] = {}
        for event in by_form[action, version]:
            row = {"seq": str(event.seq), "number": event.number}
            for field in form.fields:
                row[field.name] = stored_cell(field, event.cells.get(field.name, ""))
            months.setdefault(received_month(event), []).append(row)
        fields = [_SEQ, _NUMBER, *form.descriptor["fields"]]
        yield _table(
            workflow,
            f"{action}{suffix}",
            form.title.lower(),
            fields,
            ["seq"],
            months,
            ["number", "seq"],
        )


def _table(
    workflow: Workflow,
    what: str,
    title: str,
    fields: list[dict[str, Any]],
    key: list[str],
    months: dict[str, list[Row]],
    references: Iterable[str] = (),
) -> Table:
    kind = workflow.kind
    name = f"{kind}_{what}"
    target = {"number": f"{kind}_cases", "seq": f"{kind}_events"}
    schema = {
        "fields": fields,
        "primaryKey": key,
        "foreignKeys": [
            {"fields": [each], "reference": {"resource": target[each], "fields": [each]}}
            for each in references
        ],
    }
    return Table(name, f"{kind}: {title}", schema, parts_by_month(name, fields, months))


def _known(field: Field) -> dict[str, Any]:
    """Return a field of a form as a column that may be empty."""
    constraints = {
        name: value for name, value in field.constraints.items() if name in {"enum", "pattern"}
    }
    return {**field.options, "constraints": constraints}


def _day(event: Event) -> dt.date:
    return dt.datetime.fromisoformat(event.recorded_at).astimezone(LOCAL_ZONE).date()


def _case_columns(workflow: Workflow) -> list[dict[str, Any]]:
    titles = {state.name: state.title for state in workflow.states.values()}
    optional = {"type": "date", "constraints": {"required": False}}
    return [
        _NUMBER,
        column("state", "Trạng thái", "Phiếu đang ở bước nào.", "analysis", labels=titles),
        column("opened_on", "Ngày mở", "Ngày phiếu được ghi nhận.", "2020-09-10", type="date"),
        column("entered_on", "Từ ngày", "Ngày vào trạng thái này.", "2020-09-15", type="date"),
        column("ended_on", "Ngày kết thúc", "Ngày đóng, hủy phiếu.", "2020-12-20", **optional),
        column(
            "due_on",
            "Hạn",
            "Ngày phải xong bước đang làm.",
            "2020-10-15",
            **optional,
        ),
    ]


_NUMBER = column(
    "number",
    "Số phiếu",
    "Số của phiếu; không bao giờ dùng lại.",
    "KPH-2020-001",
    constraints={"pattern": "[A-Z]+-[0-9]{4}-[0-9]{3,}"},
)
_SEQ = column("seq", "Thứ tự", "Thứ tự của việc trong nhật ký.", 12, type="integer")
_ACTION_COLUMNS = [
    _NUMBER,
    column("ordinal", "Hành động số", "Số thứ tự trong phiếu.", 1, type="integer"),
    column("deadline", "Thời hạn", "Thời hạn đang có.", "2020-11-15", type="date"),
    column("first_deadline", "Thời hạn ban đầu", "Trước khi gia hạn.", "2020-10-15", type="date"),
    column(
        "outcome",
        "Kết quả",
        "Hành động đang ở đâu.",
        "done",
        labels=_OUTCOMES,
        constraints={"enum": list(_OUTCOMES)},
    ),
    column(
        "done_on",
        "Ngày hoàn thành",
        "Ngày việc được làm xong.",
        "2020-10-12",
        type="date",
        constraints={"required": False},
    ),
    column(
        "evidence",
        "Bằng chứng",
        "Điều cho thấy việc đã xong.",
        "Mẫu mới ngày 12/10/2020",
        access="internal",
        constraints={"required": False},
    ),
]


def _event_columns(roles: dict[str, Role]) -> list[dict[str, Any]]:
    return [
        _SEQ,
        _NUMBER,
        column("recorded_at", "Thời điểm", "Giờ UTC.", "2020-09-10T02:15:00Z", type="datetime"),
        column("action", "Việc", "Tên của việc; `submitted` là gửi phiếu.", "accept"),
        column("state", "Trạng thái", "Trạng thái của phiếu từ lúc đó.", "accepted"),
        column(
            "role",
            "Vai trò",
            "Vai trò của người làm; trống khi gửi phiếu.",
            "secretariat",
            labels={role.name: role.title for role in roles.values()},
            constraints={"required": False, "enum": list(roles)},
        ),
        column(
            "actor_unit",
            "Đơn vị người làm",
            "Mã đơn vị của người làm.",
            "KHCN",
            access="internal",
            constraints={"required": False},
        ),
        column(
            "account",
            "Tài khoản",
            "Tên đăng nhập của người làm.",
            "lan.nt",
            access="personal",
            constraints={"required": False},
        ),
        column(
            "actor_name",
            "Người làm",
            "Họ tên lúc đó.",
            "Nguyễn Văn A",
            access="personal",
            constraints={"required": False},
        ),
        column(
            "form_hash",
            "Phiên bản biểu mẫu",
            "Mã băm SHA-256 của biểu mẫu đã điền.",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            access="internal",
            constraints=HASH_PATTERN,
        ),
    ]
