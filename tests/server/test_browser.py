"""A real browser behind the real nginx: its policy forbids other hosts, and nothing else."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from scripts import __main__ as commands
from scripts.sound_project import sound_project
from tests.faults.test_kill import service
from tests.server.nginx import Nginx, nginx

PAGES = ("", "bao-cao/khong-phu-hop/", "ho-so/", "tai-lieu/qt-ht-04/", "tong-quan/")


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    places = sound_project(tmp_path_factory.mktemp("portal"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("QMS_ROOT", str(places.root))
        commands.main(["publish"])
    folder = tmp_path_factory.mktemp("nginx")
    with service(places) as (_, port), nginx(places, port, folder) as running:
        yield running


def test_pages_and_search_work_under_the_policy(portal: Nginx, browser: Browser) -> None:
    context = browser.new_context(locale="vi-VN")
    page = context.new_page()
    complaints: list[str] = []
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for path in PAGES:
        page.goto(f"http://127.0.0.1:{portal.port}/{path}", wait_until="networkidle")
    box = page.locator("input[name=query]")
    box.click()
    box.press_sequentially("gop y")
    page.locator(".md-search-result__item a").first.wait_for()
    assert complaints == []
    page.evaluate("fetch('https://other.example/').catch(() => null)")
    assert any("Content Security Policy" in each for each in complaints)
    context.close()
