"""The list of cases: what somebody sees, filtered, what is overdue first."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from openpyxl import Workbook

from intake.accounts.model import Account
from intake.cases.casebook import Line
from intake.cases.decisions import waits_for
from intake.cases.roles import Role
from intake.cases.workflow import Workflow
from intake.desk.reach import sees
from intake.forms.rendering import vietnamese_day
from intake.text import escape_formula, fold

MINE, OPEN, ALL = "cho-toi", "dang-mo", "tat-ca"
VIEWS = {MINE: "Chờ tôi xử lý", OPEN: "Đang mở", ALL: "Tất cả"}
_COLUMNS = ["Số phiếu", "Tóm tắt", "Đơn vị", "Trạng thái", "Ngày gửi", "Hạn", "Người xử lý"]


@dataclass(frozen=True)
class Filter:
    """What is asked for; empty means whatever."""

    view: str = MINE
    words: str = ""
    kind: str = ""
    unit: str = ""
    state: str = ""


@dataclass(frozen=True)
class Desk:
    """Somebody at the desk, on a day."""

    account: Account
    roles: Mapping[str, Role]
    workflows: Mapping[str, Workflow]
    today: dt.date

    def visible(self, lines: Iterable[Line]) -> list[Line]:
        """Return what they see."""
        return [line for line in lines if sees(self.account, self.roles, line.units, line.handler)]

    def waiting(self, lines: Iterable[Line]) -> list[Line]:
        """Return what waits for them, which isn't what was assigned to somebody else."""
        return [
            line
            for line in self.visible(lines)
            if line.case is not None
            and line.handler in {"", self.account.name}
            and waits_for(self.workflows[line.kind], line.case, self.account.person, self.today)
        ]

    def listed(self, lines: Iterable[Line], asked: Filter) -> list[Line]:
        """Return what they see of what is asked for: open before ended, by due day."""
        reached = self.waiting(lines) if asked.view == MINE else self.visible(lines)
        found = [line for line in reached if _answers(line, asked)]
        return sorted(found, key=lambda line: (line.ended, line.due or dt.date.max))


def as_csv(lines: Iterable[Line]) -> bytes:
    """Return lines as a spreadsheet reads them: UTF-8 with its mark, no cell runs as a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for line in lines:
        writer.writerow(
            [
                vietnamese_day(cell.isoformat())
                if isinstance(cell, dt.date)
                else escape_formula(cell or "")
                for cell in _cells(line)
            ]
        )
    return text.getvalue().encode("utf-8-sig")


def as_workbook(lines: Iterable[Line], about: Mapping[str, str]) -> bytes:
    """Return lines as a workbook, with a second sheet that says what they are.

    Args:
        lines: in their order.
        about: what the second sheet says, by title.
    """
    book = Workbook()
    sheet, info = book.worksheets[0], book.create_sheet("Thông tin")
    sheet.title = "Danh sách phiếu"
    sheet.append(_COLUMNS)
    for row, line in enumerate(lines, 2):
        for column, value in enumerate(_cells(line), 1):
            cell = sheet.cell(row, column, value)
            if isinstance(value, str):
                cell.data_type = "s"  # text that begins with = is no formula
            elif value:
                cell.number_format = "dd/mm/yyyy"
    sheet.freeze_panes, sheet.auto_filter.ref = "A2", sheet.dimensions
    for letter, width in zip("ABCDEFG", (16, 60, 10, 18, 12, 12, 16), strict=True):
        sheet.column_dimensions[letter].width = width
    for pair in about.items():
        info.append(pair)
    for row in info.iter_rows():
        for cell in row:
            cell.data_type = "s"
    info.column_dimensions["A"].width, info.column_dimensions["B"].width = 16, 80
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _cells(line: Line) -> list[str | dt.date | None]:
    head = [line.number, line.summary, line.unit, line.state_title]
    return [*head, line.opened_on, line.due, line.handler]


def _answers(line: Line, asked: Filter) -> bool:
    return (
        (asked.view != OPEN or not line.ended)
        and asked.kind in {"", line.kind}
        and asked.unit in {"", line.unit}
        and asked.state in {"", line.state}
        and all(word in line.searched for word in fold(asked.words).split())
    )
