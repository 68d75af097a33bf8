"""Prints what the rounds came to, a line for each store and fault."""

import pytest

_LINE = "{:<10} {:<20} {:>6} {:>12} {:>8} {:>10}  {:>7} {:>5} {:>7} {:>6}"
_HEAD = ("store", "fault", "rounds", "acknowledged", "refused", "unanswered")
_SUMS = ("missing", "torn", "doubled", "reused")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = terminalreporter.stats.get("passed", []) + terminalreporter.stats.get("failed", [])
    found = [value for each in reports for name, value in each.user_properties if name == "trust"]
    if found:
        terminalreporter.section("what was acknowledged and what was kept")
        terminalreporter.write_line(_LINE.format(*_HEAD, *_SUMS))
        for store, fault, rounds, totals, sums in found:
            terminalreporter.write_line(_LINE.format(store, fault, rounds, *totals, *sums))
