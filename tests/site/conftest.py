"""A real portal for the browser tests: built and served by the project's own commands."""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from intake.configuration import PROJECT_ROOT, Places
from tests.ports import free_port

_START_SECONDS = 300


def copy_project(target: Path) -> Places:
    """Copy what a portal is made of, without what was collected."""
    for name in ("content", "data"):
        ignored = shutil.ignore_patterns("intake")
        shutil.copytree(PROJECT_ROOT / name, target / name, ignore=ignored)
    shutil.copy(PROJECT_ROOT / "mkdocs.yml", target)
    return Places(target)


def publish(places: Places) -> None:
    """Publish a project as its people do."""
    command = [sys.executable, "-m", "scripts", "publish"]
    environment = {**os.environ, "QMS_ROOT": str(places.root)}
    subprocess.run(command, cwd=PROJECT_ROOT, env=environment, check=True)


@dataclass(frozen=True)
class Portal:
    places: Places
    address: str

    def url(self, path: str = "") -> str:
        return f"{self.address}/{path}"


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Places:
    """The shipped project, published once for all workers of a run; nobody changes it."""
    base = tmp_path_factory.getbasetemp()
    run = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    root, done = run / "shipped", run / "shipped.published"
    with (run / "shipped.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            publish(copy_project(root))
            done.touch()
    return Places(root)


def published_copy(shipped: Places, target: Path) -> Places:
    """Copy a published project; the files of its releases, which nobody changes, are shared."""
    for name in ("content", "data", ".cache"):
        shutil.copytree(shipped.root / name, target / name)
    shutil.copy(shipped.root / "mkdocs.yml", target)
    site = shipped.releases.parent
    shutil.copytree(site, target / site.name, symlinks=True, copy_function=os.link)
    return Places(target)


@pytest.fixture(scope="session")
def portal(shipped: Places, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """The shipped portal, served; what is sent to it stays unpublished."""
    places = published_copy(shipped, tmp_path_factory.mktemp("portal"))
    with serving(places) as address:
        yield Portal(places, address)


@contextlib.contextmanager
def serving(places: Places, room: str = "intake") -> Iterator[str]:
    """Serve a portal: with `intake` as it stands, with `scripts` it is built and watched."""
    port = free_port()
    environment = {**os.environ, "QMS_ROOT": str(places.root)}
    command = [sys.executable, "-m", room, "serve", "--port", str(port)]
    with subprocess.Popen(command, cwd=PROJECT_ROOT, env=environment) as server:
        try:
            address = f"http://127.0.0.1:{port}"
            wait_until(lambda: answers(address), _START_SECONDS)
            yield address
        finally:
            server.terminate()


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=2):
            return True
    except OSError:
        return False


def wait_until(true: object, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s")
        time.sleep(0.3)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(locale="vi-VN", viewport={"width": 1280, "height": 900})
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page on which no script may fail, and nothing be refused by the portal's own policy."""
    opened = context.new_page()
    refused: list[str] = []
    opened.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
    opened.on("console", lambda said: refused.append(said.text))
    yield opened
    assert [each for each in refused if "Content Security Policy" in each] == []
