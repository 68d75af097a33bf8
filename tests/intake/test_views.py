import datetime as dt
import io
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from intake.app import create_app
from intake.configuration import Places
from intake.errors import StorageUnavailable
from intake.journal.sqlite import SqliteJournal
from intake.receipts import new_token

ATTACK = '"><script>alert(1)</script>{{ 7*7 }}'
PAGES = {"nonconformity": "/bao/", "feedback": "/gop-y/"}
PERSONAL = {
    "sender_name": "Trần Thị Ẩn",
    "sender_unit": "KHCN",
    "sender_email": "an.danh@noi-lam-viec.vn",
    "contact_back": "true",
}


class Sender:
    """A browser at one of the forms."""

    def __init__(self, client: FlaskClient, answers: dict[str, dict[str, str]]) -> None:
        self._client = client
        self._answers = answers

    def __call__(self, form: str = "nonconformity", **changes: Any) -> TestResponse:
        data = {"_token": new_token(), **self._answers[form], **changes}
        return self.post(PAGES[form], data)

    def post(self, address: str, data: dict[str, Any], **more: Any) -> TestResponse:
        sent = {name: value for name, value in data.items() if value is not None}
        return self._client.post(address, data=sent, content_type="multipart/form-data", **more)


@pytest.fixture
def send(client: FlaskClient, answers: dict[str, dict[str, str]]) -> Sender:
    return Sender(client, answers)


def file(content: bytes, name: str = "ảnh.png") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def ids(html: str) -> set[str]:
    return set(re.findall(r'\bid="([^"]+)"', html))


def linked(html: str) -> list[str]:
    return re.findall(r'<li><a href="#([^"]+)"', html)


def token_in(html: str) -> str:
    (token,) = re.findall(r'name="_token" value="([0-9a-f]{32})"', html)
    return str(token)


def receipt_in(html: str) -> tuple[str, str]:
    number = re.findall(r'class="qms-number">([^<]+)<', html)
    code = re.findall(r'class="qms-code">([^<]+)<', html)
    return number[0], code[0]


def hidden_fields(html: str) -> dict[str, Any]:
    """Return what the page of the last look would send."""
    inputs = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html)
    areas = re.findall(r'<textarea name="(\w+)" hidden[^>]*>\n([^<]*)</textarea>', html)
    return {name: unescape(value) for name, value in [*inputs, *areas]}


@pytest.mark.parametrize("form", PAGES)
def test_a_good_form_gets_a_receipt(form: str, send: Sender, journal: SqliteJournal) -> None:
    answer = send(form)
    assert answer.status_code == 201
    number, code = receipt_in(answer.text)
    (event,) = journal.events()
    assert (event.number, event.form) == (number, form)
    assert re.fullmatch(r"([2-9A-HJ-NP-Z]{4}-){2}[2-9A-HJ-NP-Z]{4}", code)
    assert "<title>Đã ghi nhận: " in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "cuối trang" in answer.text


def test_sending_again_gives_the_same_receipt(send: Sender, journal: SqliteJournal) -> None:
    token = new_token()
    first, again = send(_token=token), send(_token=token)
    assert again.status_code == 201
    assert receipt_in(first.text) == receipt_in(again.text)
    assert len(journal.events()) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"summary": None},
        {"summary": "ngắn", "found_on": "mai", "unit": "XYZ", "source": "rumour"},
        {"document": "XX", "document_revision": "1", "sender_email": "a@", "anonymous": "x"},
        {"contact_back": "true"},
        {"description": None, "sender_unit": "XYZ", "trial": "x", "found_on": "01/10/2020"},
    ],
)
def test_every_error_is_linked_to_its_question(
    wrong: dict[str, Any], send: Sender, journal: SqliteJournal
) -> None:
    answer = send(**wrong)
    assert answer.status_code == 422
    expected = {"sender_email"} if "contact_back" in wrong else set(wrong)
    links = linked(answer.text)
    assert set(links) == {f"f-{name}" for name in expected}
    assert set(links) <= ids(answer.text)
    assert all(f"{link}-error" in ids(answer.text) for link in links)
    assert "<title>Lỗi: " in answer.text
    assert journal.events() == []


def test_the_words_beside_a_question_are_those_of_the_summary(send: Sender) -> None:
    html = send(summary=None).text
    assert html.count("Tóm tắt: hãy điền mục này.") == 2


def test_with_an_error_everything_typed_is_still_there(send: Sender) -> None:
    token = new_token()
    html = send(_token=token, found_on="hôm qua", sender_name="Nguyễn Văn A", trial="true").text
    for shown in (
        'value="Hồ sơ đề nghị xác nhận thiếu phiếu kiểm soát"',
        "Ba hồ sơ nộp trong tuần không kèm phiếu kiểm soát quá trình.</textarea>",
        'value="hôm qua"',
        'value="Nguyễn Văn A"',
        '<option value="BC" selected>',
        'name="source" value="self" checked',
        'name="trial" value="true" checked',
    ):
        assert shown in html
    assert token_in(html) == token, "the token stays, so it is still sent once"


def test_an_unknown_question_is_told_of_without_a_link(send: Sender) -> None:
    answer = send(number="KPH-2020-999")
    assert answer.status_code == 422
    assert "không có ô “number”" in answer.text
    assert linked(answer.text) == []


def test_a_part_without_a_name_is_no_answer(client: FlaskClient) -> None:
    body = b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"
    answer = client.post("/bao/", data=body, content_type="multipart/form-data; boundary=b")
    assert answer.status_code == 422


def test_a_question_answered_twice_is_refused(client: FlaskClient, answers: Any) -> None:
    data = {**answers["nonconformity"], "_token": new_token(), "unit": ["BC", "KHCN"]}
    answer = client.post("/bao/", data=data)
    assert answer.status_code == 422
    assert linked(answer.text) == ["f-unit"]


def test_today_is_given_to_the_application(send: Sender) -> None:
    assert send(found_on="30/09/2020").status_code == 201
    assert send(found_on="01/10/2020").status_code == 422


@pytest.mark.parametrize("token", [None, "", "x" * 32, "0" * 31])
def test_without_a_token_the_sender_looks_again_and_sends_once(
    token: str | None, send: Sender, journal: SqliteJournal, samples: dict[str, bytes]
) -> None:
    text = "Ba hồ sơ “thiếu” phiếu <b>\ndòng hai & ba"
    asked = send(_token=token, description=text, attachments=file(samples["png"]))
    assert asked.status_code == 200
    assert "<title>Xem lại: " in asked.text
    assert "chưa được ghi nhận" in asked.text
    assert journal.events() == []
    data = hidden_fields(asked.text)
    receipts = [receipt_in(send.post("/bao/", data).text) for _ in range(2)]
    assert receipts[0] == receipts[1]
    (event,) = journal.events()
    assert event.cells["description"] == text
    assert [stored.name for stored in event.files] == ["ảnh.png"]


def test_from_the_last_look_one_can_go_back(send: Sender, journal: SqliteJournal) -> None:
    asked = send(_token=None)
    again = send.post("/bao/", {**hidden_fields(asked.text), "_edit": "true"})
    assert again.status_code == 200
    assert 'value="Hồ sơ đề nghị xác nhận thiếu phiếu kiểm soát"' in again.text
    assert token_in(again.text) == token_in(asked.text)
    assert journal.events() == []


def test_an_error_without_a_token_comes_with_one(send: Sender) -> None:
    tokens = {token_in(send(_token=None, summary=None).text) for _ in range(2)}
    assert len(tokens) == 2


def test_files_are_kept_while_errors_are_put_right(
    send: Sender, journal: SqliteJournal, samples: dict[str, bytes]
) -> None:
    first = send(summary=None, attachments=file(samples["png"]))
    assert first.status_code == 422
    assert "Giữ tệp đã nhận: ảnh.png" in first.text
    (kept,) = re.findall(r'name="_keep" value="([0-9a-f]{64})" checked', first.text)
    second = send(
        _token=token_in(first.text), _keep=kept, attachments=file(samples["pdf"], "b.pdf")
    )
    assert second.status_code == 201
    (event,) = journal.events()
    assert [stored.name for stored in event.files] == ["ảnh.png", "b.pdf"]


@pytest.mark.parametrize(("own_token", "keep"), [(True, False), (False, True)])
def test_a_file_goes_only_with_its_token_and_when_it_is_kept(
    own_token: bool, keep: bool, send: Sender, journal: SqliteJournal, samples: dict[str, bytes]
) -> None:
    first = send(summary=None, attachments=file(samples["png"]))
    (kept,) = re.findall(r'name="_keep" value="([0-9a-f]{64})"', first.text)
    token = token_in(first.text) if own_token else new_token()
    assert send(_token=token, _keep=kept if keep else None).status_code == 201
    assert journal.events()[0].files == ()


def test_a_lost_answer_can_be_asked_for_again_with_the_held_file(
    send: Sender, journal: SqliteJournal, samples: dict[str, bytes]
) -> None:
    first = send(summary=None, attachments=file(samples["png"]))
    (kept,) = re.findall(r'name="_keep" value="([0-9a-f]{64})"', first.text)
    answers = [send(_token=token_in(first.text), _keep=kept) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert receipt_in(answers[0].text) == receipt_in(answers[1].text)
    assert len(journal.events()) == 1


@pytest.mark.parametrize("sample", ["exe", "svg", "html", "docm"])
def test_a_refused_file_is_an_error_beside_the_file_input(
    sample: str, send: Sender, journal: SqliteJournal, samples: dict[str, bytes]
) -> None:
    answer = send(attachments=file(samples[sample], "<script>ảnh.png"))
    assert answer.status_code == 422
    assert linked(answer.text) == ["f-attachments"]
    assert "f-attachments" in ids(answer.text)
    assert "<script>" not in answer.text
    assert journal.events() == []


def test_the_same_token_with_another_content_is_a_conflict(
    send: Sender, journal: SqliteJournal
) -> None:
    token = new_token()
    number, _ = receipt_in(send(_token=token).text)
    answer = send(_token=token, summary="Một điều khác hẳn với phiếu trước")
    assert answer.status_code == 409
    assert f"đã được ghi nhận với số {number}" in answer.text
    assert 'value="Một điều khác hẳn với phiếu trước"' in answer.text
    again = token_in(answer.text)
    assert again != token
    assert send(_token=again, summary="Một điều khác hẳn với phiếu trước").status_code == 201
    assert len(journal.events()) == 2


class UnavailableJournal:
    """A journal that can be read and cannot keep anything."""

    def __init__(self, real: SqliteJournal) -> None:
        self._real = real

    def append(self, _: object) -> None:
        raise StorageUnavailable("Phiếu chưa được ghi nhận; hãy thử gửi lại.")

    def hold(self, *_: object) -> None:
        raise StorageUnavailable("Phiếu chưa được ghi nhận; hãy thử gửi lại.")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


@pytest.fixture
def stopped(places: Places, journal: SqliteJournal, built_site: Path, answers: Any) -> Sender:
    unavailable: Any = UnavailableJournal(journal)
    app = create_app(places, unavailable, lambda: dt.date(2020, 9, 30))
    return Sender(app.test_client(), answers)


def test_what_cannot_be_kept_is_said_and_stays_in_the_form(
    stopped: Sender, send: Sender, samples: dict[str, bytes]
) -> None:
    token = new_token()
    answer = stopped(_token=token, evidence="Hồ sơ số 12", attachments=file(samples["png"]))
    assert answer.status_code == 503
    assert "<title>Lỗi: " in answer.text
    assert "chưa được ghi nhận; hãy thử gửi lại." in answer.text
    assert 'role="alert"' in answer.text
    assert "Hồ sơ số 12</textarea>" in answer.text
    assert '<option value="BC" selected>' in answer.text
    assert token_in(answer.text) == token
    assert send(_token=token_in(answer.text), evidence="Hồ sơ số 12").status_code == 201


def test_errors_are_told_even_when_nothing_can_be_kept(
    stopped: Sender, samples: dict[str, bytes]
) -> None:
    answer = stopped(summary=None, attachments=file(samples["png"]))
    assert answer.status_code == 422
    assert "_keep" not in answer.text, "a file that could not be held is chosen again"


@pytest.fixture
def small(places: Places, journal: SqliteJournal, built_site: Path, answers: Any) -> Sender:
    text = places.configuration.read_text(encoding="utf-8").replace("10_000_000", "10_000")
    places.configuration.write_text(text, encoding="utf-8")
    app = create_app(places, journal, lambda: dt.date(2020, 9, 30))
    return Sender(app.test_client(), answers)


def test_far_too_much_is_not_even_read(small: Sender, journal: SqliteJournal) -> None:
    answer = small(attachments=file(b"%PDF-" + b"x" * 300_000))
    assert answer.status_code == 413
    assert "phiếu chưa được ghi nhận" in answer.text
    assert "Too Large" not in answer.text
    assert journal.events() == []


def test_a_file_over_the_limit_is_an_error_in_the_form(small: Sender) -> None:
    answer = small(attachments=file(b"%PDF-" + b"x" * 10_000))
    assert answer.status_code == 422
    assert linked(answer.text) == ["f-attachments"]


def test_far_too_much_text_is_not_even_read(send: Sender) -> None:
    assert send(description="x" * 300_000).status_code == 413


def test_far_too_many_parts_are_not_even_read(send: Sender) -> None:
    assert send(**{f"x{n}": "1" for n in range(300)}).status_code == 413


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 201),
        ({"Sec-Fetch-Site": "same-origin"}, 201),
        ({"Sec-Fetch-Site": "none"}, 201),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
        ({"Origin": "http://localhost"}, 201),
        ({"Origin": "http://localhost:81"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_a_form_sent_from_elsewhere_is_refused(
    headers: dict[str, str], status: int, send: Sender, answers: Any, journal: SqliteJournal
) -> None:
    data = {**answers["nonconformity"], "_token": new_token()}
    answer = send.post("/bao/", data, headers=headers)
    assert answer.status_code == status
    assert len(journal.events()) == (1 if status == 201 else 0)
    if status == 403:
        assert "Yêu cầu không được chấp nhận" in answer.text


TEXT_FIELDS = ["summary", "description", "found_on", "sender_name", "unit", "_token", "_keep"]


@pytest.mark.parametrize("field", TEXT_FIELDS)
def test_what_is_sent_is_never_run_in_a_form_shown_again(field: str, send: Sender) -> None:
    answer = send(**{"correction": "\0", field: ATTACK + "\0"})
    assert answer.status_code == 422
    assert "<script>" not in answer.text
    assert "49" not in re.sub(r"[0-9a-f]{32,}", "", answer.text)
    if field not in {"unit", "_token", "_keep"}:
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}" in answer.text


def test_what_is_sent_is_never_run_in_any_other_page(
    send: Sender, client: FlaskClient, journal: SqliteJournal
) -> None:
    text = f"Mười chữ cái {ATTACK}"
    kept = send(summary=text)
    _, code = receipt_in(kept.text)
    pages = [
        send(_token=None, summary=text).text,
        client.post("/tra-cuu/", data={"code": code}).text,
        send(**{"<script>alert(1)": "x"}).text,
    ]
    assert all("&lt;script&gt;" in page for page in pages)
    assert not any("<script>" in page for page in [kept.text, *pages])
    assert journal.events()[0].cells["summary"] == text, "kept as it was written"


@pytest.mark.parametrize(
    "address",
    [
        *("/", "/doc/", "/khong-co/", "/cu/", "/healthz", "/404.html", "/bao/index.html"),
        *("/../other/", "/%2e%2e/other/", "/bao/../../other/", "/..%2fother/", "/..\\x/"),
    ],
)
def test_only_the_form_pages_of_the_release_take_forms(
    address: str, send: Sender, answers: Any, built_site: Path, journal: SqliteJournal
) -> None:
    other = built_site.parent / "other" / "index.html"
    other.parent.mkdir()
    other.write_bytes((built_site / "bao" / "index.html").read_bytes())
    data = {**answers["nonconformity"], "_token": new_token()}
    answer = send.post(address, data)
    assert answer.status_code in {404, 405, 308}
    assert journal.events() == []


def test_an_address_that_takes_nothing_says_so_in_vietnamese(client: FlaskClient) -> None:
    for address in ("/doc/", "/khong-co/", "/cu/"):
        answer = client.post(address)
        assert answer.status_code == 404
        assert "<title>Không tìm thấy trang – " in answer.text


def test_an_unforeseen_failure_is_told_in_vietnamese_without_its_inside(
    app: Flask, send: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr("intake.sending.check", fail)
    answer = send()
    assert answer.status_code == 500
    assert "chưa ghi nhận gì" in answer.text
    assert "secret inside" not in answer.text


@pytest.fixture
def kept_bytes(places: Places, journal: SqliteJournal) -> Any:
    return lambda: b"".join(
        path.read_bytes() for path in sorted(places.packages.glob("journal*")) if path.is_file()
    )


@pytest.mark.parametrize("token", ["given", None])
def test_an_anonymous_submission_leaves_no_trace_of_its_sender(
    token: str | None, send: Sender, kept_bytes: Any, samples: dict[str, bytes]
) -> None:
    changes = {**PERSONAL, "anonymous": "true"}
    first = send(summary=None, attachments=file(samples["png"]), **changes)
    sent = send(_token=token_in(first.text) if token else None, **changes)
    if token is None:
        sent = send.post("/bao/", hidden_fields(sent.text))
    assert sent.status_code == 201
    found = kept_bytes()
    assert "Hồ sơ đề nghị xác nhận".encode() in found, "the bytes are the right ones"
    for trace in ("Trần Thị Ẩn", "an.danh", "noi-lam-viec", "127.0.0.1"):
        assert trace.encode() not in found


def test_a_submission_with_a_name_keeps_it_and_no_address(send: Sender, kept_bytes: Any) -> None:
    send(**PERSONAL)
    found = kept_bytes()
    assert "Trần Thị Ẩn".encode() in found
    assert b"an.danh@noi-lam-viec.vn" in found
    assert b"127.0.0.1" not in found
