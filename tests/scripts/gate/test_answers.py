from pathlib import Path

import pytest

from scripts.gate.answers import check_answers, check_led
from scripts.search.index import encode, index_files
from scripts.search.pages import Section
from scripts.search.reading import IndexReader, decode

PAGES = {
    "": [Section("", "Trang chủ", "Cổng quản lý chất lượng")],
    "a/": [Section("", "Kiểm soát tài liệu", "Ba hồ sơ"), Section("x", "Hồ sơ cũ", "Năm 2019")],
    "b/": [Section("", "Góp ý", "Lý do của việc kiểm tra")],
}


@pytest.fixture
def searched(tmp_path: Path) -> Path:
    folder = tmp_path / "search"
    folder.mkdir()
    for name, text in index_files(PAGES, {}, []).items():
        (folder / name).write_text(text, encoding="utf-8")
    for name in ("worker.js", "engine.js"):
        (folder / name).write_text("", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("query", "pages"),
    [
        ("kiểm soát tài liệu", {"a/"}),
        ("kiem soat tai lieu", {"a/"}),
        ("kiểm", {"a/", "b/"}),
        ("kiềm", set()),
        ("ly", {"", "b/"}),
        ("hồ sơ 2019", {"a/"}),
        ("hồ sơ soát cũ", set()),
        ("vắng", set()),
        ("", set()),
    ],
)
def test_pages_are_found_by_their_words(searched: Path, query: str, pages: set[str]) -> None:
    assert IndexReader(searched).pages_with(query) == pages


def test_numbers_come_back() -> None:
    numbers = [0, 31, 32, 1023, 1024, 999_999]
    assert list(decode(encode(numbers))) == numbers


def test_queries_that_find_their_pages_pass(searched: Path) -> None:
    assert list(check_answers(searched, {"kiem soat": "a/", "chất lượng": ""})) == []


def test_a_query_that_finds_other_pages_only_is_named(searched: Path) -> None:
    (line,) = check_answers(searched, {"kiem soat": "a/", "góp ý": "a/"})
    assert line.startswith("search/: tìm “góp ý” không còn ra trang a/;")


@pytest.mark.parametrize("name", ["worker.js", "engine.js", "pages.js", "words.js"])
def test_a_missing_part_is_named(searched: Path, name: str) -> None:
    (searched / "search" / name).unlink()
    (line,) = check_answers(searched, {"kiểm": "a/"})
    assert line == f"search/{name}: thiếu tệp của ô tìm kiếm"


@pytest.mark.parametrize("text", ["", 'siteSearch.take("1","places-0",{})\n', "take(1,2,{)"])
def test_a_broken_index_is_named(searched: Path, text: str) -> None:
    (searched / "search" / "places-0.js").write_text(text, encoding="utf-8")
    assert len(list(check_answers(searched, {"kiểm": "a/"}))) == 1


def test_a_site_without_a_search_has_nothing_to_answer(tmp_path: Path) -> None:
    assert list(check_answers(tmp_path, {"kiểm": "a/"})) == []


def test_search_words_lead_to_pages_that_are_there(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/index.html").touch()
    (line,) = check_led(tmp_path, ["a/", "b/"])
    assert "không có trang b/" in line
    assert line.startswith("data/qms/search_words.csv: ")
