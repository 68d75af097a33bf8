import datetime as dt
import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from intake.configuration import Places
from scripts import build
from scripts.build import BuildFailed, check_content, compress, site_config
from scripts.checks import Finding
from scripts.checks.schemas import check_files, check_package
from scripts.stage import stage
from scripts.system import System

# Compression


def test_what_gains_is_compressed_the_same_every_time(tmp_path: Path) -> None:
    text = "dữ liệu " * 100
    (tmp_path / "a.html").write_text(text, encoding="utf-8")
    (tmp_path / "small.html").write_text("x")
    (tmp_path / "photo.png").write_bytes(b"x" * 1000)
    compress(tmp_path)
    first = (tmp_path / "a.html.gz").read_bytes()
    assert gzip.decompress(first).decode() == text
    assert sorted(path.name for path in tmp_path.glob("*.gz")) == ["a.html.gz"]
    assert first[4:8] == bytes(4), "the head of the file names no time"


# A whole build, with a stand-in for MkDocs


@pytest.fixture
def findings(monkeypatch: pytest.MonkeyPatch) -> list[Finding]:
    """What the stand-in for the checker of registers and pages finds."""
    found: list[Finding] = []
    monkeypatch.setattr(build.checks, "check", lambda *_, **__: list(found))
    return found


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, findings: list[Finding]) -> Callable[[str], None]:
    """Say what the stand-in for MkDocs writes as the home page."""

    def write(html: str) -> None:
        def run(places: Places, system: System, staged: Path, target: Path, _: object) -> None:
            target.mkdir(parents=True, exist_ok=True)
            (target / "index.html").write_text(html, encoding="utf-8")

        monkeypatch.setattr(build, "run_mkdocs", run)

    return write


def test_a_good_build_is_published(small_places: Places, page: Callable[[str], None]) -> None:
    page("<p>tốt</p>")
    built = build.build(small_places)
    assert built.pages == 1
    assert small_places.current_site.resolve() == built.release.resolve()


@pytest.mark.parametrize(
    "html", ['<a href="gone/">x</a>', '<script src="https://cdn.example.org/x.js"></script>']
)
def test_a_site_that_fails_its_check_leaves_the_published_one(
    small_places: Places, page: Callable[[str], None], html: str
) -> None:
    page("<p>tốt</p>")
    good = build.build(small_places).release
    page(html)
    with pytest.raises(BuildFailed, match=r"^index\.html: "):
        build.build(small_places)
    assert small_places.current_site.resolve() == good.resolve()
    assert (small_places.current_site / "index.html").read_text(encoding="utf-8") == "<p>tốt</p>"


def test_broken_registers_leave_the_published_site(
    small_places: Places, page: Callable[[str], None], findings: list[Finding]
) -> None:
    page("<p>tốt</p>")
    good = build.build(small_places).release
    page("<p>mới</p>")
    change(small_places, "units", "Vụ Bưu chính", "Vụ Bưu")
    findings.append(Finding("data/qms/units.csv", 2, "sai"))
    with pytest.raises(BuildFailed, match=r"^data/qms/units\.csv:2: sai$"):
        build.build(small_places)
    assert small_places.current_site.resolve() == good.resolve()


# MkDocs' configuration


def test_the_configuration_comes_from_the_agency_and_the_registers(
    small_places: Places, small_system: System
) -> None:
    staged = stage(small_places, small_system)
    config = site_config(small_places, small_system, staged, small_places.cache / "site")
    assert config.strict
    assert config.site_name == "Cổng thử – CQT"
    assert config.site_url == "http://127.0.0.1:8000/"
    assert config.docs_dir == str(staged)
    assert config.extra["day"] == "30/09/2020"
    assert config.nav[1] == {
        "Đơn vị": [
            {"Vụ Khoa học": "don-vi/khoa-hoc.md"},
            {"Vụ Bưu chính": "don-vi/buu-chinh.md"},
        ]
    }


# Registers and pages


def change(places: Places, register: str, old: str, new: str) -> None:
    path = places.registers / f"{register}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def repeat_row(places: Places, register: str, row: int) -> None:
    path = places.registers / f"{register}.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines, lines[row - 1]]), encoding="utf-8")


def problems_of(places: Places) -> list[str]:
    with pytest.raises(BuildFailed) as failed:
        check_content(places)
    return str(failed.value).splitlines()


@pytest.mark.parametrize(
    ("register", "old", "new", "place", "field", "value"),
    [
        pytest.param(
            "documents",
            ",system_procedure,",
            ",procedure,",
            "data/qms/documents.csv:3: ",
            "kind",
            "procedure",
            id="bad enum",
        ),
        pytest.param(
            "units", "\nBC,", "\nbc,", "data/qms/units.csv:2: ", "code", "bc", id="bad pattern"
        ),
        pytest.param(
            "revisions",
            ",2019-12-01,",
            ",01/12/2019,",
            "data/qms/revisions.csv:4: ",
            "effective_on",
            "01/12/2019",
            id="bad type",
        ),
        pytest.param(
            "documents",
            ",Chính sách,",
            ",,",
            "data/qms/documents.csv:2: ",
            "title",
            "required",
            id="required and missing",
        ),
        pytest.param(
            "documents",
            ",KHCN,",
            ",VP,",
            "data/qms/documents.csv:2: ",
            "unit",
            "VP",
            id="dangling reference to a unit",
        ),
        pytest.param(
            "clause_documents",
            "TL-HT-01",
            "TL-HT-09",
            "data/qms/clause_documents.csv:2: ",
            "document",
            "TL-HT-09",
            id="dangling reference to a document",
        ),
        pytest.param(
            "step_links",
            "QT-BC-01,3,4,",
            "QT-BC-01,3,9,",
            "data/qms/step_links.csv:5: ",
            "to_step",
            "9",
            id="dangling reference of two columns",
        ),
    ],
)
def test_a_bad_cell_is_named_by_file_row_and_field(
    small_places: Places, register: str, old: str, new: str, place: str, field: str, value: str
) -> None:
    change(small_places, register, old, new)
    found = [line for line in problems_of(small_places) if line.startswith(place)]
    assert any(field in line and value in line for line in found), found


def test_a_duplicate_code_is_named_by_file_row_and_field(small_places: Places) -> None:
    repeat_row(small_places, "units", 2)
    found = problems_of(small_places)
    assert any(line.startswith("data/qms/units.csv:4: ") and "code" in line for line in found)


def test_a_duplicate_key_of_several_columns_is_named_by_file_and_row(
    small_places: Places,
) -> None:
    repeat_row(small_places, "step_links", 2)
    (line,) = problems_of(small_places)
    assert line.startswith("data/qms/step_links.csv:6: ")
    assert "khóa bị trùng" in line


def test_the_small_registers_are_valid(small_places: Places) -> None:
    assert list(check_files(small_places)) == []
    assert list(check_package(small_places)) == []


def test_broken_content_is_not_sealed(small_places: Places, findings: list[Finding]) -> None:
    findings.append(Finding("a", 1, "sai"))
    assert problems_of(small_places) == ["a:1: sai"]
    assert problems_of(small_places) == ["a:1: sai"]


def test_sound_content_is_not_checked_again(small_places: Places, findings: list[Finding]) -> None:
    check_content(small_places)
    findings.append(Finding("a", 1, "sai"))
    check_content(small_places)


@pytest.mark.parametrize(
    "path", ["data/qms/units.csv", "data/forms/feedback.json", "content/index.md"]
)
def test_content_that_changed_is_checked_again(
    small_places: Places, findings: list[Finding], path: str
) -> None:
    check_content(small_places)
    findings.append(Finding("a", 1, "sai"))
    changed = small_places.root / path
    changed.write_bytes(changed.read_bytes() + b"\n")
    assert problems_of(small_places) == ["a:1: sai"]


@pytest.mark.parametrize(
    ("path", "known"), [("content/index.md", True), ("data/qms/units.csv", False)]
)
def test_registers_that_did_not_change_are_not_validated_again(
    small_places: Places, monkeypatch: pytest.MonkeyPatch, path: str, known: bool
) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(build.checks, "check", lambda _, validated: asked.append(validated))
    check_content(small_places)
    changed = small_places.root / path
    changed.write_bytes(changed.read_bytes() + b"\n")
    check_content(small_places)
    assert asked == [False, known]


# Editions


@pytest.fixture
def buildable(
    small_places: Places, findings: list[Finding], monkeypatch: pytest.MonkeyPatch
) -> Places:
    """The small project, with a stand-in for MkDocs that writes the day on the pages."""

    def run(places: Places, system: System, staged: Path, target: Path, _: object) -> None:
        target.mkdir(parents=True, exist_ok=True)
        for name in ("index.html", "404.html"):
            (target / name).write_text(f"<p>{system.day}</p>", encoding="utf-8")

    monkeypatch.setattr(build, "run_mkdocs", run)
    return small_places


def test_an_edition_stands_beside_the_present_one(buildable: Places) -> None:
    edition = build.build_edition(buildable, dt.date(2020, 6, 20))
    assert edition == buildable.editions / "2020-06-20"
    assert not (edition / "404.html").exists()
    assert not buildable.current_site.exists(), "an edition alone publishes nothing"
    release = build.build(buildable).release
    assert "2020-09-30" in (release / "index.html").read_text()
    assert "2020-06-20" in (release / "tai-ngay/2020-06-20/index.html").read_text()


def test_an_edition_is_made_anew_and_leaves_releases_alone(buildable: Places) -> None:
    day = dt.date(2020, 6, 20)
    page = build.build_edition(buildable, day) / "index.html"
    release = build.build(buildable).release
    before = page.read_text()
    page.unlink()
    page.write_text("khác")
    assert (release / "tai-ngay/2020-06-20/index.html").read_text() == before
    assert build.build_edition(buildable, day).joinpath("index.html").read_text() == before


def test_the_counted_pages_are_those_of_the_present_one(buildable: Places) -> None:
    alone = build.build(buildable).pages
    build.build_edition(buildable, dt.date(2020, 6, 20))
    assert build.build(buildable).pages == alone
