"""The search still answers: queries of the configuration file find the pages they should."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from scripts.search.index import FOLDER
from scripts.search.reading import IndexReader

_PARTS = ("worker.js", "engine.js", "pages.js", "words.js")


def check_answers(site: Path, queries: Mapping[str, str]) -> Iterator[str]:
    """Yield the queries that don't find their page in the search of a site that has one."""
    folder = site / FOLDER
    if not folder.is_dir():
        return
    missing = [name for name in _PARTS if not (folder / name).is_file()]
    yield from (f"{FOLDER}/{name}: thiếu tệp của ô tìm kiếm" for name in missing)
    if missing:
        return
    try:
        reader = IndexReader(site)
        lost = [each for each in queries.items() if each[1] not in reader.pages_with(each[0])]
    except (OSError, ValueError, LookupError, StopIteration) as broken:
        yield f"{FOLDER}/: mục lục tìm kiếm không đọc được: {broken!r}"
        return
    for query, location in lost:
        yield (
            f"{FOLDER}/: tìm “{query}” không còn ra trang {location or 'chủ'}; sửa trang, hoặc "
            "queries trong data/portal.toml, bảng [gate]"
        )


def check_led(site: Path, locations: Iterable[str]) -> Iterator[str]:
    """Yield the search words that lead to a page which a site doesn't have."""
    for location in locations:
        if not (site / location / "index.html").is_file():
            yield (
                f"data/qms/search_words.csv: không có trang {location}; sửa địa chỉ, hoặc bỏ dòng"
            )
