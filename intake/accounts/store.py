"""The accounts in SQLite, beside the journal but apart from it: they change, the journal never."""

import contextlib
import dataclasses
import datetime as dt
import hashlib
import re
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from intake import databases
from intake.accounts.passwords import hashed, matches
from intake.cases.people import Grant, Person

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
CREATE TABLE IF NOT EXISTS session (
  token_hash TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES account (name),
  began_at INTEGER NOT NULL, seen_at INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS device (
  token_hash TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES account (name),
  known_at INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS failure (
  account TEXT NOT NULL, origin TEXT NOT NULL, at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS failure_by_origin ON failure (account, origin, at);
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
_SEEN_EVERY_SECONDS = 60
_ACCOUNTS_AN_ADDRESS = 10
"""How many times as many wrong passwords an address may send for all accounts together."""
_ADDRESSES_AN_ACCOUNT = 20
"""How many times as many wrong passwords an account may get from all places together. A browser
that its holder has used before is not held up by them."""
_SIGNED_IN = "device:signed-in"
"""From where somebody tries who has signed in and changes the password."""
_DEVICE_DAYS = 365
_FIRST_PASSWORD_DAYS = 14
"""For so long a password that somebody else gave lets its holder in to change it."""


class BadAccount(ValueError):
    """An account can't be kept like this; the message says why."""


class RefusedSignIn(Exception):
    """Nobody is signed in; the message says what to do, not whether there is such an account."""


@dataclass(frozen=True)
class Rules:
    """How long sessions live and how guessing is slowed down."""

    idle_minutes: int
    session_hours: int
    attempts: int
    """Wrong passwords for one account from one place within `pause_minutes`."""
    pause_minutes: int
    password_length: int


@dataclass(frozen=True)
class Account:
    """Somebody who may sign in."""

    name: str
    full_name: str
    email: str
    unit: str
    grants: tuple[Grant, ...]
    must_change: bool = False
    """The password was given by somebody else and must be changed first."""
    disabled: bool = False
    digest: bool = False
    """Is told once a day instead of at once."""

    @property
    def person(self) -> Person:
        """Whom a case knows."""
        return Person(self.name, self.full_name, self.email, self.unit, self.grants)


@dataclass(frozen=True)
class Change:
    """What was changed of an account, for whoever asks later."""

    at: dt.datetime
    by: str
    """The account of who did it, or by which way it was done."""
    account: str
    what: str
    """In words; neither passwords nor addresses."""


@dataclass(frozen=True)
class Session:
    """A session that has not ended, as its holder may see it."""

    began_at: dt.datetime
    seen_at: dt.datetime
    """To the minute."""
    is_this: bool
    """It is the one that asks."""


@dataclass(frozen=True)
class SignedIn:
    """What a browser gets when somebody signed in."""

    session: str
    device: str
    """Known from now on: guesses made elsewhere don't keep this one out."""


class AccountStore:
    """The accounts of one machine. Any number of threads and processes may use it."""

    def __init__(self, path: Path, rules: Rules, clock: Callable[[], dt.datetime]) -> None:
        databases.make(path, _SCHEMA)
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
                _end_sessions(database, account.name)
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
            origin = self._origin(database, name, address, device)
            self._count_attempt(database, name, origin, now)
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
            _forgive(database, name, origin)
            return _begin(database, name, now)

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
            return _begin(database, name, self._now())

    def session(self, token: str) -> Account | None:
        """Return whose session it is; None when it has ended."""
        key, now = _hash(token), self._now()
        with self._open() as database:
            row = database.execute(
                "SELECT account, began_at, seen_at FROM session WHERE token_hash = ?", [key]
            ).fetchone()
            if row is None:
                return None
            name, began_at, seen_at = row
            idle, age = now - seen_at, now - began_at
            if idle > self.rules.idle_minutes * 60 or age > self.rules.session_hours * 3600:
                database.execute("DELETE FROM session WHERE token_hash = ?", [key])
                return None
            if idle >= _SEEN_EVERY_SECONDS:
                database.execute("UPDATE session SET seen_at = ? WHERE token_hash = ?", [now, key])
        account = self.get(name)
        return account if account and not account.disabled else None

    def end_session(self, token: str) -> None:
        """End a session."""
        with self._open() as database:
            database.execute("DELETE FROM session WHERE token_hash = ?", [_hash(token)])

    def sessions(self, name: str, token: str) -> list[Session]:
        """Return the sessions of an account, the one with this token first, then the last used."""
        now, rules = self._now(), self.rules
        with self._open() as database:
            rows = database.execute(
                "SELECT began_at, seen_at, token_hash = ? AS is_this FROM session"
                " WHERE account = ? AND seen_at >= ? AND began_at >= ?"
                " ORDER BY is_this DESC, seen_at DESC",
                [
                    _hash(token),
                    name,
                    now - rules.idle_minutes * 60,
                    now - rules.session_hours * 3600,
                ],
            ).fetchall()
        return [
            Session(
                dt.datetime.fromtimestamp(began_at, dt.UTC),
                dt.datetime.fromtimestamp(seen_at, dt.UTC),
                bool(is_this),
            )
            for began_at, seen_at, is_this in rows
        ]

    def end_other_sessions(self, name: str, token: str) -> None:
        """End every session of an account but the one with this token."""
        with self._open() as database:
            database.execute(
                "DELETE FROM session WHERE account = ? AND token_hash <> ?", [name, _hash(token)]
            )

    def change_password(self, name: str, old: str, new: str) -> SignedIn:
        """Change one's own password; every other session of the account ends.

        Raises:
            RefusedSignIn: the old one is wrong, or there were too many wrong ones.
        """
        now = self._now()
        with self._open() as database:
            self._count_attempt(database, name, _SIGNED_IN, now)
            row = database.execute(
                "SELECT password_hash FROM account WHERE name = ?", [name]
            ).fetchone()
        if not matches(row[0] if row else None, old):
            raise RefusedSignIn("Mật khẩu đang dùng không đúng.")
        with self._open() as database:
            _forgive(database, name, _SIGNED_IN)
            _set_password(database, name, new, given_at=None)
            return _begin(database, name, now)

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

    def _origin(self, database: sqlite3.Connection, name: str, address: str, device: str) -> str:
        """Return from where somebody tries, as it is kept: never an address itself."""
        key = _hash(device)
        since = self._now() - _DEVICE_DAYS * 86_400
        known = database.execute(
            "SELECT 1 FROM device WHERE token_hash = ? AND account = ? AND known_at > ?",
            [key, name, since],
        ).fetchone()
        return f"device:{key}" if known else f"address:{_hash(address)}"

    def _count_attempt(
        self, database: sqlite3.Connection, name: str, origin: str, now: int
    ) -> None:
        """Count an attempt before its password is looked at, so that many at once count as many."""
        since = now - self.rules.pause_minutes * 60
        database.execute("DELETE FROM failure WHERE at <= ?", [since])
        most = self.rules.attempts
        tried = _failures(database, "account = ? AND origin = ?", name, origin) >= most
        if not origin.startswith("device:"):
            tried |= _failures(database, "origin = ?", origin) >= most * _ACCOUNTS_AN_ADDRESS
            tried |= _failures(database, "account = ?", name) >= most * _ADDRESSES_AN_ACCOUNT
        if tried:
            raise RefusedSignIn(
                f"Đã nhập sai nhiều lần từ máy này. Hãy thử lại sau {self.rules.pause_minutes} "
                "phút, hoặc nhờ quản trị cổng đặt lại mật khẩu."
            )
        database.execute("INSERT INTO failure VALUES (?, ?, ?)", [name, origin, now])

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


def told_grants(account: Account) -> str:
    """Return the roles of an account as they are typed: `coordinator:BC verifier`."""
    return " ".join(
        f"{grant.role}:{grant.unit}" if grant.unit else grant.role for grant in account.grants
    )


def _begin(database: sqlite3.Connection, name: str, now: int) -> SignedIn:
    signed_in = SignedIn(secrets.token_urlsafe(32), secrets.token_urlsafe(32))
    database.execute(
        "INSERT INTO session VALUES (?, ?, ?, ?)", [_hash(signed_in.session), name, now, now]
    )
    database.execute("INSERT INTO device VALUES (?, ?, ?)", [_hash(signed_in.device), name, now])
    return signed_in


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
    _end_sessions(database, name)


def _end_sessions(database: sqlite3.Connection, name: str) -> None:
    """End what others may hold: sessions, and browsers that are known."""
    database.execute("DELETE FROM session WHERE account = ?", [name])
    database.execute("DELETE FROM device WHERE account = ?", [name])


def _failures(database: sqlite3.Connection, where: str, *values: str) -> int:
    (count,) = database.execute(
        f"SELECT count(*) FROM failure WHERE {where}",  # noqa: S608 (a literal of this module)
        values,
    ).fetchone()
    return int(count)


def _forgive(database: sqlite3.Connection, name: str, origin: str) -> None:
    database.execute("DELETE FROM failure WHERE account = ? AND origin = ?", [name, origin])


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
