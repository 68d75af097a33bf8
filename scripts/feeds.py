"""What other programs read: the Atom feed of documents, a unit's calendar of what is due."""

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
