import datetime as dt
import json
from pathlib import Path

import pytest

from scripts.registers import BadRegister, Resource, load_package

FIELDS = {
    "code": "string",
    "size": "integer",
    "share": "number",
    "open": "boolean",
    "day": "date",
    "at": "datetime",
}
HEADER = ",".join(FIELDS)
UTC = dt.UTC


def write_package(folder: Path, *parts: str, inline: bool = True) -> Path:
    schema = {
        "fields": [{"name": name, "type": kind} for name, kind in FIELDS.items()],
        "primaryKey": ["code"],
    }
    paths = [f"part{number}.csv" for number in range(len(parts))]
    for path, text in zip(paths, parts, strict=True):
        (folder / path).write_text(text, encoding="utf-8", newline="")
    (folder / "schema.json").write_text(json.dumps(schema), encoding="utf-8")
    resource = {
        "name": "things",
        "title": "Sổ",
        "path": paths[0],
        "extrapaths": paths[1:],
        "schema": schema if inline else "schema.json",
    }
    descriptor = folder / "datapackage.json"
    descriptor.write_text(json.dumps({"resources": [resource]}), encoding="utf-8")
    return descriptor


def things(folder: Path, *lines: str, escaped: bool = False) -> Resource:
    descriptor = write_package(folder, "\n".join([HEADER, *lines]) + "\n")
    return load_package(descriptor, escaped=escaped)["things"]


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("01,,,,,", "code", "01"),
        ("a,7,,,,", "size", 7),
        ("a,,2.5,,,", "share", 2.5),
        ("a,,,true,,", "open", True),
        ("a,,,false,,", "open", False),
        ("a,,,,2020-02-29,", "day", dt.date(2020, 2, 29)),
        ("a,,,,,2020-09-10T02:15:00Z", "at", dt.datetime(2020, 9, 10, 2, 15, tzinfo=UTC)),
    ],
)
def test_a_cell_has_the_type_of_its_field(
    tmp_path: Path, line: str, field: str, value: object
) -> None:
    (row,) = things(tmp_path, line).rows
    assert row[field] == value
    assert type(row[field]) is type(value)


@pytest.mark.parametrize("field", FIELDS)
def test_an_empty_cell_is_none(tmp_path: Path, field: str) -> None:
    (row,) = things(tmp_path, ",,,,,").rows
    assert row[field] is None


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("a,seven,,,,", id="integer"),
        pytest.param("a,,2;5,,,", id="number"),
        pytest.param("a,,,True,,", id="boolean"),
        pytest.param("a,,,,30/09/2020,", id="date"),
        pytest.param("a,,,,2020-02-30,", id="a day that is not in the calendar"),
        pytest.param("a,,,,,noon", id="datetime"),
        pytest.param("a,7", id="too few cells"),
    ],
)
def test_a_bad_cell_is_named_with_its_file_and_line(tmp_path: Path, line: str) -> None:
    with pytest.raises(BadRegister, match=r"^part0\.csv:3: có ô sai kiểu"):
        things(tmp_path, "good,,,,,", line)


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("code,size", id="a column is missing"),
        pytest.param(f"{HEADER},more", id="one too many"),
        pytest.param("size,code,share,open,day,at", id="another order"),
        pytest.param("\ufeff" + HEADER, id="a byte order mark"),
        pytest.param("", id="an empty file"),
    ],
)
def test_other_columns_than_the_schema_says_are_refused(tmp_path: Path, header: str) -> None:
    with pytest.raises(BadRegister) as refused:
        load_package(write_package(tmp_path, header))
    assert str(refused.value) == f"part0.csv:1: các cột phải là {', '.join(FIELDS)}"


@pytest.mark.parametrize(
    ("cell", "escaped", "text"),
    [
        ("'=1+1", True, "=1+1"),
        ("''=1+1", True, "'=1+1"),
        ("'quoted'", True, "'quoted'"),
        ("'=1+1", False, "'=1+1"),
    ],
)
def test_the_formula_escape_is_undone_in_collected_text_only(
    tmp_path: Path, cell: str, escaped: bool, text: str
) -> None:
    (row,) = things(tmp_path, f"{cell},,,,,", escaped=escaped).rows
    assert row["code"] == text


def test_the_parts_of_a_resource_are_read_in_their_order(tmp_path: Path) -> None:
    parts = [f"{HEADER}\n{code},,,,,\n" for code in ("b", "a", "c")]
    resource = load_package(write_package(tmp_path, *parts))["things"]
    assert [row["code"] for row in resource.rows] == ["b", "a", "c"]


def test_an_error_in_a_later_part_names_that_part(tmp_path: Path) -> None:
    descriptor = write_package(tmp_path, f"{HEADER}\n", f"{HEADER}\na,x,,,,\n")
    with pytest.raises(BadRegister, match=r"^part1\.csv:2: "):
        load_package(descriptor)


def test_a_schema_may_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    descriptor = write_package(tmp_path, f"{HEADER}\na,,,,,\n", inline=False)
    resource = load_package(descriptor)["things"]
    assert resource.schema["primaryKey"] == ["code"]
    assert [field["name"] for field in resource.fields] == list(FIELDS)


def test_a_cell_of_several_lines_is_one_cell(tmp_path: Path) -> None:
    (row,) = things(tmp_path, '"a, ""b""\nc",,,,,').rows
    assert row["code"] == 'a, "b"\nc'


def test_labels_are_the_words_of_an_enum(tmp_path: Path) -> None:
    schema = {"fields": [{"name": "kind", "labels": {"a": "Một"}}, {"name": "other"}]}
    resource = Resource("r", "R", "", schema, (), tmp_path)
    assert resource.labels("kind") == {"a": "Một"}
    assert resource.labels("other") == {}


def test_a_row_that_lacks_a_text_cell_is_refused(tmp_path: Path) -> None:
    schema = {"fields": [{"name": "a", "type": "string"}, {"name": "b", "type": "string"}]}
    resource = {"name": "r", "title": "R", "path": "r.csv", "schema": schema}
    (tmp_path / "r.csv").write_text("a,b\nx\n")
    (tmp_path / "datapackage.json").write_text(json.dumps({"resources": [resource]}))
    with pytest.raises(BadRegister):
        load_package(tmp_path / "datapackage.json")
