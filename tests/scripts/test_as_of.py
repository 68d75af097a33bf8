import datetime as dt
from dataclasses import replace

import pytest

from intake.configuration import Places
from scripts.as_of import NoSuchDay, as_of, edition_address, text_in_force
from scripts.revisions import is_in_force
from scripts.stage import stage
from scripts.system import System
from scripts.views import Views
from tests.scripts.conftest import Collect, WithRows

SUMMER = dt.date(2020, 5, 31)
DECIDED = dt.date(2020, 2, 19)
EVE = dt.date(2020, 2, 18)


def codes(system: System, register: str) -> list[str]:
    return [row["code"] for row in system.rows(register)]


def test_the_revision_of_the_day_counts(small_system: System) -> None:
    summer = as_of(small_system, SUMMER)
    assert summer.documents["QT-BC-01"]["current"]["revision"] == "01"
    assert is_in_force(summer.documents["QT-BC-01"]["current"])
    assert as_of(small_system, dt.date(2020, 6, 1)).documents["QT-BC-01"]["current"] == {
        **small_system.documents["QT-BC-01"]["current"]
    }


def test_what_was_withdrawn_later_was_in_force(small_system: System) -> None:
    before, after = (as_of(small_system, dt.date(2020, 1, day)) for day in (30, 31))
    assert is_in_force(before.documents["QT-BC-03"]["current"])
    assert after.documents["QT-BC-03"]["current"]["status"] == "withdrawn"


def test_what_was_not_issued_yet_and_drafts_have_no_revision(small_system: System) -> None:
    eve = as_of(small_system, EVE)
    assert eve.documents["QT-HT-01"]["current"] is None
    assert eve.documents["QT-BC-02"]["revisions"] == []


def test_the_published_figures_hold_from_the_published_day_on(shipped_system: System) -> None:
    counts = as_of(shipped_system, DECIDED).counts()
    assert (counts["system_document"], counts["system_procedure"]) == (3, 6)
    assert counts["operational_procedure"] == 46
    eve = as_of(shipped_system, EVE).counts()
    assert eve["operational_procedure"] == 0


def test_rows_that_came_later_are_left_out(shipped_system: System) -> None:
    assert codes(as_of(shipped_system, dt.date(2020, 2, 10)), "objectives") == []
    assert codes(as_of(shipped_system, dt.date(2020, 2, 11)), "objectives") == codes(
        shipped_system, "objectives"
    )


def test_rows_that_hang_on_rows_left_out_go_with_them(shipped_system: System) -> None:
    eve = as_of(shipped_system, dt.date(2020, 6, 19))
    assert codes(eve, "audits") == []
    assert codes(eve, "findings") == []
    assert codes(as_of(shipped_system, dt.date(2020, 6, 20)), "findings")


def test_what_had_not_happened_yet_is_empty(shipped_system: System) -> None:
    closed = [row for row in shipped_system.rows("findings") if row["closed_on"]]
    row = min(closed, key=lambda finding: finding["closed_on"])
    for days, expected in ((-1, None), (0, row["closed_on"])):
        then = as_of(shipped_system, row["closed_on"] + dt.timedelta(days))
        assert then.find("findings", (row["code"],))["closed_on"] == expected


def test_an_optional_reference_to_a_row_left_out_is_emptied(shipped_system: System) -> None:
    resource = shipped_system.registers["declarations"]
    first = resource.rows[0]
    second = {**first, "code": "CB-2020-02", "annex_on": dt.date(2020, 9, 1)}
    rows = ({**first, "replaces": "CB-2020-02"}, second)
    registers = {**shipped_system.registers, "declarations": replace(resource, rows=rows)}
    then = as_of(replace(shipped_system, registers=registers), dt.date(2020, 8, 1))
    assert [(row["code"], row["replaces"]) for row in then.rows("declarations")] == [
        ("CB-2020-01", None)
    ]


def test_what_was_sent_later_is_left_out(collect: Collect) -> None:
    system = collect("nonconformity", ("2020-06-30T16:59:59Z", {}), ("2020-06-30T17:00:00Z", {}))
    assert len(as_of(system, dt.date(2020, 6, 30)).submissions("nonconformity")) == 1
    assert len(as_of(system, dt.date(2020, 7, 1)).submissions("nonconformity")) == 2


def test_a_day_to_come_is_refused(small_system: System) -> None:
    with pytest.raises(NoSuchDay, match="01/10/2020 sau ngày của cổng, 30/09/2020"):
        as_of(small_system, dt.date(2020, 10, 1))


def test_an_edition_stands_under_its_day(small_system: System) -> None:
    assert edition_address(small_system) == ""
    assert edition_address(as_of(small_system, SUMMER)) == "tai-ngay/2020-05-31/"


def test_the_text_is_that_of_the_revision_of_the_day(
    small_places: Places, with_rows: WithRows
) -> None:
    system = with_rows(
        "revisions",
        {
            "document": "QT-HT-01",
            "revision": "01",
            "status": "superseded",
            "effective_on": "2020-02-19",
            "ended_on": "2020-07-15",
        },
        {"document": "QT-HT-01", "revision": "02", "effective_on": "2020-07-15"},
    )
    page = small_places.content / "tai-lieu/qt-ht-01.md"
    earlier = page.parent / "cac-lan/qt-ht-01-01.md"
    earlier.parent.mkdir()
    earlier.write_text("---\nrevision_of: QT-HT-01\n---\n{{ revision_head() }}\n\n## Lời cũ\n")
    assert text_in_force(system, small_places.content, "QT-HT-01") == page.read_text()
    then = text_in_force(as_of(system, SUMMER), small_places.content, "QT-HT-01")
    assert then == "---\ndocument: QT-HT-01\n---\n{{ document_head() }}\n\n## Lời cũ\n"
    earlier.unlink()
    assert "without_text" in text_in_force(as_of(system, SUMMER), small_places.content, "QT-HT-01")
    before = text_in_force(as_of(system, EVE), small_places.content, "QT-HT-01")
    assert "Viết tay" not in before


def test_an_edition_is_staged_aside(small_places: Places, small_system: System) -> None:
    present = stage(small_places, small_system)
    edition = stage(small_places, as_of(small_system, EVE))
    assert present != edition
    assert "Viết tay" in (present / "tai-lieu/qt-ht-01.md").read_text()
    assert "Viết tay" not in (edition / "tai-lieu/qt-ht-01.md").read_text()


def test_a_step_is_linked_to_where_its_text_stands(small_system: System) -> None:
    step = {"document": "QT-BC-01", "step": 2}
    for system, anchor in (
        (small_system, "#buoc-2"),
        (as_of(small_system, dt.date(2020, 6, 1)), "#buoc-2"),
        (as_of(small_system, SUMMER), ""),
    ):
        assert f'href="./tai-lieu/qt-bc-01/{anchor}"' in Views(system, "./").step_link(step)
