"""Publishing with paper copies, with those kept from before, and without Pango."""

from pathlib import Path

import pytest

from intake.configuration import Places
from scripts import build, serve
from scripts.build import BuildFailed
from scripts.paper_copies import keeping
from scripts.paper_copies.pango import PangoMissing
from scripts.system import System
from scripts.views import Views
from tests.scripts.paper_copies.conftest import write
from tests.scripts.paper_copies.reading import UNCLOSED_BY_WEASYPRINT

pytestmark = UNCLOSED_BY_WEASYPRINT

ADDRESS = "tai-lieu/tl-ht-01/"
COPY = "tai-lieu/ban-in/tl-ht-01-lan-01.pdf"


class Site:
    """Stands in for MkDocs: one document's page with a text of one's own."""

    def __init__(self) -> None:
        self.text = "<p>Lời văn.</p>"

    def run(self, _places: Places, system: System, _staged: Path, target: Path, *_: object) -> None:
        status = Views(system, "../../").document_head("TL-HT-01")
        links = status[status.index("<!--paper") :]
        write(target / ADDRESS / "index.html", f"{links}{self.text}</article>")


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> Site:
    site = Site()
    monkeypatch.setattr(build, "run_mkdocs", site.run)
    monkeypatch.setattr(build.checks, "check", lambda *_, **__: [])
    monkeypatch.setattr(build, "check_site", lambda *_: [])
    monkeypatch.setattr(build, "check_successor", lambda *_: [])
    return site


def is_linked(places: Places) -> bool:
    page = (places.current_site / ADDRESS / "index.html").read_text(encoding="utf-8")
    return f'href="../../{COPY}"' in page


def test_copies_are_made_when_asked_and_go_along_while_their_page_says_the_same(
    small_places: Places, built: Site
) -> None:
    build.build(small_places)
    assert not is_linked(small_places)
    made = build.build(small_places, paper=True).release
    assert (made / COPY).read_bytes().startswith(b"%PDF-1.7")
    assert is_linked(small_places)
    assert build.build(small_places).release == made
    built.text = "<p>Lời văn mới.</p>"
    build.build(small_places)
    assert not is_linked(small_places)
    assert not (small_places.current_site / COPY).exists()
    assert build.build(small_places, paper=True).release != made
    assert is_linked(small_places)
    assert len(list(keeping.Kept.of(small_places).folder.iterdir())) == 1


def test_without_pango_all_else_is_published(
    small_places: Places, built: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise PangoMissing("thiếu Pango")

    monkeypatch.setattr(keeping, "ensure_pango", missing)
    good = build.build(small_places).release
    with pytest.raises(BuildFailed, match="thiếu Pango"):
        build.build(small_places, paper=True)
    assert small_places.current_site.resolve() == good.resolve()


def test_the_portal_as_at_a_day_has_no_copies(small_places: Places, built: Site) -> None:
    build.build(small_places, paper=True)
    edition = build.build_edition(small_places, build.dt.date(2020, 6, 2))
    assert not (edition / "tai-lieu" / "ban-in").exists()
    assert "paper" not in (edition / ADDRESS / "index.html").read_text(encoding="utf-8")


def test_a_server_makes_them_with_every_change(
    small_places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []

    def changed(places: Places, state: serve.State, *more: str) -> serve.State:
        asked.append(("tick", *more))
        raise KeyboardInterrupt

    monkeypatch.setattr(serve, "_publish", lambda *more: asked.append(more))
    monkeypatch.setattr(serve, "_tick", changed)
    monkeypatch.setattr(serve.signal, "signal", lambda *_: None)
    serve.watch(small_places, paper=True)
    serve.watch(small_places)
    assert asked == [("--pdf",), ("tick", "--pdf"), (), ("tick",)]
