"""Each rule of the checker passes on the shipped content and fails on its broken sample."""

import csv
import datetime as dt
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from intake.configuration import PROJECT_ROOT, Places
from scripts.checks import (
    RULES,
    audits,
    check,
    consultations,
    corrections,
    files,
    form_fields,
    pages,
    procedures,
    registers,
    revisions,
    texts,
    workflows,
)
from scripts.checks.material import Material, Page, Rule
from scripts.checks.schemas import check_files, check_package
from scripts.registers import Row

Change = Callable[[Material], Material]


@pytest.fixture(scope="module")
def shipped() -> Material:
    return Material.load(Places(PROJECT_ROOT))


def with_rows(register: str, change: Callable[[list[Row]], None]) -> Change:
    """Return a change of one register's rows, made on copies."""

    def apply(material: Material) -> Material:
        system = material.system
        rows = [dict(row) for row in system.rows(register)]
        change(rows)
        changed = replace(system.registers[register], rows=tuple(rows))
        return replace(
            material, system=replace(system, registers={**system.registers, register: changed})
        )

    return apply


def setting(register: str, key: dict[str, object], /, **values: object) -> Change:
    def change(rows: list[Row]) -> None:
        row = next(row for row in rows if all(row[name] == key[name] for name in key))
        row.update(values)

    return with_rows(register, change)


def without(register: str, **key: object) -> Change:
    def change(rows: list[Row]) -> None:
        before = len(rows)
        rows[:] = [row for row in rows if any(row[name] != key[name] for name in key)]
        assert len(rows) < before

    return with_rows(register, change)


def adding(register: str, **values: object) -> Change:
    def change(rows: list[Row]) -> None:
        rows.append({**dict.fromkeys(rows[0]), **values})

    return with_rows(register, change)


def with_page(path: str, *lines: str) -> Change:
    return lambda material: replace(
        material,
        pages=(*without_page(path)(material).pages, Page(path, lines)),
    )


def without_page(path: str) -> Change:
    return lambda material: replace(
        material, pages=tuple(page for page in material.pages if page.path != path)
    )


def leave_the_slip_unsigned(rows: list[Row]) -> None:
    [row for row in rows if row["form"] == "BM-HT04.01"][-1]["kind"] = "text"


def without_form_pages(material: Material) -> Material:
    return replace(material, system=replace(material.system, form_pages={}))


def without_kept_text(code: str, revision: str) -> Change:
    def change(material: Material) -> Material:
        kept = dict(material.system.revision_pages)
        del kept[code, revision]
        return replace(material, system=replace(material.system, revision_pages=kept))

    return change


def with_kept_text(code: str, revision: str, name: str, *lines: str) -> Change:
    """Keep a text in a file of `cac-lan`, and let its page be known."""

    def change(material: Material) -> Material:
        address = f"tai-lieu/cac-lan/{name}/"
        kept = {**material.system.revision_pages, (code, revision): address}
        known = replace(material, system=replace(material.system, revision_pages=kept))
        return with_page(f"content/{address.rstrip('/')}.md", *lines)(known)

    return change


def with_states(**steps: tuple[int, ...]) -> Change:
    """Return a change of the steps at which a slip is in some states."""

    def change(material: Material) -> Material:
        workflow = material.system.workflows["nonconformity"]
        states = {
            name: replace(state, steps=steps.get(name, state.steps))
            for name, state in workflow.states.items()
        }
        changed = {"nonconformity": replace(workflow, states=states)}
        return replace(material, system=replace(material.system, workflows=changed))

    return change


def without_transition(action: str) -> Change:
    def change(material: Material) -> Material:
        workflow = material.system.workflows["nonconformity"]
        kept = tuple(each for each in workflow.transitions if each.action != action)
        changed = {"nonconformity": replace(workflow, transitions=kept)}
        return replace(material, system=replace(material.system, workflows=changed))

    return change


def with_public_note(material: Material) -> Material:
    """Publish the note of one action, the same name being internal in another."""
    workflow = material.system.workflows["feedback"]
    form = workflow.forms["note"]
    fields = tuple(replace(field, access="public") for field in form.fields)
    changed = replace(workflow, forms={**workflow.forms, "note": replace(form, fields=fields)})
    workflows = {**material.system.workflows, "feedback": changed}
    return replace(material, system=replace(material.system, workflows=workflows))


def replaced_by_a_withdrawn_one(material: Material) -> Material:
    withdrawn = setting("revisions", {"document": "QT-HT-04", "revision": "02"}, status="withdrawn")
    named = setting("documents", {"code": "QT-HT-05"}, replaced_by="QT-HT-04")
    return named(withdrawn(material))


HT04 = {"document": "QT-HT-04"}
SLIP = {"form": "BM-HT04.01"}
FIRST = {"document": "QT-HT-04", "revision": "01"}
SECOND = {"document": "QT-HT-04", "revision": "02"}
PAGE = "content/tai-lieu/qt-ht-04.md"
HEAD = ("---", "document: QT-HT-04", "---")
DAY = dt.date
AUDIT = {"code": "DGNB-2020-01"}
CORRECTED: dict[str, object] = {"code": "DC-2020-001"}
ASKED = {"code": "LYK-2020-02"}
ACTION = {"code": "HD-2020-01"}

OLD_FILE = {"code": "BC-2013-01"}
OPEN_FILE = {"code": "BC-2020-01"}

BROKEN: list[tuple[Rule, Change, str]] = [
    (
        pages.cited_law_is_listed,
        with_page(PAGE, *HEAD, "Theo Nghị định số 99/2099/NĐ-CP."),
        "99/2099/NĐ-CP: thêm văn bản này",
    ),
    (
        pages.cited_law_is_listed,
        without("external_references", document="QT-VP-01", number="30/2020/NĐ-CP"),
        "thêm dòng QT-VP-01,30/2020/NĐ-CP",
    ),
    (
        corrections.corrections_name_what_there_is,
        setting("corrections", CORRECTED, register="nothing"),
        "không có sổ nothing",
    ),
    (
        corrections.corrections_name_what_there_is,
        setting("corrections", CORRECTED, register="corrections"),
        "không có sổ corrections để đính chính",
    ),
    (
        corrections.corrections_name_what_there_is,
        setting("corrections", CORRECTED, field="nothing"),
        "không có cột nothing",
    ),
    (
        corrections.corrections_name_what_there_is,
        setting("corrections", CORRECTED, before="63.6"),
        "trước và sau như nhau",
    ),
    (
        corrections.corrections_hold,
        setting("corrections", CORRECTED, after="63.7"),
        "đang ghi “63.6”, không phải “63.7”",
    ),
    (
        corrections.corrections_hold,
        setting("corrections", CORRECTED, key="MT-2020-VP-04; 2020-H2"),
        "không có dòng MT-2020-VP-04; 2020-H2",
    ),
    (
        consultations.consultations_ask_about_documents,
        setting("consultations", ASKED, documents="QT-HT-06; QT-HT-99"),
        "không có tài liệu mang mã QT-HT-99",
    ),
    (
        consultations.consultations_ask_about_documents,
        setting("consultations", ASKED, documents="QT-HT-06; QT-HT-06"),
        "một tài liệu được ghi hai lần",
    ),
    (
        consultations.consultations_ask_units,
        setting("consultations", ASKED, units="BC; XX"),
        "không có đơn vị mang mã XX",
    ),
    (
        consultations.consultations_ask_units,
        setting("consultations", ASKED, units="BC; BC"),
        "một đơn vị được ghi hai lần",
    ),
    (
        consultations.consultations_leave_time,
        setting("consultations", ASKED, due_on=DAY(2020, 9, 21)),
        "hạn góp ý phải sau ngày gửi",
    ),
    (
        consultations.consultations_leave_time,
        setting("consultations", ASKED, closed_on=DAY(2020, 10, 1)),
        "chốt trước hạn góp ý",
    ),
    (
        consultations.consultations_leave_time,
        setting("consultations", ASKED, opened_on=DAY(2019, 9, 21)),
        "năm trong mã",
    ),
    (files.files_are_in_order, setting("files", OLD_FILE, year=2014), "bắt đầu bằng BC-2014-"),
    (
        files.files_are_in_order,
        setting("files", OLD_FILE, closed_on=DAY(2012, 1, 1)),
        "sớm hơn ngày mở",
    ),
    (
        files.files_are_of_a_kind_of_the_unit,
        setting("files", OLD_FILE, record="HS-HT01-01"),
        "của đơn vị KHCN",
    ),
    (
        files.disposals_are_due_and_recorded,
        setting("files", OLD_FILE, disposed_on=DAY(2018, 12, 30)),
        "trước ngày đến hạn 31/12/2018",
    ),
    (
        files.disposals_are_due_and_recorded,
        setting("files", OLD_FILE, disposal_minutes=None),
        "thiếu số biên bản",
    ),
    (
        files.disposals_are_due_and_recorded,
        setting("files", OLD_FILE, disposed_on=None),
        "thiếu ngày tiêu hủy",
    ),
    (
        files.disposals_are_due_and_recorded,
        setting("files", OPEN_FILE, disposed_on=DAY(2020, 9, 1), disposal_minutes="BB"),
        "không được tiêu hủy",
    ),
    (registers.scales_are_whole, without("likelihood_levels", value=3), "[1, 2, 4, 5]"),
    (registers.scales_are_whole, without("severity_levels", value=1), "[2, 3, 4, 5]"),
    (
        texts.replaced_texts_are_kept,
        without_kept_text("QT-HT-04", "01"),
        "make freeze DOC=QT-HT-04",
    ),
    (
        texts.kept_texts_name_a_revision,
        with_kept_text("QT-HT-04", "07", "qt-ht-04-07"),
        "không có lần 07",
    ),
    (
        texts.kept_texts_name_a_revision,
        with_kept_text("QT-HT-04", "01", "qt-ht-04-1"),
        "tên qt-ht-04-01.md",
    ),
    (
        texts.issued_texts_stay_as_they_are,
        with_kept_text("QT-HT-05", "01", "qt-ht-05-01", "{{ revision_head() }}", "", "Lời cũ"),
        "khác lời văn đã lưu của lần 01",
    ),
    (
        texts.replacements_are_in_force,
        setting("documents", {"code": "QT-HT-05"}, replaced_by="QT-HT-04"),
        "chưa hủy bỏ",
    ),
    (
        texts.replacements_are_in_force,
        replaced_by_a_withdrawn_one,
        "QT-HT-04 không hiệu lực",
    ),
    (revisions.chain_is_unbroken, setting("revisions", SECOND, revision="03"), "phải là 02"),
    (
        revisions.chain_is_unbroken,
        without("revisions", document="QT-HT-02"),
        "chưa có lần ban hành",
    ),
    (
        revisions.only_the_last_one_counts,
        setting("revisions", FIRST, status="in_force"),
        "superseded",
    ),
    (
        revisions.only_the_last_one_counts,
        setting("revisions", SECOND, status="superseded"),
        "lần sau",
    ),
    (revisions.only_the_last_one_counts, setting("revisions", FIRST, status="draft"), "dự thảo"),
    (
        revisions.dates_are_in_order,
        setting("revisions", FIRST, issued_on=DAY(2020, 3, 1)),
        "sớm hơn",
    ),
    (revisions.dates_are_in_order, setting("revisions", FIRST, effective_on=None), "thiếu ngày"),
    (revisions.dates_are_in_order, setting("revisions", SECOND, status="draft"), "để trống"),
    (
        revisions.dates_are_in_order,
        setting("revisions", FIRST, ended_on=DAY(2019, 1, 1)),
        "hết hiệu lực",
    ),
    (revisions.ends_are_stated, setting("revisions", FIRST, ended_on=None), "thiếu ngày hết"),
    (revisions.ends_are_stated, setting("revisions", FIRST, ended_on=DAY(2020, 8, 1)), "lần sau"),
    (revisions.ends_are_stated, setting("revisions", SECOND, review_due_on=None), "xem xét lại"),
    (
        revisions.ends_are_stated,
        setting("revisions", SECOND, ended_on=DAY(2020, 9, 1)),
        "đang hiệu lực",
    ),
    (procedures.procedure_is_complete, without("steps", **HT04), "các bước"),
    (procedures.procedure_is_complete, without("records", **HT04), "hồ sơ"),
    (procedures.procedure_is_complete, without_page(PAGE), "chưa có bài viết"),
    (procedures.steps_are_numbered, setting("steps", {**HT04, "step": 2}, step=20), "liên tục"),
    (procedures.steps_are_numbered, setting("steps", {**HT04, "step": 1}, kind="action"), "start"),
    (procedures.steps_lead_on, without("step_links", **HT04, from_step=3), "bước tiếp theo"),
    (procedures.steps_lead_on, setting("steps", {**HT04, "step": 3}, kind="end"), "còn bước sau"),
    (procedures.steps_lead_on, setting("steps", {**HT04, "step": 3}, kind="decision"), "hai nhánh"),
    (procedures.steps_lead_on, setting("steps", {**HT04, "step": 2}, kind="action"), "rẽ nhánh"),
    (procedures.every_step_is_reached, without("step_links", **HT04, from_step=3), "đường nào"),
    (procedures.times_add_up, setting("documents", {"code": "QT-HT-04"}, total_days=999.0), "999"),
    (
        procedures.administrative_procedures_state_a_time,
        setting("documents", {"code": "QT-HT-04"}, administrative=True),
        "tổng thời hạn",
    ),
    (
        procedures.forms_belong_to_procedures,
        setting("documents", {"code": "BM-HT04.01"}, parent=None),
        "biểu mẫu phải ghi",
    ),
    (
        procedures.forms_belong_to_procedures,
        setting("documents", {"code": "QT-HT-04"}, parent="QT-HT-01"),
        "chỉ biểu mẫu",
    ),
    (procedures.every_unit_has_a_procedure, adding("units", code="XX", position=99), "XX"),
    (form_fields.form_templates_have_fields, without("form_fields", **SLIP), "chưa có các mục"),
    (
        form_fields.form_templates_have_fields,
        setting("form_fields", {**SLIP, "position": 1}, form="QT-HT-04"),
        "không phải biểu mẫu",
    ),
    (form_fields.fields_are_numbered, without("form_fields", **SLIP, position=2), "liên tục"),
    (
        form_fields.parts_and_tables_are_unbroken,
        setting("form_fields", {**SLIP, "position": 2}, part="1. Mô tả"),
        "phần “Thông tin phiếu”",
    ),
    (
        form_fields.parts_and_tables_are_unbroken,
        setting("form_fields", {"form": "BM-HT02.04", "position": 12}, kind="text"),
        "các cột của bảng",
    ),
    (
        form_fields.choices_fit_their_kind,
        setting("form_fields", {**SLIP, "position": 1}, choices="Có;Không"),
        "chỉ mục đánh dấu ô",
    ),
    *(
        (
            form_fields.choices_fit_their_kind,
            setting("form_fields", {**SLIP, "position": 5}, choices=choices),
            "hai lựa chọn",
        )
        for choices in (None, "Có", "Có;Có", "Có;Không;")
    ),
    (
        form_fields.forms_are_signed_or_lists,
        with_rows("form_fields", leave_the_slip_unsigned),
        "phải là chữ ký",
    ),
    (registers.clauses_are_answered, without("clause_documents", clause="9.3.1"), "9.3.1"),
    (
        registers.clauses_are_answered,
        setting("clauses", {"edition": "2015", "clause": "9.3.1"}, gap_reason="x"),
        "bỏ lý do",
    ),
    (
        registers.periods_fit_frequencies,
        with_rows("measurements", lambda rows: rows[0].update(period="2020")),
        "tần suất",
    ),
    (
        registers.periods_fit_frequencies,
        setting("objectives", {"code": "MT-2020-01"}, year=2019),
        "năm của mục tiêu",
    ),
    (
        registers.risk_levels_cover_every_score,
        setting("risk_levels", {"minimum": 4}, minimum=5),
        "điểm 4",
    ),
    (
        registers.risk_levels_cover_every_score,
        setting("risk_levels", {"minimum": 4}, minimum=3),
        "điểm 3",
    ),
    (
        registers.risk_codes_name_their_unit,
        with_rows("risks", lambda rows: rows[0].update(unit="XX")),
        "không khớp",
    ),
    (
        registers.findings_are_followed_up,
        with_rows("findings", lambda rows: rows[0].update(grade="minor", due_on=None)),
        "hạn khắc phục",
    ),
    (
        registers.findings_are_followed_up,
        with_rows("findings", lambda rows: rows[0].update(closed_on=DAY(2020, 1, 1))),
        "sớm hơn",
    ),
    (
        audits.auditors_are_independent,
        setting("audit_sessions", {"unit": "BC"}, auditor_unit="BC"),
        "chính đơn vị BC",
    ),
    (
        audits.sessions_are_sound,
        setting("audit_sessions", {"unit": "BC"}, ends_at="08:30"),
        "sau giờ bắt đầu",
    ),
    (
        audits.sessions_are_sound,
        setting("audit_sessions", {"unit": "BC"}, documents="QT-BC-01; QT-BC-99"),
        "QT-BC-99",
    ),
    (
        audits.sessions_are_sound,
        setting("audit_sessions", {"unit": "BC"}, clauses="6.1; 11.1"),
        "điều khoản 11.1",
    ),
    (
        audits.audits_are_in_time,
        setting("audits", AUDIT, notice_on=DAY(2020, 6, 14)),
        "ít nhất 7 ngày",
    ),
    (
        audits.audits_are_in_time,
        setting("audits", AUDIT, reported_on=DAY(2020, 7, 1)),
        "quá 7 ngày làm việc",
    ),
    (
        audits.audits_are_in_time,
        setting("audit_reports", {"unit": "VP"}, reported_on=DAY(2020, 7, 1)),
        "quá 7 ngày làm việc",
    ),
    (
        audits.audits_are_in_time,
        setting("audit_reports", {"unit": "VP"}, reported_on=DAY(2020, 6, 19)),
        "sớm hơn ngày đánh giá",
    ),
    (
        audits.audited_units_have_reports,
        without("audit_reports", unit="VP"),
        "chưa có báo cáo chi tiết của VP",
    ),
    (
        audits.audited_units_have_reports,
        without("audit_sessions", unit="VP"),
        "không có phiên nào",
    ),
    (
        audits.stated_counts_are_true,
        setting("findings", {"code": "PH-2020-001"}, grade="observation"),
        "DGNB-2020-01 BC: báo cáo ghi",
    ),
    (
        audits.stated_counts_are_true,
        setting("audits", AUDIT, minor=99),
        "báo cáo tổng hợp ghi 99",
    ),
    (
        audits.reviews_take_every_input,
        without("review_inputs", clause="9.3.2 c.7"),
        "đủ và theo thứ tự",
    ),
    (
        audits.reviews_take_every_input,
        setting("review_inputs", {"clause": "9.3.2 a"}, position=99),
        "đang có b",
    ),
    (
        audits.actions_follow_reviews,
        setting("review_actions", ACTION, due_on=DAY(2020, 9, 4)),
        "hạn phải sau",
    ),
    (
        audits.actions_follow_reviews,
        setting("review_actions", ACTION, done_on=DAY(2020, 9, 3)),
        "ngày xong sớm hơn",
    ),
    (
        registers.abbreviations_expand,
        setting("glossary", {"term": "KPH"}, expansion="kph"),
        "trùng với chữ viết tắt",
    ),
    (
        registers.abbreviations_expand,
        adding("glossary", term="KPH", expansion="khác", kind="abbreviation", ambiguous=False),
        "ambiguous",
    ),
    (
        pages.pages_name_documents,
        with_page("content/x.md", "---", "document: QT-XX-09", "---"),
        "QT-XX-09",
    ),
    (pages.pages_name_documents, with_page("content/x.md", *HEAD), "phải nằm ở"),
    (pages.procedures_have_their_parts, with_page(PAGE, *HEAD, "## 1. Mục đích"), "2. Phạm vi"),
    (pages.procedures_have_their_parts, with_page(PAGE, *HEAD), "steps()"),
    (pages.codes_in_texts_exist, with_page("content/x.md", "xem QT-HT-99"), "QT-HT-99"),
    (pages.texts_are_composed, with_page("content/x.md", "Muc tie\u0302u"), "NFD"),
    (pages.every_form_has_a_page, without_form_pages, "form: feedback"),
    (workflows.every_step_has_a_state, with_states(approval=()), "bước 8 chưa thuộc"),
    (workflows.every_step_has_a_state, with_states(approval=(8, 99)), "không có bước 99"),
    (workflows.procedure_and_workflow_agree, without_transition("return"), "bước 8 sang bước 6"),
    (workflows.procedure_and_workflow_agree, without_transition("reject"), "bước 2 sang bước 14"),
    (workflows.a_name_has_one_access, with_public_note, "text: access là public"),
    (
        workflows.procedure_and_workflow_agree,
        without("step_links", document="QT-HT-06", from_step=3, to_step=16),
        "không có đường từ Mới đến Đã gộp, hủy",
    ),
    (
        workflows.procedure_and_workflow_agree,
        with_states(analysis=(6, 7)),
        "không có đường từ Phân tích đến Hủy",
    ),
    (
        workflows.procedure_and_workflow_agree,
        without("step_links", **HT04, from_step=11, to_step=6),
        "không có đường từ Xác minh đến Phân tích",
    ),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_shipped_content_keeps_the_rule(shipped: Material, rule: Rule) -> None:
    assert [str(finding) for finding in rule(shipped)] == []


@pytest.mark.parametrize(
    ("rule", "change", "words"),
    BROKEN,
    ids=[f"{rule.__name__}: {words}" for rule, _, words in BROKEN],
)
def test_broken_sample_is_found(shipped: Material, rule: Rule, change: Change, words: str) -> None:
    found = [finding for finding in rule(change(shipped)) if words in finding.message]
    assert found
    assert all(finding.path and finding.line >= 1 for finding in found)


def test_every_rule_has_a_broken_sample() -> None:
    assert {rule for rule, _, _ in BROKEN} == set(RULES)


@pytest.fixture
def copied(tmp_path: Path) -> Places:
    shutil.copytree(
        PROJECT_ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("intake")
    )
    return Places(tmp_path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: "\ufeff" + text, "BOM"),
        (lambda text: text.replace("\n", "\r\n"), "Windows"),
        (lambda text: text.replace("Vụ", "Vu\u0323"), "NFD"),
        (lambda text: text.replace("Vụ Bưu chính,", "Vụ Bưu chính ,"), "thừa khoảng trắng"),
        (lambda text: text.replace("BC,", '"BC",', 1), "không chuẩn"),
    ],
)
def test_file_that_is_not_canonical_is_found(
    copied: Places, change: Callable[[str], str], words: str
) -> None:
    path = copied.registers / "units.csv"
    path.write_bytes(change(path.read_text(encoding="utf-8")).encode())
    assert any(words in finding.message for finding in check_files(copied))


def test_file_in_another_encoding_is_found(copied: Places) -> None:
    path = copied.registers / "units.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("utf-16"))
    assert any("UTF-8" in finding.message for finding in check_files(copied))


@pytest.mark.parametrize(
    ("register", "column", "value", "words"),
    [
        ("units", "code", "CNTT", "mỗi mã chỉ dùng một lần"),
        ("documents", "unit", "ZZ", "không có trong sổ"),
        ("revisions", "status", "gone", "status"),
        ("risks", "likelihood", "6", "likelihood"),
        ("findings", "due_on", "2020-13-01", "due_on"),
    ],
)
def test_row_that_breaks_its_schema_is_found(
    copied: Places, register: str, column: str, value: str, words: str
) -> None:
    path = copied.registers / f"{register}.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    rows[0][column] = value
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    found = [finding for finding in check_package(copied) if words in finding.message]
    assert found
    assert found[0].path == f"data/qms/{register}.csv"
    assert found[0].line >= 2


def test_checker_tells_only_of_schemas_while_they_are_broken(copied: Places) -> None:
    path = copied.registers / "units.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("buu-chinh", "BC!"), encoding="utf-8")
    assert {finding.path for finding in check(copied)} == {"data/qms/units.csv"}
