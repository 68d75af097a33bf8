import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from jinja2 import UndefinedError

from scripts.registers import Row
from scripts.system import System
from scripts.views import Views, day, number, plain_cell, row_anchor

Collect = Callable[..., System]
WithRows = Callable[..., System]
AT = "2020-09-10T02:15:00Z"


def plain(html: str) -> str:
    """Return the text of HTML as people read it."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def body_rows(html: str) -> list[str]:
    """Return the rows of the last table of HTML as text."""
    last = html.rpartition("<tbody>")[2]
    return [plain(row) for row in re.findall(r"<tr.*?</tr>", last, re.DOTALL)]


# Cells

DESCRIPTION = "Dự thảo quy chuẩn chậm so với kế hoạch"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        pytest.param({}, dt.date(2020, 2, 9), "09/02/2020", id="a date"),
        pytest.param(
            {},
            dt.datetime(2020, 9, 30, 17, 30, tzinfo=dt.UTC),
            "01/10/2020 00:30",
            id="a time, in Viet Nam",
        ),
        pytest.param({}, 7.5, "7,5", id="a decimal comma"),
        pytest.param({}, 95.0, "95", id="no needless zeros"),
        pytest.param({}, 3, "3", id="a whole number"),
        pytest.param({}, True, "Có", id="yes"),
        pytest.param({}, False, "Không", id="no"),
        pytest.param({"labels": {"a": "Một"}}, "a", "Một", id="the label of an enum"),
        pytest.param({"labels": {"a": "Một"}}, "b", "b", id="a value without a label"),
        pytest.param({"labels": {"1": "Kém"}}, 1, "Kém", id="the label of a number"),
        pytest.param({}, "Văn bản", "Văn bản", id="text"),
    ],
)
def test_a_value_reads_as_people_write_it(field: Row, value: object, words: str) -> None:
    assert plain_cell(field, value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, ""),
        (0.0, "0"),
        (-2.5, "-2,5"),
        (99.95, "99,95"),
        pytest.param(
            1234567.0,
            "1234567",
        ),
    ],
)
def test_number(value: float | None, words: str) -> None:
    assert number(value) == words


def test_day_of_nothing_is_empty() -> None:
    assert day(None) == ""


def cell(views: Views, register: str, field: str, **row: Any) -> str:
    resource = views.system.registers[register]
    described = next(each for each in resource.fields if each["name"] == field)
    return str(views.cell(resource, described, row))


@pytest.mark.parametrize(
    ("register", "field", "value", "html"),
    [
        pytest.param(
            "risks",
            "document",
            "QT-BC-01",
            '<a href="../../tai-lieu/qt-bc-01/" title="Cấp phép">QT-BC-01</a>',
            id="a document",
        ),
        pytest.param(
            "documents",
            "parent",
            "QT-BC-01",
            '<a href="../../tai-lieu/qt-bc-01/" title="Cấp phép">QT-BC-01</a>',
            id="a document of the same register",
        ),
        pytest.param(
            "risks",
            "unit",
            "BC",
            '<a href="../../don-vi/buu-chinh/" title="Vụ Bưu chính">BC</a>',
            id="a unit",
        ),
        pytest.param("risks", "unit", "CŨ", "CŨ", id="a unit that is no more"),
        pytest.param("risks", "document", "QT-X-01", "QT-X-01", id="a document that is no more"),
        pytest.param("risks", "document", None, "", id="nothing"),
        pytest.param("risks", "source", "internal", "Bên trong", id="a label"),
        pytest.param(
            "risks",
            "code",
            "RR-BC-01",
            f'<a href="../../rui-ro/rr-bc-01/" title="{DESCRIPTION}">RR-BC-01</a>',
            id="the row itself",
        ),
        pytest.param("risks", "cause", "a<b & c", "a&lt;b &amp; c", id="text is escaped"),
        pytest.param("documents", "title", "QT-BC-01", "QT-BC-01", id="a code that is no key"),
    ],
)
def test_a_cell_of_a_register(
    small_views: Views, register: str, field: str, value: object, html: str
) -> None:
    assert cell(small_views, register, field, **{field: value}) == html


def test_names_of_units_are_escaped_in_links(with_rows: WithRows) -> None:
    system = with_rows("units", {"code": "BC", "name": 'Vụ "A" <b>', "slug": "a"})
    assert 'title="Vụ &#34;A&#34; &lt;b&gt;"' in Views(system, "./").unit_link("BC")


# Registers


def test_a_register_shows_the_columns_asked_for_in_their_order(small_views: Views) -> None:
    html = small_views.register("documents", ["title", "code"])
    assert body_rows(html)[2] == "Cấp phép QT-BC-01"
    titles = {
        field["name"]: field["title"] for field in small_views.system.registers["documents"].fields
    }
    assert plain(html.partition("<tbody>")[0]) == f"{titles['title']} {titles['code']}"
    assert f"{len(small_views.system.documents)} dòng" in html


def test_only_the_columns_named_get_a_filter(small_views: Views) -> None:
    html = small_views.register("documents", ["code", "kind"], ["kind"])
    assert re.findall(r"<th [^>]*data-filter[^>]*>([^<]*)", html) == ["Loại tài liệu"]


def test_a_register_shows_other_rows_when_given(small_views: Views) -> None:
    rows = [small_views.system.rows("documents")[0]]
    assert len(body_rows(small_views.register("documents", ["code"], rows=rows))) == 1


@pytest.mark.parametrize(
    ("key", "anchor"),
    [(["code"], "bm-bc01-01"), ("code", "bm-bc01-01"), (["code", "step"], "bm-bc01-01-3")],
)
def test_the_anchor_of_a_row_is_its_key(
    small_system: System, key: str | list[str], anchor: str
) -> None:
    resource = replace(small_system.registers["documents"], schema={"primaryKey": key})
    assert row_anchor(resource, {"code": "BM-BC01.01", "step": 3}) == anchor


# Documents and procedures


@pytest.mark.parametrize(
    ("code", "banner"),
    [("QT-BC-01", None), ("QT-BC-02", "Dự thảo."), ("QT-BC-03", "Đã hủy bỏ.")],
)
def test_the_head_of_a_document_warns_of_what_is_not_in_force(
    small_views: Views, code: str, banner: str | None
) -> None:
    html = small_views.document_head(code)
    assert re.findall(r'role="note"><strong>([^<]*)', html) == ([banner] if banner else [])


def test_a_withdrawn_document_says_since_when(small_views: Views) -> None:
    assert "không còn được áp dụng từ ngày 31/01/2020" in small_views.document_head("QT-BC-03")


@pytest.mark.parametrize(("due", "late"), [("2020-09-29", True), ("2020-09-30", False)])
def test_a_review_that_is_overdue_is_marked(with_rows: WithRows, due: str, late: bool) -> None:
    row = {"document": "TL-HT-01", "effective_on": "2020-01-01", "review_due_on": due}
    system = with_rows("revisions", row)
    assert ("(quá hạn)" in Views(system, "./").document_head("TL-HT-01")) is late


def test_the_forms_of_a_document_are_told_which_revision_is_meant(small_views: Views) -> None:
    html = unescape(small_views.document_head("QT-BC-01"))
    assert "../../bao-cao/gop-y/?document=QT-BC-01&document_revision=02" in html
    assert "../../bao-cao/khong-phu-hop/?document=QT-BC-01&document_revision=02" in html


@pytest.mark.parametrize(("code", "offered"), [("BM-HT06.01", True), ("BM-BC01.01", False)])
def test_a_paper_form_with_a_form_of_the_portal_leads_to_it(
    small_views: Views, code: str, offered: bool
) -> None:
    assert ("Điền trên cổng" in small_views.document_head(code)) is offered


def test_the_step_table_says_where_each_branch_leads(small_views: Views) -> None:
    rows = body_rows(small_views.steps("QT-BC-01").partition("<tfoot>")[0])
    assert "→ Đủ: bước 3" in rows[1]
    assert "→ Thiếu: bước 1" in rows[1]
    assert "→" not in rows[2], "the plain way on needs no words"
    assert "0,5 ngày làm việc" in rows[0]


def test_the_flowchart_escapes_what_steps_say(small_views: Views) -> None:
    html = small_views.flowchart("QT-BC-01")
    assert "&lt;hồ sơ&gt;?" in html
    assert "<hồ" not in html
    assert 'class="shape decision"' in html


@pytest.mark.parametrize(
    "template",
    ["figures", "news", "documents", "milestones", "risks", "unit_list", "dictionary_index"],
)
def test_a_view_of_the_whole_system_renders(small_views: Views, template: str) -> None:
    assert "<" in small_views.render(f"{template}.html", limit=5)


def test_the_figures_of_a_system_without_procedures_show_zero(with_rows: WithRows) -> None:
    system = with_rows("revisions", {"document": "TL-HT-01", "effective_on": "2020-01-01"})
    assert "<strong>0</strong>" in Views(system, "./").render("figures.html")


def test_an_unknown_name_in_a_template_is_an_error(small_views: Views) -> None:
    with pytest.raises(UndefinedError):
        small_views.render("unit_page.html")


# The data dictionary


def test_the_dictionary_of_a_register_describes_every_column(small_views: Views) -> None:
    html = small_views.dictionary("risks")
    assert len(body_rows(html)) == len(small_views.system.registers["risks"].fields)
    assert '→ <a href="../units/">units</a>' in html
    assert '<code>code</code> <span class="qms-state">khóa</span>' in html


def test_the_dictionary_of_a_form_says_what_is_not_published(small_views: Views) -> None:
    rows = body_rows(small_views.dictionary("feedback"))
    personal = [row.split()[0] for row in rows if "thông tin riêng, không công bố" in row]
    fields = small_views.system.forms["feedback"].fields
    assert personal == [field.name for field in fields if field.access == "personal"]


def test_a_reference_to_the_same_register_leads_to_it(small_views: Views) -> None:
    assert '→ <a href="../documents/">documents</a>' in small_views.dictionary("documents")


# Submissions


def test_without_submissions_the_view_says_so(small_views: Views) -> None:
    assert plain(small_views.submissions("feedback")) == "Chưa có phiếu nào."


def test_a_submission_reads_as_people_write_it(collect: Collect) -> None:
    system = collect("nonconformity", (AT, {"document": "QT-BC-01", "trial": "true"}))
    html = Views(system, "../../").submissions("nonconformity")
    (row,) = body_rows(html)
    assert row.startswith("KPH-2020-001 phiếu thử 10/09/2020 ")
    assert "Tự phát hiện khi làm việc" in row
    assert '<a href="../../tai-lieu/qt-bc-01/" title="Cấp phép">QT-BC-01</a>' in html
    assert 'id="kph-2020-001"' in html


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ('"><img src=x onerror=alert(1)>', "&#34;&gt;&lt;img src=x onerror=alert(1)&gt;"),
        ("tính {{ 7 * 7 }} và {% if 1 %}", "tính {{ 7 * 7 }} và {% if 1 %}"),
    ],
)
def test_what_people_sent_is_shown_and_not_run(collect: Collect, sent: str, shown: str) -> None:
    system = collect("feedback", (AT, {"summary": sent}))
    html = Views(system, "./").submissions("feedback")
    assert f"<td>{shown}</td>" in html


@pytest.mark.parametrize(
    ("form", "field", "code"),
    [
        ("nonconformity", "unit", "CUCU"),
        ("nonconformity", "document", "QT-CU-09"),
        ("feedback", "document", "QT-CU-09"),
    ],
)
def test_a_code_that_left_the_registers_is_shown_as_text(
    collect: Collect, form: str, field: str, code: str
) -> None:
    system = collect(form, (AT, {field: code}))
    assert f"<td>{code}</td>" in Views(system, "./").submissions(form).rpartition("<tbody>")[2]


def test_answers_of_an_earlier_version_stand_under_the_fields_there_are(collect: Collect) -> None:
    def before(descriptor: dict[str, Any]) -> None:
        descriptor["fields"] = [
            field for field in descriptor["fields"] if field["name"] != "rating_time"
        ]

    system = collect(
        "feedback",
        (AT, {"rating_time": "4"}),
        earlier=(("2020-01-10T02:15:00Z", {}),),
        before=before,
    )
    present, past = body_rows(Views(system, "./").submissions("feedback"))
    assert present.startswith("GY-2020-002")
    assert past.startswith("GY-2020-001")


@pytest.mark.parametrize(
    ("form", "sent", "month"),
    [
        pytest.param(
            "nonconformity",
            ("2020-09-10T02:15:00Z", {"found_on": "2020-08-31"}),
            "08/2020",
            id="when it was found",
        ),
        pytest.param("feedback", ("2020-09-30T17:00:00Z", {}), "10/2020", id="when it came in"),
    ],
)
def test_a_submission_counts_in_its_month(
    collect: Collect, form: str, sent: tuple[str, dict[str, str]], month: str
) -> None:
    html = Views(collect(form, sent), "./").submissions(form)
    first_table = html.partition("</table>")[0]
    assert body_rows(first_table) == [f"{month} 1"]


def test_months_stand_in_the_order_of_time(collect: Collect) -> None:
    sent = [(f"{month}-15T02:15:00Z", {}) for month in ("2020-02", "2019-11", "2020-02")]
    html = Views(collect("feedback", *sent), "./").submissions("feedback")
    assert body_rows(html.partition("</table>")[0]) == ["11/2019 1", "02/2020 2"]


def test_private_answers_are_not_in_the_view(collect: Collect) -> None:
    secret = {"sender_name": "Nguyễn Thị Kín", "content": "Nội dung chỉ để xử lý."}
    html = Views(collect("feedback", (AT, secret)), "./").submissions("feedback")
    assert all(value not in html for value in secret.values())


# Rows


def test_a_row_shows_every_field_and_its_way_back(small_views: Views) -> None:
    html = small_views.row("risks", ("RR-BC-02",))
    text = plain(html)
    row = small_views.system.find("risks", ("RR-BC-02",))
    table = small_views.system.tables["risks"]
    for field in table.fields:
        if row[field["name"]] is not None:
            assert plain_cell(field, row[field["name"]]) in text, field["name"]
    assert 'href="../../rui-ro/#rr-bc-02"' in html
    assert 'href="../../don-vi/buu-chinh/"' in html


def test_a_row_turns_to_the_rows_beside_it(small_views: Views) -> None:
    first, middle, last = (
        small_views.row("risks", (code,)).partition('class="qms-turn"')[2]
        for code in ("RR-BC-01", "RR-BC-02", "RR-KHCN-01")
    )
    assert re.findall(r">([^<]+)</a>", middle)[:2] == ["RR-BC-01", "RR-KHCN-01"]
    assert "←" not in first
    assert "→" in first
    assert "→" not in last


def test_a_risk_shows_its_score_and_when_it_is_reviewed(small_views: Views) -> None:
    text = plain(small_views.row("risks", ("RR-BC-02",)))
    assert "3 × 3 = 9 Cao" in text
    assert "31/03/2020 (quá hạn)" in text


def test_what_was_reported_stands_beside_what_was_entered(collect: Collect) -> None:
    entered = (AT, {"period": "2020-Q2", "value": "96.5"})
    other_value = (AT, {"period": "2020-Q2", "value": "95"})
    other = (AT, {"objective": "MT-2020-BC-01", "value": "3"})
    system = collect("objective_measurement", (AT, {}), entered, other_value, other)
    html = Views(system, "../../").row("objectives", ("MT-2020-01",))
    marked = html.partition('<h2 id="duoc-bao">')[2]
    assert "chưa ghi vào sổ" in marked
    rows = body_rows(marked)
    assert [row.split()[:3] for row in rows] == [
        ["DMT-2020-003", "2020-Q2", "95"],
        ["DMT-2020-001", "2020-Q4", "97,5"],
    ]
    assert system.objective("MT-2020-01")["measurements"][-1]["period"] == "2020-Q2"


def test_without_reports_nothing_is_said_of_them(small_views: Views) -> None:
    assert "duoc-bao" not in small_views.row("objectives", ("MT-2020-01",))


def test_an_objective_shows_its_measurements(small_views: Views) -> None:
    html = small_views.row("objectives", ("MT-2020-01",))
    assert [row.split()[0] for row in body_rows(html.partition("<section")[0])] == [
        "2020-Q1",
        "2020-Q2",
    ]
    assert "Chưa có kết quả đo" in small_views.row("objectives", ("MT-2020-BC-01",))


def test_a_clause_is_named_with_its_edition(small_views: Views) -> None:
    assert "TCVN ISO 9001:2015 – 4.1" in plain(small_views.row("clauses", ("2015", "4.1")))


def test_a_row_names_what_it_leads_to(with_rows: WithRows) -> None:
    system = with_rows("risks", {"code": "RR-BC-01", "unit": "BC", "document": "QT-BC-01"})
    text = plain(Views(system, "./").row("risks", ("RR-BC-01",)))
    assert "Đơn vị Vụ Bưu chính" in text
    assert "QT-BC-01 Cấp phép" in text
