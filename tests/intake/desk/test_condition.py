"""Those who look after the portal see whether all is well; the others don't."""

import shutil

import pytest
from flask import Flask

from intake.cases.people import Grant, Person
from intake.journal.sqlite import SqliteJournal
from intake.services import Services
from tests.conftest import MakeSubmission
from tests.intake.cases.slips import COORDINATOR, SECRETARY
from tests.intake.desk.conftest import SignIn, add

ADMINISTRATOR = Person("quan.vt", "Vũ Thị Quản", "", "VP", (Grant("administrator"),))


def test_the_secretariat_sees_what_to_do_the_worst_first(
    sign_in: SignIn,
    journal: SqliteJournal,
    make_submission: MakeSubmission,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    journal.append(make_submission())
    monkeypatch.setattr(
        shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**12, 10**12, 10**8)
    )
    desk = sign_in(SECRETARY)
    assert "Tình trạng cổng" in desk.get().text
    html = desk.get("tinh-trang/").text
    assert "1 chỗ hỏng, 3 chỗ cần xem" in html
    assert html.index("Còn trống 0,1 GB.") < html.index("Chưa sao lưu lần nào.")
    assert "Dọn bớt đĩa" in html
    assert "lâu nhất là KPH-2020-001" in html


def test_administrators_see_it_too(app: Flask, sign_in: SignIn) -> None:
    services: Services = app.extensions["qms"]
    add(services.accounts, ADMINISTRATOR)
    assert sign_in(ADMINISTRATOR).get("tinh-trang/").status_code == 200


def test_others_do_not(app: Flask, sign_in: SignIn) -> None:
    assert sign_in(COORDINATOR).get("tinh-trang/").status_code == 403
    assert "tinh-trang" not in sign_in(COORDINATOR).get().text
    assert app.test_client().get("/xu-ly/tinh-trang/").status_code == 303
