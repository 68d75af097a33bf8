"""A real OpenID provider and a portal that sends people to it, both on loopback."""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import waitress
from flask import Flask

from intake.app import create_app
from intake.configuration import PROJECT_ROOT, Places
from intake.journal.sqlite import SqliteJournal
from intake.pages import slot
from intake.services import Services
from scripts.server.tools import ensure
from tests.conftest import built_page
from tests.faults.test_kill import wait_for
from tests.ports import free_port

HERE = Path(__file__).parent
SECRET = "a-secret-of-the-tests"


@pytest.fixture(scope="session")
def provider_home() -> Path:
    """The provider with its packages, installed once from the lock file."""
    home = PROJECT_ROOT / ".cache" / "sign-on"
    wanted = (HERE / "package-lock.json").read_bytes()
    seal = home / "installed"
    if not seal.exists() or seal.read_bytes() != wanted:
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, home)
        ensure("node")
        subprocess.run([ensure("npm"), "ci", "--no-audit", "--no-fund"], cwd=home, check=True)
        seal.write_bytes(wanted)
    shutil.copy(HERE / "provider.mjs", home)
    return home


@dataclass(frozen=True)
class SignOnPortal:
    app: Flask
    address: str
    provider: str

    @property
    def services(self) -> Services:
        services: Services = self.app.extensions["qms"]
        return services


@contextlib.contextmanager
def provider(home: Path, port: int, portal: str, settings: dict[str, str]) -> Iterator[str]:
    command = [ensure("node"), "provider.mjs", str(port), portal]
    environment = {**os.environ, **settings, "NODE_NO_WARNINGS": "1"}
    with subprocess.Popen(
        command, cwd=home, env=environment, stdout=subprocess.DEVNULL, stderr=sys.stderr
    ) as process:
        try:
            wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory, provider_home: Path) -> Iterator[SignOnPortal]:
    with signing_on(tmp_path_factory.mktemp("sign-on"), provider_home) as running:
        yield running


@contextlib.contextmanager
def signing_on(root: Path, home: Path, **settings: str) -> Iterator[SignOnPortal]:
    """Serve a portal and its provider.

    Args:
        root: folder of the portal.
        home: folder of the provider.
        settings: of the provider, as its environment has them.
    """
    port, provider_port = free_port(), free_port()
    address = f"http://127.0.0.1:{port}"
    places = _places(root, address, provider_port)
    journal = SqliteJournal(places.journal)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("QMS_SIGN_ON_SECRET", SECRET)
        app = create_app(places, journal)
        server = waitress.create_server(app, host="127.0.0.1", port=port, threads=4)
        threading.Thread(target=server.run, daemon=True).start()
        with provider(home, provider_port, address, settings) as running:
            yield SignOnPortal(app, address, running)
        server.close()
    journal.close()


def _places(root: Path, address: str, provider_port: int) -> Places:
    """Write a portal that sends people to the provider, and the pages that it needs."""
    places = Places(root)
    for name in ("forms", "qms"):
        shutil.copytree(PROJECT_ROOT / "data" / name, root / "data" / name)
    text = Places(PROJECT_ROOT).configuration.read_text(encoding="utf-8")
    text = text.replace('issuer = ""', f'issuer = "http://127.0.0.1:{provider_port}"', 1)
    text = re.sub(r'(?m)^url = ".*"', f'url = "{address}/"', text, count=1)
    text = text.replace('client_id = "qms-portal"', 'client_id = "portal"', 1)
    places.configuration.write_text(text, encoding="utf-8")
    desk = built_page("Bàn xử lý", slot("desk", "", ""))
    message = built_page("Không tìm thấy", slot("message", "", ""))
    pages = {f"xu-ly/{name}index.html": desk for name in ("", "dang-nhap/", "mat-khau/")}
    for path, html in (pages | {"404.html": message}).items():
        target = places.releases / "r1" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(html, encoding="utf-8")
    places.current_site.symlink_to(places.releases / "r1")
    return places
