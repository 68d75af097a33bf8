"""Files that are not what they say, or far more than they say."""

import io
import itertools
import resource
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.datastructures import FileStorage

from intake.attachments import EXTENSIONS, RefusedFile, download_name, media_type, read_attachments
from intake.configuration import Portal
from intake.journal.model import Attachment
from scripts.sheets.reading import UnreadableSheet, read_sheet
from tests.conftest import MakeSubmission
from tests.intake.cases.slips import SECRETARY
from tests.intake.desk.conftest import SignIn, Slips

_SHEET = b'<?xml version="1.0"?>%s<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>%s</t></is></c></row></sheetData></worksheet>'  # noqa: E501
_TYPES = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'  # noqa: E501
_BOOK = b'<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>'  # noqa: E501
_RELATIONS = b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" Target="%s"/></Relationships>'  # noqa: E501


def packed(parts: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()


def workbook(doctype: bytes, text: bytes) -> bytes:
    return packed(
        {
            "[Content_Types].xml": _TYPES,
            "_rels/.rels": _RELATIONS % (b"officeDocument", b"xl/workbook.xml"),
            "xl/workbook.xml": _BOOK,
            "xl/_rels/workbook.xml.rels": _RELATIONS % (b"worksheet", b"worksheets/sheet1.xml"),
            "xl/worksheets/sheet1.xml": _SHEET % (doctype, text),
        }
    )


def cells(path: Path) -> Iterator[str]:
    sheet = read_sheet(path)
    yield from sheet.titles
    yield from (str(cell) for _, row in sheet.rows for cell in row)


@pytest.mark.parametrize(
    ("name", "kind", "given"),
    [
        ("a.hta", "application/pdf", "a.hta.pdf"),
        ("hoá đơn.pdf.exe", "application/pdf", "hoá đơn.pdf.exe.pdf"),
        ("a.svg", "image/png", "a.svg.png"),
        ("a.html", "image/webp", "a.html.webp"),
        ("Ảnh.JPEG", "image/jpeg", "Ảnh.JPEG"),
        ("ảnh.jpg", "image/jpeg", "ảnh.jpg"),
        ("tep", "application/x-unknown", "tep.bin"),
    ],
)
def test_a_file_is_given_away_as_what_it_is(name: str, kind: str, given: str) -> None:
    assert download_name(name, kind) == given


def test_a_polyglot_is_no_page_and_no_program_at_the_desk(
    sign_in: SignIn, slips: Slips, make_submission: MakeSubmission
) -> None:
    polyglot = b"%PDF-1.4\n<script>alert(1)</script><hta:application>"
    file = Attachment("don.hta", "application/pdf", polyglot)
    number = slips.open(attachments=(file,))
    answer = sign_in(SECRETARY).get("tep/", so=number, tep=file.sha256)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == "attachment; filename=don.hta.pdf"
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"\xef\xbb\xbf<svg><script>alert(1)</script></svg>",
        b"GIF89a/*<svg/onload=alert(1)>*/",
        b"<!--%PDF-1.4--><script>alert(1)</script>",
        b"\x00%PDF-1.4",
        b"PK\x05\x06" + b"\x00" * 18,
    ],
)
def test_what_a_browser_or_shell_would_run_is_not_taken(content: bytes, portal: Portal) -> None:
    with pytest.raises(RefusedFile):
        read_attachments([FileStorage(io.BytesIO(content), "anh.png")], (), portal)


def test_an_archive_in_an_attachment_is_not_unpacked(portal: Portal) -> None:
    bomb = packed(
        {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"0" * 300_000_000}
        | {f"../../tmp/{place}": b"" for place in range(5_000)}
    )
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    (file,) = read_attachments([FileStorage(io.BytesIO(bomb), "a.docx")], (), portal)
    assert file.content == bomb
    assert time.process_time() - begun < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000, "kB"


def test_every_kind_that_is_taken_has_its_ending(samples: dict[str, bytes]) -> None:
    taken = {media_type(content) for content in samples.values()} - {None}
    assert taken == EXTENSIONS.keys()


@pytest.mark.parametrize(
    "parts",
    [
        {"xl/worksheets/sheet1.xml": b"0" * 210_000_000},
        {f"xl/media/{place}": b"" for place in range(1_100)},
    ],
    ids=["huge", "many"],
)
def test_a_workbook_that_unpacks_to_too_much_is_refused(
    parts: dict[str, bytes], tmp_path: Path
) -> None:
    path = tmp_path / "risks.xlsx"
    path.write_bytes(packed({"[Content_Types].xml": _TYPES} | parts))
    begun = time.process_time()
    with pytest.raises(UnreadableSheet, match="quá lớn sau khi giải nén"):
        read_sheet(path)
    assert time.process_time() - begun < 2


def test_the_workbook_of_these_tests_is_read_when_it_is_sound(tmp_path: Path) -> None:
    path = tmp_path / "risks.xlsx"
    path.write_bytes(workbook(b"", b"Xin chao"))
    assert "Xin chao" in list(cells(path))


def test_an_entity_of_a_workbook_reads_no_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("KHONG-AI-DOC", encoding="utf-8")
    doctype = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file://%s">]>' % str(secret).encode()
    path = tmp_path / "risks.xlsx"
    path.write_bytes(workbook(doctype, b"a &e; b"))
    try:
        found = " ".join(cells(path))
    except UnreadableSheet:
        found = ""
    assert "KHONG-AI-DOC" not in found


def test_entities_that_multiply_are_refused(tmp_path: Path) -> None:
    names = "abcdefghij"
    lines = b"".join(
        b'<!ENTITY %s "%s">' % (after.encode(), b"&%s;" % before.encode() * 10)
        for before, after in itertools.pairwise(names)
    )
    path = tmp_path / "risks.xlsx"
    path.write_bytes(workbook(b'<!DOCTYPE x [<!ENTITY a "lol">%s]>' % lines, b"&j;"))
    begun = time.process_time()
    with pytest.raises(UnreadableSheet):
        read_sheet(path)
    assert time.process_time() - begun < 5
