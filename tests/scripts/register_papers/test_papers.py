"""Papers set from the shipped registers: nothing is left out, and the code follows the words."""

import csv
import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp

from intake.configuration import PROJECT_ROOT, Places
from scripts import build
from scripts.paper_copies.copies import words_of
from scripts.paper_copies.registry import REGISTRY, write_registry
from scripts.paper_copies.rendering import render
from scripts.register_papers.papers import FOLDER
from scripts.register_papers.setting import SetPaper, set_papers
from scripts.system import System
from scripts.views import Views
from tests.scripts.paper_copies.conftest import write
from tests.scripts.paper_copies.reading import UNCLOSED_BY_WEASYPRINT

pytestmark = UNCLOSED_BY_WEASYPRINT
REGISTERS = Path(__file__).parents[3] / "data" / "qms"


def by_code(system: System) -> dict[str, SetPaper]:
    return {each.paper.code: each for each in set_papers(system)}


@pytest.fixture(scope="module")
def shipped(shipped_papers_system: System) -> dict[str, SetPaper]:
    return by_code(shipped_papers_system)


@pytest.fixture(scope="module")
def shipped_papers_system() -> System:
    return System.load(Places(PROJECT_ROOT))


def said_by(paper: SetPaper) -> str:
    """Return the words of a paper; what is kept on one line is one word."""
    return words_of(re.sub(r"</?span[^>]*>", "", paper.html))


def rows(register: str) -> list[dict[str, str]]:
    text = (REGISTERS / f"{register}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def changed(system: System, register: str, at: int, **values: Any) -> System:
    """Return the system with other values in one row of a register."""
    resource = system.registers[register]
    edited = [
        {**row, **values} if number == at else row for number, row in enumerate(resource.rows)
    ]
    return replace(
        system, registers={**system.registers, register: replace(resource, rows=tuple(edited))}
    )


@pytest.mark.parametrize(
    ("register", "start", "fields"),
    [
        ("risks", "BRR-{unit}", ("code", "description", "cause", "treatment", "owner_post")),
        ("objectives", "MTCL-2020{dash}{unit}", ("code", "title", "indicator", "plan")),
        ("files", "DMHS-{unit}", ("code", "title", "keeper_post")),
    ],
)
def test_every_row_of_a_unit_stands_on_its_paper(
    shipped: dict[str, SetPaper], register: str, start: str, fields: tuple[str, ...]
) -> None:
    for row in rows(register):
        code = start.format(unit=row["unit"], dash="-" if row["unit"] else "")
        said = said_by(shipped[code])
        for field in fields:
            assert " ".join(row[field].split()) in said, (row["code"], field)


def test_the_grid_counts_every_risk_where_it_is_scored(shipped: dict[str, SetPaper]) -> None:
    scored = Counter(
        (row["likelihood"], row["severity"]) for row in rows("risks") if row["unit"] == "BC"
    )
    grid = shipped["BRR-BC"].html.split('class="many grid"')[1]
    found = {}
    for line in grid.split("<tr>")[2:7]:
        likelihood, *cells = [words_of(cell) for cell in line.split("</t")[: 1 + 5]]
        for severity, cell in enumerate(cells, start=1):
            if ": " in cell:
                found[likelihood, str(severity)] = int(cell.split(": ")[1])
    assert found == dict(scored)


def test_a_declaration_names_every_procedure_and_leaves_number_and_day_to_the_pen(
    shipped: dict[str, SetPaper],
) -> None:
    said = said_by(shipped["CB-2020-01"])
    procedures = [row for row in rows("documents") if row["kind"].endswith("_procedure")]
    assert len(procedures) == 52
    assert all(f"{row['code']} {row['title']}" in said for row in procedures)
    assert "Số: ………" in said
    assert "ngày …… tháng …… năm 20……" in said
    assert "Bản trình ký" in said
    for basis in rows("declarations")[0]["bases"].split(";"):
        assert basis.strip()[1:] in said


def test_a_signed_declaration_is_shown_as_in_force(shipped_papers_system: System) -> None:
    signed = changed(
        shipped_papers_system,
        "declarations",
        0,
        number="1234/QĐ-BTTTT",
        issued_on=dt.date(2020, 9, 25),
    )
    said = said_by(by_code(signed)["CB-2020-01"])
    assert "Số: 1234/QĐ-BTTTT" in said
    assert "Ngày 25 tháng 09 năm 2020" in said
    assert "đang có hiệu lực" in said
    assert "Bản trình ký" not in said


def test_the_yearly_check_says_what_the_registers_say(shipped: dict[str, SetPaper]) -> None:
    kinds = Counter(row["kind"] for row in rows("documents"))
    found = rows("findings")
    given = rows("review_actions")
    expected = [
        f"{kinds['system_document']} tài liệu hệ thống, {kinds['system_procedure']} quy trình "
        f"hệ thống, {kinds['operational_procedure']} quy trình tác nghiệp",
        f"{len(rows('objectives'))} mục tiêu",
        f"{len(rows('risks'))} rủi ro",
        f"biện pháp đã xong {sum(bool(row['done_on']) for row in rows('risks'))}",
        f"{len(rows('records'))} loại hồ sơ được quy định; {len(rows('files'))} hồ sơ",
        f"{len(found)} phát hiện, chưa đóng {sum(not row['closed_on'] for row in found)}",
        f"{len(given)} việc được giao, đã xong {sum(bool(row['done_on']) for row in given)}",
        "CB-2020-01: chưa công bố",
    ]
    for code in ("KTN-2020", "BCN-2020"):
        said = said_by(shipped[code])
        assert [words for words in expected if words not in said] == []


def test_the_check_code_follows_the_words_of_that_paper_alone(
    shipped: dict[str, SetPaper], shipped_papers_system: System
) -> None:
    risks = shipped_papers_system.rows("risks")
    at = next(number for number, row in enumerate(risks) if row["unit"] == "BC")
    edited = by_code(changed(shipped_papers_system, "risks", at, treatment="Cách khác."))
    other = {code for code in shipped if edited[code].check.code != shipped[code].check.code}
    assert other == {"BRR-BC"}


@pytest.fixture(scope="module")
def pictures(shipped: dict[str, SetPaper]) -> Iterator[list[Any]]:
    pdf = pypdfium2.PdfDocument(render(shipped["BRR-BC"].html, "http://127.0.0.1:8000/"))
    yield [page.render(scale=3).to_pil() for page in pdf]
    pdf.close()


def test_every_sheet_leads_to_the_paper_check(
    shipped: dict[str, SetPaper], pictures: list[Any]
) -> None:
    assert pictures
    for picture in pictures:
        codes = [code.text for code in zxingcpp.read_barcodes(picture)]
        assert codes == [shipped["BRR-BC"].check.address]


def test_the_paper_check_knows_each_paper(
    small_system: System, shipped: dict[str, SetPaper], tmp_path: Path
) -> None:
    (tmp_path / REGISTRY).parent.mkdir()
    write_registry(tmp_path, small_system, [], [shipped["BRR-BC"]])
    text = (tmp_path / REGISTRY).read_text(encoding="utf-8")
    last = json.loads(text.removeprefix("window.qmsPaper = ")[:-2])[-1]
    assert last["code"] == "BRR-BC"
    assert last["check"] == shipped["BRR-BC"].check.code
    assert "revisions" not in last


def test_papers_are_linked_once_they_were_made(
    small_places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = System.load(small_places)
    page = next(each.address for each in set_papers(system))

    def run(_places: Places, system: System, _staged: Path, target: Path, *_: object) -> None:
        write(target / page / "index.html", f"<article>{Views(system, '../').papers(page)}")

    monkeypatch.setattr(build, "run_mkdocs", run)
    monkeypatch.setattr(build.checks, "check", lambda *_, **__: [])
    monkeypatch.setattr(build, "check_site", lambda *_: [])
    monkeypatch.setattr(build, "check_successor", lambda *_: [])

    def shown() -> str:
        return (small_places.current_site / page / "index.html").read_text(encoding="utf-8")

    build.build(small_places)
    assert FOLDER not in shown()
    release = build.build(small_places, paper=True).release
    files = sorted(path.name for path in (release / FOLDER).iterdir())
    assert files == sorted(each.name for each in set_papers(system))
    assert f'href="../{FOLDER}/' in shown()
    assert build.build(small_places).release == release
