"""The tables of a form's package: which columns, and the canonical text of their rows."""

import csv
import hashlib
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from intake.attachments import EXTENSIONS
from intake.configuration import LOCAL_ZONE
from intake.forms.checking import stored_cell
from intake.forms.schema import Form
from intake.journal.model import AttachedFile, Event
from intake.text import escape_formula

Row = dict[str, str]

DIALECT = {
    "csv": {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "skipInitialSpace": False}
}
"""Stated, or a reader would guess it from what people wrote."""

_SHORT_HASH = 12
_FORMULA_RULE = (
    "Ô chữ bắt đầu bằng = + - @ (sau các dấu nháy đơn nếu có) được thêm một dấu nháy đơn ở đầu "
    "để bảng tính không chạy như công thức; khi đọc, bỏ đi một dấu nháy đơn."
)


@dataclass(frozen=True)
class Part:
    """One CSV file; its name holds the hash of its content, so it never changes."""

    path: str
    text: str


@dataclass(frozen=True)
class Table:
    """A resource of a package with its parts."""

    name: str
    title: str
    schema: dict[str, Any]
    parts: tuple[Part, ...]

    def descriptor(self) -> dict[str, Any]:
        """Return the resource's descriptor."""
        paths = [part.path for part in self.parts]
        return {
            "name": self.name,
            "title": self.title,
            "type": "table",
            "path": paths[0],
            **({"extrapaths": paths[1:]} if len(paths) > 1 else {}),
            "scheme": "multipart" if len(paths) > 1 else "file",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "dialect": DIALECT,
            "schema": self.schema,
        }


def submission_table(name: str, form: Form, events: Iterable[Event]) -> Table:
    """Return the table of the submissions given under one version of a form."""
    fields = [*_ENVELOPE, *form.descriptor["fields"]]
    months: dict[str, list[Row]] = {}
    for event in events:
        months.setdefault(received_month(event), []).append(_submission_row(form, event))
    schema = {"fields": fields, "primaryKey": ["number"]}
    return Table(name, form.title, schema, parts_by_month(name, fields, months))


def file_table(name: str, submissions: str, form: Form, events: Iterable[Event]) -> Table:
    """Return the table of the files attached to the rows of the table `submissions`."""
    months: dict[str, list[Row]] = {}
    for event in events:
        rows = months.setdefault(received_month(event), [])
        rows += [{"number": event.number, **file_row(file)} for file in event.files]
    filled = {month: rows for month, rows in months.items() if rows}
    fields = [
        column("number", "Số phiếu", "Phiếu mà tệp được gửi kèm.", "KPH-2020-001"),
        *FILE_COLUMNS,
    ]
    schema = {
        "fields": fields,
        "primaryKey": ["number", "sha256"],
        "foreignKeys": [
            {"fields": ["number"], "reference": {"resource": submissions, "fields": ["number"]}}
        ],
    }
    return Table(name, f"{form.title}: tệp đính kèm", schema, parts_by_month(name, fields, filled))


def file_row(file: AttachedFile) -> Row:
    """Return what a table says of a file, without what it belongs to."""
    return {
        "sha256": file.sha256,
        "name": escape_formula(file.name),
        "media_type": file.media_type,
        "size": str(file.size),
        "path": file_path(file.sha256, file.media_type),
    }


def package_descriptor(form_name: str, title: str, last_seq: int, tables: list[Table]) -> str:
    """Return the text of `datapackage.json`."""
    descriptor = {
        "name": form_name,
        "title": title,
        "formulaEscape": _FORMULA_RULE,
        "journalSequence": last_seq,
        "resources": [table.descriptor() for table in tables],
    }
    return json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n"


def file_path(sha256: str, media_type: str) -> str:
    """Return where a file lies in the package."""
    return f"files/{sha256}.{EXTENSIONS.get(media_type, 'bin')}"


def received_month(event: Event) -> str:
    """Return the month, in Viet Nam, in which an event was recorded, as 2020-09."""
    return datetime.fromisoformat(event.recorded_at).astimezone(LOCAL_ZONE).strftime("%Y-%m")


def _submission_row(form: Form, event: Event) -> Row:
    row = {
        "number": event.number,
        "received_at": event.recorded_at,
        "form_hash": event.form_hash,
        "files": str(len(event.files)),
        "channel": "paper" if event.paper else "web",
        "written_on": event.paper.written_on if event.paper else "",
        "received_on": event.paper.received_on if event.paper else "",
    }
    for field in form.fields:
        row[field.name] = stored_cell(field, event.cells.get(field.name, ""))
    return row


def parts_by_month(
    name: str, fields: list[dict[str, Any]], months: dict[str, list[Row]]
) -> tuple[Part, ...]:
    """Return the rows of a table as CSV files, one a month."""
    columns = [field["name"] for field in fields]
    if not months:
        return (_part(name, columns, []),)
    return tuple(_part(f"{name}-{month}", columns, months[month]) for month in sorted(months))


def _part(stem: str, columns: list[str], rows: list[Row]) -> Part:
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    text = sheet.getvalue()
    return Part(f"{stem}-{hashlib.sha256(text.encode()).hexdigest()[:_SHORT_HASH]}.csv", text)


def column(
    name: str, title: str, description: str, example: str | int, **more: Any
) -> dict[str, Any]:
    """Return the field of a column that the intake writes itself; required unless it says not."""
    constraints = {"required": True, **more.pop("constraints", {})}
    return {
        "name": name,
        "title": title,
        "description": description,
        "type": "string",
        "constraints": constraints,
        "example": example,
        "access": "public",
        **more,
    }


CHANNELS = {"web": "gửi trên cổng", "paper": "nhập từ phiếu giấy"}
"""How a slip came in."""

HASH_PATTERN = {"pattern": "[0-9a-f]{64}"}
_ENVELOPE = [
    column(
        "number",
        "Số phiếu",
        "Số của phiếu; không bao giờ dùng lại.",
        "KPH-2020-001",
        constraints={"unique": True, "pattern": "[A-Z]+-[0-9]{4}-[0-9]{3,}"},
    ),
    column(
        "received_at",
        "Thời điểm tiếp nhận",
        "Thời điểm phiếu được ghi nhận, giờ UTC.",
        "2020-09-10T02:15:00Z",
        type="datetime",
    ),
    column(
        "form_hash",
        "Phiên bản biểu mẫu",
        "Mã băm SHA-256 của biểu mẫu mà người gửi đã điền.",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        access="internal",
        constraints=HASH_PATTERN,
    ),
    column(
        "files",
        "Số tệp đính kèm",
        "Số tệp gửi kèm phiếu.",
        1,
        type="integer",
        constraints={"minimum": 0},
    ),
    column(
        "channel",
        "Cách gửi",
        "Gửi trên cổng, hay viết trên giấy rồi được nhập vào cổng.",
        "web",
        labels=CHANNELS,
        constraints={"enum": list(CHANNELS)},
    ),
    column(
        "written_on",
        "Ngày ghi trên phiếu giấy",
        "Chỉ có ở phiếu nhập từ giấy.",
        "2020-09-08",
        type="date",
        access="internal",
        constraints={"required": False},
    ),
    column(
        "received_on",
        "Ngày nhận phiếu giấy",
        "Chỉ có ở phiếu nhập từ giấy.",
        "2020-09-09",
        type="date",
        access="internal",
        constraints={"required": False},
    ),
]
FILE_COLUMNS = [
    column(
        "sha256",
        "Mã băm",
        "Mã băm SHA-256 của nội dung tệp.",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        constraints=HASH_PATTERN,
    ),
    column(
        "name", "Tên tệp", "Tên tệp do người gửi đặt.", "anh-hien-truong.jpg", access="personal"
    ),
    column("media_type", "Loại tệp", "Loại nội dung của tệp.", "image/jpeg"),
    column("size", "Kích thước (byte)", "Kích thước của tệp.", 120000, type="integer"),
    column("path", "Đường dẫn", "Nơi tệp nằm trong gói dữ liệu.", "files/9f86d081….jpg"),
]
