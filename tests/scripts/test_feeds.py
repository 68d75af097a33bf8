import datetime as dt
import xml.etree.ElementTree as ET

import pytest
from icalendar import Calendar

from intake.configuration import PROJECT_ROOT, Places
from scripts.due import due
from scripts.feeds import atom_feed, unit_calendar, unit_feed
from scripts.system import System

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def system() -> System:
    return System.load(Places(PROJECT_ROOT))


def test_feed_has_an_entry_for_every_news_with_an_id_of_its_own(system: System) -> None:
    feed = ET.fromstring(atom_feed(system))
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == len(system.news()) > 0
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == len(entries)


def test_feed_is_as_new_as_its_newest_entry(system: System) -> None:
    feed = ET.fromstring(atom_feed(system))
    newest = max(entry.findtext(f"{ATOM}updated", "") for entry in feed.findall(f"{ATOM}entry"))
    assert feed.findtext(f"{ATOM}updated") == newest


def test_calendar_holds_what_is_due_in_the_unit(system: System) -> None:
    for unit in system.units:
        events = Calendar.from_ical(unit_calendar(system, unit)).walk("VEVENT")
        found = sorted((event.decoded("dtstart"), str(event["summary"])) for event in events)
        expected = [(item.day, f"{item.kind}: {item.code}") for item in due(system, unit["code"])]
        assert found == sorted(expected)


def test_events_of_a_calendar_have_ids_of_their_own(system: System) -> None:
    for unit in system.units:
        events = Calendar.from_ical(unit_calendar(system, unit)).walk("VEVENT")
        ids = [str(event["uid"]) for event in events]
        assert len(set(ids)) == len(ids), unit["code"]


def test_feed_of_a_unit_holds_what_is_due_there(system: System) -> None:
    for unit in system.units:
        feed = ET.fromstring(unit_feed(system, unit))
        entries = feed.findall(f"{ATOM}entry")
        expected = [item.title for item in due(system, unit["code"])]
        assert [entry.findtext(f"{ATOM}summary") for entry in entries] == expected
        assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == len(entries)
        newest = max((entry.findtext(f"{ATOM}updated", "") for entry in entries), default="")
        assert feed.findtext(f"{ATOM}updated", "") == newest or not entries


def test_an_entry_is_no_newer_tomorrow(system: System) -> None:
    unit = next(each for each in system.units if due(system, each["code"]))
    item = due(system, unit["code"])[0]
    assert item.appeared_on == item.day - dt.timedelta(days=90)
    assert f"<updated>{item.appeared_on.isoformat()}" in unit_feed(system, unit)


def test_calendar_is_the_same_every_time(system: System) -> None:
    unit = system.units[0]
    assert unit_calendar(system, unit) == unit_calendar(system, unit)
