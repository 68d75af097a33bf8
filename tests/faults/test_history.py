"""What contradicts the published release is refused by the real command, what corrects it isn't."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.configuration import Places
from scripts.sound_project import sound_project
from tests.faults.test_publishing import run
from tests.scripts.test_releases import git

Rows = list[dict[str, str]]
REASON = {"reason": "Chép sai.", "corrected_on": "2020-09-29", "post": "Thư ký ISO"}


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Places:
    places = sound_project(tmp_path_factory.mktemp("history"))
    (places.root / ".gitignore").write_text("/site/\n/.cache/\n/data/intake/\n")
    git(places.root, "init", "--quiet")
    git(places.root, "add", ".")
    git(places.root, "commit", "--quiet", "--message", "x")
    assert command(places, "publish") == (0, "")
    return places


@pytest.fixture
def places(portal: Places) -> Iterator[Places]:
    """The registers are put back after the test."""
    before = {path: path.read_bytes() for path in portal.registers.glob("*.csv")}
    yield portal
    for path, content in before.items():
        path.write_bytes(content)


def command(places: Places, *arguments: str) -> tuple[int, str]:
    process = run(places, "-m", "scripts", *arguments)
    _, errors = process.communicate()
    return process.returncode, errors


def read(places: Places, register: str) -> Rows:
    with (places.registers / f"{register}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(places: Places, register: str, rows: Rows) -> None:
    path = places.registers / f"{register}.csv"
    with path.open(encoding="utf-8") as file:
        names = file.readline().strip().split(",")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def correct(places: Places, register: str, key: str, field: str, before: str, after: str) -> None:
    said = {"register": register, "key": key, "field": field, "before": before, "after": after}
    row = {"code": "DC-2020-001", **said, **REASON, "origin": "sample"}
    write(places, "corrections", [row])


def published(places: Places) -> Path:
    return places.current_site.resolve()


def test_an_edited_issued_row_is_refused_until_corrected_or_undone(places: Places) -> None:
    before, rows = published(places), read(places, "revisions")
    code, number, old = (rows[0][name] for name in ("document", "revision", "approved_by"))
    write(places, "revisions", [rows[0] | {"approved_by": "Bộ trưởng khác"}, *rows[1:]])
    status, told = command(places, "publish")
    assert status == 1
    assert f"data/qms/revisions.csv:2: {code}; {number}: dòng đã ký, đã ban hành" in told
    assert "bản đang công bố giữ nguyên" in told
    assert published(places) == before
    assert command(places, "check")[0] == 1, "the checker tells it too"
    write(places, "revisions", [rows[0] | {"approved_by": "Bộ trưởng khác"}, *rows[1:]])
    correct(places, "revisions", f"{code}; {number}", "approved_by", old, "Bộ trưởng khác")
    assert command(places, "publish") == (0, "")
    corrected = published(places)
    assert corrected != before
    assert "Chép sai." in (corrected / "dinh-chinh" / "index.html").read_text(encoding="utf-8")
    write(places, "corrections", [])
    status, told = command(places, "publish")
    assert status == 1
    assert "data/qms/corrections.csv:1: DC-2020-001: " in told
    assert published(places) == corrected
    assert command(places, "rollback") == (0, "")
    write(places, "revisions", rows)
    assert command(places, "publish") == (0, ""), "as if nothing had been"
    assert published(places) == before


def test_a_deleted_or_reused_number_is_refused(places: Places) -> None:
    before, rows = published(places), read(places, "risks")
    write(places, "risks", rows[1:])
    status, told = command(places, "publish")
    assert (status, published(places)) == (1, before)
    assert f"data/qms/risks.csv:1: {rows[0]['code']}: dòng đã có số bị xóa" in told
    write(places, "risks", [rows[0] | {"identified_on": "2020-09-30"}, *rows[1:]])
    status, told = command(places, "publish")
    assert (status, published(places)) == (1, before)
    assert f"data/qms/risks.csv:2: {rows[0]['code']}: số này đã cấp cho" in told
