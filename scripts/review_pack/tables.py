"""The rows behind the figures of each input of a management review, as a table."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from scripts import audits, review
from scripts.dashboard import BLOC
from scripts.due import due
from scripts.registers import Row
from scripts.states import FINDING_STATES, OBJECTIVE_STATES
from scripts.system import System
from scripts.written import plain_number

_GRAVE = ("very_high", "high")
TREATED = {"Đã xong": "good", "Đang làm": "none", "Quá hạn": "bad"}
"""How the treatment of a risk stands, and how a chart fills it."""


@dataclass(frozen=True)
class Table:
    """Rows behind the figures of an input."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    none: str = "Không có."
    """What is said when there is no row."""


def treated(then: System, risk: Row) -> str:
    """Tell how the treatment of a risk stands, as one of `TREATED`."""
    done, in_hand, late = TREATED
    return done if risk["done_on"] else late if risk["due_on"] < then.day else in_hand


def earlier_actions(then: System) -> list[Row]:
    """Return the actions that reviews before the present one decided."""
    held = {row["code"]: row["held_on"] for row in then.rows("reviews")}
    return [row for row in review.actions(then) if held[row["review"]] < then.day]


def _table(title: str, columns: str, rows: Iterator[tuple[str, ...]], none: str) -> Table:
    return Table(title, tuple(columns.split("|")), tuple(rows), none)


def _actions_table(then: System) -> Table:
    return _table(
        "Việc của các lần xem xét trước",
        "Mã|Việc phải làm|Đơn vị|Hạn|Tình trạng",
        (
            (
                row["code"],
                row["description"],
                row["unit"],
                day(row["due_on"]),
                review.STATES[row["state"]],
            )
            for row in earlier_actions(then)
        ),
        "Chưa có lần xem xét nào trước đó trên cổng.",
    )


def _changes_table(then: System) -> Table:
    since = then.day - dt.timedelta(days=365)
    issued = [
        (row["issued_on"], row["number"], row["title"], row["issuer"])
        for row in then.rows("external_documents")
        if row["issued_on"] and row["issued_on"] > since
    ]
    return _table(
        "Văn bản bên ngoài ban hành trong 12 tháng",
        "Ngày|Số, ký hiệu|Trích yếu|Cơ quan ban hành",
        ((day(issued_on), *rest) for issued_on, *rest in sorted(issued)),
        "Không có văn bản mới trong danh mục tài liệu bên ngoài.",
    )


def _satisfaction_table(then: System) -> Table:
    rows = review.objectives_on(then, "9.1.2")
    return _objectives_table("Mục tiêu về sự hài lòng", rows, "Chưa có mục tiêu về sự hài lòng.")


def _missed_table(then: System) -> Table:
    rows = [row for row in then.objectives() if row["state"] != "on_target"]
    title = "Mục tiêu chưa đạt hoặc chưa đo"
    return _objectives_table(title, rows, "Mọi mục tiêu đều đạt ở kỳ đo mới nhất.")


def _objectives_table(title: str, rows: list[Row], none: str) -> Table:
    return _table(
        title,
        "Mã|Mục tiêu|Đơn vị|Chỉ tiêu|Kết quả mới nhất|Đánh giá",
        (
            (
                row["code"],
                row["title"],
                row["unit"] or BLOC,
                f"{'≥' if row['direction'] == 'min' else '≤'} {_amount(row, row['target'])}",
                _newest(row),
                OBJECTIVE_STATES[row["state"]],
            )
            for row in rows
        ),
        none,
    )


def _newest(objective: Row) -> str:
    if not objective["measurements"]:
        return ""
    newest = objective["measurements"][-1]
    return f"{_amount(objective, newest['value'])} (kỳ {newest['period']})"


def _amount(objective: Row, value: float) -> str:
    return f"{plain_number(value).replace('.', ',')} {objective['measure_unit']}"


def _processes_table(then: System) -> Table:
    operational = {row["code"]: row for row in then.documents_of_kind("operational_procedure")}
    owned = Counter(row["unit"] for row in operational.values())
    states = Counter(
        (operational[row["document"]]["unit"], row["state"])
        for row in then.objectives()
        if row["document"] in operational
    )
    return _table(
        "Quy trình nghiệp vụ đang hiệu lực và mục tiêu của các quy trình này",
        "Đơn vị|Số quy trình|Mục tiêu đạt|Chưa đạt|Chưa đo",
        (
            (
                unit["name"],
                str(owned[unit["code"]]),
                *(str(states[unit["code"], state]) for state in OBJECTIVE_STATES),
            )
            for unit in then.units
        ),
        "Chưa có đơn vị.",
    )


def _open_findings_table(then: System) -> Table:
    rows = [row for row in then.findings() if not row["closed_on"]]
    none = "Mọi phát hiện đều đã đóng."
    return _findings_table(then, "Phát hiện chưa đóng", rows, none)


def _findings_table(then: System, title: str, rows: list[Row], none: str) -> Table:
    return _table(
        title,
        "Mã|Đơn vị|Mức độ|Nội dung|Hạn|Tình trạng",
        (
            (
                row["code"],
                row["unit"],
                then.label("findings", "grade", row["grade"]),
                row["description"],
                day(row["due_on"]),
                FINDING_STATES[row["state"]],
            )
            for row in rows
        ),
        none,
    )


def _unmeasured_table(then: System) -> Table:
    return _table(
        "Kỳ đã qua chưa có số đo",
        "Mã|Chỉ tiêu và kỳ đo|Đơn vị|Hết kỳ",
        (
            (item.code, item.title, item.unit or BLOC, day(item.day))
            for item in due(then)
            if item.kind == "Đo mục tiêu"
        ),
        "Kỳ nào đã qua cũng có số đo.",
    )


def _audits_table(then: System) -> Table:
    grades = [then.label("findings", "grade", grade) for grade in audits.GRADES]
    counted = Counter((row["unit"], row["grade"]) for row in then.rows("findings"))
    return _table(
        "Phát hiện của đánh giá nội bộ theo đơn vị",
        "|".join(["Đơn vị", *grades, "Cộng"]),
        (
            (unit["name"], *map(str, numbers), str(sum(numbers)))
            for unit in then.units
            if (numbers := [counted[unit["code"], grade] for grade in audits.GRADES])
        ),
        "Chưa có đơn vị.",
    )


def _findings_on(title: str, *clauses: str) -> Callable[[System], Table]:
    def table(then: System) -> Table:
        rows = [
            row
            for row in then.findings()
            if any(f"{row['clause']}.".startswith(f"{clause}.") for clause in clauses)
        ]
        return _findings_table(then, title, rows, "Không có phát hiện nào.")

    return table


def _risks_table(then: System) -> Table:
    return _table(
        "Rủi ro mức rất cao và mức cao",
        "Mã|Đơn vị|Rủi ro|Điểm|Mức|Biện pháp|Hạn|Tình trạng",
        (
            (
                risk["code"],
                risk["unit"],
                risk["description"],
                str(risk["score"]),
                risk["level"]["title"],
                risk["treatment"],
                day(risk["due_on"]),
                treated(then, risk),
            )
            for risk in then.risks()
            if risk["level"]["level"] in _GRAVE
        ),
        "Không có rủi ro ở hai mức này.",
    )


def _opportunities_table(then: System) -> Table:
    return _table(
        "Cơ hội đã đăng ký",
        "Mã|Đơn vị|Cơ hội|Hành động|Hạn",
        (
            (row["code"], row["unit"], row["description"], row["action"], day(row["due_on"]))
            for row in then.rows("opportunities")
        ),
        "Chưa có cơ hội nào được đăng ký.",
    )


TABLES: dict[str, Callable[[System], Table]] = {
    "a": _actions_table,
    "b": _changes_table,
    "c.1": _satisfaction_table,
    "c.2": _missed_table,
    "c.3": _processes_table,
    "c.4": _open_findings_table,
    "c.5": _unmeasured_table,
    "c.6": _audits_table,
    "c.7": _findings_on("Phát hiện về nhà cung cấp bên ngoài", "8.4"),
    "d": _findings_on("Phát hiện về nguồn lực, năng lực, nhận thức", "7.1", "7.2", "7.3"),
    "e": _risks_table,
    "f": _opportunities_table,
}


def day(value: dt.date | None) -> str:
    """Return a day as it is written on paper, nothing for none."""
    return f"{value:%d/%m/%Y}" if value else ""
