"""`make bench`: build, submissions and first page view, each beside its yardstick, in one run.

Machines are noisy: what counts are the ratios of one run.
"""

import http.client
import logging
import multiprocessing
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import waitress
from flask import Flask
from playwright.sync_api import sync_playwright

from intake.app import create_app
from intake.configuration import Places
from intake.forms.schema import load_forms
from intake.journal.model import Submission
from intake.journal.sqlite import SqliteJournal
from intake.receipts import new_token
from scripts.bench_build import bench_build
from scripts.bench_cases import bench_cases
from scripts.bench_paper import bench_paper
from scripts.browser import ensure_browser

_SUBMISSIONS, _CONNECTIONS = 1500, 16
_ANSWERS = {
    "summary": "Hồ sơ thiếu phiếu kiểm soát quá trình giải quyết",
    "description": "Ba hồ sơ nộp trong tuần không kèm phiếu kiểm soát như bước 2 yêu cầu. " * 8,
    "unit": "BC",
    "document": "QT-BC-02",
    "found_on": "2020-09-10",
    "source": "self",
}


def bench(places: Places) -> None:
    """Print every measurement."""
    with tempfile.TemporaryDirectory(prefix="qms-bench-") as folder:
        copy = Places(Path(folder))
        shutil.copytree(places.content, copy.content)
        ignored = shutil.ignore_patterns("intake")
        shutil.copytree(places.root / "data", copy.root / "data", ignore=ignored)
        shutil.copy(places.root / "mkdocs.yml", copy.root)
        bench_build(copy)
        bench_paper(copy)
        _bench_submissions(copy)
        bench_cases(copy)
        _bench_first_view(copy)


# Submissions


def _bench_submissions(places: Places) -> None:
    empty = _served(_empty_app, "/", {})
    taken = _served(lambda: _taking_app(places), "/bao-cao/khong-phu-hop/", _ANSWERS)
    stored = _stored_straight(places)
    print(f"\nSubmissions acknowledged durably, {_CONNECTIONS} connections, {_SUBMISSIONS} each")
    print("                                    per second     p50 ms     p99 ms")
    for name, (rate, p50, p99) in (
        ("an empty Flask view", empty),
        ("the form, checked and kept", taken),
        ("the same rows straight to the store", stored),
    ):
        print(f"  {name:36}{rate:8.0f} {p50:10.1f} {p99:10.1f}")


def _empty_app() -> Flask:
    app = Flask("empty")
    app.add_url_rule("/", view_func=lambda: "", methods=["POST"])
    return app


def _taking_app(places: Places) -> Flask:
    return create_app(places, SqliteJournal(places.root / "bench-served.sqlite3"))


def _serve(make: Callable[[], Flask], port: int) -> None:
    logging.disable(logging.WARNING)  # a full queue is what is measured
    waitress.serve(make(), host="127.0.0.1", port=port, threads=_CONNECTIONS, _quiet=True)


def _served(make: Callable[[], Flask], path: str, answers: dict[str, str]) -> tuple[float, ...]:
    """Return submissions a second, p50 and p99 in ms, through HTTP on kept connections."""
    port = 8765
    server = multiprocessing.get_context("fork").Process(target=_serve, args=(make, port))
    server.start()
    try:
        _wait_for(port)
        local = threading.local()

        def send(_: int) -> None:
            if not hasattr(local, "connection"):
                local.connection = http.client.HTTPConnection("127.0.0.1", port)
            body = urlencode({**answers, **({"_token": new_token()} if answers else {})})
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            local.connection.request("POST", path, body, headers)
            answer = local.connection.getresponse()
            answer.read()
            if answer.status not in (200, 201):
                raise RuntimeError(f"{path}: {answer.status}")

        return _timed(send)
    finally:
        server.terminate()
        server.join()


def _stored_straight(places: Places) -> tuple[float, ...]:
    journal = SqliteJournal(places.root / "bench-straight.sqlite3")
    form = load_forms(places.forms)["nonconformity"]
    try:
        return _timed(lambda _: journal.append(Submission(form, new_token(), _ANSWERS)))
    finally:
        journal.close()


def _timed(work: Callable[[int], object]) -> tuple[float, ...]:
    def one(ordinal: int) -> float:
        begun = time.perf_counter()
        work(ordinal)
        return (time.perf_counter() - begun) * 1000

    with ThreadPoolExecutor(_CONNECTIONS) as pool:
        list(pool.map(one, range(_CONNECTIONS * 4)))
        begun = time.perf_counter()
        times = sorted(pool.map(one, range(_SUBMISSIONS)))
        rate = _SUBMISSIONS / (time.perf_counter() - begun)
    return rate, times[len(times) // 2], times[len(times) * 99 // 100]


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=1).connect()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the server did not start")


# First page view


def _bench_first_view(places: Places) -> None:
    port = 8766
    server = multiprocessing.get_context("fork").Process(
        target=_serve, args=(lambda: _taking_app(places), port)
    )
    server.start()
    try:
        _wait_for(port)
        browser = ensure_browser()
        print("\nFirst view in Chromium, bytes as sent (compressed, headers and fonts included)")
        for path in ("", "tai-lieu/qt-ht-04/", "bao-cao/khong-phu-hop/"):
            sizes = _first_view(browser, f"http://127.0.0.1:{port}/{path}")
            print(f"  /{path:26}{sum(sizes.values()) / 1000:8.1f} kB in {len(sizes)} requests")
            for address, size in sorted(sizes.items(), key=lambda item: -item[1])[:6]:
                print(f"      {size / 1000:8.1f}  {address}")
    finally:
        server.terminate()
        server.join()


def _first_view(browser: str, address: str) -> dict[str, int]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = chromium.new_page()
        finished: list[Any] = []
        page.on("requestfinished", lambda request: finished.append(request))
        page.goto(address, wait_until="networkidle")
        sizes = {}
        for request in finished:
            size = request.sizes()
            name = request.url.split("/", 3)[3]
            sizes[name] = size["responseBodySize"] + size["responseHeadersSize"]
        chromium.close()
    return sizes
