"""The accounts in SQLite, beside the journal but apart from it: they change, the journal never."""

import contextlib
import dataclasses
import datetime as dt
import re
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from intake import databases
from intake.accounts import guesses, sessions
from intake.accounts.model import Account, BadAccount, Change, RefusedSignIn, Rules, told_grants
from intake.accounts.passwords import hashed, matches
from intake.accounts.sessions import Session, SignedIn
from intake.cases.people import Grant

_SCHEMA = """
CREATE TABLE IF NOT EXISTS account (
  name TEXT PRIMARY KEY, full_name TEXT NOT NULL, email TEXT NOT NULL, unit TEXT NOT NULL,
  password_hash TEXT, must_change INTEGER NOT NULL, disabled INTEGER NOT NULL,
  digest INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS role_grant (
  account TEXT NOT NULL REFERENCES account (name), role TEXT NOT NULL, unit TEXT NOT NULL,
  PRIMARY KEY (account, role, unit)
) STRICT;
CREATE TABLE IF NOT EXISTS change (
  at INTEGER NOT NULL, by TEXT NOT NULL, account TEXT NOT NULL, what TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS first_password (
  account TEXT PRIMARY KEY REFERENCES account (name), given_at INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS subject (
  account TEXT PRIMARY KEY REFERENCES account (name), value TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS secret (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
"""
BY_COMMAND, BY_SIGN_ON = "lệnh trên máy chủ", "đăng nhập chung"
"""By which way an account is changed when nobody at the desk does it."""
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,38}[a-z0-9])?")
_FIRST_PASSWORD_DAYS = 14
"""For so long a password that somebody else gave lets its holder in to change it."""


class AccountStore:
    """The accounts of one machine. Any number of threads and processes may use it."""

    def __init__(self, path: Path, rules: Rules, clock: Callable[[], dt.datetime]) -> None:
        databases.make(path, _SCHEMA + sessions.SCHEMA + guesses.SCHEMA)
        self._path = path
        self.rules = rules
        self._clock = clock

    def put(self, account: Account, password: str | None = None, by: str = BY_COMMAND) -> None:
        """Add an account or change it, and write down what changed.

        Its sessions end when it is disabled.

        Args:
            account: as it shall be from now on.
            password: a new one, to be changed at the next sign-in; None leaves what there is.
            by: the account of who does it, or by which way it is done.

        Raises:
            BadAccount: the name can't be used.
        """
        if not _NAME.fullmatch(account.name):
            raise BadAccount(
                "Tên đăng nhập gồm 1–40 chữ thường không dấu, số, dấu chấm, gạch: như lan.nt"
            )
        before = self.get(account.name)
        with self._open() as database:
            database.execute(
                "INSERT INTO account VALUES (?, ?, ?, ?, NULL, 0, ?, ?) ON CONFLICT DO UPDATE SET"
                " full_name = excluded.full_name, email = excluded.email, unit = excluded.unit,"
                " disabled = excluded.disabled, digest = excluded.digest",
                [
                    account.name,
                    account.full_name,
                    account.email,
                    account.unit,
                    account.disabled,
                    account.digest,
                ],
            )
            database.execute("DELETE FROM role_grant WHERE account = ?", [account.name])
            database.executemany(
                "INSERT INTO role_grant VALUES (?, ?, ?)",
                [(account.name, grant.role, grant.unit) for grant in account.grants],
            )
            if password is not None:
                _set_password(database, account.name, password, given_at=self._now())
            if account.disabled:
                sessions.end_all(database, account.name)
                database.execute("DELETE FROM subject WHERE account = ?", [account.name])
            if what := "; ".join(_differences(before, account, password)):
                database.execute(
                    "INSERT INTO change VALUES (?, ?, ?, ?)", [self._now(), by, account.name, what]
                )

    def get(self, name: str) -> Account | None:
        """Return the account of that name, if there is one."""
        return next(iter(self._accounts("WHERE name = ?", name)), None)

    def all(self) -> list[Account]:
        """Return every account, by name."""
        return list(self._accounts(""))

    def sign_in(self, name: str, password: str, address: str, device: str) -> SignedIn:
        """Begin a session.

        Wrong passwords count by account and by where they come from: a browser that has signed
        in to this account before, else the address. So nobody locks out another place. An
        address also has its limit over all accounts, and an account over all addresses; a browser
        that its holder has used before is held up by neither.

        Args:
            name: of the account, as typed.
            password: as typed.
            address: network address of the client; kept hashed, as long as failures count.
            device: what the browser kept of an earlier sign-in; empty when it is new.

        Raises:
            RefusedSignIn: unknown, disabled, wrong, or too many wrong ones.
        """
        name = name.strip().lower()
        now = self._now()
        with self._open() as database:
            origin = guesses.origin_of(database, name, address, device, now)
            guesses.count(database, name, origin, self.rules, now)
            row = database.execute(
                "SELECT password_hash, given_at FROM account LEFT JOIN first_password"
                " ON account = name WHERE name = ? AND NOT disabled",
                [name],
            ).fetchone()
        if not matches(row[0] if row else None, password):
            raise RefusedSignIn("Tên đăng nhập hoặc mật khẩu không đúng.")
        if row[1] is not None and row[1] < now - _FIRST_PASSWORD_DAYS * 86_400:
            raise RefusedSignIn(
                f"Mật khẩu dùng lần đầu đã quá {_FIRST_PASSWORD_DAYS} ngày; "
                "hãy nhờ quản trị cổng đặt lại."
            )
        with self._open() as database:
            guesses.forgive(database, name, origin)
            return sessions.begin(database, name, now)

    def take_from_sign_on(self, account: Account, subject: str) -> None:
        """Take over what another sign-on says of somebody, as it is today.

        How they chose to be told stays.

        Args:
            account: as it says.
            subject: whom it means, whatever they are called. The first one keeps the name, until
                the account is locked.

        Raises:
            RefusedSignIn: the name belongs to somebody else there, or to an account with a
                password of its own, whose holder need not be the same person; or the account is
                locked here.
        """
        with self._open() as database:
            row = database.execute(
                "SELECT password_hash, disabled, digest, value FROM account"
                " LEFT JOIN subject ON account = name WHERE name = ?",
                [account.name],
            ).fetchone()
        if row and (row[0] is not None or row[1] or row[3] not in {None, subject}):
            raise RefusedSignIn(
                "Tên này là của một tài khoản riêng của cổng, của người khác hoặc đã bị khóa; "
                "hãy báo quản trị cổng."
            )
        digest = bool(row and row[2])
        self.put(dataclasses.replace(account, digest=digest), by=BY_SIGN_ON)
        with self._open() as database:
            database.execute(
                "INSERT OR REPLACE INTO subject VALUES (?, ?)", [account.name, subject]
            )

    def changes(self, newest: int) -> list[Change]:
        """Return the newest changes of accounts, the last one first."""
        with self._open() as database:
            rows = database.execute(
                "SELECT at, by, account, what FROM change ORDER BY rowid DESC LIMIT ?", [newest]
            ).fetchall()
        return [Change(dt.datetime.fromtimestamp(at, dt.UTC), *rest) for at, *rest in rows]

    def secret(self, name: str) -> str:
        """Return a secret (256 random bits) that is made once and then stays."""
        with self._open() as database:
            database.execute(
                "INSERT OR IGNORE INTO secret VALUES (?, ?)", [name, secrets.token_hex(32)]
            )
            row = database.execute("SELECT value FROM secret WHERE name = ?", [name]).fetchone()
        return str(row[0])

    def begin_session(self, name: str) -> SignedIn:
        """Begin a session for somebody whom another sign-on has vouched for.

        Raises:
            RefusedSignIn: there is no such account, or it is disabled.
        """
        account = self.get(name)
        if account is None or account.disabled:
            raise RefusedSignIn("Tài khoản này chưa được dùng cổng; hãy báo đơn vị đầu mối.")
        with self._open() as database:
            return sessions.begin(database, name, self._now())

    def session(self, token: str) -> Account | None:
        """Return whose session it is; None when it has ended."""
        with self._open() as database:
            name = sessions.holder(database, token, self.rules, self._now())
        account = self.get(name) if name else None
        return account if account and not account.disabled else None

    def end_session(self, token: str) -> None:
        """End a session."""
        with self._open() as database:
            sessions.end(database, token)

    def sessions(self, name: str, token: str) -> list[Session]:
        """Return the sessions of an account, the one with this token first, then the last used."""
        with self._open() as database:
            return sessions.living(database, name, token, self.rules, self._now())

    def end_other_sessions(self, name: str, token: str) -> None:
        """End every session of an account but the one with this token."""
        with self._open() as database:
            sessions.end_others(database, name, token)

    def change_password(self, name: str, old: str, new: str) -> SignedIn:
        """Change one's own password; every other session of the account ends.

        Raises:
            RefusedSignIn: the old one is wrong, or there were too many wrong ones.
        """
        now = self._now()
        with self._open() as database:
            guesses.count(database, name, guesses.SIGNED_IN, self.rules, now)
            row = database.execute(
                "SELECT password_hash FROM account WHERE name = ?", [name]
            ).fetchone()
        if not matches(row[0] if row else None, old):
            raise RefusedSignIn("Mật khẩu đang dùng không đúng.")
        with self._open() as database:
            guesses.forgive(database, name, guesses.SIGNED_IN)
            _set_password(database, name, new, given_at=None)
            return sessions.begin(database, name, now)

    def _accounts(self, where: str, *values: str) -> Iterator[Account]:
        with self._open() as database:
            rows = database.execute(
                "SELECT name, full_name, email, unit, must_change, disabled, digest FROM account"  # noqa: S608 (a literal of this class)
                f" {where} ORDER BY name",
                values,
            ).fetchall()
            grants = database.execute(
                "SELECT account, role, unit FROM role_grant ORDER BY role, unit"
            ).fetchall()
        for name, full_name, email, unit, *switches in rows:
            held = tuple(Grant(role, bound) for whose, role, bound in grants if whose == name)
            yield Account(name, full_name, email, unit, held, *map(bool, switches))

    def _now(self) -> int:
        return int(self._clock().timestamp())

    def _open(self) -> contextlib.AbstractContextManager[sqlite3.Connection]:
        return databases.transaction(self._path)


def _differences(before: Account | None, after: Account, password: str | None) -> Iterator[str]:
    """Yield what a change changes, in words."""
    if before is None:
        yield f"thêm; vai trò: {told_grants(after)}"
        return
    if before.full_name != after.full_name:
        yield f"họ tên: {before.full_name} → {after.full_name}"
    if before.unit != after.unit:
        yield f"đơn vị: {before.unit} → {after.unit}"
    if set(before.grants) != set(after.grants):
        yield f"vai trò: {told_grants(before)} → {told_grants(after)}"
    if before.email != after.email:
        yield "thư điện tử"
    if before.digest != after.digest:
        yield "thư gom mỗi ngày" if after.digest else "thư gửi ngay"
    if before.disabled != after.disabled:
        yield "khóa" if after.disabled else "mở khóa"
    if password is not None:
        yield "mật khẩu mới"


def _set_password(
    database: sqlite3.Connection, name: str, password: str, *, given_at: int | None
) -> None:
    """Set a password; `given_at` says when it was given by somebody else, to be changed."""
    database.execute(
        "UPDATE account SET password_hash = ?, must_change = ? WHERE name = ?",
        [hashed(password), given_at is not None, name],
    )
    database.execute("DELETE FROM first_password WHERE account = ?", [name])
    if given_at is not None:
        database.execute("INSERT INTO first_password VALUES (?, ?)", [name, given_at])
    sessions.end_all(database, name)
