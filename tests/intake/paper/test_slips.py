"""Slips on paper: a blank asks what its forms ask, a filled one shows all that a case tells."""

import io
import re
from collections.abc import Callable
from dataclasses import replace

import pypdfium2
import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.cases.workflow import load_workflows
from intake.configuration import PROJECT_ROOT, Places, Portal
from intake.forms.rendering import FormRenderer
from intake.forms.schema import Field, Form, load_forms
from intake.journal.model import Actor, AttachedFile, Event, OnPaper
from intake.paper.model import Entry, Grid, Heading, Note, Part, Signatures, Slip
from intake.paper.sheets import pdf
from intake.paper.slips import NOT_ON_PAPER, Plan, Press, Told, load_plans, plan_of
from intake.paper.word import docx
from intake.registers import Registers
from intake.text import has_control_characters, normalise

PLACES = Places(PROJECT_ROOT)
PORTAL = Portal.load(PLACES.configuration)
REGISTERS = Registers(PLACES.registers)
PRESS = Press(PORTAL, REGISTERS)
FORMS = load_forms(PLACES.forms)
WORKFLOWS = load_workflows(PLACES.forms)
PLANS = load_plans(PLACES.forms)
ANSWER = FormRenderer(PORTAL, REGISTERS).answer
SECRETARY = Actor("thuky", "Người thuky", "KHCN", "secretariat")


def actions_of(plan: Plan) -> dict[str, Form]:
    return WORKFLOWS[plan.form].forms if plan.form in WORKFLOWS else {}


def blank(name: str) -> Slip:
    plan = PLANS[name]
    return PRESS.blank(plan, FORMS[plan.form], actions_of(plan))


def entries(part: Part) -> list[Entry]:
    found: list[Entry] = []
    for block in part.blocks:
        if isinstance(block, Entry):
            found.append(block)
        elif isinstance(block, Grid):
            found += block.columns
    return found


def words_of_docx(content: bytes) -> str:
    document = Document(io.BytesIO(content))
    return "".join(document.element.body.itertext())


def words_of_pdf(content: bytes) -> str:
    pages = pypdfium2.PdfDocument(content)
    return "".join(page.get_textpage().get_text_range() for page in pages)


def bare(text: str) -> str:
    """Return text without what an extraction may lose: blanks, line ends, soft hyphens."""
    return re.sub(r"[\s\ufffe\u00ad\u0002]+", "", text)


def opening(cells: dict[str, str], form: str = "nonconformity", **more: object) -> Event:
    event = Event(
        1, "submitted", "KPH-2020-001", form, FORMS[form].hash, "2020-09-10T02:15:00Z", cells, ()
    )
    return replace(event, **more)  # type: ignore[arg-type]


def acted(seq: int, action: str, cells: dict[str, str], **more: object) -> Event:
    event = opening(cells, seq=seq, kind="acted", action=action, actor=SECRETARY)
    return replace(event, **more)  # type: ignore[arg-type]


def form_of(event: Event) -> Form:
    if event.action:
        return WORKFLOWS[event.form].forms[event.action]
    return FORMS[event.form]


def filled(*events: Event, with_sender: bool = True, ended: bool = False) -> Slip:
    plan = PLANS[events[0].form]
    told = Told(events, "Mới", ended, with_sender, form_of, ANSWER, lambda _: "Thư ký ISO, KHCN")
    return PRESS.filled(plan, FORMS[plan.form], actions_of(plan), told)


# A blank and its schema


def asked_by(form: Form, *, but: tuple[str, ...] = ()) -> list[Field]:
    return [each for each in form.fields if each.name not in NOT_ON_PAPER and each.name not in but]


@pytest.mark.parametrize("name", PLANS)
def test_a_blank_asks_each_field_of_its_forms_in_order(name: str) -> None:
    plan = PLANS[name]
    for planned, part in zip(plan.parts, blank(name).parts, strict=True):
        own = asked_by(FORMS[plan.form], but=planned.leaves_out)
        expected = [field for field in own if field.section in planned.sections]
        for action in planned.actions:
            expected += asked_by(actions_of(plan)[action])
        found = entries(part)
        assert [(each.name, each.title) for each in found] == [
            (field.name, field.title) for field in expected
        ]
        for entry, field in zip(found, expected, strict=True):
            assert entry.hint == field.description
            assert entry.required == field.required
            labels = list(field.labels.values())
            assert [box.label for box in entry.boxes if field.labels] == labels
            assert entry.value is None
            assert not any(box.ticked for box in entry.boxes)


@pytest.mark.parametrize("name", FORMS)
def test_the_slip_of_a_form_has_a_place_for_every_field_and_action(name: str) -> None:
    plan = PLANS[name]
    sections = [section for part in plan.parts for section in part.sections]
    assert sections == [section["name"] for section in FORMS[name].descriptor["sections"]]
    planned = [action for part in plan.parts for action in part.actions]
    assert sorted([*planned, *plan.elsewhere]) == sorted(actions_of(plan))
    assert not any(part.leaves_out for part in plan.parts)
    assert all(set(part.tables) <= set(part.actions) for part in plan.parts)


def test_the_nonconformity_slip_is_signed_by_posts_in_each_of_its_four_parts() -> None:
    parts = blank("nonconformity").parts
    assert [part.title[:2] for part in parts[1:]] == ["1.", "2.", "3.", "4."]
    assert all(isinstance(part.blocks[-1], Signatures) for part in parts[1:])


@pytest.mark.parametrize("name", ["nonconformity", "consultation"])
def test_a_blank_shows_its_fields_and_hints_as_docx(name: str) -> None:
    slip = blank(name)
    words = bare(words_of_docx(docx(slip)))
    for part in slip.parts:
        assert bare(part.title) in words
        for entry in entries(part):
            assert bare(entry.title) in words
            assert all(bare(box.label) in words for box in entry.boxes)
        for block in part.blocks:
            if isinstance(block, Entry):
                assert bare(block.hint) in words
            if isinstance(block, Signatures):
                assert all(bare(post.upper()) in words for post in block.posts)


def test_a_blank_shows_its_fields_as_pdf_with_code_notice_and_page_numbers() -> None:
    slip = blank("feedback")
    content = pdf(slip)
    words = bare(words_of_pdf(content))
    for part in slip.parts:
        for entry in entries(part):
            assert bare(entry.title) in words
            assert bare(entry.hint) in words
    for text in ("Mã hiệu: BM-HT06.01", PORTAL.sample_notice, slip.foot, slip.title.upper()):
        assert bare(text) in words
    second = pypdfium2.PdfDocument(content)[1].get_textpage().get_text_range()
    assert re.search(r"(?m)^2\r?$", second)


# A filled one

LONG_WORD = "Thủtục" * 60
HARD = [
    LONG_WORD,
    '=HYPERLINK("http://x","y")',
    "<b>&amp; {{ 7*7 }} </td>",
    "Dòng 1\nDòng 2",
    "👩‍💻 🏛️",
    "שלום עולם مرحبا",
    "Ưỡn ẹo Nguyễn ứng xử ở Đắk Lắk",
]


def full_cells(form: Form, text: Callable[[], str]) -> dict[str, str]:
    """Return an answer to each question, free text being whatever `text` gives."""
    cells = {}
    for field in form.fields:
        if field.labels:
            cells[field.name] = list(field.labels)[-1]
        elif field.type == "boolean":
            cells[field.name] = "true"
        elif field.type in {"date", "integer", "number"} or field.name in form.references:
            cells[field.name] = str(field.example)
        else:
            cells[field.name] = text()
    return cells


def whole_case(text: Callable[[], str]) -> tuple[Event, ...]:
    """Return a slip with every action of its workflow, each question of each answered."""
    opened = opening(full_cells(FORMS["nonconformity"], text))
    actions = WORKFLOWS["nonconformity"].forms
    return opened, *(
        acted(seq, name, full_cells(form, text))
        for seq, (name, form) in enumerate(actions.items(), 2)
    )


def shown_in(words: str, slip_events: tuple[Event, ...]) -> None:
    for event in slip_events:
        form = form_of(event)
        for name, cell in event.cells.items():
            shown = ANSWER(form, form.by_name[name], cell)
            assert bare(shown) in words, (event.action, name, shown)


ANY_TEXT = (
    st.one_of(
        st.sampled_from(HARD),
        st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=80),
    )
    .map(normalise)
    .filter(lambda text: text and not has_control_characters(text))
)


@settings(max_examples=2)
@given(st.data())
def test_a_filled_slip_shows_every_value_as_docx(data: st.DataObject) -> None:
    pool = data.draw(st.lists(ANY_TEXT, min_size=6, max_size=6))
    turn = iter(pool * 100)
    events = whole_case(lambda: next(turn))
    allowed = tuple(
        replace(
            event,
            cells={k: re.sub("[\ufffe\uffff]", "\ufffd", v) for k, v in event.cells.items()},
        )
        for event in events
    )
    shown_in(bare(words_of_docx(docx(filled(*events)))), allowed)


def test_a_filled_slip_shows_every_value_as_pdf_on_more_than_ten_pages() -> None:
    sentence = "Hồ sơ số {} nộp thiếu phiếu kiểm soát quá trình, trái bước 2 của quy trình. "
    long_text = "".join(sentence.format(number) for number in range(40))
    turn = iter([LONG_WORD, HARD[1], HARD[2], "Dòng 1\nDòng 2", HARD[-1], long_text] * 100)
    events = whole_case(lambda: next(turn))
    content = pdf(filled(*events))
    assert len(pypdfium2.PdfDocument(content)) > 10
    words = words_of_pdf(content)
    foot = filled(*events).foot
    pages = re.sub(rf"(?m)^\d+\r?$|{re.escape(foot)}", "", words)
    shown_in(bare(pages), events)


def test_emoji_and_text_from_right_to_left_are_on_the_pdf_too() -> None:
    words = words_of_pdf(pdf(filled(opening({"summary": HARD[4] + HARD[5]}), ended=True)))
    assert "🏛" in words
    assert set("שלוםעולם") <= set(words)


def test_names_of_files_and_how_it_came_in_are_shown() -> None:
    file = AttachedFile("ab" * 32, "ảnh <hiện> trường.jpg", "image/jpeg", 120_000)
    paper = OnPaper(SECRETARY, "2020-09-08", "2020-09-09")
    slip = filled(opening({"summary": "x"}, files=(file,), paper=paper), ended=True)
    assert ("Nguồn", "nhập từ phiếu giấy") in slip.marks
    for words in (words_of_docx(docx(slip)), words_of_pdf(pdf(slip))):
        assert bare("ảnh <hiện> trường.jpg (120 kB)") in bare(words)
        assert bare("đề ngày 08/09/2020, nhận ngày 09/09/2020") in bare(words)


def test_who_sent_it_is_left_out_for_those_who_may_not_know() -> None:
    event = opening({"summary": "x", "sender_name": "Trần Văn Kín", "unit": "BC"})
    assert "Trần Văn Kín" in words_of_docx(docx(filled(event, ended=True)))
    hidden = filled(event, with_sender=False, ended=True)
    assert "Trần Văn Kín" not in words_of_docx(docx(hidden))
    assert any(
        isinstance(block, Note) and "không in ra" in block.text for block in hidden.parts[0].blocks
    )


def test_no_name_of_an_account_is_printed() -> None:
    slip = filled(opening({"summary": "x"}), acted(2, "accept", {"grade": "minor"}), ended=True)
    assert "Người thuky" not in words_of_docx(docx(slip))
    assert "Thư ký ISO, KHCN" in words_of_docx(docx(slip))


def test_what_is_still_to_do_is_left_to_a_pen_and_of_an_ended_case_left_out() -> None:
    case = opening({"summary": "x"})
    names = [entry.name for entry in entries(filled(case).parts[3])]
    assert "root_cause" not in names
    assert "comment" in names
    assert [part.title for part in filled(case, ended=True).parts] == ["1. Mô tả"]


def test_a_box_that_was_not_ticked_stays_empty_and_nothing_is_written_beside_it() -> None:
    said = {"source": "self", "anonymous": "false"}
    found = {each.name: each for part in filled(opening(said)).parts for each in entries(part)}
    assert [box.ticked for box in found["anonymous"].boxes] == [False]
    assert found["anonymous"].value == ""
    assert [box.ticked for box in found["source"].boxes].count(True) == 1
    assert found["document"].value == "–"


def test_an_action_of_no_part_stands_at_the_end() -> None:
    last = filled(opening({}), acted(2, "note", {"text": "Đã gọi điện."})).parts[-1]
    assert last.title == "Diễn biến khác"
    assert isinstance(last.blocks[0], Heading)
    assert [entry.value for entry in entries(last)] == ["Đã gọi điện."]


def test_answers_under_an_earlier_form_are_all_there() -> None:
    descriptor = FORMS["feedback"].descriptor
    old = {**descriptor["fields"][5], "name": "gone", "title": "Mục cũ", "section": "old"}
    then = replace(
        FORMS["feedback"],
        fields=(
            *FORMS["feedback"].fields,
            replace(
                FORMS["feedback"].fields[5], options=old, name="gone", title="Mục cũ", section="old"
            ),
        ),
    )
    event = opening({"gone": "Câu trả lời cũ"}, form="feedback")
    told = Told((event,), "Mới", False, True, lambda _: then, ANSWER, lambda _: "")
    slip = PRESS.filled(PLANS["feedback"], FORMS["feedback"], actions_of(PLANS["feedback"]), told)
    assert "Câu trả lời cũ" in [entry.value for part in slip.parts for entry in entries(part)]


def test_a_form_without_a_plan_has_one_part_with_all_of_it() -> None:
    form = replace(FORMS["feedback"], name="new_form")
    plan = plan_of(PLACES.forms, form)
    found = [entry.name for part in PRESS.blank(plan, form, {}).parts for entry in entries(part)]
    assert found == [field.name for field in asked_by(form)]
    assert plan_of(PLACES.forms, FORMS["feedback"]) == PLANS["feedback"]


# The files


def test_the_same_slip_gives_the_same_bytes() -> None:
    slip = blank("read_confirmation")
    assert docx.__wrapped__(slip) == docx.__wrapped__(slip)
    assert pdf(slip) == pdf(slip)
    other = replace(slip, title="Khác")
    assert other.key != slip.key
    assert docx(other) != docx(slip)


def test_a_docx_speaks_vietnamese_in_times_new_roman_on_tables() -> None:
    document = Document(io.BytesIO(docx(blank("read_confirmation"))))
    assert document.styles["Normal"].font.name == "Times New Roman"
    xml = document.styles.element.xml
    assert 'w:val="vi-VN"' in xml
    assert "en-US" not in xml
    assert len(document.tables) > 3
    assert {"Title", "Heading 1", "Heading 2"} <= {each.style.name for each in document.paragraphs}
