import json
from typing import Any

import pytest

from scripts.search.index import Facts, encode, index_files
from scripts.search.pages import Section

PAGES = {
    "a/": [
        Section("", "Kiểm soát tài liệu", "Kiểm tra tài liệu </script>"),
        Section("x", "Hồ sơ", "Tài liệu cũ"),
    ],
    "b/": [Section("", "Tái bản", "")],
}
FACTS = {
    "a/": Facts(
        code="QT-01", kind="Quy trình", keywords="sổ; giấy tờ", everyday="mất giấy", weight=1.5
    )
}


def content(files: dict[str, str], name: str) -> Any:
    call = files[f"{name}.js"]
    return json.loads(call[call.index(",", call.index(",") + 1) + 1 : call.rindex(")")])


def decoded(text: str) -> list[int]:
    digits = "!#$%&()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklm"
    numbers, number = [], 0
    for character in text:
        value = digits.index(character)
        number = number << 5 | value & 31
        if value < 32:
            numbers.append(number)
            number = 0
    return numbers


@pytest.mark.parametrize("numbers", [[0], [31, 32, 33], [1023, 1024, 1025], [0, 999_999, 7]])
def test_numbers_come_back(numbers: list[int]) -> None:
    text = encode(numbers)
    assert decoded(text) == numbers
    assert json.dumps(text) == f'"{text}"'


def test_places_are_sections_and_positions() -> None:
    files = index_files(PAGES, FACTS, [])
    places = content(files, "places-0")
    title, gap, keywords, everyday = 4, 8, 1 + 8 + 2 + 8, 2 + 8
    first_text = title + gap + keywords + everyday
    assert decoded(places["liêu5"]) == [0, 2, 3, first_text, 1, 1, 2 + gap + 1]
    assert decoded(places["tai1"]) == [2, 1, 0]
    words = {
        key: (file, count, forms) for key, file, count, *forms in content(files, "words")["words"]
    }
    assert words["tai"][2] == ["tai1", "tai2"]
    assert words["script"][2] == []


def test_keywords_lead_to_the_page_and_are_not_shown() -> None:
    files = index_files(PAGES, FACTS, [])
    assert "giây1" in content(files, "places-0")
    assert "giấy" not in files["texts-0.js"]
    table = content(files, "pages")
    assert [decoded(each) for each in table["keywords"]] == [[1, 2], []]
    assert [decoded(each) for each in table["everyday"]] == [[2], []]


def test_facts_stand_once_in_columns() -> None:
    table = content(index_files(PAGES, FACTS, []), "pages")
    assert table["codes"] == ["QT-01", ""]
    assert table["weights"] == [1.5, 1.0]
    assert [table["kind"]["words"][at] for at in table["kind"]["of"]] == ["Quy trình", ""]
    assert decoded(table["lengths"]) == [4, 41, 5, 2, 10, 3, 2, 10, 0]


def test_every_file_carries_the_edition_which_follows_from_the_content() -> None:
    one, same, other = (
        index_files(pages, FACTS, []) for pages in (PAGES, PAGES, {**PAGES, "c/": PAGES["b/"]})
    )
    editions = [{text.split('"')[1] for text in files.values()} for files in (one, same, other)]
    assert len(editions[0]) == 1
    assert editions[0] == editions[1] != editions[2]
    assert one == same


def test_a_file_can_stand_in_a_page() -> None:
    assert "</script>" not in "".join(index_files(PAGES, FACTS, []).values())


def test_large_indexes_come_in_pieces() -> None:
    text = " ".join(f"chữ{number} số{number}" for number in range(4000))
    pages = {f"p{number}/": [Section("", "Trang", text)] for number in range(3)}
    names = index_files(pages, {}, [])
    assert sum(name.startswith("texts-") for name in names) == 3
    assert sum(name.startswith("places-") for name in names) > 2
