import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from intake.text import escape_formula, fold, has_control_characters, normalise, unescape_formula

FORMULA_STARTS = ["=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠"]
FORMULAS = st.builds(
    "{}{}{}".format, st.sampled_from(["", "'", "''"]), st.sampled_from(FORMULA_STARTS), st.text()
)
LETTERS = st.text(st.sampled_from("eêA \n\r\t\u0301\u0302\u00a0\u2028đ=1"))


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Tie\u0302\u0301ng Vie\u0323\u0302t", "Tiếng Việt"),
        ("  hai bên \u00a0", "hai bên"),
        ("một\r\nhai\rba\u2028bốn\u2029năm", "một\nhai\nba\nbốn\nnăm"),
        ("cột\tcột", "cột cột"),
        ("ẩn\u200b\u2060\ufeff", "ẩn"),
        ("a\u202eb\u2066c", "abc"),
        ("\ufeff \n", ""),
        ("A\u200dB", "A\u200dB"),
    ],
)
def test_normalise_gives_the_one_canonical_form(sent: str, kept: str) -> None:
    assert normalise(sent) == kept


@given(LETTERS)
@example("e\u0302\u0301\r\n\u2028 x \t")
def test_normalise_twice_is_normalise_once(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@example("e\u200b\u0301")
@given(st.text())
def test_normalise_twice_is_normalise_once_even_with_invisible_characters(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@pytest.mark.parametrize("code", [0, 1, 8, 0x0B, 0x0C, 0x1B, 0x7F, 0x85, 0x9F, 0xD800, 0xDFFF])
def test_control_characters_and_lone_surrogates_are_noticed(code: int) -> None:
    assert has_control_characters(f"a{chr(code)}b")


@pytest.mark.parametrize("text", ["", "Đề nghị\nsửa", "“x” – …", "𝄞", "'=1"])
def test_what_people_type_holds_no_control_characters(text: str) -> None:
    assert not has_control_characters(text)


@pytest.mark.parametrize("start", FORMULA_STARTS)
@pytest.mark.parametrize("quotes", ["", "'", "''"])
def test_a_formula_gets_one_more_quote(quotes: str, start: str) -> None:
    cell = f"{quotes}{start}1+1"
    assert escape_formula(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["", "chữ", "a=1", "'", "'trích'", " =1", "1-2"])
def test_other_text_is_not_escaped(cell: str) -> None:
    assert escape_formula(cell) == cell
    assert unescape_formula(cell) == cell


@given(st.text() | FORMULAS)
def test_unescaping_is_the_exact_reverse_of_escaping(cell: str) -> None:
    assert unescape_formula(escape_formula(cell)) == cell


@given(st.text() | FORMULAS)
def test_an_escaped_cell_never_starts_as_a_formula(cell: str) -> None:
    assert not escape_formula(cell).startswith(tuple(FORMULA_STARTS))


@given(st.text() | FORMULAS, st.text() | FORMULAS)
def test_two_cells_never_share_an_escaped_form(one: str, other: str) -> None:
    assert (escape_formula(one) == escape_formula(other)) == (one == other)


def test_fold_keeps_signs_and_blanks() -> None:
    assert fold("Đơn vị, Ủy ban") == "don vi, uy ban"
