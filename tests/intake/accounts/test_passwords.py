import pytest

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
    ],
)
def test_what_others_would_guess_is_refused(password: str, words: str) -> None:
    told = passwords.weakness(password, ("lan.nt", "Nguyễn Thị Lan", ""), 12)
    assert told
    assert words in told


def test_length_counts_not_kinds_of_signs() -> None:
    assert passwords.weakness("con mèo nằm trên ghế", ("lan.nt",), 12) is None
