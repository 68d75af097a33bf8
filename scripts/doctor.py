"""`make doctor`: everything that the portal needs to run, looked at and told in sentences."""

import os
import smtplib
import sqlite3
from collections.abc import Callable, Iterator

from intake.app import create_app
from intake.condition import Finding, Level, condition
from intake.configuration import Places, Portal
from intake.errors import JournalTooNew, StorageUnavailable
from intake.forms.schema import BadFormSchema, load_forms
from intake.journal.store import SETTING, open_journal
from intake.settings import BadConfiguration
from scripts.checks import check
from scripts.paper_copies.pango import PangoMissing, ensure_pango

_MAIL_SECONDS = 5.0


def doctor(places: Places) -> list[Finding]:
    """Look at everything; what can't be looked at because of something else is left out."""
    needed = [_configuration(places), *_folders(places), _forms(places)]
    findings = [*needed, _pango()]
    if any(each.level is Level.BROKEN for each in needed):
        return findings
    findings += [_sources(places), _mail(Portal.load(places.configuration))]
    return [*findings, *_running(places)]


def _configuration(places: Places) -> Finding:
    title = "Cấu hình"
    try:
        Portal.load(places.configuration)
        Portal.check_environment(places.configuration)
    except BadConfiguration as bad:
        return Finding("configuration", title, Level.BROKEN, str(bad), "Sửa từng chỗ nêu trên.")
    return Finding("configuration", title, Level.WELL, "data/portal.toml và biến môi trường đúng.")


def _folders(places: Places) -> Iterator[Finding]:
    for folder in (places.packages, places.releases.parent, places.cache):
        there = folder
        while not there.exists():
            there = there.parent
        if not os.access(there, os.W_OK | os.X_OK):
            name = folder.relative_to(places.root)
            yield Finding(
                "folder",
                f"Thư mục {name}",
                Level.BROKEN,
                "Tài khoản đang chạy lệnh không ghi được vào đây.",
                f"Giao thư mục cho tài khoản của cổng: chown -R qms: {name}",
            )


def _forms(places: Places) -> Finding:
    title = "Biểu mẫu"
    try:
        forms = load_forms(places.forms)
    except (BadFormSchema, OSError) as bad:
        return Finding("forms", title, Level.BROKEN, str(bad), "Sửa tệp được nêu.")
    return Finding("forms", title, Level.WELL, f"{len(forms)} biểu mẫu đọc được.")


def _sources(places: Places) -> Finding:
    title, found = "Sổ và bài viết", check(places)
    if found:
        text = f"{len(found)} chỗ cần sửa; chỗ đầu tiên: {found[0]}"
        return Finding("sources", title, Level.WATCH, text, "Chạy make check để xem hết.")
    return Finding("sources", title, Level.WELL, "Không có lỗi.")


def _pango() -> Finding:
    title = "Pango (bản in PDF)"
    try:
        ensure_pango()
    except PangoMissing as missing:
        return Finding(
            "pango", title, Level.WATCH, str(missing), "Cài các gói được nêu nếu cần bản PDF."
        )
    return Finding("pango", title, Level.WELL, "Có.")


def _mail(portal: Portal) -> Finding:
    title, host, port = "Máy chủ thư", portal.mail["host"], portal.mail["port"]
    if not host:
        return Finding("mail_server", title, Level.WELL, "Không dùng: bảng [mail] chưa có host.")
    try:
        with smtplib.SMTP(host, port, timeout=_MAIL_SECONDS) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        text = f"{host}:{port} không trả lời: {error}"
        return Finding("mail_server", title, Level.WATCH, text, "Kiểm tra host, port và tường lửa.")
    return Finding("mail_server", title, Level.WELL, f"{host}:{port} trả lời.")


def _running(places: Places) -> Iterator[Finding]:
    """Open the journal and look at what the desk's own page shows."""
    where = "PostgreSQL" if os.environ.get(SETTING) else f"SQLite {sqlite3.sqlite_version}"
    try:
        journal = open_journal(places)
    except (OSError, JournalTooNew, StorageUnavailable, sqlite3.Error) as error:
        yield Finding(
            "journal", "Nơi lưu phiếu", Level.BROKEN, f"{where}: {error}", "Sửa điều được nêu."
        )
        return
    try:
        yield Finding("engine", "Loại nơi lưu phiếu", Level.WELL, f"{where}.")
        yield from condition(create_app(places, journal).extensions["qms"])
    finally:
        journal.close()


def report(findings: list[Finding], say: Callable[[str], object] = print) -> bool:
    """Say what was found; return whether nothing is broken."""
    for each in findings:
        say(f"{each.level.word:8} {each.title}: {each.text}")
        if each.remedy:
            say(f"{'':8} → {each.remedy}")
    return all(each.level is not Level.BROKEN for each in findings)
