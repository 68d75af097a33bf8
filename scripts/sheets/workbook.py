"""A register as a workbook: Vietnamese titles, drop-downs for choices, dates as dates."""

from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from scripts.registers import Resource
from scripts.sheets.cells import to_sheet

GUIDE, LISTS = "Hướng dẫn", "Danh sách"
REGISTER_LABEL = "Tên sổ"
_ROOM = 500
"""Empty rows below the last one that still have drop-downs and formats."""

_LONGEST_LIST = 400
"""Rows up to which a register is offered as a drop-down."""

_FORMATS = {"date": "dd/mm/yyyy", "integer": "0", "number": "General"}


def register_book(resource: Resource, registers: dict[str, Resource]) -> Workbook:
    """Return the rows of a register as a workbook; `registers` offer the choices of its keys."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = resource.title[:31]
    _write_rows(sheet, resource)
    _write_choices(book, sheet, resource, registers)
    _write_guide(book.create_sheet(GUIDE), resource)
    return book


def _write_rows(sheet: Worksheet, resource: Resource) -> None:
    sheet.append([field["title"] for field in resource.fields])
    for line, row in enumerate(resource.rows, 2):
        for column, field in enumerate(resource.fields, 1):
            value = to_sheet(field, row[field["name"]])
            cell = sheet.cell(line, column, value)
            if isinstance(value, str):
                cell.data_type = "s"  # text that begins with = is no formula
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="DDE6EE")
        cell.alignment = Alignment(wrap_text=True, vertical="bottom")
    sheet.freeze_panes = "B2"
    for index, field in enumerate(resource.fields, 1):
        _format_column(sheet, index, field)
    sheet.auto_filter.ref = sheet.dimensions


def _format_column(sheet: Worksheet, index: int, field: dict[str, Any]) -> None:
    letter = get_column_letter(index)
    longest = max(len(str(cell.value or "")) for cell in sheet[letter])
    sheet.column_dimensions[letter].width = min(60, max(10, longest + 2))
    kind = field["type"] if "labels" not in field else "string"
    for row in range(2, sheet.max_row + 1):
        cell = sheet.cell(row, index)
        cell.number_format = _FORMATS.get(kind, "@")
        cell.alignment = Alignment(wrap_text=True, vertical="top")


def _write_choices(
    book: Workbook, sheet: Worksheet, resource: Resource, registers: dict[str, Resource]
) -> None:
    lists = book.create_sheet(LISTS)
    lists.sheet_state = "hidden"
    column = 0
    for index, field in enumerate(resource.fields, 1):
        values = choices(resource, field, registers)
        if not values:
            continue
        column += 1
        for row, value in enumerate(values, 1):
            lists.cell(row, column, value)
        where = get_column_letter(column)
        rule = DataValidation(
            type="list",
            formula1=f"'{LISTS}'!${where}$1:${where}${len(values)}",
            allow_blank=not field["constraints"].get("required", False),
            showErrorMessage=True,
            errorTitle="Giá trị không có trong danh sách",
            error="Hãy chọn một giá trị trong danh sách thả xuống.",
        )
        letter = get_column_letter(index)
        rule.add(f"{letter}2:{letter}{sheet.max_row + _ROOM}")
        sheet.add_data_validation(rule)


def choices(resource: Resource, field: dict[str, Any], registers: dict[str, Resource]) -> list[str]:
    """Return what a column may hold, as a spreadsheet shows it; empty when anything may stand."""
    if "labels" in field:
        return list(field["labels"].values())
    if field["type"] == "boolean":
        return ["Có", "Không"]
    for reference in resource.references:
        if reference.fields == (field["name"],):
            rows = registers[reference.register].rows
            if len(rows) <= _LONGEST_LIST:
                return [str(row[reference.their_fields[0]]) for row in rows]
    return []


def _write_guide(guide: Worksheet, resource: Resource) -> None:
    guide.append([REGISTER_LABEL, resource.name])
    guide.append(["Nội dung", resource.description])
    guide.append(["Không đổi tên các cột. Ngày viết dạng ngày/tháng/năm. Xóa dòng chỉ được nhận"])
    guide.append(["khi nhập với REMOVE=1."])
    guide.append([])
    guide.append(["Cột", "Tên máy", "Cách điền", "Bắt buộc"])
    for field in resource.fields:
        required = "Có" if field["constraints"].get("required") else "Không"
        guide.append([field["title"], field["name"], field["description"], required])
    for letter, width in (("A", 26), ("B", 22), ("C", 80), ("D", 10)):
        guide.column_dimensions[letter].width = width
