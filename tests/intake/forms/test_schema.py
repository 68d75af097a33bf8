import copy
import json
import os
from pathlib import Path
from typing import Any

import pytest
from frictionless import Schema

from intake.configuration import PROJECT_ROOT
from intake.forms.schema import (
    BadFormSchema,
    Form,
    form_from_descriptor,
    load_action_forms,
    load_form,
    load_forms,
)
from intake.packages.tables import file_table, submission_table

DATA = PROJECT_ROOT / "data"
CRAFT = ("name", "title", "description", "type", "constraints", "example")
SCHEMAS = sorted([*(DATA / "forms").glob("*.json"), *(DATA / "qms" / "schemas").glob("*.json")])


def shipped_fields() -> list[Any]:
    return [
        pytest.param(field, id=f"{path.parent.name}-{path.stem}-{field.get('name')}")
        for path in SCHEMAS
        for field in json.loads(path.read_text(encoding="utf-8"))["fields"]
    ]


def package_fields() -> list[Any]:
    form = load_forms(DATA / "forms")["feedback"]
    tables = [submission_table("a", form, []), file_table("b", "a", form, [])]
    return [
        pytest.param(field, id=f"package-{table.name}-{field.get('name')}")
        for table in tables
        for field in table.schema["fields"]
    ]


def test_forms_and_registers_are_walked() -> None:
    assert {path.parent.name for path in SCHEMAS} == {"forms", "schemas"}
    assert len(SCHEMAS) > 15


@pytest.mark.parametrize("field", [*shipped_fields(), *package_fields()])
def test_every_field_says_what_it_is(field: dict[str, Any]) -> None:
    assert [key for key in CRAFT if field.get(key) in (None, "", {}, [])] == []
    assert field["description"].endswith((".", "…")), "a description is a sentence"


@pytest.mark.parametrize("field", [*shipped_fields(), *package_fields()])
def test_every_example_is_valid_for_its_own_field(field: dict[str, Any]) -> None:
    readers = Schema.from_descriptor({"fields": [field]}).create_cell_readers()
    _, notes = readers[field["name"]](str(field["example"]))
    assert not notes


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.stem)
def test_every_key_names_a_field(path: Path) -> None:
    schema = json.loads(path.read_text(encoding="utf-8"))
    names = {field["name"] for field in schema["fields"]} | {"number"}
    keys = [*schema.get("primaryKey", [])]
    keys += [name for key in schema.get("foreignKeys", []) for name in key["fields"]]
    assert set(keys) <= names


def test_the_shipped_forms_are_read(forms: dict[str, Form]) -> None:
    assert {name: form.prefix for name, form in forms.items()} == {
        "change_request": "YCTL",
        "feedback": "GY",
        "file_entry": "HSBS",
        "nonconformity": "KPH",
        "objective_measurement": "DMT",
        "read_confirmation": "XN",
    }


@pytest.mark.parametrize("name", ["feedback", "nonconformity"])
def test_who_sent_it_is_personal_and_can_be_left_out(name: str, forms: dict[str, Form]) -> None:
    form = forms[name]
    assert form.personal_fields == ("sender_name", "sender_unit", "sender_email", "contact_back")
    assert not any(form.by_name[field].required for field in form.personal_fields)
    assert form.anonymous_field == "anonymous"


def test_the_unit_that_a_comment_speaks_for_identifies(forms: dict[str, Form]) -> None:
    form = forms["feedback"]
    assert form.by_name["for_unit"].access == "public"
    assert set(form.identifying_fields) - set(form.personal_fields) == {"for_unit"}


@pytest.mark.parametrize("name", ["feedback", "nonconformity"])
def test_every_field_is_asked_once_in_a_section(name: str, forms: dict[str, Form]) -> None:
    asked = [field.name for _, fields in forms[name].sections() for field in fields]
    assert sorted(asked) == sorted(field.name for field in forms[name].asked)


def test_nobody_answers_what_the_desk_fills_in(forms: dict[str, Form]) -> None:
    form = forms["nonconformity"]
    assert set(form.by_name) - {field.name for field in form.asked} == {"finding"}


def test_the_hash_tells_content_not_the_order_of_properties(forms: dict[str, Form]) -> None:
    form = forms["feedback"]
    turned = dict(reversed(form.descriptor.items()))
    assert form_from_descriptor("feedback", turned).hash == form.hash
    changed = {**form.descriptor, "retention": "1 năm"}
    assert form_from_descriptor("feedback", changed).hash != form.hash


def test_a_schema_is_read_again_when_its_file_changed(tmp_path: Path, forms: Any) -> None:
    path = tmp_path / "a.json"
    for turn, title in enumerate(("Một", "Hai")):
        text = json.dumps({**forms["feedback"].descriptor, "title": title})
        path.write_text(text, encoding="utf-8")
        os.utime(path, (turn, turn))
        assert load_forms(tmp_path)["a"].title == title
        assert getattr(load_form(tmp_path, "a"), "title", "") == title


def test_a_form_is_read_without_the_others(tmp_path: Path, forms: dict[str, Form]) -> None:
    (tmp_path / "a.json").write_text(forms["feedback"].descriptor_text, encoding="utf-8")
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    assert load_form(tmp_path, "a") is not None
    assert load_form(tmp_path, "gone") is None
    with pytest.raises(BadFormSchema, match=r"bad\.json"):
        load_form(tmp_path, "bad")


def without(key: str) -> Any:
    return lambda descriptor: descriptor.pop(key)


def in_field(**changes: Any) -> Any:
    return lambda descriptor: descriptor["fields"][0].update(changes)


def without_in_field(key: str) -> Any:
    return lambda descriptor: descriptor["fields"][0].pop(key)


def with_rule(**rule: Any) -> Any:
    return lambda descriptor: descriptor.update(rules=[rule])


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (without("title"), "title"),
        (without("fields"), "fields"),
        (without("sections"), "sections"),
        (without_in_field("description"), "description"),
        (in_field(section="nowhere"), "kind: không có phần 'nowhere'"),
        (in_field(access="secret"), "kind: access"),
        (in_field(labels={"document": "Tài liệu"}), "kind: labels và enum"),
        (with_rule(when="gone", requires=["kind"], message="x"), "không có trường 'gone'"),
        (with_rule(when="kind", requires=["gone"], message="x"), "không có trường 'gone'"),
    ],
)
def test_a_form_schema_that_contradicts_itself_is_refused(
    spoil: Any, complaint: str, forms: dict[str, Form]
) -> None:
    descriptor = copy.deepcopy(forms["feedback"].descriptor)
    spoil(descriptor)
    with pytest.raises(BadFormSchema, match=rf"feedback\.json: .*{complaint}"):
        form_from_descriptor("feedback", descriptor)


def test_a_file_that_is_no_json_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    with pytest.raises(BadFormSchema, match=r"bad\.json"):
        load_forms(tmp_path)


def test_only_the_form_that_opens_a_case_has_numbers(
    tmp_path: Path, forms: dict[str, Form]
) -> None:
    descriptor = {**forms["feedback"].descriptor}
    del descriptor["prefix"]
    (tmp_path / "a.json").write_text(json.dumps(descriptor), encoding="utf-8")
    assert load_action_forms(tmp_path)["a"].title
    for load in (load_forms, lambda folder: load_form(folder, "a")):
        with pytest.raises(BadFormSchema, match=r"a\.json: thiếu thuộc tính 'prefix'"):
            load(tmp_path)
