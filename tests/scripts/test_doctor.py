"""`make doctor` finds what stands in the way, and says what to do."""

from pathlib import Path

import pytest

from intake.condition import Finding, Level
from intake.configuration import Places
from scripts.doctor import doctor, report
from scripts.sound_project import sound_project


@pytest.fixture
def project(tmp_path: Path) -> Places:
    return sound_project(tmp_path)


def levels(places: Places) -> dict[str, Level]:
    return {finding.name: finding.level for finding in doctor(places)}


def test_a_sound_project_lacks_only_what_was_never_done(project: Places) -> None:
    found = levels(project)
    assert {name for name, level in found.items() if level is not Level.WELL} == {"backup", "site"}
    assert {"configuration", "forms", "sources", "mail_server", "engine", "journal"} <= set(found)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_settings_that_cannot_be_are_told_and_nothing_is_opened(project: Places) -> None:
    edit(project.configuration, "port = 25", "port = 0")
    found = levels(project)
    assert found["configuration"] is Level.BROKEN
    assert "journal" not in found
    assert not project.journal.exists()


def test_a_broken_form_is_told(project: Places) -> None:
    (project.forms / "nonconformity.json").write_text("{", encoding="utf-8")
    found = levels(project)
    assert found["forms"] is Level.BROKEN
    assert "journal" not in found


def test_a_broken_register_is_told(project: Places) -> None:
    edit(project.registers / "documents.csv", "QT-HT-04,system_procedure", "QT-HT-04,poem")
    assert levels(project)["sources"] is Level.WATCH


def test_a_mail_server_that_does_not_answer_is_told(project: Places) -> None:
    edit(project.configuration, 'host = "" ', 'host = "127.0.0.1" ')
    edit(project.configuration, "port = 25\n", "port = 1\n")
    assert levels(project)["mail_server"] is Level.WATCH


def test_a_journal_that_cannot_be_opened_is_told(project: Places) -> None:
    project.packages.mkdir(parents=True)
    project.journal.write_bytes(b"no database at all" * 100)
    found = levels(project)
    assert found["journal"] is Level.BROKEN


def test_what_is_broken_is_said_and_counts() -> None:
    said: list[str] = []
    watch = Finding("a", "Đĩa", Level.WATCH, "Còn ít.", "Dọn bớt.")
    broken = Finding("b", "Trang", Level.BROKEN, "Không có.", "Chạy make publish.")
    assert report([watch], said.append)
    assert not report([watch, broken], said.append)
    assert "Cần xem  Đĩa: Còn ít." in said
    assert "         → Dọn bớt." in said
