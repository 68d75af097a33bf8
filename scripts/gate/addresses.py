"""No address dies: a page of the published release is in the next one too."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from scripts.manifest import is_of_edition, pages
from scripts.releases import manifest

_SHOWN = 10


def check_addresses(site: Path, published: Path) -> Iterator[str]:
    """Yield the pages of the published release that a built site lacks."""
    before = [
        name
        for name in manifest(published).get("files", {})
        if name.endswith(".html") and not is_of_edition(PurePosixPath(name))
    ]
    lost = sorted(set(before) - set(pages(site)))
    for name in lost[:_SHOWN]:
        address = name.removesuffix("index.html")
        yield (
            f"{name}: trang đang công bố bị mất; đặt lại trang, hoặc thêm dòng {address} "
            "vào data/qms/old_addresses.csv: chuyển đi đâu, vì sao"
        )
    if len(lost) > _SHOWN:
        yield f"… và {len(lost) - _SHOWN} trang khác bị mất"
