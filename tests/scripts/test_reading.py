"""Who confirmed that they read a document: the revision in force alone counts."""

import datetime as dt
from collections.abc import Callable

import pytest

from scripts import reading
from scripts.as_of import as_of
from scripts.reading import EARLIER, READ, UNREAD
from scripts.system import System
from scripts.views import Views

Collect = Callable[..., System]
WithRows = Callable[..., System]
AT = "2020-09-10T02:15:00Z"
SECOND = {"document": "QT-BC-01", "document_revision": "02"}
FIRST = {**SECOND, "document_revision": "01"}


def state(system: System, code: str, unit: str) -> str:
    (found,) = (each for each in reading.readings(system, code) if each.unit == unit)
    return found.state


def test_a_unit_has_read_what_it_confirmed_and_nothing_else(collect: Collect) -> None:
    system = collect("read_confirmation", (AT, {}))
    assert state(system, "QT-HT-01", "BC") == READ
    assert state(system, "QT-HT-01", "KHCN") == UNREAD
    assert state(system, "TL-HT-01", "BC") == UNREAD


def test_a_new_revision_asks_again(collect: Collect) -> None:
    system = collect("read_confirmation", (AT, FIRST))
    assert state(system, "QT-BC-01", "BC") == EARLIER
    before = as_of(system, dt.date(2020, 5, 31))
    assert before.documents["QT-BC-01"]["current"]["revision"] == "01"
    assert state(before, "QT-BC-01", "BC") == UNREAD, "it was sent later"


def test_the_revision_in_force_counts_whatever_was_confirmed_later(collect: Collect) -> None:
    later = ("2020-09-11T02:15:00Z", FIRST)
    system = collect("read_confirmation", (AT, SECOND), later)
    assert state(system, "QT-BC-01", "BC") == READ


@pytest.mark.parametrize("cells", [{"trial": "true"}, {"scope": "person"}])
def test_trials_and_persons_are_no_confirmation_of_a_unit(
    collect: Collect, cells: dict[str, str]
) -> None:
    assert state(collect("read_confirmation", (AT, cells)), "QT-HT-01", "BC") == UNREAD


def test_persons_are_counted_by_unit_and_revision(collect: Collect) -> None:
    person = {"scope": "person"}
    system = collect(
        "read_confirmation",
        (AT, person),
        (AT, {**person, "sender_name": "Lê Thị Mẫu"}),
        (AT, {**person, "document_revision": "99"}),
        (AT, {**person, "trial": "true"}),
        (AT, {**person, "unit": "KHCN"}),
    )
    people = {each.unit: each.people for each in reading.readings(system, "QT-HT-01")}
    assert people == {"BC": 2, "KHCN": 1}


@pytest.mark.parametrize(
    ("distribution", "units"),
    [
        ("Các đơn vị thuộc phạm vi áp dụng", ["KHCN", "BC"]),
        ("Vụ Bưu chính; Thư ký ISO", ["BC"]),
        ("Vụ Bưu chính; Vụ Khoa học", ["KHCN", "BC"]),
    ],
)
def test_a_document_is_for_the_units_it_is_distributed_to(
    with_rows: WithRows, distribution: str, units: list[str]
) -> None:
    row = {"code": "QT-HT-01", "unit": "KHCN", "distribution": distribution}
    system = with_rows("documents", row)
    assert [each.unit for each in reading.readings(system)] == units


def test_only_texts_in_force_are_to_be_read(small_system: System) -> None:
    codes = {each.document["code"] for each in reading.readings(small_system)}
    assert codes == {"TL-HT-01", "QT-HT-01", "QT-BC-01"}


def test_a_document_says_how_many_units_have_read_it(collect: Collect) -> None:
    html = Views(collect("read_confirmation", (AT, {})), "").document_head("QT-HT-01")
    assert "<dt>Đã xác nhận đọc</dt><dd>1/2 đơn vị</dd>" in html


def test_every_shipped_document_goes_to_one_unit_or_to_all(shipped_system: System) -> None:
    everybody = len(shipped_system.units)
    for document in shipped_system.documents.values():
        all_or_own = reading.readers(shipped_system, document)
        assert len(all_or_own) == everybody or all_or_own == [document["unit"]], document["code"]
