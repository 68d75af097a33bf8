import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from scripts.registers import Row
from scripts.risk_events import contradicted, judged, occurrences, slips_nearby
from scripts.system import System
from scripts.views import Views
from tests.scripts.conftest import Collect

AUDITED = dt.date(2020, 6, 20)


def system_with(small: System, risk: dict[str, Any], findings: int) -> System:
    """Return the small system with one risk, and findings of June 2020 that name it."""

    def filled(register: str, *rows: dict[str, Any]) -> Any:
        resource = small.registers[register]
        empty = dict.fromkeys(field["name"] for field in resource.fields)
        return replace(resource, rows=tuple(empty | row for row in rows))

    usual = {"code": "RR-BC-01", "unit": "BC", "document": "QT-BC-01", "severity": 3}
    levels = [
        {"value": 1, "meaning": "Hiếm", "maximum": 0, "window_months": 36},
        {"value": 2, "meaning": "Ít", "maximum": 1, "window_months": 36},
        {"value": 3, "meaning": "Có thể", "maximum": 1, "window_months": 2},
        {"value": 5, "meaning": "Hằng tháng"},
    ]
    named = [{"code": f"PH-2020-00{n}", "audit": "A", "risk": "RR-BC-01"} for n in range(findings)]
    reviewed = {"reviewed_on": AUDITED, "due_on": AUDITED, "description": "Chậm"}
    changed = {
        "risks": filled("risks", usual | reviewed | risk),
        "likelihood_levels": filled("likelihood_levels", *levels),
        "audits": filled("audits", {"code": "A", "audited_on": AUDITED}),
        "findings": filled("findings", *named),
    }
    return replace(small, registers={**small.registers, **changed})


def risk_of(system: System) -> Row:
    return system.rows("risks")[0]


@pytest.mark.parametrize(
    ("risk", "findings", "expected"),
    [
        pytest.param({"likelihood": 1}, 0, False, id="rare, never seen"),
        pytest.param({"likelihood": 1}, 1, True, id="rare, but seen"),
        pytest.param({"likelihood": 2}, 1, False, id="once in three years"),
        pytest.param({"likelihood": 2}, 2, True, id="twice in three years"),
        pytest.param({"likelihood": 3}, 5, False, id="before the window"),
        pytest.param({"likelihood": 5}, 5, False, id="no limit"),
        pytest.param(
            {"likelihood": 1, "residual_likelihood": 1},
            1,
            True,
            id="a residual likelihood counts once the treatment is done",
        ),
        pytest.param(
            {"likelihood": 5, "done_on": dt.date(2020, 6, 19), "residual_likelihood": 1},
            1,
            True,
            id="seen again after the treatment",
        ),
        pytest.param(
            {"likelihood": 5, "done_on": AUDITED, "residual_likelihood": 1},
            1,
            False,
            id="seen before the treatment was done",
        ),
    ],
)
def test_facts_contradict_a_likelihood(
    small_system: System, risk: dict[str, Any], findings: int, expected: bool
) -> None:
    system = system_with(small_system, risk, findings)
    assert judged(system, risk_of(system)).contradicted is expected
    assert bool(contradicted(system)) is expected


def test_occurrences_have_the_day_of_their_audit(small_system: System) -> None:
    system = system_with(small_system, {"likelihood": 5}, 2)
    found = [(row["code"], row["happened_on"]) for row in occurrences(system, risk_of(system))]
    assert found == [("PH-2020-001", AUDITED), ("PH-2020-000", AUDITED)]


def test_a_contradicted_risk_is_flagged_on_its_page_and_in_the_table(small_system: System) -> None:
    for findings, flagged in ((1, True), (0, False)):
        views = Views(system_with(small_system, {"likelihood": 1}, findings), "../../")
        page = views.row("risks", ("RR-BC-01",))
        assert ("<strong>Cần đánh giá lại.</strong>" in page) is flagged
        assert ("trái với thực tế" in views.render("risks.html")) is flagged
        line = "1 rủi ro có khả năng ghi thấp hơn thực tế"
        assert (line in views.render("contradicted_risks.html")) is flagged


def test_slips_on_the_same_procedure_are_shown_and_not_counted(collect: Collect) -> None:
    at = "2020-09-10T02:15:00Z"
    collected = collect(
        "nonconformity",
        (at, {"unit": "BC", "document": "QT-BC-01", "found_on": "2020-09-01"}),
        (at, {"unit": "BC", "document": "QT-BC-01", "found_on": "2019-09-01"}),
        (at, {"unit": "KHCN", "document": "QT-BC-01"}),
        (at, {"unit": "BC", "document": "QT-HT-01"}),
    )
    system = system_with(collected, {"likelihood": 1}, 0)
    assert [row["number"] for row in slips_nearby(system, risk_of(system))] == ["KPH-2020-001"]
    assert not judged(system, risk_of(system)).contradicted
    assert slips_nearby(system, {**risk_of(system), "document": None}) == []


def test_a_prevention_plan_tells_what_is_done_and_what_is_late(small_system: System) -> None:
    plan = Views(
        system_with(
            small_system,
            {"likelihood": 3, "done_on": AUDITED, "residual_likelihood": 1, "residual_severity": 2},
            0,
        ),
        "../../../",
    ).prevention_plan("BC")
    assert "Xong ngày 20/06/2020; 1 × 2 = 2" in plan
    late = Views(system_with(small_system, {"likelihood": 3}, 0), "../../../").prevention_plan("BC")
    assert "quá 102 ngày" in late
