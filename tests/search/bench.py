"""`make bench-search`: our search, the theme's and Pagefind's on the same sites, in one run.

The sites: the published one, and made ones of 1,000 and 5,000 pages whose words follow each other
as they do in the published one. What is asked: blind spans, the same for all three.
"""

import gzip
import json
import mimetypes
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import material
from playwright.sync_api import Page, sync_playwright

from intake.configuration import PROJECT_ROOT, Places
from scripts.browser import ensure_browser
from scripts.search.index import index_files
from scripts.search.pages import Pages, Section, read_pages
from scripts.search.text import words_of
from scripts.search.theme import engine, worker
from scripts.search_facts import NOT_INDEXED, facts, synonyms
from scripts.system import System
from tests.search.blind import Query, queries

_SIZES = (1000, 5000)
_EACH = 20
_SEED = 23112026
_SECTIONS, _WORDS = 3, 130
_ENGLISH = "quan-tri/"
_OURS = """async () => {
    const worker = new Worker("/search/worker.js");
    const answer = (message) => new Promise((done) => {
        worker.onmessage = ({ data }) => done(data);
        worker.postMessage(message);
    });
    await answer({ type: 0 });
    globalThis.find = async (words) => {
        const { items } = (await answer({ type: 2, data: words + "\\n{}" })).data;
        return items[0]?.[0].location.split(/[?#]/)[0];
    };
}"""
_THEMES = """async () => {
    const { config, docs } = await (await fetch("/lunr/search_index.json")).json();
    const worker = new Worker("/lunr/workers/search.js");
    const answer = (message) => new Promise((done) => {
        worker.onmessage = ({ data }) => done(data);
        worker.postMessage(message);
    });
    await answer({ type: 0, data: { config, docs, options: { suggest: true } } });
    globalThis.find = async (words) =>
        (await answer({ type: 2, data: words })).data.items[0]?.[0].location.split("#")[0];
}"""
_PAGEFIND = """async () => {
    const pagefind = await import("/pagefind/pagefind.js");
    await pagefind.init();
    globalThis.find = async (words) => {
        const { results } = await pagefind.search(words);
        return (await results[0]?.data())?.raw_url.replace(/^\\//, "");
    };
}"""
_TIMED = """async (words) => {
    const begun = performance.now();
    const found = await find(words);
    return [found, performance.now() - begun];
}"""


@dataclass
class _Server:
    """Serves files from memory, compressed as a web server would, and counts what it sends."""

    files: dict[str, bytes]
    sent: int = 0
    address: str = ""


def main() -> None:
    """Print a table for each site."""
    browser = ensure_browser()
    places = Places(PROJECT_ROOT)
    system = System.load(places)
    known = facts(system, places.content)
    shipped = read_pages(places.current_site.resolve(), NOT_INDEXED)
    keywords = {location: each.led_by for location, each in known.items()}
    words = list(synonyms(system))
    for name, pages, more in [
        ("published site", shipped, (known, words)),
        *((f"{size} made pages", made(shipped, size), ({}, [])) for size in _SIZES),
    ]:
        asked = list(queries(pages, keywords if more[0] else {}, _EACH, _SEED))
        begun = time.process_time()
        index = index_files(pages, *more)
        seconds = time.process_time() - begun
        print(f"\n{name}: {len(pages)} pages, index built in {seconds:.1f} CPU s")
        print("                 on load    ready     cold query          warm   first  weakest")
        for engine_name, start, files in _engines(pages, index):
            _measure(engine_name, start, files, asked, browser)


def made(shipped: Pages, size: int) -> Pages:
    """Return pages whose words follow each other by chance, as often as in the shipped ones that
    are in Vietnamese."""
    chance = random.Random(_SEED)
    follows: dict[str, list[str]] = defaultdict(list)
    for location, sections in shipped.items():
        for section in sections if not location.startswith(_ENGLISH) else ():
            found = words_of(section.text)
            for one, two in pairwise(found):
                follows[one].append(two)
    starts = sorted(follows)

    def text(length: int) -> str:
        word = chance.choice(starts)
        written = [word]
        while len(written) < length:
            word = chance.choice(follows.get(word) or starts)
            written.append(word)
        return " ".join(written)

    return {
        f"trang-{number}/": [
            Section("" if not nth else f"muc-{nth}", text(7), text(_WORDS))
            for nth in range(_SECTIONS)
        ]
        for number in range(size)
    }


def _engines(pages: Pages, index: dict[str, str]) -> Iterator[tuple[str, str, dict[str, bytes]]]:
    ours = {**index, "engine.js": engine(), "worker.js": worker()}
    yield "ours", _OURS, {f"search/{name}": text.encode() for name, text in ours.items()}
    yield "theme's (lunr)", _THEMES, _theme_files(pages)
    if shutil.which("pagefind"):
        yield "Pagefind", _PAGEFIND, _pagefind_files(pages)
    else:
        print("  Pagefind is not installed: pip install 'pagefind[bin]'")


def _theme_files(pages: Pages) -> dict[str, bytes]:
    scripts = Path(str(material.__file__)).parent / "templates/assets/javascripts"
    files = {
        f"lunr/{path.relative_to(scripts).as_posix()}": path.read_bytes()
        for path in scripts.rglob("*.js")
    }
    worker = next(name for name in files if name.startswith("lunr/workers/search."))
    files["lunr/workers/search.js"] = files[worker]
    docs = [
        {
            "location": location + (f"#{section.anchor}" if section.anchor else ""),
            "title": section.title,
            "text": section.text,
        }
        for location, sections in pages.items()
        for section in sections
    ]
    fields = {"title": {"boost": 1000.0}, "text": {"boost": 1.0}, "tags": {"boost": 1000000.0}}
    config = {
        "lang": ["vi"],
        "separator": "[\\s\\-]+",
        "pipeline": ["stopWordFilter"],
        "fields": fields,
    }
    index = json.dumps({"config": config, "docs": docs}, ensure_ascii=False)
    return files | {"lunr/search_index.json": index.encode()}


def _pagefind_files(pages: Pages) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory(prefix="qms-pagefind-") as folder:
        for location, sections in pages.items():
            path = Path(folder) / location / "index.html"
            path.parent.mkdir(parents=True, exist_ok=True)
            body = "".join(
                f"<h{min(nth + 1, 2)} id='{each.anchor or 'dau'}'>{each.title}</h{min(nth + 1, 2)}>"
                f"<p>{each.text.replace('<', '&lt;')}</p>"
                for nth, each in enumerate(sections)
            )
            path.write_text(f"<html lang='vi'><meta charset='utf-8'><body>{body}", encoding="utf-8")
        command = ["pagefind", "--site", folder, "--quiet"]
        subprocess.run(command, check=True, capture_output=True)
        output = Path(folder) / "pagefind"
        return {
            f"pagefind/{path.relative_to(output).as_posix()}": path.read_bytes()
            for path in output.rglob("*")
            if path.is_file()
        }


def _measure(
    name: str, start: str, files: dict[str, bytes], asked: list[Query], browser: str
) -> None:
    with _serving(files) as server, _page(browser, server.address) as page:
        begun = time.monotonic()
        page.evaluate(start)
        ready, on_load = time.monotonic() - begun, server.sent
        cold = page.evaluate(_TIMED, asked[0].text)[1]
        cold_bytes = server.sent - on_load
        right: dict[str, list[bool]] = defaultdict(list)
        for query in asked:
            found = page.evaluate(_TIMED, query.text)[0]
            right[query.kind].append(found in query.pages)
        warm = [page.evaluate(_TIMED, query.text)[1] for query in asked]
    by_kind = {kind: sum(each) / len(each) for kind, each in right.items()}
    weakest = min(by_kind, key=lambda kind: by_kind[kind])
    print(
        f"  {name:15}{on_load / 1000:8.1f} kB{ready * 1000:7.0f} ms"
        f"{cold:7.0f} ms{cold_bytes / 1000:8.1f} kB{statistics.median(warm):8.1f} ms"
        f"{statistics.mean(by_kind.values()):8.2f}  {by_kind[weakest]:.2f} {weakest}",
        flush=True,
    )


@contextmanager
def _page(browser: str, address: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = chromium.new_page()
        page.goto(address)
        yield page
        chromium.close()


@contextmanager
def _serving(files: dict[str, bytes]) -> Iterator[_Server]:
    server = _Server({name: gzip.compress(content, 6) for name, content in files.items()})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = unquote(urlsplit(self.path).path).lstrip("/")
            content = server.files.get(name) if name else gzip.compress(b"<!doctype html>")
            self.send_response(404 if content is None else 200)
            kind = mimetypes.guess_type(name or "index.html")[0] or "application/octet-stream"
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            if content:
                server.sent += len(content) if name else 0
                self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.address = f"http://127.0.0.1:{http.server_port}/"
    threading.Thread(target=http.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        http.shutdown()


if __name__ == "__main__":
    sys.exit(main())
