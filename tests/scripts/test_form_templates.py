import re
from collections.abc import Callable
from typing import Any

import pytest

from scripts.form_templates import form_template, parts_of, uses
from scripts.registers import Row
from scripts.system import System
from scripts.views import Views
from tests.scripts.test_views import plain

WithRows = Callable[..., System]
CODE = "BM-BC01.01"


def fields(*kinds: str, part: str = "1. Hồ sơ", **values: Any) -> list[Row]:
    """Return rows of one form with these kinds, titled by kind and position."""
    return [
        {
            "form": CODE,
            "part": part,
            "position": position,
            "title": f"{kind} {position}",
            "kind": kind,
            "choices": "Đạt;Chưa <đạt>" if kind == "choice" else None,
            "required": False,
            **values,
        }
        for position, kind in enumerate(kinds, 1)
    ]


def page(system: System, code: str = CODE) -> str:
    return Views(system, "../../").form_template(code)


def blank(system: System, code: str = CODE) -> str:
    """Return the part of the page that is printed."""
    return re.split(r'<div class="qms-blank ', page(system, code))[1].partition("<script")[0]


# Parts, blocks, layout


def test_columns_and_signatures_stand_together_other_fields_alone() -> None:
    kinds = ("text", "choice", "table_column", "table_column", "text", "signature", "signature")
    (part,) = parts_of(fields(*kinds))
    assert [(block.kind, len(block.fields)) for block in part.blocks] == [
        ("text", 1),
        ("choice", 1),
        ("table", 2),
        ("text", 1),
        ("signatures", 2),
    ]


def test_parts_follow_one_another_in_the_order_of_the_paper() -> None:
    rows = fields("text", "date", part="B") + fields("signature", part="A")
    assert [(part.title, len(part.fields)) for part in parts_of(rows)] == [("B", 2), ("A", 1)]


@pytest.mark.parametrize(("columns", "layout"), [(6, "upright"), (7, "wide")])
def test_a_table_with_many_columns_lies_on_its_side(
    with_rows: WithRows, columns: int, layout: str
) -> None:
    system = with_rows("form_fields", *fields("text", *["table_column"] * columns, "signature"))
    assert form_template(system, CODE).layout == layout
    assert blank(system).startswith(f"qms-blank--{layout}")


def test_a_list_gets_more_empty_rows_than_a_table_among_other_fields(with_rows: WithRows) -> None:
    table = ["table_column"] * 2
    only_table = form_template(with_rows("form_fields", *fields(*table)), CODE)
    among = form_template(with_rows("form_fields", *fields(*table, "signature")), CODE)
    assert only_table.empty_rows > among.empty_rows > 0


def test_columns_of_numbers_and_dates_leave_their_place_to_words(with_rows: WithRows) -> None:
    titles = ("Ngày nhận", "Số, ký hiệu", "P, S còn lại", "Nội dung", "Sổ ghi")
    rows = fields(*["table_column"] * len(titles))
    for row, title in zip(rows, titles, strict=True):
        row["title"] = title
    columns = re.findall(r"<col[^>]*>", blank(with_rows("form_fields", *rows)))[1:]
    assert ["short" in column for column in columns[1:]] == [True, True, True, False, False]


# Where it is used, what it becomes


def test_steps_that_use_a_form_are_grouped_by_procedure(with_rows: WithRows) -> None:
    step = {"kind": "action", "form": CODE}
    system = with_rows(
        "steps",
        {"document": "QT-HT-01", "step": 4, **step},
        {"document": "QT-BC-01", "step": 2, **step},
        {"document": "QT-BC-01", "step": 3, **step},
        {"document": "QT-BC-01", "step": 4, "kind": "end", "form": None},
    )
    found = [(doc["code"], [step["step"] for step in steps]) for doc, steps in uses(system, CODE)]
    assert found == [("QT-HT-01", [4]), ("QT-BC-01", [2, 3])]
    html = page(system)
    for address in ("qt-ht-01/#buoc-4", "qt-bc-01/#buoc-2", "qt-bc-01/#buoc-3"):
        assert f'href="../../tai-lieu/{address}"' in html


def test_a_form_that_no_step_names_leads_to_its_procedure(small_system: System) -> None:
    html = page(small_system).partition('id="cac-muc"')[0]
    assert "buoc-" not in html
    assert 'href="../../tai-lieu/qt-bc-01/"' in html


def test_the_page_tells_who_keeps_the_filled_form_where_and_how_long(with_rows: WithRows) -> None:
    record = {"document": "QT-BC-01", "form": CODE, "unit": "BC", "keeper": "Chuyên viên"}
    system = with_rows(
        "records",
        {
            **record,
            "code": "HS-BC01-01",
            "place": "Tủ số 1",
            "retention_years": 7,
            "retention_from": "Ngày đóng",
        },
        {**record, "code": "HS-BC01-02", "form": None, "place": "Tủ số 2"},
    )
    words = plain(page(system).partition('id="ho-so"')[2])
    assert "HS-BC01-01" in words
    assert "Chuyên viên ( BC )" in words
    assert "Tủ số 1 7 năm, từ: Ngày đóng" in words
    assert "HS-BC01-02" not in words


# The page and the blank


def test_the_page_lists_fields_by_part_with_kind_hint_and_duty(with_rows: WithRows) -> None:
    rows = fields("date", hint="Ngày nhận.", required=True) + [
        {**field, "position": 2} for field in fields("choice", part="2. Kết luận")
    ]
    words = plain(page(with_rows("form_fields", *rows)).partition("qms-blank")[0])
    assert "1. Hồ sơ date 1 Ngày nhận. Ngày Có" in words
    assert "2. Kết luận choice 1 Các ô: Đạt / Chưa <đạt>. Đánh dấu ô Không" in words


def test_the_blank_has_a_place_for_every_kind_of_field(with_rows: WithRows) -> None:
    kinds = ("text", "long_text", "number", "date", "choice", "table_column", "signature")
    html = blank(with_rows("form_fields", *fields(*kinds)))
    words = plain(html)
    for position, kind in enumerate(kinds, 1):
        assert f"{kind} {position}".upper() in words.upper()
    assert html.count("blank-box") == 2
    assert "Chưa &lt;đạt&gt;" in html
    assert html.count('<p class="blank-line">') == 2
    assert "(Ký, ghi rõ họ tên)" in words
    assert html.count("<td></td>") == 2 * 6


def test_the_blank_bears_the_head_the_code_and_the_sample_notice(with_rows: WithRows) -> None:
    words = plain(blank(with_rows("form_fields", *fields("text", "signature"))))
    assert words.index("BỘ THỬ VỤ BƯU CHÍNH CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM") < words.index(
        "Mã hiệu: BM-BC01.01 Lần ban hành: 01 Ngày hiệu lực: 01/06/2020"
    )
    assert "Nội dung thử" in words
    assert "PHIẾU THẨM ĐỊNH" in words


def test_a_form_for_all_units_bears_the_name_of_the_agency(with_rows: WithRows) -> None:
    system = with_rows(
        "documents",
        {"code": "QT-HT-01", "kind": "system_procedure", "unit": "KHCN"},
        {"code": CODE, "kind": "form_template", "unit": "KHCN", "parent": "QT-HT-01"},
    )
    assert form_template(system, CODE).issuer == "Cơ quan thử"


def test_only_the_required_fields_bear_a_star(with_rows: WithRows) -> None:
    rows = fields("text", "signature")
    rows[0]["required"] = True
    words = plain(blank(with_rows("form_fields", *rows)))
    assert "text 1*:" in words
    assert "SIGNATURE 2 (Ký" in words


def test_a_form_without_fields_offers_no_blank(small_system: System) -> None:
    html = page(small_system)
    assert "qms-blank" not in html
    assert "qms-print" not in html
    assert "bản trắng lấy tại đơn vị chủ trì, Vụ Bưu chính" in html


def test_a_form_of_the_portal_is_named_beside_the_paper(small_system: System) -> None:
    assert 'href="../../bao-cao/khong-phu-hop/"' in page(small_system, "BM-HT04.01")


@pytest.mark.parametrize("code", ["BM-HT04.01", "BM-HT01.04"])
def test_shipped_forms_have_fields_steps_records_and_a_blank(
    shipped_system: System, code: str
) -> None:
    html = page(shipped_system, code)
    assert "#buoc-" in html
    assert "/ho-so/#" in html
    assert code in blank(shipped_system, code)


def test_the_slip_is_signed_in_each_of_its_four_parts(shipped_system: System) -> None:
    parts = form_template(shipped_system, "BM-HT04.01").parts
    assert [part.title[:2] for part in parts[1:]] == ["1.", "2.", "3.", "4."]
    assert all(part.blocks[-1].kind == "signatures" for part in parts[1:])
