import pytest
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from intake.accounts import passwords


def test_a_password_matches_only_itself() -> None:
    kept = passwords.hashed("một câu dài")
    assert passwords.matches(kept, "một câu dài")
    assert not passwords.matches(kept, "một câu dài ")
    assert not passwords.matches(None, "một câu dài")
    assert not passwords.matches("not a hash", "một câu dài")
    assert not passwords.matches(kept, "x" * 100_000)


def test_first_passwords_differ_and_are_strong_enough() -> None:
    made = {passwords.first_password() for _ in range(50)}
    assert len(made) == 50
    assert all(passwords.weakness(each, ("lan.nt",), 12) is None for each in made)


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("ngắn quá", "ít nhất 12 ký tự"),
        ("x" * 201, "không được quá 200"),
        ("toi la lan.nt o BC", "không được chứa"),
        ("Nguyễn thị LAN 2020", "không được chứa"),
        ("aaaaaaaaaaaaaaa", "dễ đoán"),
        ("Mật khẩu 20202", "dễ đoán"),
        ("password-of-mine", "dễ đoán"),
        ("Qwertyuiop123", "dễ đoán"),
        ("1qaz2wsx3edc4rfv", "dễ đoán"),
        ("iloveyou12345", "dễ đoán"),
        ("abcabcabcabc", "dễ đoán"),
        ("HaNoiVietNam2020", "dễ đoán"),
        ("0912345678901", "dễ đoán"),
        ("anh yêu em 123456", "dễ đoán"),
    ],
)
def test_what_others_would_guess_is_refused(password: str, words: str) -> None:
    told = passwords.weakness(password, ("lan.nt", "Nguyễn Thị Lan", ""), 12)
    assert told
    assert words in told


@pytest.mark.parametrize(
    "password", ["con mèo nằm trên ghế", "correct horse battery", "1 tre em nhu bup tren canh"]
)
def test_length_counts_not_kinds_of_signs(password: str) -> None:
    assert passwords.weakness(password, ("lan.nt",), 12) is None


def test_the_most_usual_ones_that_are_long_enough_are_refused() -> None:
    usual = [each for each in FREQUENCY_LISTS["passwords"] if len(each) >= 12]
    assert len(usual) > 50
    taken = [each for each in usual if not passwords.weakness(each, (), 12)]
    assert taken == []
