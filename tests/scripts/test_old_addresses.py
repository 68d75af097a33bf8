import datetime as dt
from collections.abc import Callable

from intake.configuration import Places
from scripts.as_of import as_of
from scripts.search_facts import not_indexed
from scripts.stage import stage
from scripts.system import System

WithRows = Callable[..., System]
MOVED = {
    "address": "tai-lieu/qt-bc-09/",
    "moved_to": "tai-lieu/qt-bc-01/",
    "since": "2020-09-15",
    "reason": "Gộp.",
}
GONE = {"address": "tam/", "since": "2020-09-15", "reason": "Thôi dùng."}
TAKEN = {"address": "bao-cao/gop-y/", "since": "2020-09-15", "reason": "Nhầm."}


def test_an_old_address_has_a_page_that_leads_on(small_places: Places, with_rows: WithRows) -> None:
    staged = stage(small_places, with_rows("old_addresses", MOVED, GONE))
    moved = (staged / "tai-lieu" / "qt-bc-09.md").read_text(encoding="utf-8")
    assert "moved_to: tai-lieu/qt-bc-01/\n" in moved
    assert "{{ old_address() }}" in moved
    gone = (staged / "tam.md").read_text(encoding="utf-8")
    assert "# Trang không còn" in gone
    assert "moved_to" not in gone


def test_a_page_that_is_there_again_wins(small_places: Places, with_rows: WithRows) -> None:
    staged = stage(small_places, with_rows("old_addresses", TAKEN))
    assert "# Góp ý" in (staged / "bao-cao" / "gop-y.md").read_text(encoding="utf-8")


def test_old_addresses_are_of_the_present_portal_alone(
    small_places: Places, with_rows: WithRows
) -> None:
    earlier = as_of(with_rows("old_addresses", GONE), dt.date(2020, 6, 30))
    assert not (stage(small_places, earlier) / "tam.md").exists()


def test_the_search_does_not_find_old_addresses(with_rows: WithRows) -> None:
    assert "tam/" in not_indexed(with_rows("old_addresses", GONE))
