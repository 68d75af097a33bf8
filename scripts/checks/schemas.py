"""Files in their canonical form, and registers that their schemas accept."""

import csv
import io
import unicodedata
from collections.abc import Iterator
from typing import Any

import frictionless

from intake.configuration import Places
from scripts.checks.material import Finding, Place

_WORDS = {
    "primary-key": "khóa bị trùng với một dòng ở trên; mỗi mã chỉ dùng một lần",
    "unique-error": "giá trị này đã có ở một dòng khác; mỗi mã chỉ dùng một lần",
    "foreign-key": "dẫn tới một mã không có trong sổ được dẫn; sửa mã hoặc thêm dòng còn thiếu",
    "constraint-error": "giá trị không hợp lệ theo mô tả của cột",
    "type-error": "giá trị sai kiểu theo mô tả của cột",
    "missing-cell": "thiếu ô ở cuối dòng",
    "extra-cell": "thừa ô ở cuối dòng; kiểm tra dấu phẩy và dấu ngoặc kép",
    "blank-row": "dòng trống; xóa dòng này",
    "incorrect-label": "tên cột không đúng như mô tả",
    "missing-label": "thiếu một cột",
    "extra-label": "thừa một cột",
}
_MOST_SHOWN = 80
"""So many characters of a cell are quoted."""


def check_files(places: Places) -> Iterator[Finding]:
    """Registers are UTF-8 without byte order mark, LF, NFC, and equal their own writing again."""
    for path in sorted(places.registers.glob("*.csv")):
        place = Place(path.relative_to(places.root).as_posix())
        try:
            text = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            yield place.says("tệp không phải mã UTF-8; lưu lại dạng CSV UTF-8")
            continue
        yield from _check_text(text, place)


def _check_text(text: str, place: Place) -> Iterator[Finding]:
    if text.startswith("\ufeff") or "\r" in text:
        yield place.says("tệp có dấu BOM hoặc xuống dòng kiểu Windows; lưu lại UTF-8, LF")
        return
    for number, line in enumerate(text.split("\n"), 1):
        if unicodedata.normalize("NFC", line) != line:
            yield Place(place.path, number).says("chữ tổ hợp rời (NFD); chuyển về NFC")
    again = io.StringIO()
    rows = list(csv.reader(io.StringIO(text)))
    csv.writer(again, lineterminator="\n").writerows(rows)
    if again.getvalue() != text:
        yield place.says("cách viết không chuẩn (dấu ngoặc kép, dòng cuối); ghi lại tệp")
    for number, row in enumerate(rows, 1):
        for cell in row:
            if cell != cell.strip() or "\n" in cell:
                yield Place(place.path, number).says(
                    f"ô thừa khoảng trắng hoặc xuống dòng: {cell!r}"
                )


def check_package(places: Places) -> Iterator[Finding]:
    """The whole package is valid for frictionless: types, constraints, keys, references."""
    report = frictionless.validate(str(places.registers / "datapackage.json"), type="package")
    for error in report.errors:
        yield Finding("data/qms/datapackage.json", 1, error.message)
    for task in report.tasks:
        place = f"data/qms/{task.name}.csv"
        for error in task.errors:
            yield Finding(place, getattr(error, "row_number", 1) or 1, _words(error))


def _words(error: Any) -> str:
    what = _WORDS.get(error.type, error.message)
    column = getattr(error, "field_name", None) or ", ".join(getattr(error, "field_names", []))
    cell = getattr(error, "cell", None)
    where = f"cột {column}: " if column else ""
    value = f" (đang ghi: {_shown(cell)}; {error.note})" if cell is not None else f" ({error.note})"
    return f"{where}{what}{value}"


def _shown(cell: Any) -> str:
    """Return what a cell says, of a long one its beginning and how long it is."""
    text = str(cell)
    if len(text) <= _MOST_SHOWN:
        return repr(text)
    return f"{text[:_MOST_SHOWN]!r}… {len(text)} ký tự"
