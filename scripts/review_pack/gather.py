"""Gathers what a management review looks at, as at the last day of its period.

Figures are those of `scripts/review.py`, which the review's page shows as well, and charts those
of the dashboard; the rows behind them are those of `tables`, and what the summary says is added.
"""

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from intake.review_periods import Period, periods
from scripts import audits, review
from scripts.as_of import as_of
from scripts.dashboard import Axis, Breakdown, Value, breakdown, dashboard
from scripts.due import AHEAD
from scripts.registers import Resource, Row
from scripts.review import Figure
from scripts.review_pack.tables import TABLES, TREATED, Table, earlier_actions, treated
from scripts.revisions import is_in_force
from scripts.states import OBJECTIVE_STATES
from scripts.system import System

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

_FREE_LINES = 6
"""How many lines the table of decisions leaves to a pen."""


class NoSuchPeriod(ValueError):
    """There is no such period; the message names those that there are."""


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
                TABLES[point](then),
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
        Axis("", tuple(Value(words, words, tone) for words, tone in TREATED.items())),
        [
            (
                risk["level"]["title"],
                treated(then, risk),
            )
            for risk in then.risks()
        ],
        "rui-ro/",
        name="risk-levels",
        title="Rủi ro theo mức và biện pháp xử lý",
        by="Mức",
    )


def _action_states(then: System) -> Breakdown:
    tones = {"done": "good", "in_progress": "none", "overdue": "bad"}
    rows = earlier_actions(then)
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
    actions = [row for row in earlier_actions(then) if row["state"] != "done"]
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
