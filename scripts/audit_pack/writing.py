"""`make audit-pack`: writes the pack of a unit as at a day."""

import datetime as dt
import hashlib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from intake.configuration import Places
from scripts.audit_pack.gathering import Gathered, NoAuditPack, gather
from scripts.manifest import register_digests
from scripts.offline import offline
from scripts.paper_copies.copies import PaperCopy, copies
from scripts.paper_copies.keeping import Kept
from scripts.releases import current, manifest, publications
from scripts.sheets.unit_files import unit_workbook
from scripts.slugs import slug
from scripts.stable_zip import add
from scripts.stage import to_csv
from scripts.system import System
from scripts.views import Views

INDEX, MANIFEST = "muc-luc.html", "MANIFEST.sha256"
_PORTAL = "cong/"
_Files = dict[str, bytes]


def audit_pack(places: Places, unit: str, written_day: str, folder: Path) -> Path:
    """Write the pack of a unit as at a day, from the published pages, and return its path.

    Args:
        places: the project.
        unit: the code of the unit, in capitals or not.
        written_day: ISO; empty for the portal's day.
        folder: where to write.

    Raises:
        NoAuditPack: there is no such unit or day, or the portal isn't up to its registers.
        NoSuchDay: the day is still to come.
        PangoMissing, UnmadeCopy: the documents could not be set.
    """
    system = System.load(places)
    gathered = gather(system, unit, _day(written_day, system))
    release = current(places)
    if release is None or manifest(places.current_site).get("registers") != register_digests(
        places
    ):
        raise NoAuditPack("Sổ đã thay đổi sau lần công bố gần nhất; chạy make publish trước")
    files = _files(places, system, gathered, release)
    name = f"danh-gia-{slug(gathered.unit['code'])}-{gathered.day.isoformat()}"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{name}.zip"
    aside = target.with_suffix(".tmp")
    with zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            add(archive, f"{name}/{path}", files[path])
    aside.replace(target)
    return target


def _day(written: str, system: System) -> dt.date:
    if not written:
        return system.day
    try:
        return dt.date.fromisoformat(written)
    except ValueError:
        raise NoAuditPack(f"Ngày “{written}” phải viết dạng năm-tháng-ngày: 2020-06-20") from None


def _files(places: Places, system: System, gathered: Gathered, release: str) -> _Files:
    files = dict(_tables(gathered))
    papers = _papers(places, system, gathered)
    files |= {f"tai-lieu/{name}": content for name, content in papers.items()}
    files |= _portal(places)
    files[INDEX] = _index(places, gathered, release, set(papers)).encode()
    listed = (f"{hashlib.sha256(files[path]).hexdigest()}  {path}\n" for path in sorted(files))
    files[MANIFEST] = "".join(listed).encode()
    return files


def _tables(gathered: Gathered) -> Iterator[tuple[str, bytes]]:
    for table in gathered.tables:
        yield f"don-vi/{table.name}.csv", to_csv(table.resource).encode()
    for table in gathered.registers:
        yield f"so/{table.name}.csv", to_csv(table.resource).encode()
    book = unit_workbook(gathered.then, gathered.unit["code"])
    yield "don-vi/danh-muc-ho-so.xlsx", book


def _papers(places: Places, system: System, gathered: Gathered) -> _Files:
    """Return the documents that were in force as PDF; those without a kept text are not there."""
    wanted = {(row["code"], row["current"]["revision"]) for row in gathered.documents}
    found: list[PaperCopy] = [
        copy
        for copy in copies(system, places.current_site)
        if (copy.document["code"], copy.revision["revision"]) in wanted
    ]
    kept = Kept.of(places)
    kept.make(found, lambda _made, _of: None)
    return {copy.name: kept.path(copy).read_bytes() for copy in found}


def _portal(places: Places) -> _Files:
    """Return the offline copy of the portal, below a folder of its own."""
    with TemporaryDirectory() as aside, zipfile.ZipFile(offline(places, Path(aside))) as archive:
        return {
            f"{_PORTAL}{name.partition('/')[2]}": archive.read(name) for name in archive.namelist()
        }


def _index(places: Places, gathered: Gathered, release: str, papers: set[str]) -> str:
    commits = [each.commit for each in publications(places) if each.release == release]
    views = Views(gathered.then, _PORTAL)
    return views.render(
        "audit_pack/index.html",
        pack=gathered,
        release=release,
        commit=commits[-1] if commits else "",
        papers=papers,
    )
