"""The engine in the real browser: asked as the search box asks it, without the box."""

import contextlib
import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Route

ADDRESS = "http://site.test/"
_PAGE = "<!doctype html><meta charset='utf-8'><script src='/search/engine.js'></script>"
_START = """() => {
    globalThis.engine = new siteSearch.Engine(siteSearch.loaderOver(location.origin + "/search/"));
}"""
_ASK = """async (queries) => {
    const answers = [];
    for (const query of queries) {
        const begun = performance.now();
        const { groups } = await engine.search(query);
        const time = performance.now() - begun;
        answers.push({ pages: groups.map((group) => group.location), time });
    }
    return answers;
}"""


@contextlib.contextmanager
def engine_on(browser: Browser, site: Path) -> Iterator[Page]:
    """Return a page that holds the engine over a built site."""

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path.lstrip("/")
        if not path:
            route.fulfill(body=_PAGE, content_type="text/html; charset=utf-8")
        elif (site / path).is_file():
            kind = mimetypes.guess_type(path)[0] or "text/plain"
            route.fulfill(body=(site / path).read_bytes(), content_type=kind)
        else:
            route.fulfill(status=404)

    page = browser.new_page()
    page.route("**/*", answer)
    page.goto(ADDRESS)
    page.evaluate(_START)
    yield page
    page.close()


@dataclass(frozen=True)
class Answer:
    pages: list[str]
    """Locations, best first."""
    milliseconds: float


def ask(page: Page, queries: list[str]) -> list[Answer]:
    """Return what the engine answers to each query."""
    return [Answer(each["pages"], each["time"]) for each in page.evaluate(_ASK, queries)]
