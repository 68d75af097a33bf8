"""Guessing of passwords is slowed down by where it comes from; nobody locks out another place."""

import sqlite3

from intake.accounts.model import RefusedSignIn, Rules
from intake.accounts.sessions import knows, token_hash

SCHEMA = """
CREATE TABLE IF NOT EXISTS failure (
  account TEXT NOT NULL, origin TEXT NOT NULL, at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS failure_by_origin ON failure (account, origin, at);
"""
SIGNED_IN = "device:signed-in"
"""From where somebody tries who has signed in and changes the password."""
_ACCOUNTS_AN_ADDRESS = 10
"""How many times as many wrong passwords an address may send for all accounts together."""
_ADDRESSES_AN_ACCOUNT = 20
"""How many times as many wrong passwords an account may get from all places together. A browser
that its holder has used before is not held up by them."""


def origin_of(database: sqlite3.Connection, name: str, address: str, device: str, now: int) -> str:
    """Return from where somebody tries, as it is kept: never an address itself."""
    if knows(database, name, device, now):
        return f"device:{token_hash(device)}"
    return f"address:{token_hash(address)}"


def count(database: sqlite3.Connection, name: str, origin: str, rules: Rules, now: int) -> None:
    """Count an attempt before its password is looked at, so that many at once count as many.

    Raises:
        RefusedSignIn: there were too many.
    """
    database.execute("DELETE FROM failure WHERE at <= ?", [now - rules.pause_minutes * 60])
    most = rules.attempts
    tried = _failures(database, "account = ? AND origin = ?", name, origin) >= most
    if not origin.startswith("device:"):
        tried |= _failures(database, "origin = ?", origin) >= most * _ACCOUNTS_AN_ADDRESS
        tried |= _failures(database, "account = ?", name) >= most * _ADDRESSES_AN_ACCOUNT
    if tried:
        raise RefusedSignIn(
            f"Đã nhập sai nhiều lần từ máy này. Hãy thử lại sau {rules.pause_minutes} "
            "phút, hoặc nhờ quản trị cổng đặt lại mật khẩu."
        )
    database.execute("INSERT INTO failure VALUES (?, ?, ?)", [name, origin, now])


def forgive(database: sqlite3.Connection, name: str, origin: str) -> None:
    """Forget what was wrong from there: the right password came."""
    database.execute("DELETE FROM failure WHERE account = ? AND origin = ?", [name, origin])


def _failures(database: sqlite3.Connection, where: str, *values: str) -> int:
    (number,) = database.execute(
        f"SELECT count(*) FROM failure WHERE {where}",  # noqa: S608 (a literal of this module)
        values,
    ).fetchone()
    return int(number)
