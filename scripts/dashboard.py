"""Where the whole system stands on the portal's day, in figures that lead to the rows they count.

A figure's address is the page of a register with its filter in the query, as the filters above
the registers write it (`content/assets/registers.js`): the header of a column and its value.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from scripts import reading
from scripts.due import REVIEW, due
from scripts.registers import Row
from scripts.states import AGES, COVERAGE, FINDING_STATES, OBJECTIVE_STATES, OLDER, age_band
from scripts.system import System

BLOC = "Toàn khối"
_GRAVE = ("very_high", "high")
_OPEN, _CLOSED = {"Ngày đóng": "chưa đóng"}, {"Ngày đóng": "đã đóng"}
_LATE = {"Tình trạng": "Quá hạn"}
_SLIPS = "so/khong-phu-hop/"

Filters = dict[str, str]
"""The values that columns of a register are filtered by, under the headers of the columns."""


@dataclass(frozen=True)
class Count:
    """A number of rows, and where they are shown, from the root of the site."""

    number: int
    address: str


@dataclass(frozen=True)
class Figure:
    """A count with what it counts."""

    count: Count
    words: str


@dataclass(frozen=True)
class Value:
    """A value that rows are told apart by: as the filter writes it and as it is read."""

    filter: str
    name: str
    tone: str = "plain"
    """How a chart fills it: `good`, `bad`, `warn`, `none` or `plain`."""


@dataclass(frozen=True)
class Axis:
    """The values of a register's column, in order; a column without header is no filter."""

    header: str
    values: tuple[Value, ...]

    def filters(self, value: Value) -> Filters:
        """Return the filter for one of the values."""
        return {self.header: value.filter} if self.header else {}


@dataclass(frozen=True)
class Line:
    """The counts of one value, by the values of the other column."""

    name: str
    counts: tuple[Count, ...]

    @property
    def sum(self) -> int:
        """The rows of the line."""
        return sum(count.number for count in self.counts)

    @property
    def share(self) -> int | None:
        """What the first count makes of the sum, in percent."""
        return round(100 * self.counts[0].number / self.sum) if self.sum else None


@dataclass(frozen=True)
class Breakdown:
    """Rows of a register counted by two columns."""

    name: str
    title: str
    by: str
    """What the lines are, as a heading."""
    series: tuple[Value, ...]
    lines: tuple[Line, ...]
    total: Line
    share: str = ""
    """The heading of the share of the first series, when it says something."""

    def latest(self, number: int) -> "Breakdown":
        """Return the same with only the last lines."""
        return replace(self, lines=self.lines[-number:])


@dataclass(frozen=True)
class RiskCell:
    """A cell of the risk map."""

    likelihood: int
    severity: int
    level: Row
    count: Count


@dataclass(frozen=True)
class Dashboard:
    """Everything the page shows."""

    figures: tuple[Figure, ...]
    objectives: Breakdown
    findings: Breakdown
    ages: Breakdown
    closure: Breakdown
    slips: Breakdown
    slip_states: Breakdown
    trials: Count
    trend: Breakdown
    risk_map: tuple[tuple[RiskCell, ...], ...]
    """Rows from the highest likelihood down, cells from the lowest severity up."""
    grave_risks: tuple[Row, ...]
    coverage: Breakdown
    reading: Breakdown
    people: int
    """How many persons' confirmations count."""


def dashboard(system: System) -> Dashboard:
    """Count what the page shows, for the day of the system."""
    slips = system.submissions("nonconformity")
    trials = sum(bool(slip.get("trial")) for slip in slips)
    grave = [risk for risk in system.risks() if risk["level"]["level"] in _GRAVE]
    read = reading.readings(system)
    return Dashboard(
        figures=tuple(_figures(system)),
        objectives=_objectives(system),
        findings=_findings(system),
        ages=_ages(system),
        closure=_closure(system),
        slips=_slips(system, slips),
        slip_states=_slip_states(system, slips),
        trials=Count(trials, link(_SLIPS, {"Số phiếu": "phiếu thử"})),
        trend=_trend(slips),
        risk_map=_risk_map(system),
        grave_risks=tuple(grave),
        coverage=_coverage(system),
        reading=_reading(system, read),
        people=sum(each.people for each in read),
    )


def link(page: str, filters: Filters, part: str = "") -> str:
    """Return the address of a page whose registers are filtered, at a part of it."""
    query = f"?{urlencode(filters)}" if filters else ""
    return f"{page}{query}" + (f"#{part}" if part else "")


def breakdown(
    lines: Axis,
    series: Axis,
    pairs: Iterable[tuple[str, str]],
    page: str,
    common: Filters | None = None,
    part: str = "",
    **described: str,
) -> Breakdown:
    """Count rows by two columns.

    Args:
        lines: the column whose values are the lines.
        series: the column whose values are told apart within a line.
        pairs: for each row the two values, as filters write them.
        page: where the rows are shown.
        common: what the rows are filtered by besides.
        part: the part of the page that shows them.
        described: `name`, `title`, `by` and `share` of the breakdown.
    """
    pairs = list(pairs)
    counted = Counter(pairs)

    def line(name: str, numbers: Counter[str], filters: Filters) -> Line:
        return Line(
            name,
            tuple(
                Count(
                    numbers[each.filter],
                    link(page, (common or {}) | filters | series.filters(each), part),
                )
                for each in series.values
            ),
        )

    def numbers(value: Value) -> Counter[str]:
        return Counter({each.filter: counted[value.filter, each.filter] for each in series.values})

    return Breakdown(
        **described,
        series=series.values,
        lines=tuple(
            line(value.name, numbers(value), lines.filters(value)) for value in lines.values
        ),
        total=line("Cộng", Counter(each for _, each in pairs), {}),
    )


def _figures(system: System) -> Iterable[Figure]:
    def figure(words: str, number: int, page: str, filters: Filters | None = None) -> Figure:
        return Figure(Count(number, link(page, filters or {})), words)

    states = Counter(objective["state"] for objective in system.objectives())
    for state, words in OBJECTIVE_STATES.items():
        filters = {"Đánh giá": words}
        yield figure(f"mục tiêu {words.lower()}", states[state], "muc-tieu/", filters)

    findings = system.findings()
    is_open = sum(not finding["closed_on"] for finding in findings)
    late = sum(finding["state"] == "overdue" for finding in findings)
    yield figure("phát hiện chưa đóng", is_open, "phat-hien/", _OPEN)
    yield figure("phát hiện quá hạn", late, "phat-hien/", _LATE)
    yield figure("phát hiện đã đóng", len(findings) - is_open, "phat-hien/", _CLOSED)

    slips = system.submissions("nonconformity")
    yield figure("phiếu không phù hợp đã nhận", len(slips), _SLIPS)

    levels = Counter(risk["level"]["level"] for risk in system.risks())
    for level in reversed(system.rows("risk_levels")):
        if level["level"] in _GRAVE:
            words = f"rủi ro mức {level['title'].lower()}"
            yield figure(words, levels[level["level"]], "rui-ro/", {"Mức": level["title"]})

    overdue = [item for item in due(system) if item.days_left(system.day) < 0]
    reviews = sum(item.kind == REVIEW for item in overdue)
    filters = _LATE | {"Việc": REVIEW}
    yield figure("tài liệu quá hạn xem xét", reviews, "viec-den-han/", filters)
    yield figure("việc quá hạn, mọi loại", len(overdue), "viec-den-han/", _LATE)


def _units(system: System, *, bloc: bool = False) -> Axis:
    values = [Value(unit["code"], unit["name"]) for unit in system.units]
    return Axis("Đơn vị", ((Value(BLOC, BLOC),) if bloc else ()) + tuple(values))


def _states(header: str, tones: dict[str, str]) -> Axis:
    return Axis(header, tuple(Value(words, words, tone) for words, tone in tones.items()))


def _grades(system: System) -> Axis:
    labels = system.registers["findings"].labels("grade")
    tones = {"major": "bad", "minor": "warn", "observation": "none"}
    return _states("Mức độ", {labels[grade]: tone for grade, tone in tones.items()})


def _objectives(system: System) -> Breakdown:
    tones = {"on_target": "good", "off_target": "bad", "unmeasured": "none"}
    return breakdown(
        _units(system, bloc=True),
        _states("Đánh giá", {OBJECTIVE_STATES[state]: tone for state, tone in tones.items()}),
        [
            (objective["unit"] or BLOC, OBJECTIVE_STATES[objective["state"]])
            for objective in system.objectives()
        ],
        "muc-tieu/",
        name="objectives",
        title="Mục tiêu theo đơn vị và đánh giá",
        by="Đơn vị",
    )


def _findings(system: System) -> Breakdown:
    return breakdown(
        _units(system),
        _grades(system),
        [(row["unit"], _grade(system, row)) for row in system.findings()],
        "phat-hien/",
        name="findings",
        title="Phát hiện theo đơn vị và mức độ",
        by="Đơn vị",
    )


def _grade(system: System, finding: Row) -> str:
    return system.label("findings", "grade", finding["grade"])


def _ages(system: System) -> Breakdown:
    return breakdown(
        _states("Đã mở", dict.fromkeys([*AGES.values(), OLDER], "plain")),
        _grades(system),
        [
            (age_band(row["age"]), _grade(system, row))
            for row in system.findings()
            if row["age"] is not None
        ],
        "phat-hien/",
        _OPEN,
        name="ages",
        title="Phát hiện chưa đóng, theo số ngày đã mở",
        by="Đã mở",
    )


def _closure(system: System) -> Breakdown:
    tones = {"closed_on_time": "good", "closed_late": "warn", "overdue": "bad"}
    return breakdown(
        _units(system),
        _states("Tình trạng", {FINDING_STATES[state]: tone for state, tone in tones.items()}),
        [(row["unit"], FINDING_STATES[row["state"]]) for row in system.findings()],
        "phat-hien/",
        name="closure",
        title="Phát hiện đã đóng hoặc quá hạn, theo đơn vị",
        by="Đơn vị",
        share="Tỷ lệ đúng hạn",
    )


def _slip_states(system: System, slips: list[Row]) -> Breakdown:
    states = system.workflows["nonconformity"].states
    return breakdown(
        _states("Trạng thái", {state.title: "plain" for state in states.values()}),
        Axis("", (Value("", "Số phiếu"),)),
        [(states[slip["state"]].title, "") for slip in slips if slip["state"] in states],
        _SLIPS,
        name="slip-states",
        title="Phiếu không phù hợp theo trạng thái",
        by="Trạng thái",
    )


def _slips(system: System, slips: list[Row]) -> Breakdown:
    return breakdown(
        _units(system),
        Axis("", (Value("", "Số phiếu"),)),
        [(slip["unit"], "") for slip in slips],
        _SLIPS,
        name="slips",
        title="Phiếu không phù hợp theo đơn vị",
        by="Đơn vị",
    )


def _trend(slips: list[Row]) -> Breakdown:
    found = [slip["found_on"] for slip in slips if slip.get("found_on")]
    return breakdown(
        _states("Ngày phát hiện", dict.fromkeys(_months(found), "plain")),
        Axis("", (Value("", "Số phiếu"),)),
        [(_month(slip.get("found_on")), "") for slip in slips],
        _SLIPS,
        name="trend",
        title="Phiếu không phù hợp theo tháng phát hiện",
        by="Tháng",
    )


def _month(day: dt.date | None) -> str:
    return day.strftime("%m/%Y") if day else ""


def _months(days: list[dt.date]) -> list[str]:
    """Return the months from the first of the days to the last, those without a day as well."""
    if not days:
        return []
    first, last = (day.year * 12 + day.month - 1 for day in (min(days), max(days)))
    return [f"{month % 12 + 1:02}/{month // 12}" for month in range(first, last + 1)]


def _risk_map(system: System) -> tuple[tuple[RiskCell, ...], ...]:
    counted = Counter((risk["likelihood"], risk["severity"]) for risk in system.risks())
    scale = range(1, 6)

    def cell(likelihood: int, severity: int) -> RiskCell:
        score = likelihood * severity
        address = link("rui-ro/", {"P × S": f"{likelihood} × {severity} = {score}"})
        count = Count(counted[likelihood, severity], address)
        return RiskCell(likelihood, severity, system.risk_level(score), count)

    return tuple(tuple(cell(row, column) for column in scale) for row in reversed(scale))


def _coverage(system: System) -> Breakdown:
    edition = system.portal.standard["edition"]
    clauses = system.clause_table(edition)
    chapters = [
        Value(clause["clause"], f"{clause['clause']}. {clause['title']}")
        for clause in clauses
        if not clause["depth"]
    ]
    return breakdown(
        Axis("Điều khoản", tuple(chapters)),
        _states("Tài liệu đáp ứng", dict(zip(COVERAGE, ("good", "none", "bad"), strict=True))),
        [(clause["clause"].split(".")[0], clause["coverage"]) for clause in clauses],
        "dieu-khoan/",
        part=f"dieu-khoan-{edition}",
        name="coverage",
        title="Điều khoản theo chương và tài liệu đáp ứng",
        by="Chương",
    )


def _reading(system: System, read: list[reading.Reading]) -> Breakdown:
    return breakdown(
        _units(system),
        _states("Tình trạng", reading.STATES),
        [(each.unit, each.state) for each in read],
        "xac-nhan-da-doc/",
        name="reading",
        title="Tài liệu đang hiệu lực theo đơn vị và xác nhận",
        by="Đơn vị",
    )
