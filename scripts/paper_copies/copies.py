"""Which paper copies there are, what each shows, and the name that this gives it."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html import unescape
from importlib.metadata import version
from pathlib import Path

from scripts.paper_copies.names import copy_name
from scripts.registers import Row
from scripts.system import System
from scripts.written import iso

_TEXT = re.compile(r'<!--text-->(.*?)(?:<section class="qms-neighbours"|</article>)', re.DOTALL)
_MARK_UP = re.compile(r"<(script|style)\b.*?</\1>|<[^>]+>", re.DOTALL)
_CODE = Path(__file__).parent.parent
_ASSETS = _CODE.parent / "content" / "assets"
_SETTING = ("checking.py", "composing.py", "copies.py", "paper.css", "pdfua.xml", "rendering.py")
_RECIPE = (
    *(_CODE / "paper_copies" / name for name in _SETTING),
    *sorted((_CODE / "templates" / "paper").glob("*.html")),
    _CODE / "flowchart.py",
    _ASSETS / "blank.css",
    _ASSETS / "paper-font.css",
    *sorted((_ASSETS / "fonts").glob("tinos-*.woff2")),
)


@dataclass(frozen=True)
class PaperCopy:
    """A revision of a document, as a paper copy shows it."""

    system: System
    document: Row
    revision: Row
    address: str
    """The page that has its text."""
    text: str
    """The text as the page has it, HTML."""
    number: str = ""
    """The number of a controlled copy; empty for a print that isn't controlled."""

    @property
    def name(self) -> str:
        """The name of its file."""
        return copy_name(self.document["code"], self.revision["revision"], self.number)

    @property
    def standing(self) -> str:
        """What a reader must be warned of; empty for what is in force."""
        status, ended = self.revision["status"], self.revision["ended_on"]
        since = f" từ ngày {ended:%d/%m/%Y}" if ended else ""
        return {
            "draft": "Dự thảo – chưa ban hành",
            "superseded": f"Đã được thay thế{since}",
            "withdrawn": f"Đã hủy bỏ{since}",
        }.get(status, "")

    @property
    def amendments(self) -> list[Row]:
        """What was issued up to this revision, the oldest first."""
        own = self.revision["revision"]
        return [row for row in reversed(self.document["revisions"]) if row["revision"] <= own]

    @cached_property
    def said(self) -> str:
        """The hash of what the revision says: its code, its number and its words, no marks-up.

        It is the same on paper that was handed out while the revision was in force and later.
        """
        words = words_of(self.text)
        written = f"{self.document['code']}\n{self.revision['revision']}\n{words}"
        return hashlib.sha256(written.encode()).hexdigest()

    @cached_property
    def content(self) -> str:
        """The hash of all that the copy shows."""
        portal = self.system.portal
        shown = {
            "agency": portal.agency,
            "standard": portal.standard,
            "site": portal.site["url"],
            "notice": portal.sample_notice,
            "document": {name: self.document[name] for name in _SHOWN},
            "unit": self.system.unit_by_code[self.document["unit"]]["name"],
            "revision": self.revision,
            "amendments": self.amendments,
            "standing": self.standing,
            "number": self.number,
            "address": self.address,
            "text": self.text,
        }
        written = json.dumps(shown, ensure_ascii=False, sort_keys=True, default=iso)
        return hashlib.sha256(written.encode()).hexdigest()

    @property
    def key(self) -> str:
        """The hash of all that the copy shows and of how it is set: the name it is kept under."""
        return hashlib.sha256(f"{self.content} {_recipe()}".encode()).hexdigest()[:32]


_SHOWN = ("code", "title", "kind", "parent", "distribution")


def words_of(html: str) -> str:
    """Return the words of HTML, whatever marks them up."""
    return " ".join(unescape(_MARK_UP.sub(" ", html)).split())


def copies(system: System, site: Path) -> Iterator[PaperCopy]:
    """Yield a paper copy for each revision that has a page in a built site."""
    for (code, number), address in _pages(system):
        document = system.documents[code]
        revision = next(row for row in document["revisions"] if row["revision"] == number)
        page = site / address / "index.html"
        if page.exists() and (found := _TEXT.search(page.read_text(encoding="utf-8"))):
            yield PaperCopy(system, document, revision, address, found[1].strip())


def _pages(system: System) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield the page of each revision; the document's own page for the one that counts."""
    for document in system.documents.values():
        own = document["current"] or next(iter(document["revisions"]), None)
        if own:
            yield (document["code"], own["revision"]), document["address"]
        for revision in document["revisions"]:
            key = (document["code"], revision["revision"])
            if revision is not own and key in system.revision_pages:
                yield key, system.revision_pages[key]


@lru_cache(maxsize=1)
def _recipe() -> str:
    """Return the hash of how copies are set: code, templates, styles, fonts, WeasyPrint."""
    parts = [hashlib.sha256(path.read_bytes()).hexdigest() for path in _RECIPE]
    return hashlib.sha256(" ".join([*parts, version("weasyprint")]).encode()).hexdigest()
