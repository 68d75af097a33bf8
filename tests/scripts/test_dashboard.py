import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from html import unescape
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest

from scripts.dashboard import Breakdown, dashboard
from scripts.registers import Row
from scripts.system import System
from scripts.views import Views

WithRows = Callable[..., System]
Collect = Callable[..., System]
DAY = dt.date(2020, 9, 30)
NUMBER = re.compile(
    r'<a class="qms-count" href="([^"]+)">(\d+)</a>'
    r'|<a class="qms-figure" href="([^"]+)"><strong class="qms-count">(\d+)</strong>'
)


@dataclass
class Rows(HTMLParser):
    """The rows of a page's first table, each cell as the filter reads it, by header."""

    headers: list[str] = field(default_factory=list)
    filters: set[str] = field(default_factory=set)
    rows: list[dict[str, str]] = field(default_factory=list)
    _cells: list[tuple[str | None, list[str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "tr":
            self._cells = []
        if tag in ("td", "th"):
            self._cells.append((given.get("data-value"), []))
            if "data-filter" in given:
                self.filters.add(str(len(self._cells) - 1))

    def handle_data(self, data: str) -> None:
        if self._cells:
            self._cells[-1][1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag != "tr":
            return
        words = ["".join(texts).strip() if value is None else value for value, texts in self._cells]
        if not self.headers:
            self.headers = words
        else:
            self.rows.append(dict(zip(self.headers, words, strict=True)))
        self._cells = []


def page(system: System, path: str) -> Rows:
    views = Views(system, "")
    html = {
        "muc-tieu/": lambda: views.render("objectives.html"),
        "phat-hien/": lambda: views.render("findings.html"),
        "rui-ro/": lambda: views.render("risks.html"),
        "viec-den-han/": views.due,
        "xac-nhan-da-doc/": lambda: views.render("reading.html"),
        "so/khong-phu-hop/": lambda: views.submissions("nonconformity"),
        "dieu-khoan/": lambda: views.render(
            "clauses.html", edition=system.portal.standard["edition"]
        ),
    }[path]()
    rows = Rows()
    rows.feed(html.rpartition('class="qms-register"')[2])
    return rows


def rows_behind(system: System, address: str) -> int:
    parts = urlsplit(address)
    table = page(system, parts.path)
    wanted = {name: values[0] for name, values in parse_qs(parts.query).items()}
    filtered = {table.headers[int(column)] for column in table.filters}
    assert set(wanted) <= filtered, f"{parts.path} can't be filtered by {set(wanted) - filtered}"
    return sum(all(row[name] == value for name, value in wanted.items()) for row in table.rows)


def numbers(system: System) -> list[tuple[str, int]]:
    found = NUMBER.findall(Views(system, "").dashboard())
    return [(unescape(link or strip), int(number or big)) for link, number, strip, big in found]


def lines(breakdown: Breakdown) -> dict[str, list[int]]:
    return {
        line.name: [count.number for count in line.counts] for line in breakdown.lines if line.sum
    } | {"Cộng": [count.number for count in breakdown.total.counts]}


@pytest.fixture
def audited(with_rows: WithRows) -> Callable[..., System]:
    """A system with an audit and findings of it."""

    def change(*findings: Row, audited_on: str = "2020-06-20", day: dt.date = DAY) -> System:
        audit = {"code": "DGNB-2020-01", "audited_on": audited_on}
        audits = with_rows("audits", audit).registers["audits"]
        rows = [
            {"code": f"PH-2020-{number:03}", "clause": "4.1", "unit": "BC", **finding}
            for number, finding in enumerate(findings, 1)
        ]
        system = with_rows("findings", *rows, day=day)
        return replace(system, registers={**system.registers, "audits": audits})

    return change


FINDINGS = (
    {"grade": "major", "due_on": "2020-07-31", "closed_on": "2020-07-31"},
    {"grade": "minor", "due_on": "2020-07-31", "closed_on": "2020-08-01"},
    {"grade": "minor", "due_on": "2020-09-29"},
    {"grade": "minor", "due_on": "2020-09-30", "unit": "KHCN"},
    {"grade": "observation", "unit": "KHCN"},
    {"grade": "observation", "closed_on": "2020-07-01", "unit": "KHCN"},
)


def test_every_shipped_number_is_the_number_of_rows_behind_its_link(
    shipped_system: System,
) -> None:
    shown = numbers(shipped_system)
    assert len(shown) > 80
    for address, number in shown:
        assert rows_behind(shipped_system, address) == number, address


def test_every_number_of_a_small_system_is_the_number_of_rows_behind_its_link(
    audited: Callable[..., System],
) -> None:
    system = audited(*FINDINGS)
    for address, number in numbers(system):
        assert rows_behind(system, address) == number, address


def test_numbers_of_slips_are_the_rows_behind_their_links(collect: Collect) -> None:
    sent = [
        ("2020-09-10T02:00:00Z", {"found_on": "2020-07-31", "trial": "true"}),
        ("2020-09-11T02:00:00Z", {"found_on": "2020-09-01", "unit": "KHCN"}),
        ("2020-09-12T02:00:00Z", {"found_on": "2020-09-30"}),
    ]
    system = collect("nonconformity", *sent)
    board = dashboard(system)
    months = {line.name: line.sum for line in board.trend.lines}
    assert months == {"07/2020": 1, "08/2020": 0, "09/2020": 2}
    assert list(months) == ["07/2020", "08/2020", "09/2020"]
    assert lines(board.slips) == {"Vụ Khoa học": [1], "Vụ Bưu chính": [2], "Cộng": [3]}
    assert board.trials.number == 1
    of_slips = [each for each in numbers(system) if each[0].startswith("so/")]
    assert len(of_slips) == 10
    assert lines(board.slip_states) == {"Mới": [3], "Cộng": [3]}
    for address, number in of_slips:
        assert rows_behind(system, address) == number, address


def test_numbers_of_confirmations_are_the_rows_behind_their_links(collect: Collect) -> None:
    read = ("2020-09-10T02:00:00Z", {})
    earlier = ("2020-09-10T02:00:00Z", {"document": "QT-BC-01", "document_revision": "01"})
    system = collect("read_confirmation", read, earlier)
    board = dashboard(system)
    assert lines(board.reading) == {
        "Vụ Khoa học": [0, 0, 3],
        "Vụ Bưu chính": [1, 1, 1],
        "Cộng": [1, 1, 4],
    }
    behind = [each for each in numbers(system) if each[0].startswith("xac-nhan")]
    assert len(behind) == 7
    for address, number in behind:
        assert rows_behind(system, address) == number, address


def test_persons_who_confirmed_are_counted_beside(collect: Collect) -> None:
    person = ("2020-09-10T02:00:00Z", {"scope": "person"})
    html = Views(collect("read_confirmation", person), "").dashboard()
    assert "Ngoài ra có 1 lượt xác nhận của cá nhân" in html


def test_without_slips_no_figure_is_invented(small_system: System) -> None:
    html = Views(small_system, "").dashboard()
    assert "Chưa nhận phiếu nào" in html
    assert "Biểu đồ: Phiếu" not in html


def test_legend_names_what_a_chart_tells_apart(collect: Collect) -> None:
    slip = ("2020-09-10T02:00:00Z", {"found_on": "2020-07-31"})
    html = Views(collect("nonconformity", slip), "").dashboard()
    legends = {
        title: re.findall(r"</svg> ([^<]+)</span>", rest.partition("<div")[0])
        for title, rest in re.findall(r"<figcaption>([^<]+)</figcaption>(.*?)<details>", html, re.S)
    }
    assert legends["Mục tiêu theo đơn vị và đánh giá"] == ["Đạt", "Chưa đạt", "Chưa đo"]
    assert legends["Phiếu không phù hợp theo đơn vị"] == []


def test_zero_leads_nowhere(small_system: System) -> None:
    assert all(number for _, number in numbers(small_system))


def test_objectives_by_unit_and_state(small_system: System) -> None:
    assert lines(dashboard(small_system).objectives) == {
        "Toàn khối": [1, 0, 0],
        "Vụ Bưu chính": [0, 0, 1],
        "Cộng": [1, 0, 1],
    }


def test_findings_by_unit_and_grade(audited: Callable[..., System]) -> None:
    assert lines(dashboard(audited(*FINDINGS)).findings) == {
        "Vụ Khoa học": [0, 1, 2],
        "Vụ Bưu chính": [1, 2, 0],
        "Cộng": [1, 3, 2],
    }


def test_closure_counts_what_was_closed_or_ought_to_be(audited: Callable[..., System]) -> None:
    closure = dashboard(audited(*FINDINGS)).closure
    assert lines(closure) == {"Vụ Bưu chính": [1, 1, 1], "Cộng": [1, 1, 1]}
    assert [line.share for line in closure.lines] == [None, 33]


@pytest.mark.parametrize(
    ("days", "band"),
    [
        (0, "đến 30 ngày"),
        (30, "đến 30 ngày"),
        (31, "31–60 ngày"),
        (60, "31–60 ngày"),
        (61, "61–90 ngày"),
        (90, "61–90 ngày"),
        (91, "trên 90 ngày"),
    ],
)
def test_open_findings_age_from_the_audit(
    audited: Callable[..., System], days: int, band: str
) -> None:
    day = dt.date(2020, 6, 20) + dt.timedelta(days=days)
    closed = {"grade": "minor", "closed_on": "2020-06-20"}
    ages = dashboard(audited({"grade": "minor"}, closed, day=day)).ages
    assert lines(ages) == {band: [0, 1, 0], "Cộng": [0, 1, 0]}


def test_strip_tells_open_late_and_closed_apart(audited: Callable[..., System]) -> None:
    board = dashboard(audited(*FINDINGS))
    shown = {figure.words: figure.count.number for figure in board.figures}
    assert shown["phát hiện chưa đóng"] == 3
    assert shown["phát hiện quá hạn"] == 1
    assert shown["phát hiện đã đóng"] == 3
    assert shown["mục tiêu đạt"] == 1
    assert shown["rủi ro mức cao"] == 2
    assert "rủi ro mức thấp" not in shown


def test_documents_overdue_for_review_are_those_whose_day_has_passed(
    with_rows: WithRows,
) -> None:
    issued = {"status": "in_force", "effective_on": "2020-01-01"}
    system = with_rows(
        "revisions",
        {"document": "TL-HT-01", "review_due_on": "2020-09-29", **issued},
        {"document": "QT-HT-01", "review_due_on": "2020-09-30", **issued},
    )
    shown = {figure.words: figure.count for figure in dashboard(system).figures}
    assert shown["tài liệu quá hạn xem xét"].number == 1
    assert rows_behind(system, shown["tài liệu quá hạn xem xét"].address) == 1


def test_risk_map_puts_each_risk_at_its_likelihood_and_severity(small_system: System) -> None:
    board = dashboard(small_system)
    cells = {
        (cell.likelihood, cell.severity): cell.count.number
        for row in board.risk_map
        for cell in row
    }
    assert len(cells) == 25
    assert {place for place, count in cells.items() if count} == {(2, 4), (3, 3), (5, 5)}
    assert [row[0].likelihood for row in board.risk_map] == [5, 4, 3, 2, 1]
    assert board.risk_map[0][4].level["title"] == "Cao"
    assert [risk["code"] for risk in board.grave_risks] == ["RR-KHCN-01", "RR-BC-02"]


def test_coverage_tells_gaps_with_a_reason_from_those_without(with_rows: WithRows) -> None:
    chapter = {"edition": "2015", "clause": "4", "title": "Bối cảnh", "auditable": False}
    clauses = [
        {"edition": "2015", "clause": f"4.{number}", "auditable": True, "gap_reason": reason}
        for number, reason in enumerate(("", "", "Không áp dụng", "Chưa cần"), 1)
    ]
    other = {"edition": "2026", "clause": "4.1", "auditable": True}
    rows = [
        {"position": position, **row} for position, row in enumerate([chapter, *clauses, other], 1)
    ]
    coverage = dashboard(with_rows("clauses", *rows)).coverage
    assert lines(coverage) == {"4. Bối cảnh": [1, 2, 1], "Cộng": [1, 2, 1]}
