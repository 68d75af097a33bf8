from itertools import product

import pytest

from scripts.neighbours import Group, neighbours
from scripts.system import Key, System, key_of
from scripts.views import Views
from tests.scripts.conftest import Collect, WithRows

FINDING = {"code": "PH-2020-001", "unit": "BC", "document": "QT-BC-01", "clause": "4.1"}


def found(system: System, register: str, *key: str) -> dict[str, tuple[Key, ...]]:
    return {group.register: group.keys for group in neighbours(system, register, key)}


def test_rows_that_name_a_row_are_its_neighbours(with_rows: WithRows) -> None:
    system = with_rows("findings", FINDING, {**FINDING, "code": "PH-2020-002", "clause": "4.2"})
    assert found(system, "clauses", "2015", "4.2") == {"findings": (("PH-2020-002",),)}
    both = (("PH-2020-001",), ("PH-2020-002",))
    assert found(system, "documents", "QT-BC-01")["findings"] == both


def test_a_link_table_is_looked_through_both_ways(small_system: System) -> None:
    assert found(small_system, "clauses", "2015", "4.1") == {"documents": (("TL-HT-01",),)}
    assert found(small_system, "documents", "TL-HT-01") == {"clauses": (("2015", "4.1"),)}


def test_rows_without_a_page_are_left_out(small_system: System) -> None:
    assert small_system.referring("documents", ("QT-BC-01",)).keys() >= {"steps", "revisions"}
    assert found(small_system, "documents", "QT-BC-01") == {"documents": (("BM-BC01.01",),)}


def test_what_was_collected_is_a_neighbour(collect: Collect) -> None:
    system = collect("nonconformity", ("2020-09-10T02:15:00Z", {"document": "QT-BC-01"}))
    assert found(system, "documents", "QT-BC-01")["nonconformity"] == (("KPH-2020-001",),)
    html = Views(system, "../../").neighbours_of_document("QT-BC-01")
    assert '<a href="../../so/khong-phu-hop/kph-2020-001/"' in html


def test_a_group_is_called_what_its_register_is(small_system: System) -> None:
    title = small_system.registers["documents"].title
    expected = [Group("documents", title, (("TL-HT-01",),))]
    assert neighbours(small_system, "clauses", ("2015", "4.1")) == expected


def test_a_procedure_does_not_list_again_what_its_text_lists(with_rows: WithRows) -> None:
    with_records = with_rows("records", {"code": "HS-BC01-01", "document": "QT-BC-01"})
    assert "BM-BC01.01" not in Views(with_records, "./").neighbours_of_document("QT-BC-01")


def test_every_neighbour_has_the_row_as_its_own(shipped_system: System) -> None:
    """Links go both ways: whoever is listed beside a row names it, or is named with it."""
    checked = 0
    for name, table in shipped_system.tables.items():
        if table.page is None:
            continue
        for row, reference in product(table.rows, table.references):
            target = key_of(row, reference.fields)
            if shipped_system.address(reference.register, target):
                groups = found(shipped_system, reference.register, *target)
                assert key_of(row, table.key) in groups[name], (name, row, reference)
                checked += 1
    assert checked > 500


@pytest.mark.parametrize(
    ("register", "key", "address"),
    [
        ("documents", ("QT-BC-01",), "tai-lieu/qt-bc-01/"),
        ("units", ("BC",), "don-vi/buu-chinh/"),
        ("risks", ("RR-BC-01",), "rui-ro/rr-bc-01/"),
        ("clauses", ("2015", "4.1"), "dieu-khoan/2015-4-1/"),
        ("steps", ("QT-BC-01", "1"), None),
        ("risks", ("RR-BC-99",), None),
    ],
)
def test_the_address_of_a_row(
    small_system: System, register: str, key: Key, address: str | None
) -> None:
    assert small_system.address(register, key) == address
