"""Working days are Monday to Friday."""

import datetime as dt

import pytest

from intake.working_days import add_working_days, working_days


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2020-06-20", "2020-06-22", 1),
        ("2020-06-20", "2020-06-30", 7),
        ("2020-06-19", "2020-06-19", 0),
    ],
)
def test_working_days_leave_out_weekends(first: str, last: str, expected: int) -> None:
    days = (dt.date.fromisoformat(day) for day in (first, last))
    assert working_days(*days) == expected


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        ("2020-09-10", 0, "2020-09-10"),
        ("2020-09-10", 1, "2020-09-11"),
        ("2020-09-10", 2, "2020-09-14"),
        ("2020-09-12", 1, "2020-09-14"),
        ("2020-09-11", 10, "2020-09-25"),
    ],
)
def test_days_are_added_as_they_are_counted(day: str, count: int, expected: str) -> None:
    first = dt.date.fromisoformat(day)
    last = add_working_days(first, count)
    assert last == dt.date.fromisoformat(expected)
    assert working_days(first, last) == count
