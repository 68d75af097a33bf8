"""Controlled copies: numbered prints of what is in force, handed out against a signature."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from intake.configuration import Places
from scripts.manifest import register_digests
from scripts.paper_copies.copies import PaperCopy, copies
from scripts.paper_copies.keeping import Kept
from scripts.releases import manifest
from scripts.revisions import is_in_force
from scripts.system import System


class NoControlledCopy(ValueError):
    """There is nothing to hand out; the message says why."""


def controlled_copies(places: Places, number: str, code: str, folder: Path) -> list[Path]:
    """Write the controlled copies with a number, from the published pages, and return where.

    Args:
        places: the project.
        number: the number of the copy, as its holder's entry in the distribution list has it.
        code: the document; empty for every document that is in force.
        folder: where the files go.

    Raises:
        NoControlledCopy: no such document is in force, or the portal isn't up to its registers.
        PangoMissing, UnmadeCopy: they could not be made.
    """
    if not number.isdecimal() or not int(number):
        raise NoControlledCopy(f"số bản sao “{number}” phải là số nguyên từ 1")
    if manifest(places.current_site).get("registers") != register_digests(places):
        raise NoControlledCopy("sổ đã thay đổi sau lần công bố gần nhất; chạy make publish trước")
    system = System.load(places)
    wanted = [
        numbered(copy, str(int(number)))
        for copy in copies(system, places.current_site)
        if is_in_force(copy.revision) and code in ("", copy.document["code"])
    ]
    if not wanted:
        raise NoControlledCopy(f"không có tài liệu {code} đang hiệu lực")
    with TemporaryDirectory() as aside:
        made = Kept(Path(aside))
        made.make(wanted, lambda _made, _of: None)
        folder.mkdir(parents=True, exist_ok=True)
        return [Path(shutil.copyfile(made.path(copy), folder / copy.name)) for copy in wanted]


def numbered(copy: PaperCopy, number: str) -> PaperCopy:
    """Return the controlled copy with a number of what a copy shows."""
    return PaperCopy(
        copy.system, copy.document, copy.revision, copy.address, copy.text, number=number
    )
