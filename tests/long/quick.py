"""The shipped site with an edit: what was kept from before changes nothing (`make test-long`)."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from intake.configuration import PROJECT_ROOT, Places
from scripts.releases import current


def published(places: Places) -> str | None:
    subprocess.run(
        [sys.executable, "-m", "scripts", "publish"],
        cwd=PROJECT_ROOT,
        env={**os.environ, "QMS_ROOT": str(places.root)},
        check=True,
        capture_output=True,
    )
    return current(places)


def test_an_edit_of_the_shipped_site_gives_what_a_whole_build_gives(tmp_path: Path) -> None:
    places, shipped = Places(tmp_path), Places(PROJECT_ROOT)
    shutil.copytree(shipped.content, places.content)
    shutil.copytree(
        shipped.root / "data", places.root / "data", ignore=shutil.ignore_patterns("intake")
    )
    shutil.copy(shipped.root / "mkdocs.yml", places.root)
    first = published(places)
    with (places.content / "tai-lieu" / "qt-ht-04.md").open("a", encoding="utf-8") as page:
        page.write("\n## Mục mới\n\nMột dòng.\n")
    quick = published(places)
    shutil.rmtree(places.cache)
    assert published(places) == quick != first
