"""Each part of a package is validated once; what is wrong in any of them is found."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import frictionless
import pytest

from intake.packages import validation
from intake.packages.tables import Part, Table
from intake.packages.validation import InvalidPackage, validate

SCHEMA: dict[str, Any] = {
    "fields": [{"name": "number", "type": "string"}, {"name": "day", "type": "date"}],
    "primaryKey": ["number"],
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The files that frictionless was asked about, a list a time."""
    seen: list[list[str]] = []
    validate_really = frictionless.validate

    def note(path: str, **options: Any) -> Any:
        resources = json.loads(Path(path).read_text(encoding="utf-8"))["resources"]
        seen.append([name for each in resources for name in _parts(each)])
        return validate_really(path, **options)

    monkeypatch.setattr(validation.frictionless, "validate", note)
    return seen


def _parts(resource: dict[str, Any]) -> list[str]:
    return [resource["path"], *resource.get("extrapaths", [])]


def table(folder: Path, *parts: str, name: str = "slips") -> Table:
    """Return a table with its parts, written into a folder under names of their content."""
    made = []
    for rows in parts:
        text = f"number,day\n{rows}"
        made.append(Part(f"{name}-{len(text)}-{rows[0]}.csv", text))
        (folder / made[-1].path).write_text(text, encoding="utf-8")
    return Table(name, name, SCHEMA, tuple(made))


def test_only_new_parts_are_looked_at(tmp_path: Path, asked: list[list[str]]) -> None:
    first = table(tmp_path, "1,2020-09-01\n")
    validate(tmp_path, [first])
    validate(tmp_path, [first])
    both = table(tmp_path, "1,2020-09-01\n", "2,2020-10-01\n")
    validate(tmp_path, [both])
    assert asked == [[first.parts[0].path], [both.parts[1].path]]


def test_another_schema_is_judged_anew(tmp_path: Path, asked: list[list[str]]) -> None:
    first = table(tmp_path, "1,2020-09-01\n")
    validate(tmp_path, [first])
    fields = [SCHEMA["fields"][0], {"name": "day", "type": "integer"}]
    with pytest.raises(InvalidPackage, match="day"):
        validate(tmp_path, [replace(first, schema={**SCHEMA, "fields": fields})])
    assert len(asked) == 2


def test_what_is_wrong_is_told_every_time(tmp_path: Path, asked: list[list[str]]) -> None:
    wrong = table(tmp_path, "1,2020-09-01\n", "2,tomorrow\n")
    for _ in range(2):
        with pytest.raises(InvalidPackage, match="day"):
            validate(tmp_path, [wrong])
    assert len(asked) == 2


def test_a_number_twice_in_two_parts_is_found_though_each_is_sound(
    tmp_path: Path, asked: list[list[str]]
) -> None:
    validate(tmp_path, [table(tmp_path, "1,2020-09-01\n")])
    with pytest.raises(InvalidPackage, match="1 stands twice"):
        validate(tmp_path, [table(tmp_path, "1,2020-09-01\n", "1,2020-10-01\n")])


def test_a_lost_or_broken_memory_only_costs_time(tmp_path: Path, asked: list[list[str]]) -> None:
    sound = table(tmp_path, "1,2020-09-01\n")
    validate(tmp_path, [sound])
    (tmp_path / ".sound.json").write_text("[")
    validate(tmp_path, [sound])
    (tmp_path / ".sound.json").unlink()
    validate(tmp_path, [sound])
    assert len(asked) == 3


def test_what_is_no_longer_there_is_forgotten(tmp_path: Path) -> None:
    validate(tmp_path, [table(tmp_path, "1,2020-09-01\n", "2,2020-10-01\n")])
    validate(tmp_path, [table(tmp_path, "1,2020-09-01\n")])
    assert len(json.loads((tmp_path / ".sound.json").read_text())) == 1
