"""Mails that could not be sent are shown to those who may know the senders."""

from flask import Flask

from intake.notices.telling import Notice
from intake.services import Services
from tests.intake.cases.slips import COORDINATOR, SECRETARY
from tests.intake.desk.conftest import SignIn

NOTICE = Notice("k", "waiting", "lan@example.gov.vn", "lan.nt", "KPH-2020-001", "Tóm tắt", "")


def test_what_was_not_sent_is_shown_and_tried_again(app: Flask, sign_in: SignIn) -> None:
    services: Services = app.extensions["qms"]
    services.outbox.put([NOTICE], 1)
    desk = sign_in(SECRETARY)
    assert "Mọi thư đều đã gửi được" in desk.get("thu/").text
    assert "Thư chưa gửi được" not in desk.get().text
    services.outbox.failed(["k"], "Máy chủ thư từ chối: 550", for_good=True)
    assert services.outbox.due() == []
    html = desk.get("thu/").text
    assert "Phiếu KPH-2020-001 chờ bạn xử lý" in html
    assert "Máy chủ thư từ chối: 550" in html
    assert "Thư chưa gửi được (1)" in desk.get().text
    assert desk.post("thu/", {}).status_code == 303
    assert services.outbox.due() == [NOTICE]


def test_others_see_no_address(sign_in: SignIn) -> None:
    assert sign_in(COORDINATOR).get("thu/").status_code == 403
    assert sign_in(COORDINATOR).post("thu/", {}).status_code == 403
