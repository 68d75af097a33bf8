"""The system as it was in force on a day: what came later is taken out again.

A register says in its resource how its rows live in time (`time`: the date they exist `from`, the
dates that are `events`); revisions say it by their own dates. What has no dates is as it is now.
"""

import datetime as dt
from dataclasses import replace
from pathlib import Path

from intake.configuration import LOCAL_ZONE, Places
from scripts.registers import Resource, Row
from scripts.revision_texts import text_of
from scripts.system import Key, System, key_of

EDITIONS = "tai-ngay"
"""Where the portal as at given days stands, beside the present one."""


class NoSuchDay(ValueError):
    """The portal can't be shown as at this day; the message says why."""


def as_of(system: System, day: dt.date) -> System:
    """Return the system as at the end of a day.

    Raises:
        NoSuchDay: the day is still to come.
    """
    if day > system.day:
        raise NoSuchDay(f"{day:%d/%m/%Y} sau ngày của cổng, {system.day:%d/%m/%Y}")
    registers = {name: _at(resource, day) for name, resource in system.registers.items()}
    registers["revisions"] = _revisions_at(registers["revisions"], day)
    collected = {
        name: replace(resource, rows=_received_by(resource.rows, day))
        for name, resource in system.collected.items()
    }
    case_events = {
        kind: tuple(event for event in events if _local_day(event["recorded_at"]) <= day)
        for kind, events in system.case_events.items()
    }
    return replace(
        system,
        registers=_without_orphans(registers),
        collected=collected,
        case_events=case_events,
        case_rows={},
        day=day,
        revision_pages={},
        present=system,
    )


def edition_address(system: System) -> str:
    """Return where a system stands from the root of the portal; empty for the present one."""
    return f"{EDITIONS}/{system.day.isoformat()}/" if system.present else ""


def editions(places: Places) -> list[Path]:
    """Return the editions that were built, the newest day first."""
    return sorted(places.editions.glob("*-*-*"), reverse=True) if places.editions.exists() else []


def text_in_force(system: System, content: Path, code: str) -> str:
    """Return the page of a document with the text of the revision that counts on the system's day.

    Args:
        system: the system, of today or as at an earlier day.
        content: the folder of the written pages.
        code: the document.
    """
    page = content / f"{system.documents[code]['address'].rstrip('/')}.md"
    if system.present is None:
        return page.read_text(encoding="utf-8")
    then, now = (each.documents[code]["current"] for each in (system, system.present))
    if then and then["revision"] == now["revision"]:
        return page.read_text(encoding="utf-8")
    head = f"---\ndocument: {code}\n---\n{{{{ document_head() }}}}\n"
    text = text_of(system.present, content, code, then["revision"]) if then else None
    if text is None:
        return f'{head}\n{{{{ view("without_text", document=page.meta.document) }}}}\n'
    return f"{head}\n{text}\n"


def _received_by(rows: tuple[Row, ...], day: dt.date) -> tuple[Row, ...]:
    return tuple(row for row in rows if _local_day(row["received_at"]) <= day)


def _local_day(moment: dt.datetime) -> dt.date:
    return moment.astimezone(LOCAL_ZONE).date()


def _at(resource: Resource, day: dt.date) -> Resource:
    """Leave out rows that did not exist yet, and empty what had not happened yet."""
    time = resource.time or {}
    begins, events = time.get("from"), time.get("events", [])
    rows = (row for row in resource.rows if not (begins and row[begins] and row[begins] > day))
    return replace(resource, rows=tuple(_before_events(row, events, day) for row in rows))


def _before_events(row: Row, events: list[str], day: dt.date) -> Row:
    to_come = {name: None for name in events if row[name] and row[name] > day}
    return row | to_come


def _revisions_at(revisions: Resource, day: dt.date) -> Resource:
    """Keep what had taken effect; what ended later was still in force. Drafts are of today."""
    rows = [row for row in revisions.rows if row["effective_on"] and row["effective_on"] <= day]
    still = {"status": "in_force", "ended_on": None}
    return replace(
        revisions,
        rows=tuple(
            row | still if row["ended_on"] and row["ended_on"] > day else row for row in rows
        ),
    )


def _without_orphans(registers: dict[str, Resource]) -> dict[str, Resource]:
    """Leave out, again and again, rows that need a row which is left out."""
    while True:
        keys = {
            name: {key_of(row, resource.key) for row in resource.rows}
            for name, resource in registers.items()
        }
        kept = {name: _with_references(resource, keys) for name, resource in registers.items()}
        if all(len(kept[name].rows) == len(registers[name].rows) for name in registers):
            return kept
        registers = kept


def _with_references(resource: Resource, keys: dict[str, set[Key]]) -> Resource:
    required = {field["name"] for field in resource.fields if field["constraints"].get("required")}
    rows = []
    for row in resource.rows:
        broken = [
            reference.fields
            for reference in resource.references
            if all(row[name] is not None for name in reference.fields)
            and key_of(row, reference.fields) not in keys[reference.register]
        ]
        if all(required.isdisjoint(fields) for fields in broken):
            rows.append(row | {name: None for fields in broken for name in fields})
    return replace(resource, rows=tuple(rows))
