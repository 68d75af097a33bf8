import pytest

from intake.receipts import (
    CODE_ALPHABET,
    Token,
    case_number,
    code_hash,
    new_token,
    read_token,
    receipt_code,
    token_hash,
)

TOKEN = Token("0123456789abcdef" * 2)


def test_tokens_are_new_each_time_and_read_back() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(read_token(token) == token for token in tokens)


@pytest.mark.parametrize(
    "text", ["", "abc", "0" * 31, "0" * 33, "G" * 32, "A" * 32, "0" * 32 + "\n", "' OR 1=1 --"]
)
def test_what_is_no_token_is_not_read(text: str) -> None:
    assert read_token(text) is None


def test_the_alphabet_has_no_letters_that_look_alike() -> None:
    assert not set("0O1I") & set(CODE_ALPHABET)
    assert len(set(CODE_ALPHABET)) == 32


def test_a_code_has_sixty_bits_in_three_groups_and_uses_all_letters() -> None:
    codes = [receipt_code(new_token()) for _ in range(300)]
    assert all([len(group) for group in code.split("-")] == [4, 4, 4] for code in codes)
    assert set("".join(codes).replace("-", "")) == set(CODE_ALPHABET)
    assert len(set(codes)) == 300


def test_the_same_token_always_gives_the_same_code() -> None:
    assert receipt_code(TOKEN) == "GCMN-CJWT-42FS"


def test_hashes_do_not_give_token_or_code_away() -> None:
    code = receipt_code(TOKEN)
    kept = {token_hash(TOKEN), code_hash(code)}
    assert len(kept) == 2
    assert all(TOKEN not in each and code not in each for each in kept)


@pytest.mark.parametrize(
    "typed",
    ["abcd-2345-wxyz", " ABCD 2345 WXYZ ", "ABCD2345WXYZ", "ABCD–2345–WXYZ\n", "a.b.c.d 2345wxyz"],
)
def test_a_code_counts_however_it_was_typed(typed: str) -> None:
    assert code_hash(typed) == code_hash("ABCD-2345-WXYZ")


def test_another_code_has_another_hash() -> None:
    assert code_hash("ABCD-2345-WXYY") != code_hash("ABCD-2345-WXYZ")


@pytest.mark.parametrize(
    ("ordinal", "number"), [(1, "KPH-2020-001"), (999, "KPH-2020-999"), (1000, "KPH-2020-1000")]
)
def test_numbers_have_at_least_three_digits(ordinal: int, number: str) -> None:
    assert case_number("KPH", 2020, ordinal) == number
