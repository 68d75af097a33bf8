from typing import Any

import pytest

from scripts.navigation import expand
from scripts.system import System


@pytest.mark.parametrize(
    ("entry", "pages"),
    [
        pytest.param(
            "@documents system_document",
            [{"TL-HT-01 Chính sách": "tai-lieu/tl-ht-01.md"}],
            id="documents of a kind",
        ),
        pytest.param(
            "@documents operational_procedure",
            [{"QT-BC-01 Cấp phép": "tai-lieu/qt-bc-01.md"}],
            id="only those in force",
        ),
        pytest.param(
            "@procedures",
            [{"Vụ Bưu chính": [{"QT-BC-01 Cấp phép": "tai-lieu/qt-bc-01.md"}]}],
            id="operational procedures by unit, units without any left out",
        ),
        pytest.param(
            "@units",
            [{"Vụ Khoa học": "don-vi/khoa-hoc.md"}, {"Vụ Bưu chính": "don-vi/buu-chinh.md"}],
            id="units in their position",
        ),
    ],
)
def test_an_entry_is_replaced_by_its_pages(
    small_system: System, entry: str, pages: list[Any]
) -> None:
    assert expand([entry], small_system) == pages


def test_entries_are_replaced_in_place_at_every_depth(small_system: System) -> None:
    nav = ["index.md", {"Tài liệu": [{"Chung": ["@documents system_document", "them.md"]}]}]
    assert expand(nav, small_system) == [
        "index.md",
        {"Tài liệu": [{"Chung": [{"TL-HT-01 Chính sách": "tai-lieu/tl-ht-01.md"}, "them.md"]}]},
    ]


def test_what_is_written_stays_as_it_is(small_system: System) -> None:
    nav = ["index.md", {"Rủi ro": "rui-ro.md"}, {"Sổ": ["so/a.md", {"B": "so/b.md"}]}]
    assert expand(nav, small_system) == nav


@pytest.mark.parametrize("entry", ["@unknown", "@documents", "@units BC", "@documents a b", "@"])
def test_an_unknown_entry_is_refused(small_system: System, entry: str) -> None:
    with pytest.raises(ValueError, match=rf"mkdocs\.yml: nav: không hiểu mục “{entry}”"):
        expand([{"Mục": [entry]}], small_system)
