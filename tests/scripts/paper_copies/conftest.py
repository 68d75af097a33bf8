"""A built site of four documents: in force and drawn, kept and superseded, draft, withdrawn."""

from dataclasses import replace
from pathlib import Path

import pytest

from intake.configuration import Places
from scripts.paper_copies.copies import PaperCopy, copies
from scripts.system import System
from scripts.views import Views

KEPT = ("QT-BC-01", "01")
TEXT = """
<h2 id="1-muc-dich">1. Mục đích<a class="headerlink" href="#1-muc-dich">&para;</a></h2>
<p>Quy trình này theo <a href="../qt-bc-02/">QT-BC-02</a>, Quyết định số 19/2014/QĐ-TTg.</p>
<p class="qms-hint" data-search-exclude>Chỉ trên màn hình</p>
"""


@pytest.fixture
def paper_system(small_system: System) -> System:
    """The small system, with the text of an earlier revision."""
    return replace(small_system, revision_pages={KEPT: "tai-lieu/cac-lan/qt-bc-01-01/"})


@pytest.fixture
def site(small_places: Places, paper_system: System) -> Path:
    """The pages of the small system's documents, as the templates write them."""
    folder = small_places.cache / "site"
    for code in ("QT-BC-01", "QT-BC-02", "QT-BC-03", "BM-BC01.01"):
        address = paper_system.documents[code]["address"]
        views = Views(paper_system, "../../")
        drawn = views.flowchart(code) + views.steps(code) if code == "QT-BC-01" else ""
        page = views.document_head(code) + TEXT + drawn
        write(folder / address / "index.html", f"<article>{page}</article>")
    kept = Views(paper_system, "../../../").revision_head(*KEPT) + TEXT
    address = paper_system.revision_pages[KEPT]
    write(folder / address / "index.html", f"<article>{kept}</article>")
    return folder


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def wanted(paper_system: System, site: Path) -> dict[str, PaperCopy]:
    """The paper copies that the site calls for, by the name of their file."""
    return {copy.name: copy for copy in copies(paper_system, site)}
