"""The tables of a pack: every figure as a workbook, decisions in the shape of their register."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import replace

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from scripts.review_pack.gather import Pack
from scripts.review_pack.tables import day
from scripts.review_pack.texts import Texts
from scripts.sheets.importing import texts_of
from scripts.sheets.workbook import register_book

_WIDEST = 60


def figures_book(pack: Pack) -> bytes:
    """Return the figures, the rows behind them and the numbers of the charts as a workbook."""
    book = Workbook()
    about = book.worksheets[0]
    about.title = "Thông tin"
    _fill(about, ("Mục", "Nội dung"), _about(pack))
    numbers = (
        (each.point, each.title, figure.title, figure.value)
        for each in pack.inputs
        for figure in each.figures
    )
    columns = ("Điểm 9.3.2", "Đầu vào", "Số liệu", "Giá trị")
    _fill(book.create_sheet("Số liệu"), columns, numbers)
    for each in pack.inputs:
        _fill(book.create_sheet(f"Bảng {each.point}"), each.table.columns, each.table.rows)
    for number, chart in enumerate(pack.charts.values(), 1):
        lines = (
            (line.name, *(count.number for count in line.counts), line.sum)
            for line in (*chart.lines, chart.total)
        )
        heads = (chart.by, *(value.name for value in chart.series), "Cộng")
        sheet = book.create_sheet(f"Biểu đồ {number}")
        _fill(sheet, heads, lines)
        sheet.cell(sheet.max_row + 2, 1, chart.title)
    return _bytes(book)


def decisions_book(pack: Pack) -> bytes:
    """Return the decisions as a workbook with drop-downs, to be filled in and imported."""
    return _bytes(register_book(pack.decisions, pack.system.registers))


def reviews_book(pack: Pack) -> bytes:
    """Return the reviews as a workbook with drop-downs, for the conclusions of the meeting."""
    return _bytes(register_book(pack.reviews, pack.system.registers))


def entries_book(pack: Pack, texts: Texts) -> bytes:
    """Return the inputs of the reviews as a workbook; what the register lacks comes from texts."""
    rows = tuple(
        {**row, "summary": row["summary"] or texts.written(row["clause"].split()[1]) or None}
        for row in pack.entries.rows
    )
    return _bytes(register_book(replace(pack.entries, rows=rows), pack.system.registers))


def decisions_csv(pack: Pack) -> bytes:
    """Return the decisions as CSV that spreadsheets open, to be filled in and imported."""
    register = pack.decisions
    own = {row["code"] for row in register.rows}
    at = [field["name"] for field in register.fields].index("code")
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow([field["title"] for field in register.fields])
    writer.writerows(texts for texts in texts_of(register) if texts[at] in own)
    return file.getvalue().encode("utf-8-sig")


def _about(pack: Pack) -> list[tuple[str, str]]:
    found = [
        ("Kỳ", f"{pack.period.code}: {pack.period.title}"),
        ("Từ ngày", day(pack.period.first)),
        ("Số liệu đến hết ngày", day(pack.period.last)),
        ("Mã kiểm tra số liệu", pack.check),
        *((f"Bảng {each.point}", each.table.title) for each in pack.inputs),
        *((f"Biểu đồ {n}", chart.title) for n, chart in enumerate(pack.charts.values(), 1)),
    ]
    notice = pack.system.portal.sample_notice
    return [*found, ("Lưu ý", notice)] if notice else found


def _fill(sheet: Worksheet, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    sheet.append(list(columns))
    for line, row in enumerate(rows, 2):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(line, column)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"  # text that begins with = is no formula
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for cells in sheet.columns:
        longest = max(len(str(cell.value or "")) for cell in cells)
        sheet.column_dimensions[cells[0].column_letter].width = min(_WIDEST, longest + 3)
    sheet.freeze_panes = "A2"


def _bytes(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
