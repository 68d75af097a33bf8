"""What is not well is found, told in words, with what to do."""

import datetime as dt
import shutil
from pathlib import Path

import pytest
from flask import Flask

from intake import condition as module
from intake.backups import back_up
from intake.condition import (
    Finding,
    Level,
    condition,
    of_backup,
    of_cases,
    of_disk,
    of_mail,
    of_publishing,
    of_site,
)
from intake.configuration import Places
from intake.journal.sqlite import SqliteJournal
from intake.notices.outbox import Outbox
from intake.notices.telling import Notice
from intake.services import Services
from tests.conftest import MakeSubmission, SetClock

NOTICE = Notice("k", "waiting", "lan@example.gov.vn", "lan.nt", "KPH-2020-001", "Tóm tắt", "")
GB = 1_000_000_000


def disk_with(free: int, monkeypatch: pytest.MonkeyPatch) -> Finding:
    usage = shutil.disk_usage("/")._replace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    return of_disk(Path("/nowhere/at/all"))


@pytest.mark.parametrize(
    ("free", "level"),
    [(50 * GB, Level.WELL), (GB, Level.WATCH), (GB // 10, Level.BROKEN)],
)
def test_a_disk_is_told_before_it_is_full(
    free: int, level: Level, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = disk_with(free, monkeypatch)
    assert found.level is level
    assert bool(found.remedy) == (level is not Level.WELL)


def test_a_portal_without_a_release_is_broken(tmp_path: Path) -> None:
    assert of_site(Places(tmp_path)).level is Level.BROKEN


def test_the_last_publication_is_told(places: Places) -> None:
    places.current_site.mkdir(parents=True)
    places.publications.write_text(
        "published_at,release,act,commit\n"
        "2020-09-01T08:00:00+07:00,a,publish,\n2020-09-30T17:05:00+07:00,b,publish,\n"
    )
    found = of_site(places)
    assert found.text == "Bản đang công bố từ 17:05 ngày 30/09/2020."


def test_what_is_not_published_in_time_is_told(
    places: Places, journal: SqliteJournal, make_submission: MakeSubmission, clock: SetClock
) -> None:
    journal.append(make_submission())
    forms = ["nonconformity"]
    soon, later = clock.now + dt.timedelta(minutes=5), clock.now + dt.timedelta(hours=1)
    assert of_publishing(places, journal, forms, soon).level is Level.WELL
    late = of_publishing(places, journal, forms, later)
    assert (late.level, late.figures) == (Level.WATCH, {"qms_unpublished_events": 1})
    assert "1 việc chưa lên trang, lâu nhất từ 09:15 ngày 10/09/2020" in late.text


def test_a_late_backup_is_told(places: Places, journal: SqliteJournal, tmp_path: Path) -> None:
    now = dt.datetime.now(dt.UTC)
    assert of_backup(places, now).level is Level.WATCH
    back_up(places, tmp_path / "kept", 3)
    assert of_backup(places, now).level is Level.WELL
    assert of_backup(places, now + dt.timedelta(hours=27)).level is Level.WATCH
    assert of_backup(places, now + dt.timedelta(days=8)).level is Level.BROKEN


def test_mail_that_does_not_go_out_is_told(places: Places, clock: SetClock) -> None:
    outbox = Outbox(places.outbox, clock)
    assert of_mail(outbox, sends=False).level is Level.WELL
    outbox.put([NOTICE], 1)
    assert of_mail(outbox, sends=True).level is Level.WELL
    clock.now += dt.timedelta(days=2)
    assert "chưa được thử lần nào" in of_mail(outbox, sends=True).text
    outbox.failed(["k"], "550", for_good=True)
    found = of_mail(outbox, sends=True)
    assert found.level is Level.WATCH
    assert found.text == "1 thư chưa gửi được, trong đó 1 thư đã thôi thử."
    assert "example.gov.vn" not in found.text


def test_the_latest_case_is_named(
    app: Flask, journal: SqliteJournal, make_submission: MakeSubmission, today: dt.date
) -> None:
    services: Services = app.extensions["qms"]
    casebook, workflows = services.casebook, services.workflows()
    assert of_cases(casebook, workflows, today).level is Level.WELL
    journal.append(make_submission())
    found = of_cases(casebook, workflows, today)
    assert found.level is Level.WATCH
    assert found.text == "1 phiếu đang mở, 1 phiếu quá hạn; lâu nhất là KPH-2020-001, quá 16 ngày."
    assert found.figures["qms_oldest_overdue_days"] == 16


def test_everything_is_looked_at_once(app: Flask) -> None:
    found = condition(app.extensions["qms"])
    names = [each.name for each in found]
    assert names == ["journal", "disk", "site", "publishing", "backup", "mail", "cases"]
    assert all(each.text.endswith(".") for each in found)
    assert all(each.remedy for each in found if each.level is not Level.WELL)
    assert module.Level.BROKEN.word == "Hỏng"
