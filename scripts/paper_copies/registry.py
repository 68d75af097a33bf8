"""What the paper check knows: revisions of documents, papers of registers, and their codes."""

import json
from collections.abc import Sequence
from pathlib import Path

from scripts.paper_copies.checking import PAPER_CHECK, check_of
from scripts.paper_copies.copies import PaperCopy
from scripts.register_papers.setting import SetPaper
from scripts.registers import Row
from scripts.system import System

REGISTRY = f"{PAPER_CHECK}registry.js"

_Known = dict[tuple[str, str], PaperCopy]


def write_registry(
    site: Path,
    system: System,
    copies: Sequence[PaperCopy],
    papers: Sequence[SetPaper] = (),
) -> None:
    """Write the registry as a script, so that the page works from a disk too.

    Args:
        site: a built site; one without the page of the check gets none.
        system: its registers.
        copies: a paper copy for each revision that has a page in the site.
        papers: those set from registers.
    """
    target = site / REGISTRY
    if not target.parent.is_dir():
        return
    known = {(copy.document["code"], copy.revision["revision"]): copy for copy in copies}
    sheets = [_document(document, known) for document in system.documents.values()]
    sheets += [_paper(paper) for paper in papers]
    text = json.dumps(sheets, ensure_ascii=False, separators=(",", ":"))
    target.write_text(f"window.qmsPaper = {text};\n", encoding="utf-8")


def _document(document: Row, known: _Known) -> Row:
    return {
        "code": document["code"],
        "title": document["title"],
        "page": document["address"],
        "successor": document["replaced_by"] or "",
        "revisions": [_revision(document, row, known) for row in document["revisions"]],
    }


def _paper(set_paper: SetPaper) -> Row:
    paper = set_paper.paper
    return {
        "code": paper.code,
        "title": paper.title,
        "page": paper.page,
        "check": set_paper.check.code,
    }


def _revision(document: Row, revision: Row, known: _Known) -> Row:
    copy = known.get((document["code"], revision["revision"]))
    return {
        "revision": revision["revision"],
        "status": revision["status"],
        "from": _day(revision["effective_on"]),
        "ended": _day(revision["ended_on"]),
        "page": copy.address if copy else "",
        "check": check_of(copy).code if copy else "",
    }


def _day(day: object) -> str:
    return f"{day:%d/%m/%Y}" if day else ""
