"""Whether all is well with the portal: what is found, in words for whoever looks after it.

Each finding is made by one function from what it looks at; the page of the desk, `/readyz`,
`/metrics` and `make doctor` show the same.
"""

import csv
import datetime as dt
import enum
import shutil
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from intake.backups import last_backup
from intake.cases.casebook import Casebook
from intake.cases.workflow import Workflow
from intake.configuration import LOCAL_ZONE, Places
from intake.errors import StorageUnavailable
from intake.journal.model import Journal
from intake.journal.sql import utc_now
from intake.notices.outbox import Outbox
from intake.packages.projection import projected_seq
from intake.services import Services

_LOW_BYTES, _TOO_LOW_BYTES = 2_000_000_000, 200_000_000
_BACKUP_HOURS, _BACKUP_DAYS = 26, 7
"""A daily backup may be a little late; after a week without one it is an accident waiting."""
_LATE = dt.timedelta(minutes=15)
"""How long publishing and sending may take before somebody should look."""
_PUBLISHER = "Xem nhật ký của dịch vụ xuất bản: journalctl -u qms-publisher"


class Level(enum.Enum):
    """How serious a finding is."""

    WELL = 0
    WATCH = 1
    BROKEN = 2

    @property
    def word(self) -> str:
        """What people read."""
        return {"WELL": "Tốt", "WATCH": "Cần xem", "BROKEN": "Hỏng"}[self.name]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    name: str
    title: str
    level: Level
    text: str
    remedy: str = ""
    """What to do; empty when all is well."""
    figures: Mapping[str, float] = field(default_factory=dict)
    """By the names under which a monitor knows them."""


def condition(found: Services) -> list[Finding]:
    """Look at everything."""
    now = utc_now()
    return [
        *needed_to_take_in(found),
        of_publishing(found.places, found.journal, list(found.forms()), now),
        of_backup(found.places, now),
        of_mail(found.outbox, sends=bool(found.portal.mail["host"])),
        of_cases(found.casebook, found.workflows(), found.today()),
    ]


def needed_to_take_in(found: Services) -> list[Finding]:
    """Look at what must be well for a form to be taken in."""
    return [of_journal(found.journal), of_disk(found.places.packages), of_site(found.places)]


def of_journal(journal: Journal) -> Finding:
    """Look whether the journal can be read, and written as far as the service knows."""
    title = "Nơi lưu phiếu"
    try:
        seq = journal.last_seq()
        journal.check()
    except StorageUnavailable:
        return Finding(
            "journal",
            title,
            Level.BROKEN,
            "Nơi lưu phiếu không nhận hoặc không đọc được; người gửi được báo là chưa ghi nhận.",
            "Xem nhật ký: journalctl -u qms-intake; kiểm tra đĩa hoặc PostgreSQL, "
            "rồi khởi động lại: systemctl restart qms-intake",
        )
    return Finding(
        "journal",
        title,
        Level.WELL,
        f"Đọc và ghi được; đã lưu {_count(seq)} việc.",
        figures={"qms_journal_events": seq},
    )


def of_disk(folder: Path) -> Finding:
    """Look how much may still be written."""
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    level = (
        Level.BROKEN if free < _TOO_LOW_BYTES else Level.WATCH if free < _LOW_BYTES else Level.WELL
    )
    return Finding(
        "disk",
        "Đĩa",
        level,
        f"Còn trống {_gigabytes(free)} GB.",
        "" if level is Level.WELL else "Dọn bớt đĩa hoặc gắn đĩa lớn hơn trước khi đĩa đầy.",
        {"qms_disk_free_bytes": free},
    )


def of_site(places: Places) -> Finding:
    """Look whether a release is published: without its pages no form can be taken in."""
    title, there = "Trang đang công bố", places.current_site.is_dir()
    if not there:
        return Finding(
            "site",
            title,
            Level.BROKEN,
            "Chưa có bản nào được công bố; người đọc không mở được trang nào.",
            "Chạy make publish, hoặc make rollback để trở lại bản trước.",
        )
    at = _published_at(places.publications)
    if at is None:
        return Finding("site", title, Level.WELL, "Có bản đang công bố.")
    return Finding(
        "site",
        title,
        Level.WELL,
        f"Bản đang công bố từ {_moment(at)}.",
        figures={"qms_published_timestamp_seconds": at.timestamp()},
    )


def of_publishing(places: Places, journal: Journal, forms: list[str], now: dt.datetime) -> Finding:
    """Look whether what was sent has come into packages and site."""
    title = "Đưa phiếu lên trang"
    done = max((projected_seq(places.packages, form) for form in forms), default=-1)
    try:
        behind = max(journal.last_seq() - max(done, 0), 0)
        since = journal.recorded_after(max(done, 0)) if behind > 0 else None
    except StorageUnavailable:
        return Finding("publishing", title, Level.WATCH, "Chưa biết: nơi lưu phiếu không đọc được.")
    figures = {"qms_unpublished_events": behind}
    if since is not None and now - since > _LATE:
        return Finding(
            "publishing",
            title,
            Level.WATCH,
            f"{_count(behind)} việc chưa lên trang, lâu nhất từ {_moment(since)}.",
            _PUBLISHER,
            figures,
        )
    text = f"{_count(behind)} việc đang được đưa lên." if behind else "Mọi phiếu đã lên trang."
    return Finding("publishing", title, Level.WELL, text, figures=figures)


def of_backup(places: Places, now: dt.datetime) -> Finding:
    """Look when the last backup was made."""
    title, remedy = (
        "Sao lưu",
        "Chạy make backup, hoặc bật lịch: systemctl enable --now qms-backup.timer",
    )
    last = last_backup(places)
    if last is None:
        return Finding("backup", title, Level.WATCH, "Chưa sao lưu lần nào.", remedy)
    age = now - last.made_at
    level = (
        Level.BROKEN
        if age > dt.timedelta(days=_BACKUP_DAYS)
        else Level.WATCH
        if age > dt.timedelta(hours=_BACKUP_HOURS)
        else Level.WELL
    )
    return Finding(
        "backup",
        title,
        level,
        f"Lần cuối {_moment(last.made_at)}, đến việc số {_count(last.events)}: {last.path}.",
        "" if level is Level.WELL else remedy,
        {"qms_backup_timestamp_seconds": last.made_at.timestamp()},
    )


def of_mail(outbox: Outbox, *, sends: bool) -> Finding:
    """Look whether mails go out."""
    title = "Thư báo"
    if not sends:
        return Finding("mail", title, Level.WELL, "Cổng không gửi thư: bảng [mail] chưa có host.")
    try:
        unsent, oldest = outbox.unsent(), outbox.oldest_due()
    except sqlite3.Error:
        return Finding(
            "mail", title, Level.BROKEN, "Không đọc được hộp thư đi.", "Kiểm tra outbox.sqlite3."
        )
    given_up = sum(each.given_up for each in unsent)
    figures = {"qms_mail_unsent": len(unsent), "qms_mail_given_up": given_up}
    if unsent:
        text = f"{len(unsent)} thư chưa gửi được, trong đó {given_up} thư đã thôi thử."
        return Finding(
            "mail",
            title,
            Level.WATCH,
            text,
            "Xem lý do và gửi lại ở trang Thư chưa gửi được.",
            figures,
        )
    if oldest is not None:
        text = f"Thư chờ gửi từ {_moment(oldest)} mà chưa được thử lần nào."
        return Finding(
            "mail", title, Level.WATCH, text, "Khởi động lại: systemctl restart qms-intake", figures
        )
    return Finding("mail", title, Level.WELL, "Mọi thư đều đã gửi.", figures=figures)


def of_cases(casebook: Casebook, workflows: Mapping[str, Workflow], today: dt.date) -> Finding:
    """Look which cases are open and which of them are late."""
    title = "Phiếu chờ xử lý"
    try:
        lines = [line for line in casebook.lines(workflows) if not line.ended]
    except StorageUnavailable:
        return Finding("cases", title, Level.WATCH, "Chưa biết: nơi lưu phiếu không đọc được.")
    late = sorted(
        (line for line in lines if line.due and line.due < today), key=lambda line: str(line.due)
    )
    figures = {"qms_cases_open": len(lines), "qms_cases_overdue": len(late)}
    if not late:
        text = f"{len(lines)} phiếu đang mở, không phiếu nào quá hạn."
        return Finding("cases", title, Level.WELL, text, figures=figures)
    first = late[0]
    days = -(first.days_left(today) or 0)
    return Finding(
        "cases",
        title,
        Level.WATCH,
        f"{len(lines)} phiếu đang mở, {len(late)} phiếu quá hạn; "
        f"lâu nhất là {first.number}, quá {days} ngày.",
        "Xem danh sách phiếu đang mở và nhắc đơn vị chịu trách nhiệm.",
        {**figures, "qms_oldest_overdue_days": days},
    )


def _published_at(log: Path) -> dt.datetime | None:
    if not log.exists():
        return None
    with log.open(encoding="utf-8-sig", newline="") as rows:
        written = [row["published_at"] for row in csv.DictReader(rows)]
    return dt.datetime.fromisoformat(written[-1]) if written else None


def _moment(at: dt.datetime) -> str:
    return f"{at.astimezone(LOCAL_ZONE):%H:%M ngày %d/%m/%Y}"


def _count(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f}".replace(".", ",")
