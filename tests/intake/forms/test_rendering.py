import re

import pytest

from intake.forms.checking import Checked
from intake.forms.rendering import FormRenderer, FormState, local_time, vietnamese_day
from intake.forms.schema import Form
from intake.journal.model import Attachment, Receipt
from intake.receipts import Token

TOKEN = Token("ab" * 16)
ATTACK = '"><script>alert(1)</script>{{ 7*7 }}</textarea>'
FORM_NAMES = ["feedback", "nonconformity"]


def ids(html: str) -> list[str]:
    return re.findall(r'\bid="([^"]+)"', html)


@pytest.mark.parametrize("name", FORM_NAMES)
def test_a_blank_form_asks_everything_once(
    name: str, renderer: FormRenderer, forms: dict[str, Form]
) -> None:
    html = renderer.form(forms[name])
    found = ids(html)
    assert len(found) == len(set(found))
    assert {*(f"f-{field.name}" for field in forms[name].asked), "f-attachments"} <= set(found)
    assert "_token" not in html, "a static page must not hand the same token to everyone"
    assert "qms-error" not in html
    assert "checked" not in html


@pytest.mark.parametrize("name", FORM_NAMES)
def test_every_label_and_description_points_at_something(
    name: str, renderer: FormRenderer, forms: dict[str, Form]
) -> None:
    errors = dict.fromkeys([*(field.name for field in forms[name].asked), "attachments"], "Sai.")
    html = renderer.form(forms[name], FormState(errors=errors))
    found = set(ids(html))
    assert set(re.findall(r'\bfor="([^"]+)"', html)) <= found
    described = " ".join(re.findall(r'aria-describedby="([^"]+)"', html)).split()
    assert set(described) <= found
    assert {f"f-{field}-error" for field in errors} <= found


def test_optional_questions_say_so(renderer: FormRenderer, forms: dict[str, Form]) -> None:
    html = renderer.form(forms["nonconformity"])
    assert "Tóm tắt</label>" in html
    assert "Bằng chứng (không bắt buộc)</label>" in html


def test_choices_are_grouped_by_unit_and_only_those_offered(
    renderer: FormRenderer, forms: dict[str, Form]
) -> None:
    html = renderer.form(forms["nonconformity"])
    assert '<optgroup label="Vụ Bưu chính">' in html
    assert '<option value="QT-BC-02">QT-BC-02 – ' in html
    assert 'value="BM-' not in html


def test_answers_stay_in_every_kind_of_question(
    renderer: FormRenderer, forms: dict[str, Form]
) -> None:
    typed = {
        "summary": "Một câu",
        "description": "\nDòng trống ở đầu",
        "unit": "BC",
        "source": "audit",
        "found_on": "2020-09-10",
        "anonymous": "true",
    }
    html = renderer.form(forms["nonconformity"], FormState(typed))
    assert 'type="text" value="Một câu"' in html
    assert "<textarea" in html
    assert ">\n\nDòng trống ở đầu</textarea>" in html
    assert re.search(r'<option value="BC" selected>', html)
    assert 'name="source" value="audit" checked' in html
    assert 'type="date" value="2020-09-10"' in html
    assert re.search(r'name="anonymous" value="true" checked', html)
    assert html.count(" checked") == 2
    assert html.count(" selected") == 1


@pytest.mark.parametrize("typed", ["hôm qua", "31/02/2020", "10/09/2020"])
def test_a_date_input_shows_as_text_what_it_could_not_show(
    typed: str, renderer: FormRenderer, forms: dict[str, Form]
) -> None:
    html = renderer.form(forms["nonconformity"], FormState({"found_on": typed}))
    assert f'name="found_on" type="text" value="{typed}"' in html


@pytest.mark.parametrize("field", ["summary", "description", "found_on", "sender_name"])
def test_what_people_typed_is_only_text(
    field: str, renderer: FormRenderer, forms: dict[str, Form]
) -> None:
    html = renderer.form(forms["nonconformity"], FormState({field: ATTACK}))
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "{{ 7*7 }}" in html


def test_messages_and_names_of_files_are_only_text(
    renderer: FormRenderer, forms: dict[str, Form]
) -> None:
    form = forms["nonconformity"]
    held = (Attachment(ATTACK, "image/png", b"x"),)
    state = FormState(errors={"": ATTACK}, token=TOKEN, held=held, problem=ATTACK)
    pages = [
        renderer.form(form, state),
        renderer.confirmation(form, Checked(cells={"summary": ATTACK}), TOKEN, held),
        renderer.lookup(ATTACK, ATTACK),
        renderer.message(ATTACK, ATTACK),
    ]
    assert not any("<script" in page for page in pages)
    assert all("{{ 7*7 }}" in page for page in pages)


def test_errors_stand_in_the_order_of_the_questions(
    renderer: FormRenderer, forms: dict[str, Form]
) -> None:
    errors = {"attachments": "tệp", "source": "nguồn", "summary": "tóm tắt", "": "biểu mẫu"}
    html = renderer.form(forms["nonconformity"], FormState(errors=errors))
    summary = html[html.index("<ul>") : html.index("</ul>")]
    assert re.findall(r"<li>(?:<a [^>]+>)?([^<]+)", summary) == [
        "biểu mẫu",
        "tóm tắt",
        "nguồn",
        "tệp",
    ]
    assert 'role="alert"' in html


def test_token_and_held_files_go_with_the_form(
    renderer: FormRenderer, forms: dict[str, Form]
) -> None:
    held = (Attachment("ảnh.png", "image/png", b"x"),)
    html = renderer.form(forms["feedback"], FormState(token=TOKEN, held=held))
    assert f'name="_token" value="{TOKEN}"' in html
    assert f'name="_keep" value="{held[0].sha256}" checked' in html
    assert "ảnh.png" in html


def test_the_last_look_shows_words_and_sends_codes(
    renderer: FormRenderer, forms: dict[str, Form]
) -> None:
    cells = {"source": "late", "found_on": "2020-09-10", "unit": "BC", "anonymous": "true"}
    html = renderer.confirmation(forms["nonconformity"], Checked(cells=cells), TOKEN, ())
    for words in ("Hồ sơ trễ hạn", "10/09/2020", "BC – Vụ Bưu chính", "<dd>Có</dd>"):
        assert words in html
    for name, cell in cells.items():
        assert f'<textarea name="{name}" hidden aria-hidden="true">\n{cell}</textarea>' in html


def test_a_receipt_says_number_code_and_what_comes_next(
    renderer: FormRenderer, forms: dict[str, Form]
) -> None:
    receipt = Receipt("GY-2020-001", "2020-12-31T18:00:00Z")
    html = renderer.receipt(forms["feedback"], receipt, "ABCD-2345-WXYZ")
    for words in ("GY-2020-001", "ABCD-2345-WXYZ", "01 giờ 00, ngày 01/01/2021"):
        assert words in html
    assert html.count("<li>") == len(forms["feedback"].descriptor["next"])


def test_times_are_shown_in_viet_nam_time() -> None:
    assert local_time("2020-09-10T17:30:00Z") == "00 giờ 30, ngày 11/09/2020"


@pytest.mark.parametrize(
    ("day", "shown"), [("2020-09-10", "10/09/2020"), ("2020-02-31", "2020-02-31"), ("x", "x")]
)
def test_days_are_shown_as_viet_nam_writes_them(day: str, shown: str) -> None:
    assert vietnamese_day(day) == shown
