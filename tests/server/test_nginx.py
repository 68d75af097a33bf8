"""The shipped configuration of nginx, in a real one, in front of the real intake."""

import gzip
import http.client
import re
import socket
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode

import pytest

from intake.configuration import Places
from intake.journal.sqlite import SqliteJournal
from intake.receipts import new_token
from scripts.build import compress
from tests.faults.test_kill import service
from tests.ports import free_port
from tests.server.nginx import Nginx, nginx

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
HASHED = "assets/javascripts/bundle.a5f9d56c.min.js"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


@pytest.fixture
def release(places: Places, built_site: Path) -> Places:
    for name in (HASHED, "assets/qms.css", "du-lieu/units.csv", "don-vi/bc.ics", "co-gi-moi.xml"):
        path = built_site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("nội dung " * 200, encoding="utf-8")
    (built_site / "index.html").write_text("<p>trang chủ</p>" * 100, encoding="utf-8")
    compress(built_site)
    return places


@pytest.fixture
def behind(release: Places, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    """The portal with its intake running."""
    folder = tmp_path_factory.mktemp("nginx")
    with service(release) as (_, port), nginx(release, port, folder) as running:
        yield running


@pytest.fixture
def alone(release: Places, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    """The portal with its intake stopped."""
    with nginx(release, free_port(), tmp_path_factory.mktemp("nginx")) as running:
        yield running


def ask(
    server: Nginx,
    path: str,
    method: str = "GET",
    body: str | None = None,
    headers: Mapping[str, str] | None = None,
    source: str = "127.0.0.1",
) -> Answer:
    connection = http.client.HTTPConnection(
        "127.0.0.1", server.port, timeout=30, source_address=(source, 0)
    )
    try:
        connection.request(method, path, body, dict(headers or {}))
        answer = connection.getresponse()
        return Answer(answer.status, dict(answer.headers.items()), answer.read())
    finally:
        connection.close()


def slip(answers: dict[str, dict[str, str]]) -> str:
    return urlencode({**answers["nonconformity"], "_token": new_token()})


def test_pages_come_from_the_release_and_are_asked_for_again(alone: Nginx) -> None:
    page = ask(alone, "/")
    assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert page.headers["Cache-Control"] == "no-cache"
    again = ask(alone, "/", headers={"If-None-Match": page.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")


def test_what_has_its_hash_in_its_name_is_kept(alone: Nginx) -> None:
    assert "immutable" in ask(alone, f"/{HASHED}").headers["Cache-Control"]
    assert ask(alone, "/assets/qms.css").headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["/", f"/{HASHED}", "/du-lieu/units.csv", "/co-gi-moi.xml"])
def test_what_the_build_compressed_is_sent_so(alone: Nginx, path: str) -> None:
    plain, small = ask(alone, path), ask(alone, path, headers={"Accept-Encoding": "gzip"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(small.body) == plain.body
    assert plain.headers["Vary"] == small.headers["Vary"] == "Accept-Encoding"
    assert plain.headers["Content-Type"] == small.headers["Content-Type"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/don-vi/bc.ics", "text/calendar; charset=utf-8"),
        ("/du-lieu/units.csv", "text/csv; charset=utf-8"),
        ("/co-gi-moi.xml", "application/xml"),
        (f"/{HASHED}", "text/javascript; charset=utf-8"),
    ],
)
def test_files_are_called_what_they_are(alone: Nginx, path: str, kind: str) -> None:
    assert ask(alone, path).headers["Content-Type"] == kind


def test_a_folder_gets_its_slash_on_the_address_it_was_asked_at(alone: Nginx) -> None:
    answer = ask(alone, "/doc")
    assert (answer.status, answer.headers["Location"]) == (301, "/doc/")


@pytest.mark.parametrize("path", ["/gone/", "/assets/", "/.gitignore"])
def test_what_is_not_there_is_answered_with_the_page_for_it(alone: Nginx, path: str) -> None:
    answer = ask(alone, path)
    assert answer.status == 404
    assert "Không tìm thấy" in answer.body.decode()


def test_the_next_release_is_served_at_once(release: Places, alone: Nginx) -> None:
    other = release.releases / "r2"
    other.mkdir()
    (other / "index.html").write_text("mới", encoding="utf-8")
    aside = release.current_site.with_name(".next")
    aside.symlink_to(other)
    aside.replace(release.current_site)
    assert ask(alone, "/").body.decode() == "mới"


def test_pages_carry_the_same_protection_as_the_intakes(behind: Nginx) -> None:
    page, of_the_intake = ask(behind, "/"), ask(behind, "/xu-ly/gone/")
    for name in (
        "X-Content-Type-Options",
        "X-Frame-Options",
        "Referrer-Policy",
        "Content-Security-Policy",
    ):
        assert page.headers[name] == of_the_intake.headers[name]
    assert "Strict-Transport-Security" not in page.headers, "there is no TLS here"
    loaded = ask(behind, f"/{HASHED}").headers
    assert loaded["X-Content-Type-Options"] == "nosniff"
    assert "Content-Security-Policy" not in loaded


def test_what_is_sent_goes_to_the_intake(
    behind: Nginx, release: Places, answers: dict[str, dict[str, str]]
) -> None:
    own = {**FORM, "Origin": f"http://127.0.0.1:{behind.port}"}
    answer = ask(behind, "/bao/", "POST", slip(answers), own)
    assert answer.status == 201
    assert re.search(rb'qms-number">KPH-', answer.body)
    assert answer.headers["Cache-Control"] == "no-store"
    journal = SqliteJournal(release.journal)
    assert journal.last_seq() == 1
    journal.close()
    assert ask(behind, "/healthz").body.strip() == b'{"journal":1}'
    assert ask(behind, "/readyz").status == 200
    assert ask(behind, "/metrics").status == 404, "figures stay on the machine"


def test_a_form_of_another_site_is_refused(
    behind: Nginx, answers: dict[str, dict[str, str]]
) -> None:
    other = {**FORM, "Origin": "http://other.example"}
    assert ask(behind, "/bao/", "POST", slip(answers), other).status == 403


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_desk_is_the_intakes(behind: Nginx, alone: Nginx, method: str) -> None:
    led = ask(behind, "/xu-ly/phieu/", method, headers=FORM)
    assert led.status == (303 if method == "GET" else 404), (
        "to the sign-in, or there is no such form"
    )
    assert ask(alone, "/xu-ly/phieu/", method, headers=FORM).status == 503
    assert ask(alone, "/healthz").status == 503


def test_a_folder_lists_nothing_and_a_trace_is_refused(alone: Nginx) -> None:
    for folder in ("/assets/", "/du-lieu/", "/.git/config"):
        answer = ask(alone, folder)
        assert answer.status == 404
        assert b"units.csv" not in answer.body
    traced = ask(alone, "/", "TRACE", headers={"X-Secret": "echo-me"})
    assert traced.status == 405
    assert b"echo-me" not in traced.body


def test_what_the_web_server_says_itself_is_protected_too(alone: Nginx) -> None:
    answer = ask(alone, "/bao/", "POST", "a=b", FORM)
    assert answer.status == 503
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    policy = answer.headers["Content-Security-Policy"]
    assert policy == "default-src 'none'; frame-ancestors 'none'"


def test_only_the_desk_is_told_the_address(
    release: Places, tmp_path_factory: pytest.TempPathFactory
) -> None:
    told: dict[str, str | None] = {}

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told[self.path] = self.headers["X-Forwarded-For"]
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Listener) as intake:
        threading.Thread(target=intake.serve_forever, daemon=True).start()
        folder = tmp_path_factory.mktemp("nginx")
        with nginx(release, intake.server_address[1], folder) as running:
            for path in ("/xu-ly/dang-nhap/", "/bao/"):
                forged = {**FORM, "X-Forwarded-For": "192.0.2.7"}
                assert ask(running, path, "POST", "a=b", forged).status == 204
        intake.shutdown()
    assert told == {"/xu-ly/dang-nhap/": "127.0.0.1", "/bao/": None}


def test_without_the_intake_reading_goes_on_and_sending_waits(
    alone: Nginx, answers: dict[str, dict[str, str]]
) -> None:
    answer = ask(alone, "/bao/", "POST", slip(answers), FORM)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "60")
    assert "chưa được ghi nhận" in answer.body.decode()
    assert ask(alone, "/").status == 200


def test_files_up_to_the_intakes_own_limit_pass(behind: Nginx) -> None:
    too_large_for_the_intake = "x" * 60_000_000
    answer = ask(behind, "/bao/", "POST", too_large_for_the_intake, FORM)
    assert answer.status == 413
    assert "quá lớn" in answer.body.decode(), "the intake said so, in Vietnamese"


def test_a_flood_is_held_off_and_keeps_nobody_else_out(
    behind: Nginx, release: Places, answers: dict[str, dict[str, str]]
) -> None:
    flood = [ask(behind, "/bao/", "POST", slip(answers), FORM) for _ in range(30)]
    taken = [each.status for each in flood].count(201)
    assert 20 <= taken <= 24
    told = next(each for each in flood if each.status != 201)
    assert (told.status, told.headers["Retry-After"]) == (429, "30")
    assert "gửi lại sau nửa phút" in told.body.decode()
    assert ask(behind, "/").status == 200, "reading is not counted"
    assert ask(behind, "/gop-y/", "POST", "a=b", FORM).status == 422, "nor is another page"
    assert ask(behind, "/bao/", "POST", slip(answers), FORM, source="127.0.0.9").status == 201
    journal = SqliteJournal(release.journal)
    assert journal.last_seq() == taken + 1
    journal.close()
    assert "127.0.0" not in behind.logged


@pytest.mark.parametrize(
    "request_line_and_headers",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x/ HTTP/1.1\r\n\r\n",
        b"Content-Length: 5\r\nContent-Length: 6\r\n\r\na=b&c=",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"Content-Length: +5\r\n\r\na=b&c",
        b"Content-Length : 5\r\n\r\na=b&c",
    ],
)
def test_a_request_of_two_lengths_goes_no_further(
    behind: Nginx, request_line_and_headers: bytes
) -> None:
    with socket.create_connection(("127.0.0.1", behind.port), timeout=10) as raw:
        raw.sendall(b"POST /bao/ HTTP/1.1\r\nHost: localhost\r\n" + request_line_and_headers)
        answer = b"".join(iter(lambda: raw.recv(4096), b""))
    assert re.match(rb"HTTP/1.1 (400|501) ", answer), answer[:80]
    assert answer.count(b"HTTP/1.1 ") == 1, "nothing that follows is taken as a request"


def test_a_request_to_publish_is_short(alone: Nginx) -> None:
    assert ask(alone, "/xuat-ban/", "POST", "x" * 70_000, FORM).status == 413
    assert ask(alone, "/xuat-ban/", "POST", "x" * 60_000, FORM).status == 503, "on to the intake"


def test_no_log_has_an_address(
    behind: Nginx, alone: Nginx, answers: dict[str, dict[str, str]]
) -> None:
    for server in (behind, alone):
        ask(server, "/")
        ask(server, "/gone/")
        ask(
            server,
            "/bao/?ho-ten=An",
            "POST",
            slip(answers),
            {**FORM, "Referer": "http://r.example"},
        )
        ask(server, "/xu-ly/")
        endless = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        endless.putrequest("POST", "/bao/")
        endless.putheader("Content-Length", "900000000")
        endless.endheaders()
        assert endless.getresponse().status == 413
        endless.close()
        logged = server.logged
        assert '"POST /bao/" ' in logged, "that something came in is known"
        assert '"GET /index.html" 200' in logged
        for told in ("127.0.0.1", "r.example", "ho-ten", "python"):
            assert told not in logged
