import datetime as dt
import json
import os
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import frictionless
import pytest
from frictionless.resources import TableResource

from intake.cases.workflow import load_workflows
from intake.configuration import PROJECT_ROOT, Places
from intake.forms.schema import Form, form_from_descriptor
from intake.journal.model import Attachment, Submission
from intake.journal.sqlite import SqliteJournal
from intake.packages.projection import DESCRIPTOR, project, projected_seq
from intake.packages.validation import InvalidPackage
from intake.text import unescape_formula

MakeSubmission = Callable[..., Submission]
WORKFLOWS = load_workflows(Places(PROJECT_ROOT).forms)
PNG = Attachment("ảnh.png", "image/png", b"\x89PNG 1")
NASTY = [
    "=HYPERLINK(0) trả lời",
    "'=1+1 và hơn nữa",
    "@import chữ “x”, 'y'",
    'dấu "nháy", phẩy; chấm',
    "-1 là số âm nhé",
    "NaN, true, 1_000, ٣",
    "{{ 7*7 }} <script>alert(1)</script>",
    "\\n \\\" \\' \\",
]


def read(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))
    return found


def report(folder: Path) -> frictionless.Report:
    return frictionless.validate(str(folder / DESCRIPTOR))


def rows(folder: Path, resource: str) -> list[dict[str, Any]]:
    package = frictionless.Package(str(folder / DESCRIPTOR))
    found = package.get_resource(resource)
    assert isinstance(found, TableResource)
    return [row.to_dict() for row in found.read_rows()]


def named(folder: Path) -> set[str]:
    resources = read(folder)["resources"]
    return {path for each in resources for path in (each["path"], *each.get("extrapaths", []))}


def tree(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.fixture
def packages(places: Places) -> Path:
    return places.packages


def test_packages_are_valid_from_the_first_day(
    journal: SqliteJournal, forms: dict[str, Form], packages: Path
) -> None:
    project(journal, forms, WORKFLOWS, packages)
    for name in forms:
        assert report(packages / name).valid
        assert rows(packages / name, name) == []
        assert projected_seq(packages, name) == 0


def test_without_a_package_nothing_is_projected(packages: Path) -> None:
    assert projected_seq(packages, "feedback") == -1


def test_submissions_come_into_the_package_of_their_form(
    journal: SqliteJournal,
    forms: dict[str, Form],
    packages: Path,
    make_submission: MakeSubmission,
) -> None:
    for form in ("nonconformity", "feedback", "nonconformity"):
        journal.append(make_submission(form))
    project(journal, forms, WORKFLOWS, packages)
    found = rows(packages / "nonconformity", "nonconformity")
    assert [row["number"] for row in found] == ["KPH-2020-001", "KPH-2020-002"]
    assert found[0]["received_at"] == dt.datetime(2020, 9, 10, 2, 15, tzinfo=dt.UTC)
    assert found[0]["form_hash"] == forms["nonconformity"].hash
    assert [projected_seq(packages, name) for name in ("nonconformity", "feedback")] == [3, 2]
    assert all(report(packages / name).valid for name in forms)


@pytest.mark.parametrize("text", NASTY)
def test_any_text_is_escaped_and_comes_back_exactly(
    text: str,
    journal: SqliteJournal,
    forms: dict[str, Form],
    packages: Path,
    make_submission: MakeSubmission,
) -> None:
    lines = f"{text}\n\n“{text}”"
    journal.append(make_submission("feedback", summary=text, content=lines))
    journal.append(make_submission("feedback"))
    project(journal, forms, WORKFLOWS, packages)
    row = rows(packages / "feedback", "feedback")[0]
    assert unescape_formula(row["summary"]) == text
    assert unescape_formula(row["content"]) == lines
    assert not row["summary"].startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize(
    "text",
    [
        "Các mức: |'một'| |'hai'| |'ba'|",
        ";'x';'y';'z';'t';",
    ],
)
def test_no_text_makes_a_reader_guess_another_dialect(
    text: str,
    journal: SqliteJournal,
    forms: dict[str, Form],
    packages: Path,
    make_submission: MakeSubmission,
) -> None:
    journal.append(make_submission("feedback", content=text))
    project(journal, forms, WORKFLOWS, packages)
    assert rows(packages / "feedback", "feedback")[0]["content"] == text


def test_each_month_is_a_part_and_numbers_are_unique_across_them(
    journal: SqliteJournal,
    forms: dict[str, Form],
    packages: Path,
    make_submission: MakeSubmission,
    clock: Any,
) -> None:
    for moment in ((2020, 9, 30, 16), (2020, 9, 30, 17), (2020, 12, 31, 18)):
        clock.now = dt.datetime(*moment, tzinfo=dt.UTC)
        journal.append(make_submission(attachments=(PNG,)))
    project(journal, forms, WORKFLOWS, packages)
    folder = packages / "nonconformity"
    assert report(folder).valid
    months = sorted(name[:21] for name in named(folder) if name.startswith("nonconformity-"))
    assert months == ["nonconformity-2020-09", "nonconformity-2020-10", "nonconformity-2021-01"]
    numbers = [row["number"] for row in rows(folder, "nonconformity")]
    assert numbers == ["KPH-2020-001", "KPH-2020-002", "KPH-2021-001"]
    keys = [resource["schema"]["primaryKey"] for resource in read(folder)["resources"]]
    assert keys[:2] == [["number"], ["number", "sha256"]]


def test_a_closed_month_is_not_written_again(
    journal: SqliteJournal,
    forms: dict[str, Form],
    packages: Path,
    make_submission: MakeSubmission,
    clock: Any,
) -> None:
    journal.append(make_submission())
    project(journal, forms, WORKFLOWS, packages)
    before = named(packages / "nonconformity")
    clock.now += dt.timedelta(days=40)
    journal.append(make_submission())
    project(journal, forms, WORKFLOWS, packages)
    assert {name for name in before if "_files" not in name} < named(packages / "nonconformity")


@pytest.mark.parametrize(
    "dropped",
    [
        pytest.param({"document_section", "kind"}, id="form-without-labels"),
        pytest.param({"document_section"}, id="shipped-form"),
    ],
)
def test_answers_of_an_older_schema_keep_their_schema(
    dropped: set[str],
    journal: SqliteJournal,
    forms: dict[str, Form],
    packages: Path,
    make_submission: MakeSubmission,
) -> None:
    old = without(forms["feedback"], dropped - {"document_section"})
    new = without(forms["feedback"], dropped)
    left_out = dict.fromkeys(dropped & {"kind"})
    section = {**left_out, "document_section": "Bước 3"}
    journal.append(make_submission(old, attachments=(PNG,), **section))
    journal.append(make_submission(new, **left_out))
    project(journal, {"feedback": new}, WORKFLOWS, packages)
    folder = packages / "feedback"
    past = f"feedback-{old.hash[:12]}"
    past_files = f"feedback_files-{old.hash[:12]}"
    names = [resource["name"] for resource in read(folder)["resources"]]
    cases = ["feedback_cases", "feedback_events"]
    assert names == ["feedback", "feedback_files", past, past_files, *cases]
    assert report(folder).valid
    assert "document_section" not in rows(folder, "feedback")[0]
    assert rows(folder, past)[0]["document_section"] == "Bước 3"
    assert rows(folder, past_files)[0]["number"] == "GY-2020-001"


def without(form: Form, names: set[str]) -> Form:
    fields = [field for field in form.descriptor["fields"] if field["name"] not in names]
    return form_from_descriptor(form.name, {**form.descriptor, "fields": fields})


def test_the_same_journal_gives_the_same_bytes(
    journal: SqliteJournal,
    forms: dict[str, Form],
    packages: Path,
    make_submission: MakeSubmission,
    tmp_path: Path,
    clock: Any,
) -> None:
    for month in (9, 10, 11):
        clock.now = clock.now.replace(month=month)
        journal.append(make_submission("feedback", attachments=(PNG,), summary=NASTY[month % 8]))
        project(journal, forms, WORKFLOWS, packages)
    for copy in ("one", "two"):
        project(journal, forms, WORKFLOWS, tmp_path / copy)
    scratch = tree(tmp_path / "one")
    assert scratch == tree(tmp_path / "two")
    standing = tree(packages)
    assert all(standing[path] == content for path, content in scratch.items())


def test_a_package_that_is_up_to_date_is_left_alone(
    journal: SqliteJournal,
    forms: dict[str, Form],
    packages: Path,
    make_submission: MakeSubmission,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    journal.append(make_submission())
    project(journal, forms, WORKFLOWS, packages)
    before = tree(packages)
    monkeypatch.setattr("frictionless.validate", lambda *_: pytest.fail("validated again"))
    project(journal, forms, WORKFLOWS, packages)
    assert tree(packages) == before


def test_a_package_that_lost_a_part_is_made_whole(
    journal: SqliteJournal,
    forms: dict[str, Form],
    packages: Path,
    make_submission: MakeSubmission,
) -> None:
    journal.append(make_submission())
    project(journal, forms, WORKFLOWS, packages)
    before = tree(packages)
    for path in packages.rglob("*.csv"):
        path.unlink()
    project(journal, forms, WORKFLOWS, packages)
    assert tree(packages) == before
    shutil.rmtree(packages / "nonconformity")
    project(journal, forms, WORKFLOWS, packages)
    assert tree(packages) == before


@pytest.mark.parametrize(
    "broken",
    [{"summary": None}, {"found_on": "hôm qua"}, {"source": "rumour"}, {"document": "x"}],
)
def test_a_broken_projection_leaves_the_package_that_stands(
    broken: dict[str, Any],
    journal: SqliteJournal,
    forms: dict[str, Form],
    packages: Path,
    make_submission: MakeSubmission,
) -> None:
    journal.append(make_submission())
    project(journal, forms, WORKFLOWS, packages)
    folder = packages / "nonconformity"
    before = tree(folder)
    journal.append(make_submission(**broken))
    with pytest.raises(InvalidPackage, match="nonconformity"):
        project(journal, forms, WORKFLOWS, packages)
    after = tree(folder)
    assert all(after[path] == content for path, content in before.items())
    assert report(folder).valid
    assert projected_seq(packages, "nonconformity") == 1


def test_files_are_kept_once_by_their_hash(
    journal: SqliteJournal,
    forms: dict[str, Form],
    packages: Path,
    make_submission: MakeSubmission,
) -> None:
    same = Attachment("../../=tên khác.png", "image/png", PNG.content)
    pdf = Attachment("b.pdf", "application/pdf", b"%PDF-1")
    journal.append(make_submission(attachments=(PNG,)))
    journal.append(make_submission(attachments=(same, pdf)))
    project(journal, forms, WORKFLOWS, packages)
    folder = packages / "nonconformity"
    files = {path.name: path.read_bytes() for path in (folder / "files").iterdir()}
    assert files == {f"{PNG.sha256}.png": PNG.content, f"{pdf.sha256}.pdf": pdf.content}
    listed = rows(folder, "nonconformity_files")
    assert [(row["number"], unescape_formula(row["name"])) for row in listed] == [
        ("KPH-2020-001", "ảnh.png"),
        ("KPH-2020-002", "../../=tên khác.png"),
        ("KPH-2020-002", "b.pdf"),
    ]
    assert all((folder / row["path"]).is_file() for row in listed)
    assert [row["files"] for row in rows(folder, "nonconformity")] == [1, 2]


@pytest.mark.parametrize(("age", "stays"), [(0, True), (3000, True), (4000, False)])
def test_old_parts_go_after_the_grace_time(
    age: int,
    stays: bool,
    journal: SqliteJournal,
    forms: dict[str, Form],
    packages: Path,
    make_submission: MakeSubmission,
) -> None:
    folder = packages / "nonconformity"
    journal.append(make_submission())
    project(journal, forms, WORKFLOWS, packages)
    (old,) = (name for name in named(folder) if name.startswith("nonconformity-"))
    for path in folder.glob("*.csv"):
        os.utime(path, (time.time() - age,) * 2)
    journal.append(make_submission())
    project(journal, forms, WORKFLOWS, packages)
    assert old not in named(folder)
    assert (folder / old).exists() == stays
    assert all((folder / name).exists() for name in named(folder))


def test_whoever_reads_meanwhile_never_sees_an_invalid_package(
    journal: SqliteJournal,
    forms: dict[str, Form],
    packages: Path,
    make_submission: MakeSubmission,
    clock: Any,
) -> None:
    form = {"nonconformity": forms["nonconformity"]}
    project(journal, form, WORKFLOWS, packages)
    done, verdicts, problems = threading.Event(), [], []

    def poll() -> None:
        while not done.is_set():
            found = report(packages / "nonconformity")
            verdicts.append(found.valid)
            problems.extend(found.flatten(["message"]))

    reader = threading.Thread(target=poll)
    reader.start()
    try:
        for turn in range(10):
            clock.now += dt.timedelta(days=9)
            photo = Attachment("a.png", "image/png", b"\x89PNG %d" % turn)
            journal.append(make_submission(attachments=(photo,)))
            project(journal, form, WORKFLOWS, packages)
    finally:
        done.set()
        reader.join()
    assert problems == []
    assert all(verdicts)
    assert len(verdicts) > 3, "the reader must have looked while the package changed"
