import datetime as dt

from intake.review_periods import periods

SINCE, TODAY = dt.date(2019, 11, 5), dt.date(2020, 8, 15)
HELD = [("XXLD-2", "Lần hai", dt.date(2020, 9, 4)), ("XXLD-1", "Lần một", dt.date(2020, 2, 3))]


def test_reviews_follow_each_other_without_a_gap() -> None:
    known = periods(HELD, SINCE, TODAY)
    first, second = known["XXLD-1"], known["XXLD-2"]
    assert (first.first, first.last) == (dt.date(2019, 1, 1), dt.date(2020, 2, 3))
    assert second.first == dt.date(2020, 2, 4)
    assert second.review == "XXLD-2"


def test_what_is_still_to_come_is_as_at_today() -> None:
    known = periods(HELD, SINCE, TODAY)
    assert known["XXLD-2"].last == known["2020"].last == known["2020-Q3"].last == TODAY
    assert known["2020-Q2"].last == dt.date(2020, 6, 30)
    assert known["2019-Q4"].last == dt.date(2019, 12, 31)


def test_years_and_quarters_reach_from_the_first_year_to_today() -> None:
    of_calendar = list(periods([], SINCE, TODAY))
    quarters = [f"2019-Q{number}" for number in range(1, 5)]
    assert of_calendar == ["2019", *quarters, "2020", "2020-Q1", "2020-Q2", "2020-Q3"]
