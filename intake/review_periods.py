"""The periods that a management review can look at: the reviews themselves, years and quarters."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """A span of days; its last day is the one that every figure is as at."""

    code: str
    title: str
    first: dt.date
    last: dt.date
    review: str = ""
    """The code of the review, when the period ends with one."""


def periods(
    reviews: Iterable[tuple[str, str, dt.date]], since: dt.date, today: dt.date
) -> dict[str, Period]:
    """Return the periods by code: reviews first, then years, each with its quarters.

    Args:
        reviews: code, title and day of each; one still to come is as at today.
        since: the first day on which a document was in force; its whole year counts.
        today: the day of the portal.
    """
    since = dt.date(since.year, 1, 1)
    found = [*_between_reviews(reviews, since, today), *_of_calendar(since, today)]
    return {period.code: period for period in found}


def _between_reviews(
    reviews: Iterable[tuple[str, str, dt.date]], since: dt.date, today: dt.date
) -> Iterator[Period]:
    first = since
    for code, title, held_on in sorted(reviews, key=lambda review: review[2]):
        yield Period(code, title, min(first, held_on), min(held_on, today), code)
        first = held_on + _DAY


def _of_calendar(since: dt.date, today: dt.date) -> Iterator[Period]:
    for year in range(since.year, today.year + 1):
        yield Period(str(year), f"Năm {year}", dt.date(year, 1, 1), _end(year, 12, today))
        for quarter, roman in enumerate(("I", "II", "III", "IV"), 1):
            first = dt.date(year, 3 * quarter - 2, 1)
            last = _end(year, 3 * quarter, today)
            if first <= today:
                yield Period(f"{year}-Q{quarter}", f"Quý {roman} năm {year}", first, last)


def _end(year: int, month: int, today: dt.date) -> dt.date:
    """Return the last day of a month, or today if that is earlier."""
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    return min(following - _DAY, today)
