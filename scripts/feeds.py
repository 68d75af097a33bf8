"""What other programs read: Atom feeds of documents and of what is due in a unit, its calendar."""

import datetime as dt

from icalendar import Calendar, Event

from scripts.due import Due, due
from scripts.registers import Row
from scripts.system import System
from scripts.views import Views

FEED = "co-gi-moi.xml"


def atom_feed(system: System) -> str:
    """Return the Atom feed (RFC 4287) of documents issued and revised, the newest first."""
    return Views(system, "").render("feed.xml", site=system.portal.site["url"], feed=FEED)


def unit_feed(system: System, unit: Row) -> str:
    """Return the Atom feed of what is due in a unit, the earliest first.

    An entry is as new as the day on which it came near enough to be listed.
    """
    values = {"unit": unit, "items": due(system, unit["code"]), "feed": unit_feed_address(unit)}
    return Views(system, "").render("due.xml", site=system.portal.site["url"], **values)


def unit_feed_address(unit: Row) -> str:
    """Return where the feed of a unit stands, from the root of the site."""
    return f"don-vi/{unit['slug']}.xml"


def unit_calendar(system: System, unit: Row) -> str:
    """Return the iCalendar (RFC 5545) of what is due in a unit: an all-day event each."""
    calendar = Calendar()
    calendar.add("prodid", "-//QMS portal//VI")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"Việc đến hạn – {unit['name']}")
    for item in due(system, unit["code"]):
        calendar.add_component(_event(system, item))
    return str(calendar.to_ical().decode())


def _event(system: System, item: Due) -> Event:
    event = Event()
    event.add("uid", f"{item.address}@{item.day}".replace(" ", ""))
    event.add("dtstamp", dt.datetime.combine(system.day, dt.time(), dt.UTC))
    event.add("dtstart", item.day)
    event.add("dtend", item.day + dt.timedelta(days=1))
    event.add("summary", f"{item.kind}: {item.code}")
    event.add("description", item.title)
    event.add("url", f"{system.portal.site['url']}{item.address}")
    return event
