import datetime as dt
from dataclasses import replace

import pytest

from scripts import audits
from scripts.as_of import as_of
from scripts.registers import Row
from scripts.system import System
from scripts.views import Views
from tests.scripts.conftest import WithRows

DAY = dt.date(2020, 9, 30)
EVE, MORROW = DAY - dt.timedelta(1), DAY + dt.timedelta(1)
AUDIT = "DGNB-2020-01"


@pytest.mark.parametrize(
    ("due_on", "closed_on", "expected"),
    [
        (DAY, DAY, "on_time"),
        (EVE, DAY, "late"),
        (None, DAY, "on_time"),
        (DAY, None, "open"),
        (EVE, None, "overdue"),
        (None, None, "noted"),
    ],
)
def test_how_a_finding_stands(
    due_on: dt.date | None, closed_on: dt.date | None, expected: str
) -> None:
    row: Row = {"due_on": due_on, "closed_on": closed_on}
    assert audits.state(row, DAY) == expected
    assert expected in audits.STATES


def test_the_units_share_out_the_findings(shipped_system: System) -> None:
    lines = audits.lines(shipped_system, AUDIT)
    whole = audits.total(shipped_system, AUDIT)
    assert [line.unit for line in lines] == [unit["code"] for unit in shipped_system.units]
    assert whole.total == sum(line.total for line in lines) == sum(whole.states.values())
    for grade in audits.GRADES:
        stated = shipped_system.find("audits", (AUDIT,))[grade]
        assert whole.counts[grade] == stated == sum(line.counts[grade] for line in lines)


def test_days_until_a_finding_was_closed(shipped_system: System) -> None:
    row = next(
        each for each in audits.findings(shipped_system, AUDIT, "BC") if each["days"] is not None
    )
    audited_on = shipped_system.find("audits", (AUDIT,))["audited_on"]
    assert audited_on + dt.timedelta(row["days"]) == row["closed_on"]
    then = as_of(shipped_system, row["closed_on"] - dt.timedelta(1))
    (before,) = (each for each in audits.findings(then, AUDIT, "BC") if each["code"] == row["code"])
    assert before["days"] is None


def test_only_units_of_the_plan_are_in_the_table(with_rows: WithRows) -> None:
    system = with_rows("audit_sessions", {"audit": AUDIT, "session": 1, "unit": "BC"})
    audited = with_audit(system, with_rows)
    assert [line.unit for line in audits.lines(audited, AUDIT)] == ["BC"]


def with_audit(system: System, with_rows: WithRows) -> System:
    register = with_rows("audits", {"code": AUDIT}).registers["audits"]
    return replace(system, registers={**system.registers, "audits": register})


def test_sessions_come_in_order_with_lists(with_rows: WithRows) -> None:
    system = with_rows(
        "audit_sessions",
        {"session": 2, "unit": "BC", "documents": "QT-BC-01;QT-HT-01 ", "clauses": "4.1"},
        {"session": 1},
    )
    first, second = audits.sessions(system, AUDIT)
    assert (first["session"], first["documents"]) == (1, [])
    assert second["documents"] == ["QT-BC-01", "QT-HT-01"]
    assert audits.sessions(system, AUDIT, "BC") == [second]


def test_the_team_is_named_once(shipped_system: System) -> None:
    team = audits.team(shipped_system, AUDIT)
    assert len(team) == len(set(team)) < len(audits.sessions(shipped_system, AUDIT))


def test_the_programme_is_months_by_unit(with_rows: WithRows) -> None:
    system = with_rows(
        "audit_programme",
        {"year": 2020, "month": 6, "unit": "BC"},
        {"year": 2020, "month": 11, "unit": "BC"},
        {"year": 2019, "month": 5, "unit": "BC"},
    )
    assert audits.years(system) == [2020, 2019]
    found = {unit: list(months) for unit, months in audits.programme(system, 2020).items()}
    assert found == {"KHCN": [], "BC": [6, 11]}


def test_the_general_report_leads_to_every_report_of_a_unit(shipped_system: System) -> None:
    html = Views(shipped_system, "../../").row("audits", (AUDIT,))
    for row in shipped_system.rows("audit_reports"):
        address = shipped_system.address("audit_reports", (row["audit"], row["unit"]))
        assert f'href="../../{address}"' in html
    assert "Kiến nghị" in html


def test_before_it_was_reported_a_report_says_nothing(shipped_system: System) -> None:
    then = as_of(shipped_system, dt.date(2020, 6, 22))
    html = Views(then, "../../").row("audits", (AUDIT,))
    assert "chưa có báo cáo" in html
    assert "Kiến nghị" not in html
    assert "Báo cáo nêu" not in html


def test_the_report_of_a_unit_has_its_findings_alone(shipped_system: System) -> None:
    html = Views(shipped_system, "../../").row("audit_reports", (AUDIT, "VP"))
    for row in shipped_system.rows("findings"):
        assert (row["code"] in html) is (row["unit"] == "VP")
