"""The copy for a stick, unpacked into a folder with spaces and marks, in a real browser."""

import re
import zipfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Page

from intake.configuration import Places
from scripts.offline import NothingPublished, offline, on_disk
from tests.site.conftest import Portal

LINK = re.compile(r'<(?:a|link|area|script|img)\b[^>]*?\s(?:href|src)="([^"]*)"')


@pytest.fixture(scope="module")
def copy(portal: Portal, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("usb")
    written = offline(portal.places, folder)
    with zipfile.ZipFile(written) as archive:
        archive.extractall(folder / "Bản chép của Bộ")
    (top,) = (folder / "Bản chép của Bộ").iterdir()
    assert top.name == written.stem
    return top


@pytest.fixture
def complaints(page: Page) -> list[str]:
    found: list[str] = []
    page.on("console", lambda said: found.append(said.text) if said.type == "error" else None)
    return found


def test_every_link_of_the_copy_leads_to_a_file(copy: Path) -> None:
    lost, seen = set(), 0
    for page in copy.rglob("*.html"):
        for link in LINK.findall(page.read_text(encoding="utf-8")):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or not parts.path:
                continue
            seen += 1
            if not (page.parent / unquote(parts.path)).is_file():
                lost.add(f"{page.relative_to(copy)}: {link}")
    assert seen > 50_000
    assert lost == set()


def test_it_searches_checks_paper_and_filters(
    page: Page, copy: Path, complaints: list[str]
) -> None:
    page.goto((copy / "index.html").as_uri())
    box = page.locator("input[name=query]")
    box.click()
    box.press_sequentially("khieu nai to cao")
    page.locator(".md-search-result__item a").first.click()
    page.wait_for_url("**/tai-lieu/qt-ttra-03/index.html**")
    page.goto((copy / "kiem-tra/index.html").as_uri() + "?ma=QT-HT-04&lan=01")
    page.click("[data-paper-answer] a:text-is('QT-HT-04 lần 02')")
    page.wait_for_url("**/tai-lieu/qt-ht-04/index.html")
    page.goto((copy / "tong-quan/index.html").as_uri())
    page.locator("a.qms-figure[href*='?']").first.click()
    page.wait_for_selector(".qms-filters")
    page.locator(".qms-register tbody tr:visible a").first.click()
    page.wait_for_url("**/index.html*")
    assert complaints == []


def test_what_can_not_be_sent_says_where_it_can(
    page: Page, copy: Path, complaints: list[str]
) -> None:
    told = {
        "bao-cao/khong-phu-hop": "Đây là bản chép để đọc",
        "bao-cao/tra-cuu": "Đây là bản chép để đọc",
        "xu-ly": "bạn đang xem bản sao của cổng",
    }
    for address, words in told.items():
        page.goto((copy / address / "index.html").as_uri())
        assert words in page.inner_text("article"), address
        assert page.locator("article button[type=submit]").count() == 0, address
    assert complaints == []


def test_the_same_release_gives_the_same_bytes(portal: Portal, tmp_path: Path) -> None:
    first = offline(portal.places, tmp_path / "1").read_bytes()
    assert offline(portal.places, tmp_path / "2").read_bytes() == first


def test_without_a_release_there_is_nothing_to_copy(tmp_path: Path) -> None:
    with pytest.raises(NothingPublished, match="make publish"):
        offline(Places(tmp_path), tmp_path / "to")


@pytest.mark.parametrize(
    ("link", "there"),
    [
        ("../x/", "../x/index.html"),
        ("../x/?a=b/#c", "../x/index.html?a=b/#c"),
        ("..", "../index.html"),
        (".", "./index.html"),
        ("./", "./index.html"),
        ("../..", "../../index.html"),
        ("x/y.csv", "x/y.csv"),
        ("#c", "#c"),
        ("?a=b", "?a=b"),
        ("/x/#c", "../x/index.html#c"),
        ("/", "../index.html"),
        ("//example.org/", "//example.org/"),
        ("https://example.org/", "https://example.org/"),
        ("mailto:a@example.org", "mailto:a@example.org"),
    ],
)
def test_a_link_works_on_a_disk(link: str, there: str) -> None:
    assert on_disk(link, "/", "../") == there
