"""Prints what the rounds came to, a line for each store and fault, and how long people waited."""

from typing import Any

import pytest

_LINE = "{:<10} {:<20} {:>6} {:>12} {:>8} {:>10}  {:>7} {:>5} {:>7} {:>6}"
_HEAD = ("store", "fault", "rounds", "acknowledged", "refused", "unanswered")
_SUMS = ("missing", "torn", "doubled", "reused")


_WAITED = "{}: at the other host {:.1f} s at most, at the cut-off one {:.1f} s, back after {:.1f} s"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if found := _noted(terminalreporter, "trust"):
        terminalreporter.section("what was acknowledged and what was kept")
        terminalreporter.write_line(_LINE.format(*_HEAD, *_SUMS))
        for store, fault, rounds, totals, sums in found:
            terminalreporter.write_line(_LINE.format(store, fault, rounds, *totals, *sums))
    for waited in _noted(terminalreporter, "waited"):
        terminalreporter.write_line(_WAITED.format(*waited))


def _noted(terminalreporter: pytest.TerminalReporter, what: str) -> list[Any]:
    reports = terminalreporter.stats.get("passed", []) + terminalreporter.stats.get("failed", [])
    return [value for each in reports for name, value in each.user_properties if name == what]
