"""The list of cases: what somebody sees, filtered, what is overdue first."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from intake.accounts.store import Account
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
        due = vietnamese_day(line.due.isoformat()) if line.due else ""
        opened = vietnamese_day(line.opened_on.isoformat())
        cells = [line.number, line.summary, line.unit, line.state_title, opened, due, line.handler]
        writer.writerow([escape_formula(cell) for cell in cells])
    return text.getvalue().encode("utf-8-sig")


def _answers(line: Line, asked: Filter) -> bool:
    return (
        (asked.view != OPEN or not line.ended)
        and asked.kind in {"", line.kind}
        and asked.unit in {"", line.unit}
        and asked.state in {"", line.state}
        and all(word in line.searched for word in fold(asked.words).split())
    )
