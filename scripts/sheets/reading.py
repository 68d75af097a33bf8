"""Reads a sheet that someone sends back: a workbook, or CSV as a Vietnamese Excel saves it."""

import csv
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from scripts.sheets.cells import Cell
from scripts.sheets.legacy_text import UnknownEncoding, as_it_is, converter_of
from scripts.sheets.workbook import GUIDE, LISTS, REGISTER_LABEL

_MOST_PARTS, _MOST_BYTES = 1_000, 200_000_000
"""Of a workbook, unpacked; the largest register has a hundredth of it."""
_BROKEN = (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError)
"""What a broken workbook raises; a parser of XML, a `SyntaxError`."""
_UNKNOWN = (
    "không nhận ra bảng mã tiếng Việt; hãy đổi chữ sang Unicode rồi lưu dạng .xlsx hoặc “CSV UTF-8”"
)


class UnreadableSheet(ValueError):
    """A file can't be read; the message says what to do, in Vietnamese."""


@dataclass(frozen=True)
class Sheet:
    """The rows of a sheet as they were read."""

    register: str | None
    """The register that the file itself names."""
    titles: tuple[str, ...]
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]
    """Each row with its line in the sheet; empty ones are left out."""


def read_sheet(path: Path) -> Sheet:
    """Read a file.

    Raises:
        UnreadableSheet: it is missing, of another kind, or in an encoding that is not certain.
    """
    if not path.is_file():
        raise UnreadableSheet(f"không có tệp {path}")
    if path.suffix.lower() == ".xlsx":
        return _workbook(path)
    if path.suffix.lower() in (".csv", ".txt", ".tsv"):
        return _csv(path)
    raise UnreadableSheet(f"{path.name}: chỉ nhận tệp .xlsx hoặc .csv")


def _workbook(path: Path) -> Sheet:
    _refuse_bomb(path)
    try:
        with path.open("rb") as file:
            book = load_workbook(file, data_only=True)
    except _BROKEN:
        raise UnreadableSheet(f"{path.name}: không mở được; lưu lại dạng Excel (.xlsx)") from None
    names = [name for name in book.sheetnames if name not in (GUIDE, LISTS)]
    if len(names) != 1:
        raise UnreadableSheet(f"{path.name}: phải có đúng một trang dữ liệu; đang có {len(names)}")
    register = None
    if GUIDE in book.sheetnames and book[GUIDE]["A1"].value == REGISTER_LABEL:
        register = str(book[GUIDE]["B1"].value)
    rows = [tuple(row) for row in book[names[0]].iter_rows(values_only=True)]
    try:
        convert = converter_of(" ".join(str(cell) for row in rows for cell in row if cell))
    except UnknownEncoding:
        raise UnreadableSheet(f"{path.name}: {_UNKNOWN}") from None
    return _sheet(
        register,
        [tuple(convert(each) if isinstance(each, str) else each for each in row) for row in rows],
    )


def _refuse_bomb(path: Path) -> None:
    """Look at what a workbook says of its parts before one is unpacked; no more is then read.

    Raises:
        UnreadableSheet: there would be too much of it.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return  # told when it is opened
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_BYTES:
        raise UnreadableSheet(f"{path.name}: quá lớn sau khi giải nén; hãy bỏ ảnh và trang thừa")


def _csv(path: Path) -> Sheet:
    text = _decoded(path)
    head = text.split("\n", 1)[0]
    delimiter = max(";\t,", key=head.count)
    rows: list[tuple[Cell, ...]] = [
        tuple(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    ]
    return _sheet(None, rows)


def _decoded(path: Path) -> str:
    content = path.read_bytes()
    for encoding in _encodings(content):
        try:
            text = content.decode(encoding)
            convert = converter_of(text)
        except (UnicodeDecodeError, UnknownEncoding):
            continue
        if encoding != "cp1258" or convert is as_it_is:  # old fonts were never saved so
            return convert(text).removeprefix("\ufeff")
    raise UnreadableSheet(f"{path.name}: {_UNKNOWN}")


def _encodings(content: bytes) -> tuple[str, ...]:
    """Return what the bytes can be read as, the surest first."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    return ("utf-8-sig", "cp1258", "latin-1")


def _sheet(register: str | None, rows: list[tuple[Cell, ...]]) -> Sheet:
    if not rows:
        raise UnreadableSheet("tệp không có dòng nào")
    titles = [" ".join(str(cell or "").split()) for cell in rows[0]]
    while titles and not titles[-1]:
        titles.pop()
    width = len(titles)
    numbered = (
        (line, (row + (None,) * width)[:width] if not any(_filled(row[width:])) else row)
        for line, row in enumerate(rows[1:], 2)
        if any(_filled(row))
    )
    return Sheet(register, tuple(titles), tuple(numbered))


def _filled(cells: tuple[Cell, ...]) -> list[bool]:
    return [cell is not None and str(cell).strip() != "" for cell in cells]
