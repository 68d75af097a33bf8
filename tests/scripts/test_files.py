import datetime as dt
import io
from typing import Any

import pytest
from openpyxl import load_workbook

from scripts.due import due
from scripts.files import disposal_due, files, missing_kinds
from scripts.sheets.unit_files import unit_workbook
from scripts.system import System
from scripts.views import Views
from tests.scripts.conftest import WithRows

CLOSED = dt.date(2015, 3, 1)


@pytest.mark.parametrize(
    ("closed_on", "years", "due_on"),
    [
        (CLOSED, 5, dt.date(2020, 12, 31)),
        (dt.date(2014, 12, 31), 5, dt.date(2019, 12, 31)),
        (None, 5, None),
        (CLOSED, None, None),
    ],
)
def test_a_file_is_disposed_of_at_the_end_of_a_year(
    closed_on: dt.date | None, years: int | None, due_on: dt.date | None
) -> None:
    assert disposal_due({"closed_on": closed_on}, {"retention_years": years}) == due_on


@pytest.fixture
def listed(with_rows: WithRows, small_system: System) -> Any:
    """Return the small system with kinds of record and a file."""

    def make(**file: Any) -> System:
        kinds = with_rows(
            "records",
            {"code": "HS-BC01-01", "unit": "BC", "retention_years": 5, "document": "QT-BC-01"},
            {"code": "HS-BC01-02", "unit": "BC", "document": "QT-BC-01"},
            {"code": "HS-HT01-01", "unit": "KHCN", "document": "QT-HT-01"},
        ).registers["records"]
        usual = {"code": "BC-2020-01", "unit": "BC", "record": "HS-BC01-01", "year": 2020}
        opened = {"title": "Hồ sơ một", "opened_on": "2014-01-01"}
        system = with_rows("files", usual | opened | file)
        return System(**{**vars_of(system), "registers": {**system.registers, "records": kinds}})

    return make


def vars_of(system: System) -> dict[str, Any]:
    return {name: getattr(system, name) for name in system.__dataclass_fields__}


@pytest.mark.parametrize(
    ("file", "state"),
    [
        ({}, "open"),
        ({"closed_on": "2014-12-31"}, "due"),
        ({"closed_on": "2015-01-01"}, "kept"),
        ({"closed_on": "2014-12-31", "record": "HS-BC01-02"}, "permanent"),
        ({"closed_on": "2013-12-31", "disposed_on": "2019-03-01"}, "disposed"),
    ],
)
def test_where_a_file_stands(listed: Any, file: dict[str, Any], state: str) -> None:
    (found,) = files(listed(**file), "BC")
    assert found["state"] == state
    assert files(listed(**file), "KHCN") == []


def test_kinds_without_a_file_in_the_year_are_named(listed: Any) -> None:
    assert [row["code"] for row in missing_kinds(listed(), "BC")] == ["HS-BC01-02"]
    older = missing_kinds(listed(year=2019), "BC")
    assert [row["code"] for row in older] == ["HS-BC01-01", "HS-BC01-02"]


def test_disposals_are_due(listed: Any) -> None:
    def codes(**file: Any) -> list[str]:
        return [item.code for item in due(listed(**file)) if "Tiêu hủy" in item.kind]

    assert codes(closed_on="2014-12-31") == ["BC-2020-01"]
    assert codes(closed_on="2013-12-31", disposed_on="2019-03-01") == []
    assert codes(closed_on="2015-12-31") == [], "more than ninety days ahead"
    assert codes() == []


def test_the_list_of_a_unit_shows_files_and_what_is_missing(listed: Any) -> None:
    html = Views(listed(closed_on="2014-12-31"), "../../../").records_list("BC")
    assert "Hồ sơ một" in html
    assert "31/12/2019" in html
    assert "Đến hạn tiêu hủy</span>" in html
    assert html.count("Chưa lập trong năm") == 1
    assert 'href="../../../ho-so-cong-viec/bc-2020-01/"' in html


def test_the_workbook_holds_the_unit_and_is_the_same_each_time(listed: Any) -> None:
    system = listed()
    first = unit_workbook(system, "BC")
    assert unit_workbook(system, "BC") == first
    book = load_workbook(io.BytesIO(first))
    assert [row[0].value for row in book.worksheets[0].iter_rows(min_row=2)] == ["BC-2020-01"]
    kinds = [cell.value for column in book["Danh sách"].columns for cell in column]
    assert "HS-BC01-01" in kinds
    assert "HS-HT01-01" not in kinds
    of_another = load_workbook(io.BytesIO(unit_workbook(system, "KHCN"))).worksheets[0]
    assert len(list(of_another.rows)) == 1
