"""Writes a pack: a folder to work with, or one file to hand over."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from intake.configuration import Places
from scripts.review_pack import drawing, paper, sheets
from scripts.review_pack.gather import Pack, find_period, gather
from scripts.review_pack.tables import day
from scripts.review_pack.texts import Texts
from scripts.slugs import slug
from scripts.system import System
from scripts.views import Views

TO_FILL_IN = (
    "dien/cuoc-hop.xlsx",
    "dien/dau-vao.xlsx",
    "dien/quyet-dinh.xlsx",
    "quyet-dinh.csv",
)
"""The files of a pack that are made to be filled in; those of the folder are imported together."""


def folder_name(code: str) -> str:
    """Return the name of the folder of a period's pack."""
    return f"xem-xet-{slug(code)}"


def make(places: Places, code: str, *, begin_texts: bool) -> tuple[Pack, list[Path]]:
    """Gather the pack of a period; return it with the texts that were begun.

    Args:
        places: where the project is.
        code: of the period.
        begin_texts: make the files for the texts that are not there yet.

    Raises:
        NoSuchPeriod: there is no such period.
    """
    system = System.load(places)
    period = find_period(system, code)
    texts = texts_of(places, period.code)
    return gather(system, period), texts.write_missing(period) if begin_texts else []


def texts_of(places: Places, code: str) -> Texts:
    """Return the texts of a period."""
    return Texts(places.root / "data" / "xem-xet" / slug(code))


def files(pack: Pack, texts: Texts) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a pack, each with its name.

    Raises:
        LongSummary: what was written makes the summary longer than a sheet.
        PangoMissing: the machine lacks what sets text on sheets.
    """
    yield "tom-tat.pdf", paper.summary(pack, texts)
    yield "bao-cao.pdf", paper.report(pack, texts)
    yield "so-lieu.xlsx", sheets.figures_book(pack)
    meetings, entries = sheets.reviews_book(pack), sheets.entries_book(pack, texts)
    decisions = sheets.decisions_book(pack), sheets.decisions_csv(pack)
    yield from zip(TO_FILL_IN, (meetings, entries, *decisions), strict=True)
    as_at = f"Số liệu đến hết ngày {day(pack.period.last)}. {pack.system.portal.sample_notice}"
    for name, chart in pack.charts.items():
        slide = drawing.svg(Views(pack.then, ""), chart, as_at.strip(), slide=True)
        yield f"bieu-do/{name}.svg", slide.encode()
        yield f"bieu-do/{name}.png", drawing.png(slide)


def write_folder(pack: Pack, texts: Texts, target: Path) -> list[str]:
    """Write a pack as a folder, over an earlier one; return the names of what was left alone.

    Left alone are the sheets to be filled in that are there: somebody may have done so.
    """
    left = [name for name in TO_FILL_IN if (target / name).exists()]
    for name, content in list(files(pack, texts)):
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name not in left:
            path.write_bytes(content)
    return left


def write_zip(pack: Pack, texts: Texts, target: Path) -> None:
    """Write a pack as one ZIP."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files(pack, texts):
            archive.writestr(f"{folder_name(pack.period.code)}/{name}", content)
    target.write_bytes(packed.getvalue())
