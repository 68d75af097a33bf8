import json
import re
from typing import Any

import pytest

from intake.configuration import PROJECT_ROOT
from intake.forms import messages
from intake.forms.checking import cell_notes
from intake.forms.schema import Field, Form, form_from_descriptor

ENGLISH = re.compile(
    r"(?i)\b(type|constraint|is|required|length|minimum|maximum|pattern|enum|value)\b"
)


EXAMPLES = {
    "email": "ten@example.gov.vn",
    "date": "2020-09-15",
    "integer": 3,
    "number": 3,
    "boolean": "true",
    "time": "08:30:00",
}


def form_of(**field: Any) -> Form:
    raw = {
        "name": "asked",
        "title": "Ô hỏi",
        "description": "Điều được hỏi.",
        "type": "string",
        "section": "a",
        "access": "public",
        "example": EXAMPLES.get(str(field.get("format", field.get("type"))), "AB-1"),
        **field,
    }
    descriptor = {"title": "Thử", "prefix": "T", "sections": [{"name": "a"}], "fields": [raw]}
    return form_from_descriptor("x", descriptor)


def complaint(cell: str, **field: Any) -> str:
    form = form_of(**field)
    asked = form.by_name["asked"]
    notes = cell_notes(form, asked, cell)
    assert notes, "the case must be wrong"
    return messages.wrong(asked, notes, len(cell))


@pytest.mark.parametrize(
    ("cell", "field", "words"),
    [
        ("", {"constraints": {"required": True}}, "hãy điền mục này."),
        ("", {"constraints": {"required": True}, "choices": {}}, "hãy chọn mục này."),
        (
            "",
            {"constraints": {"required": True, "enum": ["a"]}, "labels": {"a": "A"}},
            "hãy chọn mục này.",
        ),
        (
            "xxxx",
            {"constraints": {"maxLength": 3}},
            "dài 4 ký tự, hãy rút gọn còn 3 ký tự trở xuống.",
        ),
        ("x", {"constraints": {"minLength": 3}}, "hãy viết rõ hơn, ít nhất 3 ký tự."),
        ("x", {"constraints": {"pattern": "[A-Z]+"}}, "hãy ghi đúng dạng, như AB-1."),
        ("b", {"constraints": {"enum": ["a"]}}, "hãy chọn một mục trong danh sách."),
        ("x", {"format": "email"}, "Hãy ghi thư điện tử đầy đủ, như ten@example.gov.vn."),
        ("x", {"type": "date"}, "Hãy ghi ngày theo dạng ngày/tháng/năm, như 15/09/2020."),
        ("x", {"type": "integer"}, "Hãy ghi một số nguyên, như 3."),
        ("x", {"type": "number"}, "Hãy ghi một số, như 95 hoặc 95.5."),
        ("x", {"type": "boolean"}, "Ô đánh dấu này có giá trị lạ; hãy chọn lại."),
        ("x", {"type": "time"}, "sai dạng."),
        (
            "9",
            {"type": "integer", "constraints": {"minimum": 1, "maximum": 5}},
            "hãy ghi giá trị từ 1 đến 5.",
        ),
        ("0", {"type": "integer", "constraints": {"minimum": 1}}, "hãy ghi giá trị từ 1 trở lên."),
        ("9", {"type": "integer", "constraints": {"maximum": 5}}, "không được quá 5."),
        (
            "1999-12-31",
            {"type": "date", "constraints": {"minimum": "2000-01-01"}},
            "hãy ghi giá trị từ 01/01/2000 trở lên.",
        ),
        (
            "2021-01-01",
            {"type": "date", "constraints": {"maximum": "2020-12-31"}},
            "không được quá 31/12/2020.",
        ),
    ],
)
def test_every_constraint_has_its_words(cell: str, field: dict[str, Any], words: str) -> None:
    assert complaint(cell, **field) == f"Ô hỏi: {words}"


def asked_field() -> Field:
    return form_of().by_name["asked"]


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (messages.choice_unknown(asked_field()), "Ô hỏi: hãy chọn một mục trong danh sách."),
        (messages.repeated_field(asked_field()), "Ô hỏi: chỉ được trả lời một lần."),
        (messages.line_ends(asked_field()), "Ô hỏi: hãy viết trên một dòng."),
        (
            messages.control_characters(asked_field()),
            "Ô hỏi: có ký tự không đọc được; hãy xóa và gõ lại.",
        ),
        (
            messages.in_future(asked_field()),
            "Ô hỏi: ngày này chưa đến; hãy ghi ngày từ hôm nay trở về trước.",
        ),
    ],
)
def test_the_other_rules_have_their_words(message: str, words: str) -> None:
    assert message == words


def test_the_name_of_an_unknown_field_is_cut_short() -> None:
    assert "“" + "x" * 40 + "”" in messages.unknown_field("x" * 4000)


def shipped() -> list[Any]:
    forms = sorted((PROJECT_ROOT / "data" / "forms").glob("*.json"))
    return [
        pytest.param(path.stem, field, id=f"{path.stem}-{field['name']}")
        for path in forms
        for field in json.loads(path.read_text(encoding="utf-8"))["fields"]
    ]


@pytest.mark.parametrize(("name", "raw"), shipped())
def test_no_english_of_frictionless_comes_through(
    name: str, raw: dict[str, Any], forms: dict[str, Form]
) -> None:
    form = forms[name]
    field = form.by_name[raw["name"]]
    for cell in ("", "x", "x" * 5000, "99", "0", "1900-01-01", "a@"):
        if notes := cell_notes(form, field, cell):
            message = messages.wrong(field, notes, len(cell))
            own = message.replace(str(field.options["example"]), "").replace(field.title, "")
            assert message.startswith(f"{field.title}: ")
            assert not ENGLISH.search(own)
            assert all(str(note) not in message for note in notes.values())
