import csv
import datetime as dt
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from intake.configuration import Places
from scripts.registers import Resource
from scripts.stage import stage, to_csv
from scripts.system import System

Collect = Callable[..., System]
AT = "2020-09-10T02:15:00Z"
PRIVATE = {
    "sender_name": "Nguyễn Thị Kín",
    "sender_unit": "KHCN",
    "sender_email": "kin@example.gov.vn",
    "contact_back": "true",
}
TELLING = {"sender_name": "Nguyễn Thị Kín", "sender_email": "kin@example.gov.vn"}
"""The values that would be known again wherever they turned up."""


def staged_text(folder: Path, path: str) -> str:
    return (folder / path).read_text(encoding="utf-8")


# Pages


def test_pages_are_generated_for_units_documents_and_dictionaries(
    small_places: Places, small_system: System
) -> None:
    folder = stage(small_places, small_system)
    assert staged_text(folder, "don-vi/buu-chinh.md").startswith("---\nunit: BC\n")
    assert "# Vụ Bưu chính\n" in staged_text(folder, "don-vi/buu-chinh.md")
    assert "document: BM-BC01.01\n" in staged_text(folder, "tai-lieu/bm-bc01-01.md")
    assert '{{ dictionary("clause_documents") }}' in staged_text(
        folder, "tu-dien/clause-documents.md"
    )
    assert '{{ dictionary("feedback") }}' in staged_text(folder, "tu-dien/feedback.md")


def test_every_document_has_a_page_whatever_its_state(
    small_places: Places, small_system: System
) -> None:
    folder = stage(small_places, small_system)
    for document in small_system.documents.values():
        assert (folder / f"{document['address'].rstrip('/')}.md").is_file()


@pytest.mark.parametrize(
    "path", ["tai-lieu/qt-bc-01.md", "don-vi/buu-chinh.md", "tu-dien/risks.md"]
)
def test_a_written_page_wins_over_the_generated_one(
    small_places: Places, small_system: System, path: str
) -> None:
    page = small_places.content / path
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text("# Viết tay\n", encoding="utf-8")
    assert staged_text(stage(small_places, small_system), path) == "# Viết tay\n"


def test_a_written_page_that_is_removed_gives_way_to_the_generated_one(
    small_places: Places, small_system: System
) -> None:
    stage(small_places, small_system)
    (small_places.content / "tai-lieu/qt-ht-01.md").unlink()
    folder = stage(small_places, small_system)
    assert "without_text" in staged_text(folder, "tai-lieu/qt-ht-01.md")


def test_a_title_that_somebody_typed_is_no_markup(small_places: Places, collect: Collect) -> None:
    folder = stage(small_places, collect("feedback", (AT, {"summary": 'Hạn < 3 "ngày" </title>'})))
    page = staged_text(folder, "so/gop-y/gy-2020-001.md")
    assert 'title: "GY-2020-001 – Hạn &lt; 3 \\"ngày\\" &lt;/title&gt;"\n' in page


def test_a_page_removed_from_content_disappears(small_places: Places, small_system: System) -> None:
    extra = small_places.content / "them.md"
    extra.write_text("# Thêm\n", encoding="utf-8")
    folder = stage(small_places, small_system)
    assert (folder / "them.md").exists()
    extra.unlink()
    stage(small_places, small_system)
    assert not (folder / "them.md").exists()
    assert (folder / "index.md").exists()


def test_the_templates_of_the_theme_are_not_staged(
    small_places: Places, small_system: System
) -> None:
    folder = stage(small_places, small_system)
    assert not (folder / "templates").exists()


def test_files_that_did_not_change_are_left_alone(
    small_places: Places, small_system: System
) -> None:
    folder = stage(small_places, small_system)
    files = [path for path in folder.rglob("*") if path.is_file()]
    for path in files:
        os.utime(path, (1, 1))
    (small_places.content / "index.md").write_text("# Mới\n", encoding="utf-8")
    stage(small_places, small_system)
    changed = [path.relative_to(folder).as_posix() for path in files if path.stat().st_mtime != 1]
    assert changed == ["index.md"]


def test_the_colours_of_the_agency_become_custom_properties(
    small_places: Places, small_system: System
) -> None:
    style = staged_text(stage(small_places, small_system), "assets/agency.css")
    assert style == (
        ":root{--agency-primary:#123456;--agency-primary-dark:#abcdef;--agency-accent:#654321;}\n"
    )


# Downloads


def read_sheet(folder: Path, name: str) -> list[dict[str, str]]:
    text = (folder / f"du-lieu/{name}.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_every_register_is_offered_as_csv_and_json(
    small_places: Places, small_system: System
) -> None:
    folder = stage(small_places, small_system)
    for name, resource in small_system.registers.items():
        rows = json.loads(staged_text(folder, f"du-lieu/{name}.json"))
        assert len(rows) == len(read_sheet(folder, name)) == len(resource.rows)


def test_a_form_is_offered_once_something_was_collected(
    small_places: Places, collect: Collect
) -> None:
    folder = stage(small_places, collect("feedback", (AT, {})))
    assert (folder / "du-lieu/feedback.csv").exists()
    assert not (folder / "du-lieu/nonconformity.csv").exists()


@pytest.mark.parametrize("form", ["feedback", "nonconformity"])
@pytest.mark.parametrize("earlier", [(), (("2020-08-10T02:15:00Z", PRIVATE),)])
def test_private_answers_are_nowhere_in_what_is_staged(
    small_places: Places, collect: Collect, form: str, earlier: tuple[Any, ...]
) -> None:
    def before(descriptor: dict[str, Any]) -> None:
        descriptor["title"] = "Bản cũ"

    fields = json.loads((small_places.forms / f"{form}.json").read_text("utf-8"))["fields"]
    internal = {
        field["name"]: f"Chỉ để xử lý, {field['name']}"
        for field in fields
        if field["access"] == "internal" and field["type"] == "string"
    }
    system = collect(form, (AT, PRIVATE | internal), earlier=earlier, before=before)
    folder = stage(small_places, system)
    told = [*TELLING.values(), *internal.values()]
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(internal) >= 2
    for path in files:
        content = path.read_bytes()
        assert not [value for value in told if value.encode() in content], path


@pytest.mark.parametrize("form", ["feedback", "nonconformity"])
def test_a_download_has_the_public_fields_and_no_others(
    small_places: Places, collect: Collect, form: str
) -> None:
    system = collect(form, (AT, PRIVATE))
    folder = stage(small_places, system)
    public = {"number", "received_at", "files", "channel"}
    public |= {field.name for field in system.forms[form].fields if field.access == "public"}
    public |= {"state"} if form in system.workflows else set()
    assert set(read_sheet(folder, form)[0]) == public
    assert set(json.loads(staged_text(folder, f"du-lieu/{form}.json"))[0]) == public


def test_an_answer_that_was_given_as_personal_is_never_published(
    small_places: Places, collect: Collect
) -> None:
    def before(descriptor: dict[str, Any]) -> None:
        (field,) = (each for each in descriptor["fields"] if each["name"] == "document_section")
        field["access"] = "personal"

    given = {"document_section": "Chỗ của riêng tôi"}
    system = collect(
        "feedback", (AT, {}), earlier=(("2020-08-10T02:15:00Z", given),), before=before
    )
    folder = stage(small_places, system)
    assert "Chỗ của riêng tôi" not in staged_text(folder, "du-lieu/feedback.csv")


def test_a_download_holds_the_answers_of_every_version(
    small_places: Places, collect: Collect
) -> None:
    def before(descriptor: dict[str, Any]) -> None:
        descriptor["fields"] = [
            field for field in descriptor["fields"] if field["name"] != "rating_time"
        ]

    system = collect(
        "feedback",
        (AT, {"rating_time": "4"}),
        earlier=(("2020-08-10T02:15:00Z", {}),),
        before=before,
    )
    rows = read_sheet(stage(small_places, system), "feedback")
    assert [(row["number"], row["rating_time"]) for row in rows] == [
        ("GY-2020-002", "4"),
        ("GY-2020-001", ""),
    ]


def test_a_sheet_begins_with_a_byte_order_mark(small_places: Places, small_system: System) -> None:
    folder = stage(small_places, small_system)
    sheets = list((folder / "du-lieu").glob("*.csv"))
    assert sheets
    assert all(sheet.read_bytes().startswith(b"\xef\xbb\xbf") for sheet in sheets)


def sheet_of(kind: str, value: object) -> str:
    schema = {"fields": [{"name": "cell", "type": kind}, {"name": "end", "type": "string"}]}
    resource = Resource("r", "R", "", schema, ({"cell": value, "end": "."},), Path("r.csv"))
    return to_csv(resource).splitlines()[1].removesuffix(",.")


@pytest.mark.parametrize(
    ("kind", "value", "cell"),
    [
        pytest.param("string", "=1+1", "'=1+1", id="formula"),
        pytest.param("string", "+84", "'+84", id="plus"),
        pytest.param("string", "-5", "'-5", id="minus in text"),
        pytest.param("string", "@SUM(A1)", "'@SUM(A1)", id="at"),
        pytest.param("string", "a=b", "a=b", id="not at the start"),
        pytest.param("integer", -5, "-5", id="a number is no formula"),
        pytest.param("number", -2.5, "-2.5", id="a decimal point"),
        pytest.param("number", 95.0, "95", id="no needless zeros"),
        pytest.param("boolean", True, "true", id="yes"),
        pytest.param("boolean", False, "false", id="no"),
        pytest.param("date", dt.date(2020, 9, 30), "2020-09-30", id="date"),
        pytest.param("string", None, "", id="nothing"),
        pytest.param(
            "number",
            1234567.0,
            "1234567",
            id="a large number",
        ),
        pytest.param(
            "datetime",
            dt.datetime(2020, 9, 10, 2, 15, tzinfo=dt.UTC),
            "2020-09-10T02:15:00Z",
            id="a time in the form of Table Schema",
        ),
    ],
)
def test_a_cell_of_a_sheet(kind: str, value: object, cell: str) -> None:
    assert sheet_of(kind, value) == cell


def test_formulas_are_escaped_in_the_sheet_and_not_in_json(
    small_places: Places, small_system: System
) -> None:
    folder = stage(small_places, small_system)
    assert read_sheet(folder, "glossary")[0]["term"] == "'=KPH"
    assert json.loads(staged_text(folder, "du-lieu/glossary.json"))[0]["term"] == "=KPH"


def test_dates_in_json_are_iso(small_places: Places, small_system: System) -> None:
    folder = stage(small_places, small_system)
    rows = json.loads(staged_text(folder, "du-lieu/revisions.json"))
    assert rows[0]["effective_on"] == "2019-02-19"
