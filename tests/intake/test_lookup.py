"""The page of whoever holds a receipt code."""

import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from intake.cases.case import Case
from intake.cases.decisions import decide
from intake.cases.people import Person
from intake.journal.model import Attachment
from intake.journal.sqlite import SqliteJournal
from intake.receipts import new_token, receipt_code
from tests.conftest import MakeSubmission
from tests.intake.cases.slips import ANSWERS, COORDINATOR, SECRETARY, TODAY, WORKFLOW

ATTACK = '"><script>alert(1)</script>{{ 7*7 }}'
PERSONAL = {
    "sender_name": "Trần Thị Ẩn",
    "sender_unit": "KHCN",
    "sender_email": "an.danh@noi-lam-viec.vn",
    "contact_back": "true",
}


class Slip:
    """A slip in the journal, and a browser at the look-up page that knows its code."""

    def __init__(self, client: FlaskClient, journal: SqliteJournal, make: MakeSubmission) -> None:
        self._client = client
        self._journal = journal
        token = new_token()
        picture = Attachment("nguyen-van-a.png", "image/png", b"x")
        self.number = journal.append(make(token=token, attachments=(picture,), **PERSONAL)).number
        self.code = receipt_code(token)

    def case(self) -> Case:
        return Case(tuple(self._journal.case(self.number)))

    def act(self, who: Person, action: str, **cells: str) -> None:
        given = {**ANSWERS[action], **cells}
        decision = decide(WORKFLOW, self.case(), who, action, given, TODAY)
        self._journal.act(decision.act(new_token()))

    def look(self, **data: Any) -> TestResponse:
        return self._client.post("/tra-cuu/", data=data or {"code": self.code})

    def add(self, action: str = "inform", **answers: Any) -> TestResponse:
        data = {"_code": self.code, "_action": action, "_token": new_token(), **answers}
        sent = {name: value for name, value in data.items() if value is not None}
        return self._client.post("/tra-cuu/", data=sent, content_type="multipart/form-data")


@pytest.fixture
def slip(client: FlaskClient, journal: SqliteJournal, make_submission: MakeSubmission) -> Slip:
    return Slip(client, journal, make_submission)


def offered(answer: TestResponse) -> list[str]:
    return re.findall(r'name="_action" value="(\w+)"', answer.text)


def test_a_case_is_looked_up_by_its_code_however_it_is_typed(slip: Slip) -> None:
    answer = slip.look(code=f" {slip.code.lower().replace('-', ' ')}")
    assert answer.status_code == 200
    assert f"<title>{slip.number}: " in answer.text
    assert "Hồ sơ đề nghị xác nhận thiếu phiếu kiểm soát" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("code", "status", "words"),
    [
        ("ABCD-2345-WXYZ", 404, "Không có phiếu nào"),
        (ATTACK, 404, "Không có phiếu nào"),
        ("KPH-2020-001", 404, "Không có phiếu nào"),
        ("", 422, "Hãy điền mã tra cứu"),
        ("   ", 422, "Hãy điền mã tra cứu"),
        (None, 422, "Hãy điền mã tra cứu"),
    ],
)
@pytest.mark.parametrize("adding", [{}, {"_action": "inform", "text": "Thêm điều này"}])
def test_without_the_code_no_case_is_shown_or_added_to(
    adding: dict[str, str], code: str | None, status: int, words: str, slip: Slip
) -> None:
    answer = slip.look(**adding, **({} if code is None else {"code": code}), other="")
    assert answer.status_code == status
    assert words in answer.text
    assert re.findall(r'<li><a href="#([^"]+)"', answer.text) == ["f-code"]
    assert 'id="f-code"' in answer.text
    assert "<script>" not in answer.text
    assert "Hồ sơ đề nghị" not in answer.text
    assert len(slip.case().events) == 1


def test_nothing_personal_nor_inner_is_shown(slip: Slip) -> None:
    slip.act(SECRETARY, "accept")
    slip.act(COORDINATOR, "note", text="Đã gọi cho người gửi, chưa gặp.")
    answer = slip.look()
    hidden = ("Trần Thị Ẩn", "an.danh@", "nguyen-van-a", "chưa gặp", SECRETARY.name, "thuky")
    assert not [words for words in hidden if words in answer.text]
    assert "1 tệp" in answer.text


def test_the_state_and_the_answer_follow_what_was_done(slip: Slip) -> None:
    assert "Tình trạng: <strong>Mới</strong>" in slip.look().text
    slip.act(SECRETARY, "accept")
    assert "Tình trạng: <strong>Tiếp nhận</strong>" in slip.look().text
    slip.act(SECRETARY, "cancel", public_answer="Đã kiểm tra: báo nhầm hồ sơ.")
    shown = slip.look().text
    assert "Tình trạng: <strong>Hủy</strong>" in shown
    assert "Đã kiểm tra: báo nhầm hồ sơ." in shown


def test_the_holder_adds_to_an_open_case(slip: Slip, journal: SqliteJournal) -> None:
    assert offered(slip.look()) == ["inform"]
    answer = slip.add(
        text="Việc này lặp lại hôm qua.", attachments=(io.BytesIO(b"%PDF-1.4"), "a.pdf")
    )
    assert answer.status_code == 201
    assert "Đã nhận: bổ sung thông tin" in answer.text
    assert "Việc này lặp lại hôm qua." in answer.text
    added = slip.case().events[-1]
    assert (added.action, added.state, added.cells) == (
        "inform",
        "new",
        {"text": "Việc này lặp lại hôm qua."},
    )
    assert added.actor
    assert (added.actor.account, added.actor.name, added.actor.role) == ("", "", "reporter")
    assert journal.attachment(added.files[0].sha256) == b"%PDF-1.4"


def test_sent_twice_is_added_once(slip: Slip) -> None:
    token = new_token()
    for _ in range(2):
        assert slip.add(_token=token, text="Việc này lặp lại.").status_code == 201
    assert len(slip.case().events) == 2


def test_what_can_not_be_taken_is_shown_again_with_its_files(slip: Slip) -> None:
    answer = slip.add(text="Ừ", attachments=(io.BytesIO(b"%PDF-1.4"), "bằng chứng.pdf"))
    assert answer.status_code == 422
    assert 'href="#f-inform-text"' in answer.text
    assert 'id="f-inform-text"' in answer.text
    assert "Giữ tệp đã nhận: bằng chứng.pdf" in answer.text
    assert len(slip.case().events) == 1
    assert slip.add(text="Đủ dài rồi", _token=None).status_code == 422


def test_an_addition_stands_beside_what_others_did_meanwhile(
    slip: Slip, journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    act, others = journal.act, [(SECRETARY, "accept"), (SECRETARY, "confirm")]

    def others_first(wanted: Any) -> Any:
        if others:
            who, action = others.pop(0)
            monkeypatch.setattr(journal, "act", act)
            slip.act(who, action)
            monkeypatch.setattr(journal, "act", others_first)
        return act(wanted)

    monkeypatch.setattr(journal, "act", others_first)
    assert slip.add(text="Việc này lặp lại.").status_code == 201
    actions = [event.action for event in slip.case().events]
    assert actions == ["", "accept", "confirm", "inform"]


@pytest.mark.parametrize("action", ["accept", "reject", "note", "assign", "close", "unheard_of"])
def test_the_code_opens_no_other_action(action: str, slip: Slip) -> None:
    answer = slip.add(action, **ANSWERS.get(action, {}))
    assert answer.status_code == 403
    assert len(slip.case().events) == 1


def test_after_the_end_the_holder_is_asked_whether_it_helped(slip: Slip) -> None:
    assert slip.add("rate", helped="yes").status_code == 403
    slip.act(SECRETARY, "reject")
    answer = slip.look()
    assert offered(answer) == ["rate"]
    assert '<details class="qms-offer" open>' in answer.text
    assert slip.add("inform", text="Việc này lặp lại.").status_code == 403
    assert slip.add("rate", helped="no", text="Vẫn như cũ.").status_code == 201
    assert slip.case().facts["helped"] == "no"
    assert slip.case().state == "rejected"


def test_what_is_added_is_never_run(slip: Slip) -> None:
    answer = slip.add(text=f"Mười chữ {ATTACK}")
    assert "<script>" not in answer.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}" in answer.text


def test_a_case_without_a_workflow_shows_what_was_sent(
    client: FlaskClient, journal: SqliteJournal, make_submission: MakeSubmission
) -> None:
    token = new_token()
    journal.append(make_submission("file_entry", token, opened_on="2020-01-02"))
    answer = client.post("/tra-cuu/", data={"code": receipt_code(token)})
    assert answer.status_code == 200
    assert "Tình trạng: <strong>Mới</strong>" in answer.text
    assert offered(answer) == []
    assert (
        client.post(
            "/tra-cuu/", data={"_code": receipt_code(token), "_action": "inform"}
        ).status_code
        == 403
    )


def test_times_are_those_of_viet_nam(slip: Slip) -> None:
    assert "09 giờ 15, ngày 10/09/2020" in slip.look().text
