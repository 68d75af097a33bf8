"""Lines to a provider: it is given up when it is silent, and nobody else is asked in its place."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from flask import Flask

from intake.accounts import sign_on
from intake.accounts.model import RefusedSignIn
from intake.configuration import PROJECT_ROOT, Places, Portal


def go_to(issuer: str) -> None:
    """Go to the sign-on at an address."""
    app = Flask("test")
    app.secret_key = "x"
    settings = Portal.load(Places(PROJECT_ROOT).configuration).sign_on | {"issuer": issuer}
    with app.test_request_context():
        sign_on.SignOn(app, settings, "secret").away("https://portal/")


@contextmanager
def answering(status: int, location: str, asked: list[str]) -> Iterator[str]:
    """Answer every question alike, and note it."""

    class Provider(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            self.send_header("Location", location)
            self.end_headers()
            self.wfile.write(json.dumps({"issuer": "https://sso.example.gov.vn"}).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Provider) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_provider_leads_to_no_other_machine(status: int) -> None:
    there: list[str] = []
    here: list[str] = []
    with (
        answering(200, "", there) as elsewhere,
        answering(status, f"{elsewhere}/metadata", here) as issuer,
        pytest.raises(RefusedSignIn, match="Không nối được"),
    ):
        go_to(issuer)
    assert (len(here), there) == (1, [])


def test_a_silent_provider_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sign_on._PATIENCE_SECONDS <= 10
    monkeypatch.setattr(sign_on, "_PATIENCE_SECONDS", 0.3)
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        end = threading.Timer(6, silent.close)  # else a portal that waits would wait for ever
        end.start()
        began = time.monotonic()
        with pytest.raises(RefusedSignIn, match="Không nối được"):
            go_to(f"http://127.0.0.1:{silent.getsockname()[1]}")
        end.cancel()
    assert time.monotonic() - began < 3
