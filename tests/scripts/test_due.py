import datetime as dt

import pytest

from intake.configuration import PROJECT_ROOT, Places
from scripts.consultations import units_without_comment
from scripts.due import AHEAD, due, periods
from scripts.system import System


@pytest.fixture(scope="module")
def system() -> System:
    return System.load(Places(PROJECT_ROOT))


@pytest.mark.parametrize(
    ("frequency", "last"),
    [
        ("month", ("2020-12", dt.date(2020, 12, 31))),
        ("quarter", ("2020-Q4", dt.date(2020, 12, 31))),
        ("half_year", ("2020-H2", dt.date(2020, 12, 31))),
        ("year", ("2020", dt.date(2020, 12, 31))),
    ],
)
def test_periods_end_with_the_year(frequency: str, last: tuple[str, dt.date]) -> None:
    assert periods(2020, frequency)[-1] == last


def test_periods_know_leap_years() -> None:
    assert ("2020-02", dt.date(2020, 2, 29)) in periods(2020, "month")


def test_earliest_comes_first_and_nothing_far_ahead(system: System) -> None:
    items = due(system)
    assert items == sorted(items)
    assert all(item.day <= system.day + AHEAD for item in items)


def test_units_that_owe_comments_to_an_open_consultation_are_told(system: System) -> None:
    owed = [item for item in due(system) if item.kind == "Góp ý dự thảo"]
    row = next(each for each in system.rows("consultations") if each["closed_on"] is None)
    assert [item.unit for item in owed] == sorted(units_without_comment(system, row))
    assert {(item.code, item.day) for item in owed} == {(row["code"], row["due_on"])}


def test_units_share_out_what_is_due(system: System) -> None:
    shared = [item for unit in system.units for item in due(system, unit["code"])]
    bloc = [item for item in due(system) if not item.unit]
    assert sorted(shared + bloc) == due(system)


def test_measured_periods_are_not_due(system: System) -> None:
    due_codes = {(item.code, item.title.rsplit(" ", 1)[1]) for item in due(system)}
    measured = {(row["objective"], row["period"]) for row in system.rows("measurements")}
    assert not due_codes & measured


def test_done_treatments_and_closed_findings_are_not_due(system: System) -> None:
    treated = {item.code for item in due(system) if item.kind == "Xử lý rủi ro"}
    assert not treated & {risk["code"] for risk in system.rows("risks") if risk["done_on"]}
    found = {item.code for item in due(system) if item.kind == "Khắc phục phát hiện đánh giá"}
    assert not found & {row["code"] for row in system.rows("findings") if row["closed_on"]}
    assert found


def test_open_actions_of_reviews_are_due_where_they_stand(system: System) -> None:
    items = {item.code: item for item in due(system) if item.kind == "Thực hiện kết luận xem xét"}
    assert items.keys() == {
        row["code"]
        for row in system.rows("review_actions")
        if not row["done_on"] and row["due_on"] <= system.day + AHEAD
    }
    assert items
    for code, item in items.items():
        assert item.address == system.address("review_actions", (code,))
        assert item.unit == system.find("review_actions", (code,))["unit"]


def test_days_left_are_negative_when_overdue(system: System) -> None:
    first = due(system)[0]
    assert first.days_left(first.day + dt.timedelta(days=3)) == -3
