"""Revisions of a document: which one counts on a day, what happened to each, where its text is."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from scripts.front_matter import front_matter
from scripts.registers import Row

REVISION_TEXTS = Path("tai-lieu/cac-lan")
"""Where in the content the texts of earlier revisions and drafts lie."""


def revision_pages(content: Path) -> dict[tuple[str, str], str]:
    """Return the address of the page of each earlier text or draft, by document and revision."""
    pages = {}
    for path in sorted((content / REVISION_TEXTS).glob("*.md")):
        head = front_matter(path.read_text(encoding="utf-8").splitlines())
        key = (head.get("revision_of", ""), head.get("revision", "").strip('"'))
        pages[key] = f"{(REVISION_TEXTS / path.stem).as_posix()}/"
    return pages


def sorted_chain(revisions: list[Row]) -> list[Row]:
    """Return the revisions of one document, newest first."""
    return sorted(revisions, key=lambda row: str(row["revision"]), reverse=True)


def events_of(revision: Row) -> Iterator[Row]:
    """Yield a revision once for each thing that happened to it, as news has it."""
    if revision["effective_on"]:
        what = "issued" if revision["revision"] == "01" else "revised"
        yield {**revision, "what": what, "happened_on": revision["effective_on"]}
    if revision["status"] == "withdrawn" and revision["ended_on"]:
        yield {**revision, "what": "withdrawn", "happened_on": revision["ended_on"]}


def current_revision(chain: list[Row], day: dt.date) -> Row | None:
    """Return the revision that counts on a day: in force, else the newest one issued, else None."""
    issued = [
        row
        for row in chain
        if row["status"] != "draft" and row["effective_on"] and row["effective_on"] <= day
    ]
    in_force = [row for row in issued if is_in_force(row)]
    return next(iter(in_force or issued), None)


def revision_at(chain: list[Row], day: dt.date) -> Row | None:
    """Return the revision whose dates say that it was in force on a day."""
    in_force = (
        row
        for row in chain
        if row["effective_on"]
        and row["effective_on"] <= day
        and not (row["ended_on"] and row["ended_on"] <= day)
    )
    return next(in_force, None)


def is_in_force(revision: Row | None) -> bool:
    """Tell whether a revision is in force."""
    return revision is not None and revision["status"] == "in_force"
