import csv
import hashlib
import io
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.configuration import PROJECT_ROOT
from intake.forms.schema import Form, load_forms
from intake.journal.model import AttachedFile, Event
from intake.packages.tables import (
    file_path,
    file_table,
    package_descriptor,
    received_month,
    submission_table,
)
from intake.text import has_control_characters, normalise, unescape_formula

PAPER = ["channel", "written_on", "received_on"]
FORM = load_forms(PROJECT_ROOT / "data" / "forms")["feedback"]
FILE = AttachedFile("ab" * 32, "=ảnh.png", "image/png", 12)
CANONICAL = st.text().map(normalise).filter(lambda text: not has_control_characters(text))
FORMULAS = st.builds("{}{}".format, st.sampled_from("=+-@'＝"), CANONICAL).map(str.strip)


def event(
    seq: int = 1,
    at: str = "2020-09-10T02:15:00Z",
    files: tuple[AttachedFile, ...] = (),
    **cells: str,
) -> Event:
    number = f"GY-2020-{seq:03}"
    return Event(seq, "submitted", number, FORM.name, FORM.hash, at, cells, files)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@given(st.lists(CANONICAL | FORMULAS, min_size=3, max_size=3))
def test_text_comes_back_from_the_csv_exactly(cells: list[str]) -> None:
    names = ("summary", "content", "proposal")
    given_cells = dict(zip(names, cells, strict=True))
    (part,) = submission_table("t", FORM, [event(**given_cells)]).parts
    (row,) = rows(part.text)
    assert {name: unescape_formula(row[name]) for name in names} == given_cells
    assert not any(row[name].startswith(("=", "+", "-", "@", "＝")) for name in names)


def test_only_text_is_escaped() -> None:
    (part,) = submission_table("t", FORM, [event(summary="-5", rating_time="-5")]).parts
    (row,) = rows(part.text)
    assert (row["summary"], row["rating_time"]) == ("'-5", "-5")


def test_names_of_files_are_escaped() -> None:
    (part,) = file_table("t", "s", FORM, [event(files=(FILE,))]).parts
    (row,) = rows(part.text)
    assert row == {
        "number": "GY-2020-001",
        "sha256": FILE.sha256,
        "name": "'=ảnh.png",
        "media_type": "image/png",
        "size": "12",
        "path": f"files/{FILE.sha256}.png",
    }


def test_a_table_without_rows_is_a_header() -> None:
    for table in (submission_table("t", FORM, []), file_table("f", "t", FORM, [event()])):
        (part,) = table.parts
        assert part.text == ",".join(f["name"] for f in table.schema["fields"]) + "\n"


@pytest.mark.parametrize(
    ("at", "month"),
    [
        ("2020-09-30T16:59:59Z", "2020-09"),
        ("2020-09-30T17:00:00Z", "2020-10"),
        ("2020-12-31T18:00:00Z", "2021-01"),
    ],
)
def test_a_month_is_a_month_in_viet_nam(at: str, month: str) -> None:
    assert received_month(event(at=at)) == month


def test_each_month_has_a_part_of_its_own_in_order() -> None:
    times = ["2020-11-02T00:00:00Z", "2020-09-10T00:00:00Z", "2020-09-11T00:00:00Z"]
    table = submission_table("t", FORM, [event(n, at) for n, at in enumerate(times, start=1)])
    assert [part.path[: len("t-2020-09")] for part in table.parts] == ["t-2020-09", "t-2020-11"]
    assert [[row["number"] for row in rows(part.text)] for part in table.parts] == [
        ["GY-2020-002", "GY-2020-003"],
        ["GY-2020-001"],
    ]
    descriptor = table.descriptor()
    assert [descriptor["path"], *descriptor["extrapaths"]] == [part.path for part in table.parts]
    assert descriptor["scheme"] == "multipart"


def test_months_without_files_have_no_part_of_files() -> None:
    late = event(2, "2020-10-10T00:00:00Z", (FILE,))
    assert len(file_table("f", "t", FORM, [event(), late]).parts) == 1


def test_a_part_is_named_by_the_hash_of_its_content() -> None:
    (part,) = submission_table("t", FORM, [event(summary="x")]).parts
    found = re.fullmatch(r"t-2020-09-([0-9a-f]{12})\.csv", part.path)
    assert found
    assert hashlib.sha256(part.text.encode()).hexdigest().startswith(found[1])
    (other,) = submission_table("t", FORM, [event(summary="y")]).parts
    assert other.path != part.path


def test_parts_have_unix_line_ends_and_fixed_columns() -> None:
    (part,) = submission_table("t", FORM, [event(summary="x")]).parts
    assert "\r" not in part.text
    expected = ["number", "received_at", "form_hash", "files", *PAPER, *FORM.by_name]
    assert part.text.splitlines()[0].split(",") == expected


def test_the_descriptor_names_the_rule_of_formulas_and_the_place_in_the_journal() -> None:
    table = submission_table("t", FORM, [])
    text = package_descriptor("feedback", "Góp ý", 7, [table])
    descriptor: dict[str, Any] = json.loads(text)
    assert "dấu nháy đơn" in descriptor["formulaEscape"]
    assert descriptor["journalSequence"] == 7
    assert [resource["name"] for resource in descriptor["resources"]] == ["t"]
    assert text == json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n", "canonical"


def test_who_sent_it_is_marked_personal_in_the_package(forms: dict[str, Form]) -> None:
    for form in forms.values():
        fields = submission_table("t", form, []).schema["fields"]
        personal = {field["name"] for field in fields if field["access"] == "personal"}
        assert personal == set(form.personal_fields)


@pytest.mark.parametrize(
    ("kind", "name"),
    [("image/jpeg", "jpg"), ("application/pdf", "pdf"), ("text/html", "bin"), ("../x", "bin")],
)
def test_a_file_is_named_by_its_hash_and_kind(kind: str, name: str) -> None:
    assert file_path("ab" * 32, kind) == f"files/{'ab' * 32}.{name}"
