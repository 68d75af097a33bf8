"""Tokens, receipt codes and numbers: what makes sending twice the same as sending once.

The sender's browser holds a random token. Its hash is the unique key of the submission, and the
receipt code follows from it, so that the same token always gets the same receipt and the journal
need not keep the code itself.
"""

import hashlib
import re
import secrets
from typing import NewType

Token = NewType("Token", str)

CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Letters and digits without 0/O and 1/I: 5 bits each."""

_CODE_LENGTH = 12
_CODE_BITS = 5 * _CODE_LENGTH
_TOKEN = re.compile(r"[0-9a-f]{32}")


def new_token() -> Token:
    """Make a token of 128 random bits."""
    return Token(secrets.token_hex(16))


def read_token(text: str) -> Token | None:
    """Return the token, or None when `text` is none."""
    return Token(text) if _TOKEN.fullmatch(text) else None


def token_hash(token: Token) -> str:
    """Return what the journal keeps of a token."""
    return _sha256(f"token:{token}")


def receipt_code(token: Token) -> str:
    """Return the receipt code (60 bits) that follows from a token, as XXXX-XXXX-XXXX."""
    number = int(_sha256(f"receipt:{token}")[-_CODE_BITS // 4 :], 16)
    letters = "".join([CODE_ALPHABET[number >> 5 * place & 31] for place in range(_CODE_LENGTH)])
    return "-".join(letters[start : start + 4] for start in range(0, _CODE_LENGTH, 4))


def code_hash(typed: str) -> str:
    """Return what the journal keeps of a receipt code, however it was typed."""
    return _sha256("code:" + re.sub(r"[^0-9A-Z]", "", typed.upper()))


def case_number(prefix: str, year: int, ordinal: int) -> str:
    """Return the number of a case, such as KPH-2020-001."""
    return f"{prefix}-{year}-{ordinal:03}"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
