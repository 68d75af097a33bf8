"""Finds the Chromium that the browser tests drive, and installs one where there is none.

An installed one first, then the system's package manager when it may be used, then Playwright's
own; where none can be had it fails and says so.
"""

import os
import shutil
import subprocess
import sys

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def installed_browser() -> str | None:
    """Return the path of a Chromium or Chrome, `None` when there is none."""
    found = (shutil.which(name) for name in _NAMES)
    return next((path for path in found if path), None) or _playwright_browser()


def ensure_browser() -> str:
    """Return the path of a browser, installing one when needed.

    Raises:
        SystemExit: none is there and none can be installed.
    """
    for attempt in (_nothing, _system_packages, _playwright_download):
        attempt()
        if browser := installed_browser():
            return browser
    raise SystemExit(
        "The browser tests need Chromium or Chrome, and none could be installed. "
        "Install one (Debian: apt-get install chromium) and run the tests again."
    )


def _nothing() -> None:
    """Try what is there already."""


def _system_packages() -> None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", "chromium"]):
        subprocess.run(["apt-get", *command], env=environment, check=False)


def _playwright_download() -> None:
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def _playwright_browser() -> str | None:
    """Return the browser that Playwright downloaded, if it did."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.path.exists(path) else None  # noqa: PTH110 (a path of Playwright's, as text)


if __name__ == "__main__":
    print(f"browser: {ensure_browser()}")
