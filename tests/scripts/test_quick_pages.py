"""What was kept from before changes nothing: every build gives what one from nothing gives.

A chain takes the edits in an order of chance, one on top of the other, and builds after each with
what was kept. The usual run has one chain of the edits that each touch another input, and builds
from nothing every few edits; `make test-long` has many chains of all and does after each.
"""

import csv
import io
import os
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from intake.journal.sqlite import SqliteJournal
from scripts import build
from scripts.build import BuildFailed, check_content
from scripts.publish import bring_up_packages
from scripts.quick_pages import ground
from scripts.releases import digests
from scripts.sound_project import sound_project
from scripts.steps import Steps
from scripts.system import System
from tests.conftest import MakeSubmission

LONG = "QMS_LONG" in os.environ
SEEDS = range(1, 13) if LONG else [1]
EVERY = 1 if LONG else 8

Outcome = dict[str, str] | str


class Project:
    """A small project that is edited, and what its builds kept."""

    def __init__(self, root: Path, make_submission: MakeSubmission) -> None:
        self.places = places = sound_project(root)
        self.make_submission = make_submission
        self._folders = [places.content, places.registers, places.forms]
        self._files = [places.configuration, root / "mkdocs.yml"]
        home = places.content / "index.md"
        for name in LINKED:
            (places.content / name).write_text("# Đích\n\n## Mục\n\nChữ.\n", encoding="utf-8")
            text = home.read_text(encoding="utf-8")
            home.write_text(f"{text}\n[Sang {name}]({name}#muc)\n", encoding="utf-8")

    def build(self) -> Outcome:
        """Build with what was kept."""
        return self._outcome(self.places.root / "steps")

    def build_from_nothing(self) -> Outcome:
        """Build as if nothing had been kept."""
        (self.places.cache / "content.sound").unlink(missing_ok=True)
        return self._outcome(None)

    def _outcome(self, kept: Path | None) -> Outcome:
        """Return the hash of every file of the site, or what was refused and why."""
        try:
            check_content(self.places)
            system = System.load(self.places)
            steps = Steps(kept, ground(self.places, system))
            site = build._built(self.places, system, self.places.cache / "site", steps)
            steps.save()
            return digests(site)
        except BuildFailed as failed:
            return str(failed)

    def sources(self) -> dict[Path, bytes]:
        """Return the files that a build reads, but for what was collected."""
        files = [path for folder in self._folders for path in folder.rglob("*") if path.is_file()]
        return {path: path.read_bytes() for path in files + self._files}

    def restore(self, sources: dict[Path, bytes]) -> None:
        """Bring the sources back to how they were."""
        now = self.sources()
        for path in now.keys() - sources.keys():
            path.unlink()
        for path, content in sources.items():
            if now.get(path) != content:
                path.write_bytes(content)

    def pages(self) -> list[Path]:
        """Return the written pages."""
        return sorted(self.places.content.rglob("*.md"))


LINKED = ("dich-0.md", "dich-1.md", "dich-2.md")
"""Pages that the home page links to, with their heading."""


# Edits; each takes a number that says which page, row or column


def pick(choices: list[Path], number: int) -> Path:
    return choices[number % len(choices)]


def changed(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def a_line(project: Project, number: int) -> None:
    page = pick(project.pages(), number)
    page.write_text(f"{page.read_text(encoding='utf-8')}\nDòng {number}.\n", encoding="utf-8")


def a_title(project: Project, number: int) -> None:
    page = pick(project.pages(), number)
    lines = page.read_text(encoding="utf-8").splitlines(keepends=True)
    lines = [f"# Tên {number}\n" if line.startswith("# ") else line for line in lines]
    page.write_text("".join(lines), encoding="utf-8")


def a_link(project: Project, number: int) -> None:
    page = project.places.content / "index.md"
    target = pick(project.pages(), number).relative_to(project.places.content).as_posix()
    text = f"{page.read_text(encoding='utf-8')}\n[Sang trang]({target}#muc-{number % 3})\n"
    page.write_text(text, encoding="utf-8")


def an_anchor(project: Project, number: int) -> None:
    page = pick(project.pages(), number)
    text = f"{page.read_text(encoding='utf-8')}\n## Mục {number % 3}\n\nChữ.\n"
    page.write_text(text, encoding="utf-8")


def a_page_gone(project: Project, number: int) -> None:
    pick(project.pages(), number).unlink()


def a_page_elsewhere(project: Project, number: int) -> None:
    page = pick(project.pages(), number)
    page.rename(page.with_name(f"moi-{number}.md"))


def a_new_page(project: Project, number: int) -> None:
    page = project.places.content / f"moi-{number % 5}.md"
    page.write_text(f"# Mới {number}\n\n{{{{ portal.agency.name }}}}\n", encoding="utf-8")


def front_matter(project: Project, number: int) -> None:
    page = pick(project.pages(), number)
    text = page.read_text(encoding="utf-8")
    head = "---\ndescription: Mô tả\n"
    text = text.replace("---\n", head, 1) if text.startswith("---\n") else f"{head}---\n{text}"
    page.write_text(text, encoding="utf-8")


def with_rows(
    project: Project, number: int, change: Callable[[list[list[str]], int], object]
) -> None:
    registers = [
        path
        for path in sorted(project.places.registers.glob("*.csv"))
        if len(path.read_text(encoding="utf-8").splitlines()) > 1
    ]
    path = pick(registers, number)
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    change(rows, 1 + number // 7 % (len(rows) - 1))
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8")


def a_cell(project: Project, number: int) -> None:
    def change(rows: list[list[str]], row: int) -> None:
        words = [at for at, cell in enumerate(rows[row]) if " " in cell]
        at = words[number // 11 % len(words)] if words else number % len(rows[row])
        rows[row][at] += " khác"

    with_rows(project, number, change)


def a_row_gone(project: Project, number: int) -> None:
    with_rows(project, number, lambda rows, row: rows.pop(row))


def a_unit_renamed(project: Project, number: int) -> None:
    path = project.places.registers / "units.csv"
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    rows[1][rows[0].index("name")] = f"Vụ số {number}"
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8")


def a_document_renamed(project: Project, number: int) -> None:
    path = project.places.registers / "documents.csv"
    changed(path, 'QT-HT-04,system_procedure,"', f'QT-HT-04,system_procedure,"Số {number}: ')


def a_template(project: Project, number: int) -> None:
    path = project.places.content / "templates" / "main.html"
    changed(path, "Số liệu tính đến", f"Số liệu {number} tính đến")


def the_settings(project: Project, number: int) -> None:
    changed(project.places.configuration, '\ntitle = "', f'\ntitle = "Cổng {number} ')


def the_day(project: Project, number: int) -> None:
    changed(project.places.configuration, "2020-09-30", f"2020-09-{10 + number % 20}")


def the_navigation(project: Project, number: int) -> None:
    path = project.places.root / "mkdocs.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}  - Góp ý {number}: bao-cao/gop-y.md\n", encoding="utf-8")


def an_asset(project: Project, number: int) -> None:
    path = project.places.content / "assets" / "qms.css"
    path.write_text(f"{path.read_text(encoding='utf-8')}/* {number} */\n", encoding="utf-8")


def a_text_of_a_document(project: Project, number: int) -> None:
    page = project.places.content / "tai-lieu" / "qt-ht-04.md"
    page.write_text(f"{page.read_text(encoding='utf-8')}\nDòng {number}.\n", encoding="utf-8")


def an_earlier_text(project: Project, number: int) -> None:
    page = project.places.content / "tai-lieu" / "cac-lan" / "qt-ht-04-01.md"
    page.write_text(f"{page.read_text(encoding='utf-8')}\nDòng {number}.\n", encoding="utf-8")


def a_linked_page_gone(project: Project, _: int) -> None:
    (project.places.content / LINKED[0]).unlink()


def a_linked_heading_gone(project: Project, number: int) -> None:
    changed(project.places.content / LINKED[1], "## Mục", f"## Khác {number}")


def a_linked_page_elsewhere(project: Project, number: int) -> None:
    page = project.places.content / LINKED[2]
    page.rename(page.with_name(f"dich-moi-{number}.md"))
    changed(project.places.content / "index.md", f"({LINKED[2]}", f"(dich-moi-{number}.md")


def a_download(project: Project, _: int) -> None:
    folder = project.places.content / "mau-trong"
    folder.mkdir(exist_ok=True)
    (folder / "bm-ht04.01.pdf").write_bytes(b"%PDF")


def a_submission(project: Project, number: int) -> None:
    journal = SqliteJournal(project.places.journal)
    journal.append(project.make_submission(unit="KHCN", summary=f"Phiếu số {number}"))
    journal.close()
    bring_up_packages(project.places)


EDITS = [
    *(a_line, a_title, a_link, an_anchor, a_page_gone, a_page_elsewhere, a_new_page),
    *(front_matter, a_cell, a_row_gone, a_unit_renamed, a_document_renamed, a_template),
    *(the_settings, the_day, the_navigation, an_asset, a_text_of_a_document, an_earlier_text),
    *(a_linked_page_gone, a_linked_heading_gone, a_linked_page_elsewhere, a_download),
    a_submission,
]


CHOSEN = [
    *(a_title, a_page_gone, a_new_page, front_matter, a_unit_renamed, a_template),
    *(the_navigation, an_asset, a_text_of_a_document, an_earlier_text, a_download),
    *(a_linked_page_gone, a_linked_heading_gone, a_linked_page_elsewhere, a_submission),
]
"""An edit for each input of a step."""


def differences(quick: Outcome, whole: Outcome) -> list[str]:
    """Return the files that are not the same, or what only one of two builds refused."""
    if isinstance(quick, str) or isinstance(whole, str):
        return [] if quick == whole else [f"{quick} / {whole}"]
    return sorted(dict(quick.items() ^ whole.items()))


@pytest.mark.parametrize("seed", SEEDS)
def test_edits_give_what_a_build_from_nothing_gives(
    seed: int,
    tmp_path: Path,
    make_submission: MakeSubmission,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    project, chance = Project(tmp_path, make_submission), Random(seed)
    monkeypatch.setenv("QMS_ROOT", str(tmp_path))
    assert not isinstance(project.build(), str)
    since: list[str] = []
    passed = 0
    chosen = EDITS if LONG else CHOSEN
    for edit in chance.sample(chosen, len(chosen)):
        before, number = project.sources(), chance.randrange(10_000)
        edit(project, number)
        since.append(f"{edit.__name__} {number}")
        quick = project.build()
        if isinstance(quick, str):
            assert differences(quick, project.build_from_nothing()) == [], since
            project.restore(before)
            continue
        passed += 1
        if passed % EVERY == 0:
            assert differences(quick, project.build_from_nothing()) == [], since
            since.clear()
    assert differences(project.build(), project.build_from_nothing()) == [], since
    assert passed > len(chosen) / 2
