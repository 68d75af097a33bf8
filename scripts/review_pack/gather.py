"""Gathers what a management review looks at, as at the last day of its period.

Figures are those of `scripts/review.py`, which the review's page shows as well, and charts those
of the dashboard; here the rows behind them are added, and what the summary says.
"""

import base64
import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from intake.review_periods import Period, periods
from scripts import audits, review
from scripts.as_of import as_of
from scripts.dashboard import Axis, Breakdown, Value, breakdown, dashboard
from scripts.due import AHEAD, due
from scripts.registers import Resource, Row
from scripts.review import Figure
from scripts.system import FINDING_STATES, OBJECTIVE_STATES, System, is_in_force, plain_number

TITLES = {
    "a": "Tình trạng của các hành động từ lần xem xét trước",
    "b": "Thay đổi của các vấn đề bên ngoài và nội bộ",
    "c.1": "Sự thỏa mãn của khách hàng và phản hồi của các bên quan tâm",
    "c.2": "Mức độ đạt mục tiêu chất lượng",
    "c.3": "Kết quả thực hiện quá trình và sự phù hợp của dịch vụ",
    "c.4": "Sự không phù hợp và hành động khắc phục",
    "c.5": "Kết quả theo dõi và đo lường",
    "c.6": "Kết quả đánh giá",
    "c.7": "Kết quả thực hiện của nhà cung cấp bên ngoài",
    "d": "Sự thỏa đáng của nguồn lực",
    "e": "Hiệu lực của hành động giải quyết rủi ro và cơ hội",
    "f": "Cơ hội cải tiến",
}
"""The inputs of clause 9.3.2 by their points."""

BLOC = "Toàn khối"
_GRAVE = ("very_high", "high")
_FREE_LINES = 6
"""How many lines the table of decisions leaves to a pen."""


_TREATED = {"Đã xong": "good", "Đang làm": "none", "Quá hạn": "bad"}
"""How the treatment of a risk stands, and how a chart fills it."""


class NoSuchPeriod(ValueError):
    """There is no such period; the message names those that there are."""


@dataclass(frozen=True)
class Table:
    """Rows behind the figures of an input."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    none: str = "Không có."
    """What is said when there is no row."""


@dataclass(frozen=True)
class Input:
    """One input of the review, all of it computed."""

    point: str
    title: str
    figures: tuple[Figure, ...]
    table: Table
    charts: tuple[str, ...]
    """The names of the charts that belong to it."""
    summary: str
    """What the register of inputs says of it, if the period has a review."""


@dataclass(frozen=True)
class Summary:
    """What the chair reads on one sheet."""

    counts: dict[str, int]
    """Units, and documents in force by kind."""
    events: tuple[Row, ...]
    """What was done in the period, out of the milestones."""
    audits: tuple[tuple[Row, audits.Line], ...]
    """The audits of the period with what they found."""
    objectives: dict[str, int]
    """Objectives by their state, in words."""
    open: tuple[tuple[str, int, int], ...]
    """What is open: words, how many, and how many of these are overdue."""
    declarations: tuple[Row, ...]


@dataclass(frozen=True)
class Pack:
    """Everything of a pack that is computed."""

    period: Period
    system: System
    then: System
    review: Row | None
    inputs: tuple[Input, ...]
    charts: dict[str, Breakdown]
    summary: Summary
    reviews: Resource
    """The register of reviews with those of this period alone, or with a row to be filled in."""
    entries: Resource
    """The register of inputs with those of these reviews alone, or with rows to be filled in."""
    decisions: Resource
    """The register of actions with the rows of these reviews alone."""
    next_codes: tuple[str, ...]
    """Codes that are free for the decisions still to be taken."""

    @property
    def check(self) -> str:
        """Eight letters and digits that follow from every figure, on paper and in sheets."""
        said = repr(
            (
                self.period,
                [(each.point, each.figures, each.table) for each in self.inputs],
                self.charts,
                self.summary,
            )
        )
        letters = base64.b32encode(hashlib.sha256(said.encode()).digest()).decode()[:8]
        return f"{letters[:4]}-{letters[4:]}"


def known_periods(system: System) -> dict[str, Period]:
    """Return the periods that there are, by code."""
    taken_effect = [row["effective_on"] for row in system.rows("revisions") if row["effective_on"]]
    reviews = [(row["code"], row["title"], row["held_on"]) for row in system.rows("reviews")]
    return periods(reviews, min(taken_effect, default=system.day), system.day)


def find_period(system: System, code: str) -> Period:
    """Return a period by its code, however it is typed.

    Raises:
        NoSuchPeriod: there is none.
    """
    known = known_periods(system)
    if found := known.get(code.strip().upper()):
        return found
    listed = "\n".join(f"  {each.code:<14} {each.title}" for each in known.values())
    typed = f"Không có kỳ “{code.strip()}”" if code.strip() else "Chưa cho biết kỳ"
    raise NoSuchPeriod(f"{typed}. Các kỳ đang có:\n{listed}")


def gather(system: System, period: Period) -> Pack:
    """Return everything that is computed for a period."""
    then = as_of(system, period.last)
    held = system.find("reviews", (period.review,)) if period.review else None
    said = {row["clause"].split()[1]: row["summary"] for row in _inputs_of(system, period)}
    held_in = _reviews(system, period)
    meetings = (
        held_in if held_in.rows else _to_fill_in(held_in, {"code": _next_review(system, period)})
    )
    charts = _charts(then)
    return Pack(
        period=period,
        system=system,
        then=then,
        review=held,
        inputs=tuple(
            Input(
                point,
                title,
                tuple(review.figures(then, f"9.3.2 {point}")),
                _TABLES[point](then),
                tuple(name for name in _CHARTS_OF.get(point, ()) if name in charts),
                said.get(point, ""),
            )
            for point, title in TITLES.items()
        ),
        charts=charts,
        summary=_summary(then, period),
        reviews=meetings,
        entries=_entries(system, meetings),
        decisions=_of_reviews(system.registers["review_actions"], held_in),
        next_codes=_next_codes(system, period),
    )


def _inputs_of(system: System, period: Period) -> list[Row]:
    return review.inputs(system, period.review) if period.review else []


def _reviews(system: System, period: Period) -> Resource:
    """Return the register of reviews with those that were held in a period, or are the period."""
    register = system.registers["reviews"]
    rows = (
        row
        for row in register.rows
        if period.review in ("", row["code"]) and period.first <= row["held_on"] <= period.last
    )
    return replace(register, rows=tuple(rows))


def _next_review(system: System, period: Period) -> str:
    start = f"XXLD-{period.last.year}-"
    return f"{start}{_next_number(system.rows('reviews'), start):02}"


def _to_fill_in(register: Resource, *known: Row) -> Resource:
    """Return a register with rows in which only some fields are known."""
    names = [field["name"] for field in register.fields]
    return replace(register, rows=tuple({**dict.fromkeys(names), **row} for row in known))


def _entries(system: System, reviews: Resource) -> Resource:
    register = system.registers["review_inputs"]
    found = _of_reviews(register, reviews)
    begun = (
        {"review": row["code"], "position": number, "clause": f"9.3.2 {point}", "title": title}
        for row in reviews.rows
        for number, (point, title) in enumerate(TITLES.items(), 1)
    )
    return found if found.rows else _to_fill_in(register, *begun)


def _of_reviews(register: Resource, reviews: Resource) -> Resource:
    codes = {row["code"] for row in reviews.rows}
    return replace(register, rows=tuple(row for row in register.rows if row["review"] in codes))


def _next_codes(system: System, period: Period) -> tuple[str, ...]:
    start = f"HD-{period.last.year}-"
    first = _next_number(system.rows("review_actions"), start)
    return tuple(f"{start}{number:02}" for number in range(first, first + _FREE_LINES))


def _next_number(rows: Iterable[Row], start: str) -> int:
    codes = (row["code"] for row in rows if row["code"].startswith(start))
    return max((int(code.removeprefix(start)) for code in codes), default=0) + 1


def _charts(then: System) -> dict[str, Breakdown]:
    """Return the charts by name: those of the dashboard that count something, and two more."""
    board = dashboard(then)
    drawn = (board.objectives, board.findings, board.closure, board.ages, board.slip_states)
    found = (*drawn, _risk_levels(then), _action_states(then))
    return {each.name: each for each in found if each.total.sum}


def _risk_levels(then: System) -> Breakdown:
    levels = sorted(then.rows("risk_levels"), key=lambda row: -row["minimum"])
    return breakdown(
        Axis("Mức", tuple(Value(level["title"], level["title"]) for level in levels)),
        Axis("", tuple(Value(words, words, tone) for words, tone in _TREATED.items())),
        [
            (
                risk["level"]["title"],
                _treated(then, risk),
            )
            for risk in then.risks()
        ],
        "rui-ro/",
        name="risk-levels",
        title="Rủi ro theo mức và biện pháp xử lý",
        by="Mức",
    )


def _treated(then: System, risk: Row) -> str:
    """Tell how the treatment of a risk stands, as one of `_TREATED`."""
    done, in_hand, late = _TREATED
    return done if risk["done_on"] else late if risk["due_on"] < then.day else in_hand


def _action_states(then: System) -> Breakdown:
    tones = {"done": "good", "in_progress": "none", "overdue": "bad"}
    rows = _earlier_actions(then)
    units = {row["unit"] for row in rows}
    return breakdown(
        Axis("Đơn vị", tuple(_unit(unit) for unit in then.units if unit["code"] in units)),
        Axis(
            "Tình trạng",
            tuple(Value(name, review.STATES[name], tone) for name, tone in tones.items()),
        ),
        [(row["unit"], row["state"]) for row in rows],
        "xem-xet-cua-lanh-dao/",
        name="actions",
        title="Việc của các lần xem xét trước, theo đơn vị",
        by="Đơn vị",
    )


def _unit(unit: Row) -> Value:
    return Value(unit["code"], unit["name"])


_CHARTS_OF = {
    "a": ("actions",),
    "c.2": ("objectives",),
    "c.4": ("closure", "ages", "slip-states"),
    "c.6": ("findings",),
    "e": ("risk-levels",),
}
"""Which charts belong to which input."""


def _earlier_actions(then: System) -> list[Row]:
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
            for row in _earlier_actions(then)
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
                _treated(then, risk),
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


_TABLES: dict[str, Callable[[System], Table]] = {
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


def _summary(then: System, period: Period) -> Summary:
    within = [
        row
        for row in then.rows("milestones")
        if row["state"] == "done" and period.first <= row["happened_on"] <= period.last
    ]
    audited = [
        (row, audits.total(then, row["code"]))
        for row in then.rows("audits")
        if period.first <= row["audited_on"] <= period.last
    ]
    states = Counter(row["state"] for row in then.objectives())
    return Summary(
        counts=then.counts(),
        events=tuple(sorted(within, key=lambda row: row["happened_on"])),
        audits=tuple(audited),
        objectives={words: states[state] for state, words in OBJECTIVE_STATES.items()},
        open=tuple(_open(then)),
        declarations=then.rows("declarations"),
    )


def _open(then: System) -> Iterator[tuple[str, int, int]]:
    findings = [row for row in then.findings() if not row["closed_on"]]
    late = sum(row["state"] == "overdue" for row in findings)
    yield "Phát hiện của đánh giá nội bộ chưa đóng", len(findings), late
    actions = [row for row in _earlier_actions(then) if row["state"] != "done"]
    late = sum(row["state"] == "overdue" for row in actions)
    yield "Việc của các lần xem xét trước chưa xong", len(actions), late
    risks = [row for row in then.rows("risks") if not row["done_on"]]
    late = sum(row["due_on"] < then.day for row in risks)
    yield "Biện pháp xử lý rủi ro chưa xong", len(risks), late
    to_review = [
        document["current"]["review_due_on"]
        for document in then.documents.values()
        if is_in_force(document["current"]) and document["current"]["review_due_on"]
    ]
    soon = [due_on for due_on in to_review if due_on <= then.day + AHEAD]
    late = sum(due_on < then.day for due_on in soon)
    yield "Tài liệu phải xem xét lại trong 90 ngày", len(soon), late


def day(value: dt.date | None) -> str:
    """Return a day as it is written on paper, nothing for none."""
    return f"{value:%d/%m/%Y}" if value else ""
