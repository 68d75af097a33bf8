"""Working days are Monday to Friday."""

import datetime as dt

import pytest

from intake.working_days import working_days


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
