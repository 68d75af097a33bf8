"""What holds on every page of the intake, whoever asks."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from intake.app import create_app
from intake.configuration import Places
from intake.errors import TooMany
from intake.journal.sqlite import SqliteJournal
from intake.protection import CONTENT_SECURITY_POLICY, Flood
from intake.receipts import new_token

MakeClient = Callable[..., FlaskClient]


@pytest.fixture
def configured(places: Places, journal: SqliteJournal, built_site: object) -> MakeClient:
    """A client of a portal whose configuration was changed."""

    def make(**settings: str) -> FlaskClient:
        text = places.configuration.read_text(encoding="utf-8")
        for name, value in settings.items():
            text, count = re.subn(rf"(?m)^{name} = .*?$", f"{name} = {value}", text, count=1)
            assert count == 1
        places.configuration.write_text(text, encoding="utf-8")
        return create_app(places, journal).test_client()

    return make


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/bao/", 200),
        ("/gone/", 404),
        ("/xu-ly/", 303),
        ("/xu-ly/dang-nhap/", 404),
    ],
)
def test_every_answer_says_what_may_run(client: FlaskClient, path: str, status: int) -> None:
    answer = client.get(path, buffered=True)
    assert answer.status_code == status
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.parametrize(("name", "carries"), [("a.js", False), ("a.css", False), ("a.svg", True)])
def test_what_is_only_loaded_carries_no_policy(
    client: FlaskClient, built_site: Path, name: str, carries: bool
) -> None:
    (built_site / name).write_text("x", encoding="utf-8")
    answer = client.get(f"/{name}", buffered=True)
    assert ("Content-Security-Policy" in answer.headers) == carries
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_no_script_may_stand_in_a_page() -> None:
    policy = dict(each.split(" ", 1) for each in CONTENT_SECURITY_POLICY.split("; "))
    assert policy["script-src"] == policy["default-src"] == "'self'"
    assert policy["object-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"


def test_what_failed_says_so_too(client: FlaskClient, places: Places) -> None:
    too_much = {"x": "1" * 300_000}
    for answer in (
        client.post("/bao/", data=too_much, content_type="multipart/form-data"),
        client.put("/bao/"),
    ):
        assert answer.status_code in {413, 405}
        assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY


def test_a_sign_on_elsewhere_may_take_over_the_form_that_signs_out(configured: MakeClient) -> None:
    client = configured(issuer='"https://sso.example.gov.vn/realms/a"')
    policy = client.get("/", buffered=True).headers["Content-Security-Policy"]
    assert "form-action 'self' https://sso.example.gov.vn;" in policy


def test_over_tls_browsers_are_told_to_stay_with_it(configured: MakeClient) -> None:
    client = configured(url='"https://qlcl.example.gov.vn/"')
    answer = client.get("/", base_url="https://qlcl.example.gov.vn/", buffered=True)
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    script = client.get("/a.js", base_url="https://qlcl.example.gov.vn/")
    assert script.headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("qlcl.example.gov.vn", 200),
        ("qlcl.example.gov.vn:443", 200),
        ("10.0.0.7", 200),
        ("127.0.0.1:8000", 200),
        ("localhost", 200),
        ("evil.example", 400),
        ("qlcl.example.gov.vn.evil.example", 400),
        ("qlcl.example.gov.vn@evil.example", 400),
        ("", 400),
    ],
)
def test_only_the_portals_own_names_are_answered(
    configured: MakeClient, host: str, status: int
) -> None:
    client = configured(url='"https://qlcl.example.gov.vn/"', hosts='["10.0.0.7"]')
    asked = {"HTTP_HOST": host, "SERVER_NAME": host}
    answer = client.get("/", environ_overrides=asked, buffered=True)
    assert answer.status_code == status
    assert (status == 200) or "Yêu cầu không hợp lệ" in answer.text


@pytest.mark.parametrize(
    ("origin", "status"), [("http://localhost", 201), ("https://localhost", 403)]
)
def test_a_form_comes_over_the_same_scheme(
    client: FlaskClient, answers: Any, origin: str, status: int
) -> None:
    data = {**answers["nonconformity"], "_token": new_token()}
    assert client.post("/bao/", data=data, headers={"Origin": origin}).status_code == status


def send(client: FlaskClient, address: str) -> int:
    overrides = {"REMOTE_ADDR": address}
    return client.post("/bao/", data={"a": "b"}, environ_overrides=overrides).status_code


def test_whoever_sends_too_much_waits_and_nobody_else(client: FlaskClient) -> None:
    assert [send(client, "192.0.2.1") for _ in range(21)] == [*[422] * 20, 429]
    assert send(client, "192.0.2.2") == 422
    told = client.post("/bao/", environ_overrides={"REMOTE_ADDR": "192.0.2.1"})
    assert (told.status_code, told.headers["Retry-After"]) == (429, "30")
    assert "Hãy quay lại trang trước (bản nháp vẫn còn)" in told.text
    overrides = {"REMOTE_ADDR": "192.0.2.1"}
    assert client.get("/bao/", environ_overrides=overrides, buffered=True).status_code == 200


def test_behind_a_web_server_that_counts_nobody_counts_again(configured: MakeClient) -> None:
    client = configured(behind_proxy="true")
    assert {send(client, "192.0.2.1") for _ in range(30)} == {422}


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def sends(flood: Flood, address: str, times: int, page: str = "/bao/") -> int:
    """Return how many of so many were let in."""
    let_in = 0
    for _ in range(times):
        try:
            flood.count(address, page)
            let_in += 1
        except TooMany:
            pass
    return let_in


def test_a_bucket_fills_again() -> None:
    clock = Hand()
    flood = Flood(at_once=4, each_second=0.5, clock=clock)
    assert sends(flood, "192.0.2.1", 10) == 4
    clock.now += 4
    assert sends(flood, "192.0.2.1", 10) == 2
    clock.now += 10_000
    assert sends(flood, "192.0.2.1", 10) == 4, "never more than there is room for"


def test_each_page_is_counted_alone_and_the_machine_itself_not_at_all() -> None:
    flood = Flood(at_once=2, clock=Hand())
    assert sends(flood, "192.0.2.1", 5) == sends(flood, "192.0.2.1", 5, "/gop-y/") == 2
    assert sends(flood, "127.0.0.1", 50) == sends(flood, "::1", 50) == 50


def test_no_address_is_kept_and_memory_is_bounded() -> None:
    clock = Hand()
    flood = Flood(clock=clock)
    flood.count("192.0.2.77", "/bao/")
    assert "192.0.2.77" not in repr(flood)
    for number in range(25_000):
        flood.count(f"2001:db8::{number:x}", "/bao/")
    assert len(flood._buckets) <= 10_000
    clock.now += 3600
    for number in range(10_000):
        flood.count(f"2001:db8:1::{number:x}", "/bao/")
    assert len(flood._buckets) <= 10_000
