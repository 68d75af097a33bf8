"""What answers and logs give away beside what they are asked for."""

import json
import logging
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from intake.logs import JsonLines
from tests.intake.cases.slips import COORDINATOR, SECRETARY
from tests.intake.desk.conftest import PASSWORD, SignIn, Slips

_PAGES = ("/", "/bao/", "/khong-co/", "/xu-ly/", "/xu-ly/dang-nhap/", "/healthz", "/readyz")


@pytest.fixture
def lines() -> list[dict[str, object]]:
    return []


@pytest.fixture(autouse=True)
def logged(lines: list[dict[str, object]], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Read what is logged as the service writes it."""

    class Reader(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(json.loads(JsonLines().format(record)))

    monkeypatch.setattr(logging.root, "handlers", [Reader()])
    before = logging.root.level
    logging.root.setLevel(logging.INFO)  # not by its attribute: loggers remember what is enabled
    yield
    logging.root.setLevel(before)


@pytest.mark.parametrize("path", _PAGES)
def test_no_other_site_may_read_an_answer(path: str, client: FlaskClient) -> None:
    headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    for method in ("GET", "OPTIONS", "HEAD"):
        answer = client.open(path, method=method, headers=headers, buffered=True)
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]
        assert "evil.example" not in answer.text


@pytest.mark.parametrize("path", _PAGES)
def test_what_is_asked_is_not_echoed(path: str, client: FlaskClient, store: object) -> None:
    asked = {"X-Secret": "echo-me", "Cookie": "qms_session=echo-me"}
    assert client.open(path, method="TRACE", headers=asked).status_code == 405
    answer = client.get(path, headers=asked, buffered=True)
    assert "echo-me" not in answer.text + str(answer.headers)
    assert "Werkzeug" not in str(answer.headers)


def test_a_folder_lists_nothing(client: FlaskClient, built_site: object) -> None:
    for path in ("/xu-ly/khong/", "/assets/", "/.git/", "/.git/config", "/%2e%2e/data/portal.toml"):
        assert client.get(path, buffered=True).status_code == 404


def test_a_reading_request_changes_nothing(sign_in: SignIn, slips: Slips) -> None:
    number, secretary = slips.open(), sign_in(SECRETARY)
    before = slips.case(number).version
    data = {
        "so": number,
        "viec": "accept",
        "category": "corrective",
        "grade": "minor",
        "unit": "BC",
    }
    for page in ("viec/", "phieu/", "phat-hien/", "thu/", "nhap-phieu/", "dang-xuat/"):
        secretary.get(page, **data, _version=str(before))
    assert slips.case(number).version == before
    assert secretary.get().status_code == 200, "still signed in"


@pytest.mark.parametrize(("password", "status"), [(PASSWORD, 303), ("sai", 401)])
def test_signing_in_or_not_is_a_line_without_a_name(
    password: str, status: int, client: FlaskClient, store: object, lines: list[dict[str, object]]
) -> None:
    client.post("/xu-ly/dang-nhap/", data={"name": SECRETARY.account, "password": password})
    (line,) = [line for line in lines if line["logger"] == "intake.observing"]
    assert (line["method"], line["route"]) == ("POST", "/xu-ly/dang-nhap/")
    assert line["status"] == status
    assert SECRETARY.account not in json.dumps(line)
    assert password not in json.dumps(line)


@pytest.mark.parametrize(
    ("method", "page", "sent", "status"),
    [
        ("GET", "tai-khoan/", {}, 403),
        ("GET", "phieu/?so=KPH-1999-001", {}, 404),
        ("POST", "mat-khau/", {"old": "sai"}, 422),
        ("POST", "phat-hien/", {}, 403),
    ],
)
def test_what_is_refused_is_a_line(
    method: str,
    page: str,
    sent: dict[str, str],
    status: int,
    sign_in: SignIn,
    lines: list[dict[str, object]],
) -> None:
    sign_in(COORDINATOR).client.open(f"/xu-ly/{page}", method=method, data=sent or None)
    assert lines[-1]["status"] == status


def test_a_line_stays_one_line_whatever_is_in_it() -> None:
    text = 'a\n{"level": "error"}\r\n\x1b[31m\u2028'
    record = logging.LogRecord("x", logging.INFO, "x", 1, "%s", (text,), None)
    line = JsonLines().format(record)
    assert len(line.split("\n")) == 1
    assert "\x1b" not in line
    assert "\r" not in line
    assert json.loads(line)["message"] == text
