"""Internal audits: what was found, how far it is closed, and the plan and programme as tables."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from scripts.registers import Row
from scripts.system import System

GRADES = ("major", "minor", "observation")
"""The grades of a finding, the gravest first; reports state their counts under these names."""

STATES = {
    "on_time": "Đóng đúng hạn",
    "late": "Đóng trễ hạn",
    "open": "Đang khắc phục",
    "overdue": "Quá hạn",
    "noted": "Đơn vị xem xét",
}
"""The states of a finding, in words."""


@dataclass(frozen=True)
class Line:
    """A unit in the table of a general report."""

    unit: str
    counts: dict[str, int]
    """Findings by grade."""
    states: dict[str, int]
    """Findings by state."""

    @property
    def total(self) -> int:
        """The findings of all grades."""
        return sum(self.counts.values())


def findings(system: System, audit: str, unit: str | None = None) -> list[Row]:
    """Return the findings of an audit, of one unit or of all, each with its state and its days.

    `days` are those from the audit until the finding was closed; None while it is open.
    """
    audited_on = system.find("audits", (audit,))["audited_on"]
    return [
        {
            **row,
            "state": state(row, system.day),
            "days": (row["closed_on"] - audited_on).days if row["closed_on"] else None,
        }
        for row in system.rows("findings")
        if row["audit"] == audit and unit in (None, row["unit"])
    ]


def state(finding: Row, day: dt.date) -> str:
    """Tell how a finding stands on a day, as one of `STATES`."""
    due_on, closed_on = finding["due_on"], finding["closed_on"]
    if closed_on:
        return "late" if due_on and closed_on > due_on else "on_time"
    if due_on is None:
        return "noted"
    return "overdue" if due_on < day else "open"


def lines(system: System, audit: str) -> list[Line]:
    """Return a line for each unit that was audited, in the order of the units."""
    audited = {row["unit"] for row in sessions(system, audit)}
    return [
        _line(unit["code"], findings(system, audit, unit["code"]))
        for unit in system.units
        if unit["code"] in audited
    ]


def total(system: System, audit: str) -> Line:
    """Return the line of the whole audit."""
    return _line("", findings(system, audit))


def _line(unit: str, found: list[Row]) -> Line:
    grades = Counter(row["grade"] for row in found)
    states = Counter(row["state"] for row in found)
    return Line(
        unit, {name: grades[name] for name in GRADES}, {name: states[name] for name in STATES}
    )


def sessions(system: System, audit: str, unit: str | None = None) -> list[Row]:
    """Return the sessions of an audit in their order, of one unit or of all."""
    return [
        {**row, "documents": items(row["documents"]), "clauses": items(row["clauses"])}
        for row in sorted(system.rows("audit_sessions"), key=lambda row: row["session"])
        if row["audit"] == audit and unit in (None, row["unit"])
    ]


def items(cell: str | None) -> list[str]:
    """Return the items of a cell that holds `a; b; c`."""
    return [item.strip() for item in cell.split(";")] if cell else []


def team(system: System, audit: str) -> list[tuple[str, str]]:
    """Return who audits, as post and unit, each once, in the order of the plan."""
    plan = sessions(system, audit)
    return list(dict.fromkeys((row["auditor_post"], row["auditor_unit"]) for row in plan))


def report(system: System, audit: str, unit: str) -> Row | None:
    """Return the report of an audit on a unit."""
    found = (
        row for row in system.rows("audit_reports") if row["audit"] == audit and row["unit"] == unit
    )
    return next(found, None)


def programme(system: System, year: int) -> dict[str, dict[int, Row]]:
    """Return the programme of a year: rows by unit, in the order of the units, and by month."""
    rows = [row for row in system.rows("audit_programme") if row["year"] == year]
    return {
        unit["code"]: {row["month"]: row for row in rows if row["unit"] == unit["code"]}
        for unit in system.units
    }


def years(system: System) -> list[int]:
    """Return the years that have a programme, the newest first."""
    return sorted({row["year"] for row in system.rows("audit_programme")}, reverse=True)
