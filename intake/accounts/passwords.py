"""Passwords: how they are kept (argon2id), what they must be, and one for the first time."""

import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from intake.receipts import CODE_ALPHABET
from intake.text import fold

_LONGEST = 200
_AT_ONCE = 2
_hasher = PasswordHasher()  # argon2id with the second parameter set of RFC 9106
_turn = threading.BoundedSemaphore(_AT_ONCE)
"""Each hash takes 64 MiB: a crowd at the door must not take all memory."""
_GUESSES = 10**10
"""What fewer guesses would find is refused: the highest score of zxcvbn, "very unguessable"."""
_ESTIMATED = 72
"""So many signs does zxcvbn look at, at most."""
_USUAL_HERE = (
    *("mat khau", "anh yeu em", "em yeu anh", "xin chao", "viet nam", "ha noi", "sai gon"),
    "iso 9001",
)
"""What is usual in Viet Nam and unknown to zxcvbn; also without the blanks."""
_estimating = threading.Lock()
"""It keeps what it is told in a place that all threads share."""


def hashed(password: str) -> str:
    """Return what is kept of a password."""
    with _turn:
        return _hasher.hash(password)


_NOBODYS = hashed(secrets.token_hex(16))


def matches(kept: str | None, password: str) -> bool:
    """Tell whether a password is the one kept; takes as long when there is none."""
    if len(password) > _LONGEST:
        return False
    try:
        with _turn:
            _hasher.verify(kept or _NOBODYS, password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def first_password() -> str:
    """Return a password (80 random bits) to be changed when it is first used."""
    letters = [secrets.choice(CODE_ALPHABET) for _ in range(16)]
    return "-".join("".join(letters[start : start + 4]) for start in range(0, 16, 4))


def weakness(password: str, about: tuple[str, ...], least: int) -> str | None:
    """Tell why a password can't be used; None when it can.

    Length counts, not kinds of signs (NIST SP 800-63B, 5.1.1.2), and how soon it would be guessed
    from usual passwords, words, names, rows of keys, dates, and what is made of them (OWASP ASVS
    5.0, 6.2.4).

    Args:
        password: what was chosen.
        about: what others know of the person, such as the name of the account.
        least: the least number of signs.
    """
    plain = fold(password).replace(" ", "")
    if len(password) < least:
        return f"Mật khẩu phải có ít nhất {least} ký tự; một câu ngắn dễ nhớ là tốt nhất."
    if len(password) > _LONGEST:
        return f"Mật khẩu không được quá {_LONGEST} ký tự."
    if any(each and fold(each).replace(" ", "") in plain for each in about):
        return "Mật khẩu không được chứa tên đăng nhập, họ tên hoặc thư điện tử của bạn."
    if _guesses(fold(password)) < _GUESSES:
        return (
            "Mật khẩu này dễ đoán vì ghép từ những từ, dãy số hay ngày tháng quen thuộc; hãy chọn "
            "một câu ngắn mà chỉ bạn nghĩ ra."
        )
    return None


def _guesses(plain: str) -> float:
    """Return how many guesses would find a password, by its first signs."""
    usual = [*_USUAL_HERE, *(each.replace(" ", "") for each in _USUAL_HERE)]
    with _estimating:
        return float(zxcvbn(plain[:_ESTIMATED], user_inputs=usual)["guesses"])
