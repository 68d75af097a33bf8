"""Cells of a register as people write them in a spreadsheet, and back to canonical text."""

import datetime as dt
import re
import unicodedata
from typing import Any

from scripts.written import plain_number

_YES, _NO = "Có", "Không"
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_EPOCH = dt.date(1899, 12, 30)
"""Day 0 of spreadsheets, counted as they do (1900 taken for a leap year)."""

Cell = str | int | float | bool | dt.datetime | dt.date | None
"""What a spreadsheet holds in a cell."""


class BadCell(ValueError):
    """A cell can't be read; the message says what it should be, in Vietnamese."""


def to_sheet(field: dict[str, Any], value: Any) -> Cell:
    """Return a value of a register as a spreadsheet holds it: words for codes, Có and Không."""
    if "labels" in field and value is not None:
        return str(field["labels"].get(str(value), value))
    if isinstance(value, bool):
        return _YES if value else _NO
    return value  # type: ignore[no-any-return]


def from_sheet(field: dict[str, Any], cell: Cell) -> str:
    """Return what a spreadsheet holds as the canonical text of the register.

    Raises:
        BadCell: it is no value of the field's type.
    """
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return ""
    readers = {"date": _date, "boolean": _boolean, "integer": _integer, "number": _number}
    if "labels" in field:
        return _label(field["labels"], _text(cell))
    return readers.get(field["type"], _text)(cell)


def _text(cell: Cell) -> str:
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(unicodedata.normalize("NFC", str(cell)).split())


def _label(labels: dict[str, str], text: str) -> str:
    by_words = {words.casefold(): value for value, words in labels.items()}
    value = by_words.get(text.casefold(), text)
    if value not in labels:
        raise BadCell(f"“{text}” không có trong danh sách: {'; '.join(labels.values())}")
    return value


def _boolean(cell: Cell) -> str:
    words = {"có": "true", "true": "true", "1": "true", "x": "true", "đúng": "true"}
    words |= {"không": "false", "false": "false", "0": "false", "sai": "false"}
    text = _text(cell).casefold()
    if text not in words:
        raise BadCell(f"“{cell}” phải là Có hoặc Không")
    return words[text]


def _integer(cell: Cell) -> str:
    number = _number(cell)
    if not re.fullmatch(r"-?\d+", number):
        raise BadCell(f"“{cell}” phải là số nguyên")
    return number


def _number(cell: Cell) -> str:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return plain_number(float(cell)) or "0"
    text = _text(cell).replace(" ", "")
    if re.fullmatch(r"-?\d{1,3}([.,]\d{3})+", text):
        raise BadCell(f"“{cell}” có thể đọc theo hai cách; viết số liền, không dấu ngăn hàng nghìn")
    text = text.replace(",", ".")
    if not re.fullmatch(r"-?\d+(\.\d+)?", text):
        raise BadCell(f"“{cell}” phải là số, phần thập phân sau dấu phẩy")
    return plain_number(float(text)) or "0"


def _date(cell: Cell) -> str:
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, dt.date):
        return cell.isoformat()
    try:
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            return (_EPOCH + dt.timedelta(days=int(cell))).isoformat()
        text = _text(cell)
        if found := _DAY.fullmatch(text):
            day, month, year = map(int, found.groups())
            return dt.date(year, month, day).isoformat()
        return dt.date.fromisoformat(text).isoformat()
    except (ValueError, OverflowError):
        raise BadCell(f"“{cell}” phải là ngày/tháng/năm, ví dụ 20/06/2020") from None
