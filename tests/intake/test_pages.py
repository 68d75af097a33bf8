from pathlib import Path

import pytest

from intake.errors import UnknownPage
from intake.pages import Pages, slot

PAGE = "<html><title>Báo – Cổng</title><p>trước</p>{}<p>sau</p></html>"


@pytest.fixture
def release(tmp_path: Path) -> Path:
    folder = tmp_path / "r1"
    write(folder, "bao", PAGE.format(slot("form", "nonconformity", "<form>cũ</form>")))
    write(folder, "doc", PAGE.format("chỉ để đọc"))
    write(tmp_path / "other", "", PAGE.format(slot("form", "secret", "")))
    return folder


def write(release: Path, address: str, html: str) -> None:
    (release / address).mkdir(parents=True, exist_ok=True)
    (release / address / "index.html").write_text(html, encoding="utf-8")


def test_a_slot_is_cut_out_and_filled(release: Path) -> None:
    page = Pages(release).at("bao")
    assert (page.kind, page.name) == ("form", "nonconformity")
    html = page.filled("<p>mới</p>", "Lỗi: ")
    assert html == "<html><title>Lỗi: Báo – Cổng</title><p>trước</p><p>mới</p><p>sau</p></html>"


def test_a_filled_page_can_be_filled_again(release: Path) -> None:
    page = Pages(release).at("bao")
    page.filled("<p>một</p>")
    assert "một" not in page.filled("<p>hai</p>")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "doc",
        "gone",
        "..",
        "../other",
        "bao/../../other",
        "/etc",
        "bao/index.html",
        "a\0b",
        "\\",
    ],
)
def test_elsewhere_nothing_is_taken_in(release: Path, address: str) -> None:
    with pytest.raises(UnknownPage):
        Pages(release).at(address)


def test_the_next_release_is_used_as_soon_as_it_is_published(tmp_path: Path, release: Path) -> None:
    write(tmp_path / "r2", "bao", PAGE.format(slot("lookup", "", "")))
    current = tmp_path / "current"
    current.symlink_to(release)
    pages = Pages(current)
    assert pages.at("bao").kind == "form"
    current.unlink()
    current.symlink_to(tmp_path / "r2")
    assert pages.at("bao").kind == "lookup"


@pytest.mark.parametrize("known", [True, False])
def test_a_message_stands_in_the_page_for_messages_or_alone(release: Path, known: bool) -> None:
    if known:
        html = PAGE.format(slot("message", "", ""))
        (release / "404.html").write_text(html, encoding="utf-8")
    html = Pages(release).message("<p>Không có</p>", "Không tìm thấy")
    assert "<title>Không tìm thấy" in html
    assert "<p>Không có</p>" in html
    assert ("<p>trước</p>" in html) == known
