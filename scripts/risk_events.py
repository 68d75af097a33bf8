"""What happened beside what was judged: occurrences of a risk against its stated likelihood.

A finding is an occurrence when its row names the risk. After a treatment is done the likelihood
that counts is the residual one, and only what happened since.
"""

import datetime as dt
from dataclasses import dataclass

from scripts.registers import Row
from scripts.system import System

_MONTH = dt.timedelta(days=365) / 12


@dataclass(frozen=True)
class Judged:
    """A likelihood as it was judged, and what happened in the time that it speaks of."""

    level: Row
    """A row of `likelihood_levels`."""
    occurrences: tuple[Row, ...]
    """Findings, each with `happened_on`, the newest first."""

    @property
    def contradicted(self) -> bool:
        """Whether the risk occurred more often than its likelihood allows."""
        maximum = self.level["maximum"]
        return maximum is not None and len(self.occurrences) > maximum


def occurrences(system: System, risk: Row) -> list[Row]:
    """Return the findings that are occurrences of a risk, the newest first."""
    findings = system.referring("risks", (risk["code"],)).get("findings", [])
    dated = (
        {**row, "happened_on": system.find("audits", (row["audit"],))["audited_on"]}
        for row in findings
    )
    return sorted(dated, key=lambda row: (row["happened_on"], row["code"]), reverse=True)


def judged(system: System, risk: Row) -> Judged:
    """Return the likelihood that counts for a risk, with what occurred in its window."""
    treated = risk["done_on"] is not None and risk["residual_likelihood"] is not None
    value = risk["residual_likelihood"] if treated else risk["likelihood"]
    level = system.find("likelihood_levels", (str(value),))
    since = system.day - _MONTH * (level["window_months"] or 12)
    if treated:
        since = max(since, risk["done_on"])
    counted = [row for row in occurrences(system, risk) if row["happened_on"] > since]
    return Judged(level, tuple(counted))


def slips_nearby(system: System, risk: Row) -> list[Row]:
    """Return the slips of the last twelve months on the same procedure of the same unit.

    Whether one of them is an occurrence is for people to say; they are shown, not counted.
    """
    if risk["document"] is None:
        return []
    slips = system.referring("documents", (risk["document"],)).get("nonconformity", [])
    since = system.day - _MONTH * 12
    return [row for row in slips if row["unit"] == risk["unit"] and row["found_on"] > since]


def contradicted(system: System) -> list[Row]:
    """Return the risks whose likelihood the facts contradict, in file order."""
    return [risk for risk in system.rows("risks") if judged(system, risk).contradicted]
