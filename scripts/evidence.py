"""The days whose published portal is evidence: of what was declared, and of what was audited."""

import datetime as dt

from scripts.registers import Row
from scripts.system import System

_DATES = {
    "declarations": ("công bố", ("annex_on", "issued_on")),
    "audits": ("đánh giá", ("audited_on", "reported_on")),
}


def evidence_days(system: System) -> dict[dt.date, str]:
    """Return each day of a declaration or an audit, with what it was.

    A planned declaration counts by the day that its annex was fixed on.
    """
    days: dict[dt.date, str] = {}
    for register, (what, names) in _DATES.items():
        for row in system.rows(register):
            for day in _days(row, names):
                days.setdefault(day, f"{what} {row['code']}")
    return days


def _days(row: Row, names: tuple[str, ...]) -> list[dt.date]:
    return [row[name] for name in names if row[name] is not None]
