"""What was kept from before changes nothing: every build gives what one from nothing gives."""

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.configuration import Places
from scripts import build
from scripts.build import BuildFailed, check_content
from scripts.quick_pages import ground
from scripts.releases import digests
from scripts.sound_project import sound_project
from scripts.steps import Steps
from scripts.system import System

Outcome = dict[str, str] | str


def outcome(places: Places, kept: Path | None) -> Outcome:
    """Return the hash of every file of the site, or what was refused and why."""
    try:
        check_content(places)
        system = System.load(places)
        steps = Steps(kept, ground(places, system))
        site = build._built(places, system, places.cache / "site", steps)
        steps.save()
        return digests(site)
    except BuildFailed as failed:
        return str(failed)


class Project:
    """A project whose builds are compared; it goes back to how it began, what was kept stays."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self._folders = [places.content, places.registers, places.forms]
        self._files = [places.configuration, places.root / "mkdocs.yml"]
        self._first = self._state()

    def build(self) -> Outcome:
        """Build with what was kept."""
        return outcome(self.places, self.places.root / "steps")

    def differences(self) -> list[str]:
        """Build with what was kept and from nothing; return what is not the same."""
        quick = self.build()
        seal = self.places.cache / "content.sound"
        aside = seal.rename(seal.with_suffix(".aside")) if seal.exists() else None
        whole = outcome(self.places, None)
        if aside:
            aside.rename(seal)
        if isinstance(quick, str) or isinstance(whole, str):
            return [] if quick == whole else [f"{quick} / {whole}"]
        return sorted(dict(quick.items() ^ whole.items()))

    def restore(self) -> None:
        """Bring the sources back to how they began."""
        now = self._state()
        for path in now.keys() - self._first.keys():
            path.unlink()
        for path, content in self._first.items():
            if now.get(path) != content:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)

    def _state(self) -> dict[Path, bytes]:
        files = [path for folder in self._folders for path in folder.rglob("*") if path.is_file()]
        return {path: path.read_bytes() for path in files + self._files}

    def pages(self) -> list[Path]:
        return sorted(self.places.content.rglob("*.md"))


@pytest.fixture(scope="module")
def built_project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(sound_project(tmp_path_factory.mktemp("quick")))


@pytest.fixture
def project(built_project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    monkeypatch.setenv("QMS_ROOT", str(built_project.places.root))
    yield built_project
    built_project.restore()


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
    changed(path, "QT-HT-04,system_procedure,", f"QT-HT-04,system_procedure,Số {number} ")


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


EDITS = [
    *(a_line, a_title, a_link, an_anchor, a_page_gone, a_page_elsewhere, a_new_page),
    *(front_matter, a_cell, a_row_gone, a_unit_renamed, a_document_renamed, a_template),
    *(the_settings, the_day, the_navigation, an_asset),
]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_an_edit_gives_what_a_whole_build_gives(
    project: Project, edit: Callable[[Project, int], None]
) -> None:
    project.build()
    edit(project, 1)
    assert project.differences() == []


@settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.tuples(st.sampled_from(EDITS), st.integers(0, 9999)), min_size=2, max_size=4))
def test_edits_by_chance_give_what_a_whole_build_gives(
    project: Project, edits: list[tuple[Callable[[Project, int], None], int]]
) -> None:
    project.restore()
    *before, last = edits
    for edit, number in before:
        edit(project, number)
    project.build()
    last[0](project, last[1])
    assert project.differences() == []
