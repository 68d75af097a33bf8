"""A slip as DOCX, to edit, to print or to fill in; the same slip gives the same bytes."""

import io
import re
import zipfile
from functools import lru_cache
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from intake.paper.model import Block, Entry, Grid, Heading, Note, Part, Signatures, Slip

MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FONT = "Times New Roman"
_COUNTRY, _MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"
_THEN = (1980, 1, 1, 0, 0, 0)
"""The one time in the archive."""
_WRITTEN = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TITLE_WIDTH = 55
"""Millimetres of the column of titles."""
_HEIGHTS = {"text": 8, "date": 8, "number": 8, "choice": 8, "long_text": 20}
"""Millimetres that are left to a pen."""


@lru_cache(maxsize=64)
def docx(slip: Slip) -> bytes:
    """Return a slip as a DOCX file."""
    document = Document()
    _set_styles(document)
    width = _set_page(document, slip)
    _head(document, slip, width)
    for part in slip.parts:
        _part(document, part, width)
    return _stable(document)


def _set_styles(document: Any) -> None:
    defaults = document.styles.element.find(qn("w:docDefaults"))
    for language in defaults.iter(qn("w:lang")):
        for which in ("val", "eastAsia", "bidi"):
            language.set(qn(f"w:{which}"), "vi-VN")
    for name, size in (("Normal", 13), ("Title", 14), ("Heading 1", 13), ("Heading 2", 13)):
        style = document.styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        style.font.color.rgb = RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        for script in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(qn(f"w:{script}"), FONT)
        style.paragraph_format.space_before = Pt(0)
        style.paragraph_format.space_after = Pt(0)
    for name in ("Title", "Heading 1", "Heading 2"):
        document.styles[name].font.bold = True
    document.styles["Heading 2"].font.italic = True
    title = document.styles["Title"]
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.space_before = title.paragraph_format.space_after = Pt(10)
    for border in title.element.iter(qn("w:pBdr")):
        border.getparent().remove(border)
    for name, before in (("Heading 1", 10), ("Heading 2", 6)):
        document.styles[name].paragraph_format.space_before = Pt(before)
        document.styles[name].paragraph_format.space_after = Pt(4)


def _set_page(document: Any, slip: Slip) -> float:
    """Lay out the sheet as Decree 30/2020 asks and return the millimetres between its margins."""
    section = document.sections[0]
    paper = (297, 210) if slip.wide else (210, 297)
    section.page_width, section.page_height = (Mm(each) for each in paper)
    section.orientation = WD_ORIENT.LANDSCAPE if slip.wide else WD_ORIENT.PORTRAIT
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.header_distance = section.footer_distance = Mm(9)
    section.different_first_page_header_footer = True
    number = section.header.paragraphs[0]
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        run = number.add_run()
        mark = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            mark.set(qn("w:fldCharType"), kind)
        mark.text = text
        run._r.append(mark)
    for footer in (section.footer, section.first_page_footer):
        foot = footer.paragraphs[0]
        foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _run(foot, slip.foot, size=9)
    properties = document.core_properties
    properties.title, properties.author, properties.language = slip.title, slip.issuer, "vi-VN"
    properties.comments, properties.last_modified_by = "", slip.issuer
    return paper[0] - 45


def _head(document: Any, slip: Slip, width: float) -> None:
    left = 70 if not slip.wide else 110
    head = _table(document, [left, width - left], borders=False)
    agency, country = head.add_row().cells
    _lines(agency, [(slip.superior.upper(), False), (slip.issuer.upper(), True)], size=12)
    _lines(country, [(_COUNTRY, True), (_MOTTO, True)], size=12)
    _rule(agency, left * 0.35)
    _rule(country, (width - left) * 0.4)
    if slip.marks:
        document.add_paragraph()
        columns = min(3, len(slip.marks))
        marks = _table(document, [width / columns] * columns)
        for start in range(0, len(slip.marks), columns):
            row = marks.add_row().cells
            for cell, (name, text) in zip(row, slip.marks[start:], strict=False):
                _run(cell.paragraphs[0], f"{name}: ", size=11)
                _run(cell.paragraphs[0], text, size=11, bold=True)
    if slip.notice:
        notice = document.add_paragraph()
        notice.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _run(notice, slip.notice, size=10, italic=True)
    document.add_paragraph(style="Title").add_run(_clean(slip.title.upper()))


def _part(document: Any, part: Part, width: float) -> None:
    if part.title:
        document.add_paragraph(_clean(part.title), style="Heading 1")
    if part.hint:
        _run(document.add_paragraph(), part.hint, size=11, italic=True)
    for run in part.runs:
        if isinstance(run[0], Entry):
            _entries(document, run, width)
        else:
            _block(document, run[0], width)


def _block(document: Any, block: Block, width: float) -> None:
    match block:
        case Heading():
            document.add_paragraph(_clean(block.text), style="Heading 2")
            if block.hint:
                hint = document.add_paragraph()
                hint.paragraph_format.keep_with_next = True
                _run(hint, block.hint, size=10, italic=True)
        case Note():
            _run(document.add_paragraph(), block.text, size=11, italic=True)
        case Grid():
            _grid(document, block, width)
        case Signatures():
            _signatures(document, block, width)


def _entries(document: Any, entries: list[Any], width: float) -> None:
    table = _table(document, [_TITLE_WIDTH, width - _TITLE_WIDTH])
    for entry in entries:
        row = table.add_row()
        title, value = row.cells
        _run(title.paragraphs[0], entry.title + ("*" if entry.required else ""), size=12, bold=True)
        if entry.hint:
            _run(title.add_paragraph(), entry.hint, size=9, italic=True)
        _value(value, entry)
        if entry.value is None:
            row.height, row.height_rule = Mm(_HEIGHTS[entry.kind]), WD_ROW_HEIGHT_RULE.AT_LEAST


def _value(cell: Any, entry: Entry) -> None:
    paragraph = cell.paragraphs[0]
    for index, box in enumerate(entry.boxes):
        paragraph = cell.add_paragraph() if index and len(box.label) > 12 else paragraph
        _run(paragraph, f"{'☒' if box.ticked else '☐'} {box.label}   ", size=12)
    if entry.value:
        paragraph = cell.add_paragraph() if entry.boxes else paragraph
        for index, line in enumerate(entry.value.split("\n")):
            _run(cell.add_paragraph() if index else paragraph, line, size=12)
    elif entry.value is None and entry.kind == "date":
        _run(paragraph, "ngày …… tháng …… năm 20……", size=12)


def _grid(document: Any, grid: Grid, width: float) -> None:
    table = _table(document, [10, *_widths(grid, width - 10)])
    head = table.add_row()
    size = 12 if len(grid.columns) < 7 else 10
    for cell, title in zip(head.cells, ["TT", *map(_column, grid.columns)], strict=True):
        cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
        _run(cell.paragraphs[0], title, size=size, bold=True)
    repeated = OxmlElement("w:tblHeader")
    head._tr.get_or_add_trPr().append(repeated)
    for number, texts in enumerate(grid.rows, 1):
        for cell, text in zip(table.add_row().cells, [str(number), *texts], strict=True):
            _run(cell.paragraphs[0], text, size=size)
    for _ in range(grid.empty):
        row = table.add_row()
        row.height, row.height_rule = Mm(8 if grid.fills_sheet else 12), WD_ROW_HEIGHT_RULE.AT_LEAST


def _widths(grid: Grid, width: float) -> list[float]:
    """Share the width out: a number or a date needs half of what words need."""
    shares = [1 if column.kind in {"date", "number"} else 2 for column in grid.columns]
    return [width * share / sum(shares) for share in shares]


def _column(entry: Entry) -> str:
    """Return the title of a column, with the words to choose from."""
    words = f" ({' / '.join(box.label for box in entry.boxes)})" if entry.boxes else ""
    return f"{entry.title}{'*' if entry.required else ''}{words}"


def _signatures(document: Any, block: Signatures, width: float) -> None:
    document.add_paragraph().paragraph_format.keep_with_next = True
    columns = max(2, len(block.posts))
    table = _table(document, [width / columns] * columns, borders=False)
    row = table.add_row()
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    row.height, row.height_rule = Mm(36), WD_ROW_HEIGHT_RULE.AT_LEAST
    for cell, post in zip(row.cells[columns - len(block.posts) :], block.posts, strict=True):
        lines = ("Ngày …… tháng …… năm 20……", post.upper(), "(Ký, ghi rõ họ tên)")
        for index, line in enumerate(lines):
            paragraph = cell.add_paragraph() if index else cell.paragraphs[0]
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            _run(paragraph, line, size=12, bold=index == 1, italic=index != 1)


def _table(document: Any, widths: list[float], *, borders: bool = True) -> Any:
    table = document.add_table(0, len(widths), "Table Grid" if borders else "Normal Table")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    margins = OxmlElement("w:tblCellMar")
    for side, room in (("top", 40), ("left", 85), ("bottom", 40), ("right", 85)):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(room))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.append(margins)
    return table


def _lines(cell: Any, lines: list[tuple[str, bool]], *, size: float) -> None:
    for index, (text, bold) in enumerate(lines):
        paragraph = cell.add_paragraph() if index else cell.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _run(paragraph, text, size=size, bold=bold)


def _rule(cell: Any, width: float) -> None:
    """Draw the line under a block of the head: a paragraph that is indented up to its border."""
    paragraph = cell.add_paragraph()
    indent = (cell.width.mm - width) / 2
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Mm(indent)
    paragraph.paragraph_format.line_spacing = Pt(4)
    borders = OxmlElement("w:pBdr")
    top = OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        top.set(qn(f"w:{name}"), value)
    borders.append(top)
    paragraph._p.get_or_add_pPr().append(borders)


def _run(
    paragraph: Any, text: str, *, size: float, bold: bool = False, italic: bool = False
) -> None:
    run = paragraph.add_run(_clean(text))
    run.font.size, run.bold, run.italic = Pt(size), bold or None, italic or None


def _clean(text: str) -> str:
    """Return text that XML can hold."""
    return _NOT_IN_XML.sub("\ufffd", text)


def _stable(document: Any) -> bytes:
    written, stable = io.BytesIO(), io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(stable, "w") as target:
        for name in sorted(source.namelist()):
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _WRITTEN.sub(b"1980-01-01T00:00:00Z", content)
            target.writestr(zipfile.ZipInfo(name, _THEN), content, zipfile.ZIP_DEFLATED)
    return stable.getvalue()
