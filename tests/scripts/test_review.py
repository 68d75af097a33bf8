import datetime as dt
from dataclasses import replace

import pytest

from scripts import review
from scripts.as_of import as_of
from scripts.system import System
from scripts.views import Views
from tests.scripts.conftest import Collect, WithRows

CODE = "XXLD-2020-01"
DAY = dt.date(2020, 9, 30)
EVE = DAY - dt.timedelta(1)


@pytest.fixture(scope="module")
def then(shipped_system: System) -> System:
    return review.system_at(shipped_system, shipped_system.find("reviews", (CODE,)))


def numbers(system: System, point: str) -> dict[str, int]:
    return {each.title: each.value for each in review.figures(system, f"9.3.2 {point}")}


@pytest.mark.parametrize(
    ("due_on", "done_on", "expected"),
    [(EVE, None, "overdue"), (DAY, None, "in_progress"), (EVE, DAY, "done")],
)
def test_how_an_action_stands(due_on: dt.date, done_on: dt.date | None, expected: str) -> None:
    assert review.state({"due_on": due_on, "done_on": done_on}, DAY) == expected
    assert expected in review.STATES


def test_figures_are_those_of_the_day_of_the_review(shipped_system: System, then: System) -> None:
    assert then.day == dt.date(2020, 9, 4)
    measured = numbers(then, "c.5")["số đo mục tiêu"]
    later = numbers(shipped_system, "c.5")["số đo mục tiêu"]
    assert 0 < measured < later


def test_a_review_to_come_has_the_figures_of_today(shipped_system: System) -> None:
    planned = {"held_on": shipped_system.day + dt.timedelta(30)}
    assert review.system_at(shipped_system, planned).day == shipped_system.day


def test_parts_add_up(then: System) -> None:
    objectives = numbers(then, "c.2")
    parts = objectives["đạt"] + objectives["chưa đạt"] + objectives["chưa đo"]
    assert parts == objectives["mục tiêu"] == len(then.rows("objectives"))
    slips = numbers(then, "c.4")
    states = ("đóng đúng hạn", "đóng trễ hạn", "đang khắc phục", "quá hạn")
    assert sum(slips[name] for name in states) == slips["sự không phù hợp do đánh giá nội bộ thấy"]
    grades = numbers(then, "c.6")
    of_grades = ("không phù hợp nặng", "không phù hợp nhẹ", "điểm lưu ý")
    assert sum(grades[name] for name in of_grades) == len(then.rows("findings"))
    levels = (value for title, value in numbers(then, "e").items() if "rủi ro mức" in title)
    assert sum(levels) == len(then.rows("risks"))


def test_every_input_has_figures_and_a_page_for_each(then: System) -> None:
    folders = {table.page["folder"] for table in then.tables.values() if table.page}
    written = {"viec-den-han", "co-gi-moi", "tai-lieu", *folders, "so"}
    for row in review.inputs(then, CODE):
        found = review.figures(then, row["clause"])
        assert found, row["clause"]
        for figure in found:
            assert figure.address.split("/")[0] in written, figure


def test_inputs_come_in_the_order_of_the_clause(shipped_system: System) -> None:
    clauses = [row["clause"].split()[1] for row in review.inputs(shipped_system, CODE)]
    assert clauses == list(review.POINTS)


def test_a_later_review_counts_the_actions_of_the_earlier_one(shipped_system: System) -> None:
    assert numbers(review.system_at(shipped_system, {"held_on": dt.date(2020, 9, 4)}), "a") == {
        "việc của các lần trước": 0,
        "xong": 0,
        "đang làm": 0,
        "quá hạn": 0,
    }
    later = numbers(as_of(shipped_system, dt.date(2020, 9, 26)), "a")
    rows = shipped_system.rows("review_actions")
    done = [row for row in rows if row["done_on"] and row["done_on"] <= dt.date(2020, 9, 26)]
    assert later["việc của các lần trước"] == len(rows)
    assert later["xong"] == len(done) > 0
    assert later["quá hạn"] > 0


def test_what_was_received_is_counted(collect: Collect) -> None:
    system = collect("feedback", ("2020-09-04T16:59:59Z", {}), ("2020-09-04T17:00:00Z", {}))
    at = review.system_at(system, {"held_on": dt.date(2020, 9, 4)})
    assert numbers(at, "c.1")["góp ý nhận qua cổng"] == 1


def test_findings_count_for_the_clause_they_name(with_rows: WithRows) -> None:
    audit = {"code": "DGNB-2020-01"}
    found = {"audit": audit["code"], "unit": "BC"}
    system = with_rows(
        "findings",
        {**found, "code": "PH-2020-001", "clause": "8.4.1"},
        {**found, "code": "PH-2020-002", "clause": "8.4"},
        {**found, "code": "PH-2020-003", "clause": "8.41"},
    )
    register = with_rows("audits", audit).registers["audits"]
    audited = replace(system, registers={**system.registers, "audits": register})
    assert list(numbers(audited, "c.7").values()) == [2]


def test_the_page_has_inputs_and_outputs(shipped_system: System) -> None:
    html = Views(shipped_system, "../../").row("reviews", (CODE,))
    for row in review.inputs(shipped_system, CODE):
        assert row["title"] in html
    for row in review.actions(shipped_system, CODE):
        assert f"/{row['code'].lower()}/" in html
    assert "Quá hạn" in html
