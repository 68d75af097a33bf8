"""No page and no index grows beyond what a slow line and an old machine can bear."""

from collections.abc import Iterator
from pathlib import Path

from scripts.gate.settings import Settings
from scripts.search.index import FOLDER
from scripts.tree import files_below

_WHERE = "trong data/portal.toml, bảng [gate]"


def check_weight(site: Path, settings: Settings, but: tuple[Path, ...] = ()) -> Iterator[str]:
    """Yield the pages that are too heavy, and the search index when it is."""
    for page in files_below(site, ".html"):
        weight = page.stat().st_size
        if weight > settings.page_bytes and not any(page.is_relative_to(each) for each in but):
            yield (
                f"{page.relative_to(site).as_posix()}: trang nặng {_dots(weight)} byte, mức cho "
                f"phép {_dots(settings.page_bytes)}; chia trang ra, hoặc nâng page_bytes {_WHERE}"
            )
    weight = sum(path.stat().st_size for path in (site / FOLDER).glob("*.js"))
    if weight > settings.index_bytes:
        yield (
            f"{FOLDER}/: mục lục tìm kiếm nặng {_dots(weight)} byte, mức cho phép "
            f"{_dots(settings.index_bytes)}; bớt trang được tìm, hoặc nâng index_bytes {_WHERE}"
        )


def _dots(number: int) -> str:
    return f"{number:,}".replace(",", ".")
