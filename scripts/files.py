"""Files of a unit's records list: when each is due for disposal, and where it stands."""

import datetime as dt

from scripts.registers import Row
from scripts.system import System

STATES = {
    "open": "Đang lập",
    "kept": "Đang lưu",
    "permanent": "Lưu vĩnh viễn",
    "due": "Đến hạn tiêu hủy",
    "disposed": "Đã tiêu hủy",
}


def disposal_due(file: Row, record: Row) -> dt.date | None:
    """Return the day from which a file may be disposed of; None when it is open or kept for ever.

    Retention counts in whole years after the file was closed, and a year's files are disposed of
    together: the day is the last one of the year in which the retention ends.
    """
    if file["closed_on"] is None or record["retention_years"] is None:
        return None
    return dt.date(file["closed_on"].year + record["retention_years"], 12, 31)


def files(system: System, unit: str | None = None) -> list[Row]:
    """Return the files of a unit or of all, each with its kind, `due_on` and `state`."""
    return [
        _followed(system, file) for file in system.rows("files") if unit in (None, file["unit"])
    ]


def followed(system: System, code: str) -> Row:
    """Return a file with its kind, `due_on` and `state`."""
    return _followed(system, system.find("files", (code,)))


def _followed(system: System, file: Row) -> Row:
    record = system.find("records", (file["record"],))
    due_on = disposal_due(file, record)
    return {**file, "kind": record, "due_on": due_on, "state": _state(file, record, due_on, system)}


def _state(file: Row, record: Row, due_on: dt.date | None, system: System) -> str:
    if file["disposed_on"]:
        return "disposed"
    if file["closed_on"] is None:
        return "open"
    if record["retention_years"] is None:
        return "permanent"
    return "due" if due_on and due_on <= system.day else "kept"


def missing_kinds(system: System, unit: str) -> list[Row]:
    """Return the kinds of record that a unit keeps and has no file of in the portal's year."""
    opened = {
        file["record"]
        for file in system.rows("files")
        if file["unit"] == unit and file["year"] == system.day.year
    }
    return [
        record
        for record in system.rows("records")
        if record["unit"] == unit and record["code"] not in opened
    ]
