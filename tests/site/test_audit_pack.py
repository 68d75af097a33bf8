"""The pack for an auditor: everything as at a day, each file hashed, nothing private."""

import csv
import hashlib
import io
import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page

from intake.configuration import Places
from intake.forms.schema import load_forms
from scripts.audit_pack import writing
from scripts.audit_pack.gathering import NoAuditPack
from scripts.audit_pack.writing import INDEX, MANIFEST, audit_pack
from scripts.manifest import register_digests
from tests.scripts.paper_copies.reading import UNCLOSED_BY_WEASYPRINT
from tests.site.conftest import Portal, published_copy

pytestmark = UNCLOSED_BY_WEASYPRINT
DAY = "2020-07-01"
COPIES = 3
"""So many documents are set here; `make test-long` sets all of them for their own sake."""


@pytest.fixture(scope="module")
def places(shipped: Places, tmp_path_factory: pytest.TempPathFactory) -> Places:
    return published_copy(shipped, tmp_path_factory.mktemp("audited"))


@pytest.fixture(scope="module")
def packed(places: Places, tmp_path_factory: pytest.TempPathFactory) -> Path:
    every = writing.copies
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing, "copies", lambda *of: _few(list(every(*of))))
        written = audit_pack(places, "bc", DAY, tmp_path_factory.mktemp("once"))
        again = audit_pack(places, "BC", DAY, tmp_path_factory.mktemp("again"))
    assert again.read_bytes() == written.read_bytes()
    return written


def _few(copies: list[writing.PaperCopy]) -> list[writing.PaperCopy]:
    return [copy for copy in copies if copy.document["code"].startswith("QT-BC")][:COPIES]


@pytest.fixture(scope="module")
def unpacked(packed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stick")
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(folder)
    return folder / packed.stem


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def test_every_file_is_in_the_manifest_with_its_hash(unpacked: Path) -> None:
    lines = (unpacked / MANIFEST).read_text(encoding="utf-8").splitlines()
    listed = {path: digest for digest, path in (line.split("  ", 1) for line in lines)}
    there = {
        path.relative_to(unpacked).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in unpacked.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }
    assert listed == there
    check = ["sha256sum", "--check", "--quiet", MANIFEST]
    assert subprocess.run(check, cwd=unpacked, check=False).returncode == 0


def test_rows_are_those_of_the_unit_as_at_the_day(unpacked: Path, places: Places) -> None:
    risks = rows(unpacked / "don-vi/rui-ro.csv")
    registered = [row for row in rows(places.registers / "risks.csv") if row["unit"] == "BC"]
    assert [row["code"] for row in risks] == [
        row["code"] for row in registered if row["identified_on"] <= DAY
    ]
    done = {row["code"]: row["done_on"] for row in registered}
    later = [row for row in risks if done[row["code"]] > DAY]
    assert later
    assert all(row["done_on"] == "" for row in later)
    revisions = {row["document"]: row["revision"] for row in rows(unpacked / "so/revisions.csv")}
    assert max(row["effective_on"] for row in rows(unpacked / "so/revisions.csv")) <= DAY
    assert revisions["QT-HT-04"] == "01"


def test_findings_are_those_of_the_last_audit_before_the_day(
    unpacked: Path, places: Places
) -> None:
    held = [row for row in rows(places.registers / "audits.csv") if row["audited_on"] <= DAY]
    last = max(held, key=lambda row: row["audited_on"])["code"]
    assert [row["code"] for row in rows(unpacked / "don-vi/phat-hien.csv")] == [
        row["code"]
        for row in rows(places.registers / "findings.csv")
        if row["unit"] == "BC" and row["audit"] == last
    ]


def test_columns_that_are_not_public_stay_out(unpacked: Path, places: Places) -> None:
    private = 0
    for name, form in load_forms(places.forms).items():
        header = (unpacked / f"so/{name}.csv").read_text(encoding="utf-8-sig").splitlines()[0]
        hidden = {field.name for field in form.fields if field.access != "public"}
        private += len(hidden)
        assert hidden.isdisjoint(header.split(",")), name
    assert private > 10


def test_the_index_leads_to_files_and_into_the_portal(page: Page, unpacked: Path) -> None:
    text = (unpacked / INDEX).read_text(encoding="utf-8")
    links = re.findall(r'href="([^"]+)"', text)
    assert len(links) > 40
    assert [link for link in links if not (unpacked / link).is_file()] == []
    assert len(list((unpacked / "tai-lieu").glob("*.pdf"))) == COPIES
    assert "cổng không giữ lời văn của lần này" in text
    page.goto((unpacked / INDEX).as_uri())
    page.click("text=mở cổng")
    page.wait_for_selector("text=Cổng quản lý chất lượng")


@pytest.mark.parametrize(
    ("unit", "day", "told"),
    [
        ("", "", "Chưa cho biết đơn vị"),
        ("XX", "", "Không có đơn vị “XX”"),
        ("BC", "01/07/2020", "phải viết dạng năm-tháng-ngày"),
    ],
)
def test_what_is_not_there_is_said(
    portal: Portal, tmp_path: Path, unit: str, day: str, told: str
) -> None:
    with pytest.raises(NoAuditPack, match=told):
        audit_pack(portal.places, unit, day, tmp_path)


def test_registers_that_were_not_published_yet_are_refused(
    portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = register_digests(portal.places) | {"risks.csv": "0" * 64}
    monkeypatch.setattr(writing, "register_digests", lambda _: other)
    with pytest.raises(NoAuditPack, match="chạy make publish trước"):
        audit_pack(portal.places, "BC", DAY, tmp_path)
