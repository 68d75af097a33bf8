import re
import shutil
from pathlib import Path

import material
import pytest

from scripts.search.theme import ThemeChanged, check_protocol, install

PAGE = """<title>Trang</title>
<article class="md-content__inner"><h1>Kiểm soát</h1></article>
<script id="__config" type="application/json">
{"base": "..", "search": "../assets/javascripts/workers/search.abc123.min.js", "tags": null}
</script>"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site of one page with the files of the installed theme."""
    theme = Path(str(material.__file__)).parent / "templates/assets/javascripts"
    shutil.copytree(theme, tmp_path / "assets/javascripts")
    (tmp_path / "search").mkdir()
    (tmp_path / "a").mkdir()
    (tmp_path / "a/index.html").write_text(PAGE)
    return tmp_path


def test_pages_name_the_engine_instead_of_the_themes_worker(site: Path) -> None:
    install(site, {}, [])
    named = re.search(r'"search": "([^"]+)"', (site / "a/index.html").read_text())
    assert named
    assert re.fullmatch(r"\.\./search/worker\.js\?v=[0-9a-f]{8}", named[1])
    assert (site / "search/engine.js").exists()
    assert not (site / "assets/javascripts/workers").exists()
    assert not (site / "assets/javascripts/lunr").exists()


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("workers/search.*.min.js", "{type:3,data:", "{type:4,data:"),
        ("workers/search.*.min.js", "{type:1}", "{type:9}"),
        ("bundle.*.min.js", "{type:2,data:", "{kind:2,data:"),
        ("bundle.*.min.js", ".type===3", ".type===5"),
        ("bundle.*.min.js", "search/search_index.json", "search/index.json"),
        ("bundle.*.min.js", ".score.toFixed(", ".rank.toFixed("),
    ],
)
def test_another_protocol_stops_the_build(site: Path, file: str, before: str, after: str) -> None:
    path = next((site / "assets/javascripts").glob(file))
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))
    with pytest.raises(ThemeChanged, match="ô tìm kiếm của giao diện đã đổi"):
        install(site, {}, [])


def test_a_theme_without_its_worker_stops_the_build(site: Path) -> None:
    shutil.rmtree(site / "assets/javascripts/workers")
    with pytest.raises(ThemeChanged, match="cần đúng một"):
        check_protocol(site)


def test_a_page_that_names_another_worker_stops_the_build(site: Path) -> None:
    (site / "a/index.html").write_text(PAGE.replace("workers/search.", "workers/find."))
    with pytest.raises(ThemeChanged, match=r"a/index\.html"):
        install(site, {}, [])
