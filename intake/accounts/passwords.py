"""Passwords: how they are kept (argon2id), what they must be, and one for the first time."""

import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from intake.receipts import CODE_ALPHABET
from intake.text import fold

_LONGEST = 200
_AT_ONCE = 2
_hasher = PasswordHasher()  # argon2id with the second parameter set of RFC 9106
_turn = threading.BoundedSemaphore(_AT_ONCE)
"""Each hash takes 64 MiB: a crowd at the door must not take all memory."""
_COMMON = ("matkhau", "password", "12345", "qwerty", "abcdef", "iso9001")


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

    Length counts, not kinds of signs (NIST SP 800-63B, 5.1.1.2).

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
    if len(set(plain)) < 5 or any(plain.startswith(each) for each in _COMMON):
        return "Mật khẩu này dễ đoán; hãy chọn mật khẩu khác."
    return None
