"""Working days, Monday to Friday; which of them are holidays the portal doesn't know."""

import datetime as dt


def add_working_days(day: dt.date, count: int) -> dt.date:
    """Return the day that many working days after another."""
    while count > 0:
        day += dt.timedelta(days=1)
        count -= day.weekday() < 5
    return day


def working_days(first: dt.date, last: dt.date) -> int:
    """Count the working days after the first day, up to the last one."""
    after = (first + dt.timedelta(days) for days in range(1, (last - first).days + 1))
    return sum(day.weekday() < 5 for day in after)
