from collections.abc import Callable

import pytest
from markdown import markdown

from intake.configuration import Places
from scripts.build import run_mkdocs
from scripts.kept_html import KeptHtml
from scripts.macros import kept
from scripts.stage import stage
from scripts.system import System


def test_html_is_restored_where_it_was_kept() -> None:
    keeper = KeptHtml()
    page = f"# Một\n\n{keeper.keep('<p>hai *</p>')}\n\nba\n\n{keeper.keep('<p>bốn</p>')}\n"
    html = keeper.on_page_content(markdown(page))
    assert html == "<h1>Một</h1>\n<p>hai *</p>\n\n<p>ba</p>\n<p>bốn</p>"


def test_a_macro_gives_its_mark_and_keeps_its_name() -> None:
    keeper = KeptHtml()

    def steps(code: str) -> str:
        """Show steps."""
        return f"<b>{code}</b>"

    keeping = kept(steps, keeper)
    assert (keeping.__name__, keeping.__doc__) == ("steps", "Show steps.")
    assert keeper.restore(keeping("A")) == "<b>A</b>"
    assert keeper.restore(keeping(code="B")) == "<b>B</b>"


def test_text_that_looks_like_nothing_kept_is_left_alone() -> None:
    assert KeptHtml().restore('<div data-kept="x"></div>') == '<div data-kept="x"></div>'


@pytest.fixture
def page(small_places: Places) -> Callable[[str], str]:
    """Build a page of the small project with its macros and return its HTML."""
    settings = small_places.root / "mkdocs.yml"
    text = settings.read_text(encoding="utf-8")
    macros = "plugins: [{macros: {modules: [scripts.macros], on_error_fail: true}}]"
    settings.write_text(text.replace("plugins: []", macros), encoding="utf-8")

    def build(markdown_text: str) -> str:
        (small_places.content / "index.md").write_text(markdown_text, encoding="utf-8")
        target = small_places.cache / "built"
        system = System.load(small_places)
        run_mkdocs(small_places, system, stage(small_places, system), target)
        return (target / "index.html").read_text(encoding="utf-8")

    return build


def test_what_a_macro_shows_stands_in_the_built_page(
    page: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, small_places: Places
) -> None:
    monkeypatch.setenv("QMS_ROOT", str(small_places.root))
    html = page("# Đầu\n\n{{ register('units', 'code name') }}\n\nCuối *trang*.\n")
    assert "Vụ Bưu chính" in html
    assert "<em>trang</em>" in html
    assert "data-kept" not in html
