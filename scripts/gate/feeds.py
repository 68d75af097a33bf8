"""What other programs read can be read: XML is well formed, feeds are Atom, calendars iCalendar."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from icalendar import Calendar

_ATOM = "{http://www.w3.org/2005/Atom}"
_LINE = 75
"""Octets of a calendar's line."""


def check_feeds(site: Path, but: tuple[Path, ...] = ()) -> Iterator[str]:
    """Yield what is wrong with the feeds and calendars of a site."""
    for check, pattern in ((_xml, "*.xml"), (_calendar, "*.ics")):
        for path in sorted(site.rglob(pattern)):
            if not any(path.is_relative_to(folder) for folder in but):
                name = path.relative_to(site).as_posix()
                yield from (f"{name}: {problem}" for problem in check(path.read_bytes()))


def _xml(content: bytes) -> Iterator[str]:
    try:
        root = ElementTree.fromstring(content)  # noqa: S314 (our own files)
    except ElementTree.ParseError as broken:
        yield f"XML không đọc được: {broken}"
        return
    if root.tag == f"{_ATOM}feed":
        yield from _feed(root)


def _feed(feed: ElementTree.Element) -> Iterator[str]:
    yield from _head(feed, "nguồn tin")
    for number, entry in enumerate(feed.iterfind(f"{_ATOM}entry"), 1):
        yield from _head(entry, f"mục {number}")
    ids = Counter(each.text for each in feed.iter(f"{_ATOM}id"))
    yield from (f"nguồn tin: id trùng nhau: {each}" for each, count in ids.items() if count > 1)


def _head(element: ElementTree.Element, where: str) -> Iterator[str]:
    for name in ("id", "title", "updated"):
        if not (element.findtext(f"{_ATOM}{name}") or "").strip():
            yield f"{where}: thiếu {name}"
    updated = element.findtext(f"{_ATOM}updated") or ""
    try:
        if updated and dt.datetime.fromisoformat(updated).tzinfo is None:
            yield f"{where}: updated thiếu múi giờ: {updated}"
    except ValueError:
        yield f"{where}: updated không phải thời điểm: {updated}"


def _calendar(content: bytes) -> Iterator[str]:
    try:
        calendar = Calendar.from_ical(content)
        events = calendar.walk("VEVENT")
    except (ValueError, LookupError) as broken:
        yield f"lịch không đọc được: {broken}"
        return
    for number, event in enumerate(events, 1):
        missing = [name for name in ("UID", "DTSTAMP", "DTSTART", "SUMMARY") if name not in event]
        if missing or event.errors:
            yield f"lịch: việc {number} thiếu hoặc hỏng: {', '.join(missing) or event.errors}"
    uids = Counter(str(event.get("UID")) for event in events)
    yield from (f"lịch: UID trùng nhau: {each}" for each, count in uids.items() if count > 1)
    if any(len(line) > _LINE for line in content.split(b"\r\n")):
        yield f"lịch: có dòng dài hơn {_LINE} byte hoặc không kết thúc bằng CRLF"
