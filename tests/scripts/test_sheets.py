"""Registers as workbooks and back, and what a Vietnamese Excel makes of them."""

import csv
import datetime as dt
import io
import re
import shutil
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from intake.configuration import PROJECT_ROOT, Places
from scripts.__main__ import main
from scripts.registers import load_package
from scripts.sheets.cells import BadCell, from_sheet, to_sheet
from scripts.sheets.importing import RefusedSheet, difference, sheets_at, take_in
from scripts.sheets.legacy_text import (
    UnknownEncoding,
    as_it_is,
    converter_of,
    from_tcvn3,
    from_vni,
    is_syllable,
)
from scripts.sheets.reading import UnreadableSheet, read_sheet
from scripts.sheets.workbook import GUIDE, LISTS, register_book
from tests.scripts.vietnamese_letters import LETTERS, TCVN3, VNI

REGISTERS = sorted(path.stem for path in Places(PROJECT_ROOT).registers.glob("*.csv"))


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    """A copy of the project's registers and pages, that tests may change and put back."""
    copy = Places(tmp_path_factory.mktemp("project"))
    ignored = shutil.ignore_patterns("intake")
    shutil.copytree(PROJECT_ROOT / "data", copy.root / "data", ignore=ignored)
    shutil.copytree(PROJECT_ROOT / "content", copy.content)
    return copy


def export(places: Places, register: str, folder: Path, name: str = "") -> Path:
    registers = load_package(places.registers / "datapackage.json")
    path = folder / (name or f"{register}.xlsx")
    register_book(registers[register], registers).save(path)
    return path


def file_of(places: Places, register: str) -> Path:
    return places.registers / f"{register}.csv"


def edited(path: Path, changes: dict[str, Any]) -> Path:
    """Set cells of a workbook's first sheet, as someone in Excel would."""
    book = load_workbook(path)
    for where, value in changes.items():
        book.worksheets[0][where] = value
    book.save(path)
    return path


def as_csv(places: Places, register: str, *, titles: bool = True, delimiter: str = ";") -> str:
    """Return a register as a Vietnamese Excel saves it: titles, semicolons, dd/mm/yyyy."""
    resource = load_package(places.registers / "datapackage.json")[register]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([field["title" if titles else "name"] for field in resource.fields])
    for row in resource.rows:
        writer.writerow([_excel(field, row[field["name"]]) for field in resource.fields])
    return out.getvalue()


def _excel(field: dict[str, Any], cell: Any) -> str:
    value = to_sheet(field, cell)
    if isinstance(value, dt.date):
        return f"{value.day}/{value.month:02}/{value.year}"
    if isinstance(value, float):
        return str(value).replace(".", ",")
    return "" if value is None else str(value)


# Out and back


@pytest.mark.parametrize("register", REGISTERS)
def test_export_and_import_unchanged_is_the_same_file(
    places: Places, register: str, tmp_path: Path
) -> None:
    found = difference(places, export(places, register, tmp_path))
    assert found.register == register
    assert found.lines == ()
    assert found.text.encode() == file_of(places, register).read_bytes()


AWKWARD = ["01", "1/2", "TRUE", "2020-06-20", "123456789012345678", "=1+1", "'x", "-5", "+84", "@a"]
PRINTED = st.characters(codec="utf-8", exclude_categories=["C", "Z"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.one_of(st.sampled_from(AWKWARD), st.text(PRINTED, min_size=1, max_size=300)))
def test_any_text_comes_back_as_it_was(tmp_path: Path, text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    field = {"name": "a", "type": "string"}
    book = Workbook()
    cell = book.worksheets[0].cell(1, 1, to_sheet(field, composed))  # type: ignore[arg-type]
    cell.data_type = "s"
    book.save(tmp_path / "a.xlsx")
    read = load_workbook(tmp_path / "a.xlsx").worksheets[0]["A1"].value
    assert from_sheet(field, read) == composed  # type: ignore[arg-type]


def test_a_workbook_shows_titles_choices_and_dates(places: Places, tmp_path: Path) -> None:
    book = load_workbook(export(places, "risks", tmp_path))
    sheet = book.worksheets[0]
    titles = {str(cell.value): cell.column_letter for cell in sheet[1]}
    assert sheet[f"{titles['Nguồn']}2"].value == "Bên trong"
    assert isinstance(sheet[f"{titles['Hạn thực hiện']}2"].value, dt.datetime)
    assert sheet[f"{titles['Hạn thực hiện']}2"].number_format == "dd/mm/yyyy"
    assert isinstance(sheet[f"{titles['Khả năng (P)']}2"].value, int)
    lists = {
        str(rule.sqref).split(":")[0].rstrip("0123456789"): rule.formula1
        for rule in sheet.data_validations.dataValidation
    }
    column = str(lists[titles["Đơn vị"]]).split("$")[1]
    units = [
        row["code"] for row in load_package(places.registers / "datapackage.json")["units"].rows
    ]
    assert [cell.value for cell in book[LISTS][column]][: len(units)] == units
    assert titles["Nguồn"] in lists
    assert book[LISTS].sheet_state == "hidden"
    assert book[GUIDE]["B1"].value == "risks"


def test_text_is_never_a_formula(places: Places, tmp_path: Path) -> None:
    path = file_of(places, "glossary")
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace("\nKPH,", "\n=KPH,", 1), encoding="utf-8")
    try:
        sheet = load_workbook(export(places, "glossary", tmp_path)).worksheets[0]
    finally:
        path.write_text(before, encoding="utf-8")
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=KPH", "s")


# What people change


def test_changes_are_shown_and_written(places: Places, tmp_path: Path) -> None:
    path = export(places, "risk_levels", tmp_path)
    before = file_of(places, "risk_levels").read_text(encoding="utf-8")
    title = before.splitlines()[1].split(",")[1]
    found = difference(places, edited(path, {"B2": "Rất thấp"}))
    assert found.lines == (f"sửa low, Tên mức: “{title}” → “Rất thấp”",)
    take_in(places, found)
    assert file_of(places, "risk_levels").read_text(encoding="utf-8") == before.replace(
        f"low,{title},", "low,Rất thấp,"
    )
    file_of(places, "risk_levels").write_text(before, encoding="utf-8")


def test_a_new_row_stands_after_the_one_it_follows(places: Places, tmp_path: Path) -> None:
    path = export(places, "glossary", tmp_path)
    book = load_workbook(path)
    sheet = book.worksheets[0]
    sheet.insert_rows(3)
    for column, value in enumerate(["ABC", "an bài chung", "Chữ viết tắt", "Không"], 1):
        sheet.cell(3, column, value)
    book.save(path)
    found = difference(places, path)
    assert found.lines == ("thêm ABC an bài chung",)
    lines = found.text.splitlines()
    assert lines[2] == "ABC,an bài chung,abbreviation,false,"
    assert lines[1].startswith("KPH,")


def test_missing_rows_stay_unless_they_are_to_go(places: Places, tmp_path: Path) -> None:
    path = export(places, "severity_levels", tmp_path)
    book = load_workbook(path)
    book.worksheets[0].delete_rows(6)
    book.save(path)
    kept, gone = (difference(places, path, remove=remove) for remove in (False, True))
    assert kept.missing == gone.missing == 1
    assert kept.text.encode() == file_of(places, "severity_levels").read_bytes()
    assert kept.lines == ("không có trong tệp, vẫn giữ 5",)
    assert gone.lines == ("bớt 5",)
    assert len(gone.text.splitlines()) == 5


def test_what_breaks_a_rule_is_refused_and_the_register_stays(
    places: Places, tmp_path: Path
) -> None:
    before = file_of(places, "risk_levels").read_bytes()
    found = difference(places, edited(export(places, "risk_levels", tmp_path), {"D2": 5}))
    with pytest.raises(RefusedSheet, match=r"data/qms/risk_levels\.csv:2: điểm 4 thuộc 2 mức"):
        take_in(places, found)
    assert file_of(places, "risk_levels").read_bytes() == before


@pytest.mark.parametrize(
    ("register", "changes", "words"),
    [
        ("risks", {"G3": "Trong ra"}, r"dòng 3, cột Nguồn: “Trong ra” không có trong danh sách"),
        ("risks", {"A3": "RR-BC-01"}, r"dòng 3: trùng khóa RR-BC-01"),
        ("risks", {"C2": "31/02/2020"}, r"dòng 2, cột Ngày nhận diện: .*20/06/2020"),
        ("glossary", {"D2": "chắc"}, r"dòng 2, cột Nhiều nghĩa: .*Có hoặc Không"),
        ("risk_levels", {"C2": "một"}, r"dòng 2, cột Điểm từ: “một” phải là số"),
        ("risk_levels", {"C2": 1.5}, r"dòng 2, cột Điểm từ: .*số nguyên"),
        ("risk_levels", {"H2": "lạ"}, r"dòng 2: có ô nằm ngoài"),
        ("risk_levels", {"B1": "Tên"}, r"dòng 1: .*phải có đúng các cột: Mã mức, Tên mức"),
    ],
)
def test_a_bad_cell_is_named_by_line_and_column(
    places: Places, tmp_path: Path, register: str, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(RefusedSheet, match=words):
        difference(places, edited(export(places, register, tmp_path), changes))


def test_the_workbook_itself_says_which_register_it_is(places: Places, tmp_path: Path) -> None:
    assert (
        difference(places, export(places, "risks", tmp_path, "ban-sua-2.xlsx")).register == "risks"
    )


def test_else_the_titles_say_it_and_must_be_of_one_register(places: Places, tmp_path: Path) -> None:
    path = tmp_path / "sua.csv"
    path.write_text(as_csv(places, "risk_levels"), encoding="utf-8")
    assert difference(places, path).register == "risk_levels"
    path.write_text("Một;Hai\na;b\n", encoding="utf-8")
    with pytest.raises(RefusedSheet, match="không hợp với sổ nào"):
        difference(places, path)


# CSV of a Vietnamese Excel


@pytest.mark.parametrize(
    ("encoding", "delimiter", "titles"),
    [
        ("utf-8", ";", True),
        ("utf-8-sig", ";", True),
        ("utf-8", ",", False),
        ("utf-16", "\t", True),
    ],
)
@pytest.mark.parametrize("register", ["risks", "measurements", "glossary", "declarations"])
def test_csv_of_excel_comes_back_as_it_was(
    places: Places, tmp_path: Path, register: str, encoding: str, delimiter: str, titles: bool
) -> None:
    path = tmp_path / f"{register}.csv"
    text = as_csv(places, register, titles=titles, delimiter=delimiter)
    path.write_bytes(text.encode(encoding))
    assert difference(places, path).lines == ()


def test_loose_letters_are_composed(places: Places, tmp_path: Path) -> None:
    path = tmp_path / "risks.csv"
    path.write_text(unicodedata.normalize("NFD", as_csv(places, "risks")), encoding="utf-8")
    assert difference(places, path).lines == ()


def test_windows_1258_is_read(places: Places, tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    text = re.sub("[–“”]", "-", as_csv(places, "units"))
    path.write_bytes(_in_1258(text))
    changed = {line.split(",")[0] for line in difference(places, path).lines}
    assert changed <= {"sửa KHTC", "sửa TĐKT"}, "only the dashes that were replaced"


def _in_1258(text: str) -> bytes:
    """Return text in Windows-1258: letters with circumflex, breve or horn, then the tone."""
    out = []
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        tone = [each for each in parts if each in "\u0300\u0301\u0303\u0309\u0323"]
        rest = unicodedata.normalize("NFC", "".join(each for each in parts if each not in tone))
        out.append(rest + "".join(tone))
    return "".join(out).encode("cp1258")


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8"])
@pytest.mark.parametrize("table", [TCVN3, VNI], ids=["TCVN3", "VNI"])
def test_text_of_old_fonts_is_converted(
    places: Places, tmp_path: Path, table: dict[str, str], encoding: str
) -> None:
    old = "".join(table.get(letter, letter) for letter in as_csv(places, "risk_levels"))
    path = tmp_path / "risk_levels.csv"
    path.write_bytes(old.encode(encoding))
    assert difference(places, path).lines == ()


def test_text_that_is_nothing_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "risks.csv"
    path.write_bytes("Mã;Tên\nÿÿÿ ðððÞ þþþÐ;¤¤¤ ¦¦§ ððð\n".encode("latin-1"))
    with pytest.raises(UnreadableSheet, match="không nhận ra bảng mã"):
        read_sheet(path)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.xlsx", b"no workbook", "không mở được"),
        ("a.ods", b"", "chỉ nhận tệp"),
        ("a.csv", b"", "không có dòng nào"),
        (None, b"", "không có tệp"),
    ],
)
def test_what_is_no_sheet_is_refused(
    tmp_path: Path, name: str | None, content: bytes, words: str
) -> None:
    path = tmp_path / (name or "none.xlsx")
    if name:
        path.write_bytes(content)
    with pytest.raises(UnreadableSheet, match=words):
        read_sheet(path)


# Cells


@pytest.mark.parametrize(
    ("kind", "cell", "text"),
    [
        ("date", dt.datetime(2020, 6, 20, tzinfo=dt.UTC), "2020-06-20"),
        ("date", dt.date(2020, 6, 20), "2020-06-20"),
        ("date", "20/6/2020", "2020-06-20"),
        ("date", "20-06-2020", "2020-06-20"),
        ("date", "2020-06-20", "2020-06-20"),
        ("date", 44002, "2020-06-20"),
        ("number", "98,5", "98.5"),
        ("number", "98.5", "98.5"),
        ("number", 98.0, "98"),
        ("number", 0, "0"),
        ("integer", "12", "12"),
        ("integer", 12.0, "12"),
        ("boolean", "x", "true"),
        ("boolean", True, "true"),
        ("boolean", "không", "false"),
        ("string", 12.0, "12"),
        ("string", "  hai   chữ ", "hai chữ"),
        ("string", "   ", ""),
        ("number", None, ""),
    ],
)
def test_a_cell_is_read_as_people_write_it(kind: str, cell: Any, text: str) -> None:
    assert from_sheet({"name": "a", "type": kind}, cell) == text


@pytest.mark.parametrize("cell", ["1.234", "1,234", "1.234.567"])
def test_a_number_that_can_be_read_in_two_ways_is_refused(cell: str) -> None:
    with pytest.raises(BadCell, match="hai cách"):
        from_sheet({"name": "a", "type": "number"}, cell)


# Old encodings


@pytest.mark.parametrize(("table", "convert"), [(TCVN3, from_tcvn3), (VNI, from_vni)])
def test_every_letter_of_an_old_encoding_comes_back(table: dict[str, str], convert: Any) -> None:
    for letter in LETTERS:
        if letter in table:
            assert convert(table[letter]) == letter
    lower = [letter for letter in LETTERS if letter.islower()]
    assert set(lower) <= set(table), "every small letter can be written"


def test_vni_writes_every_letter_in_both_cases() -> None:
    assert set(LETTERS) <= set(VNI)
    assert len(LETTERS) == 134


@pytest.mark.parametrize(
    ("text", "converter"),
    [
        ("Quản lý rủi ro của đơn vị", as_it_is),
        ("no marks at all", as_it_is),
        ("Theo Nghị định 30/2020/NĐ-CP – thủ tục “một cửa”", as_it_is),
        ("Qu¶n lý rñi ro cña ®¬n vÞ", from_tcvn3),
        ("Quaûn lyù ruûi ro cuûa ñôn vò", from_vni),
    ],
)
def test_an_encoding_is_recognised(text: str, converter: Any) -> None:
    assert converter_of(text) is converter


def test_what_is_not_certain_is_not_guessed() -> None:
    with pytest.raises(UnknownEncoding):
        converter_of("ÿÿÿ ðððÞ þþþÐ ¤¤¤")


GOOD = "nghiêng quyết khuya thuở giữa ươm yếu đường Hòa hoà xoong"


@pytest.mark.parametrize("word", GOOD.split())
def test_syllables(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["ßéé", "rñi", "ñôn", "ắắ", "bđa", "çà"])
def test_what_is_no_syllable(word: str) -> None:
    assert not is_syllable(word)


# Commands


def test_the_commands_write_and_take_in(
    places: Places,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("QMS_ROOT", str(places.root))
    main(["export-xlsx", "--register", "risk_levels", "--to", str(tmp_path)])
    path = tmp_path / "risk_levels.xlsx"
    assert capsys.readouterr().out.startswith(f"{path}: Các mức rủi ro, ") or path.exists()
    main(["import-xlsx", str(path)])
    assert "không có gì thay đổi" in capsys.readouterr().out
    before = file_of(places, "risk_levels").read_bytes()
    main(["import-xlsx", str(edited(path, {"B2": "Rất thấp"})), "--dry"])
    assert "Rất thấp" in capsys.readouterr().out
    assert file_of(places, "risk_levels").read_bytes() == before
    with pytest.raises(SystemExit, match="Chưa nhập, sổ giữ nguyên"):
        main(["import-xlsx", str(tmp_path / "none.xlsx")])
    with pytest.raises(SystemExit, match="Không có sổ"):
        main(["export-xlsx", "--register", "none", "--to", str(tmp_path)])


def test_sheets_of_a_folder_are_taken_in_together(places: Places, tmp_path: Path) -> None:
    folder = tmp_path / "dien"
    folder.mkdir()
    with pytest.raises(RefusedSheet, match="không có tệp"):
        sheets_at(folder)
    path = export(places, "risks", folder)
    (folder / "~$risks.xlsx").touch()
    (folder / "ghi-chu.txt").touch()
    assert sheets_at(folder) == sheets_at(path) == [path]


def test_two_sheets_of_one_register_are_refused(places: Places, tmp_path: Path) -> None:
    found = difference(places, export(places, "risks", tmp_path))
    with pytest.raises(RefusedSheet, match="nhiều tệp của cùng một sổ: risks"):
        take_in(places, found, found)
