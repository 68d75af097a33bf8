"""The commands on accounts: add or change one, give a new password, list them."""

import argparse

from intake.accounts.passwords import first_password
from intake.accounts.store import Account, AccountStore, BadAccount
from intake.cases.people import Grant
from intake.cases.roles import Role
from intake.registers import Registers


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the `accounts` command takes."""
    does = parser.add_subparsers(dest="do", required=True)
    does.add_parser("list", help="list the accounts")
    put = does.add_parser("put", help="add an account, or change what is given of one")
    put.add_argument("name")
    for asked in ("full-name", "email", "unit"):
        put.add_argument(f"--{asked}", default="")
    put.add_argument("--roles", default="", help="such as `coordinator:BC verifier`")
    put.add_argument("--digest", choices=["yes", "no"], help="mail once a day, or at once")
    put.add_argument("--off", action="store_true", help="let nobody sign in with it any more")
    does.add_parser("password", help="give a new first password").add_argument("name")


def run(
    arguments: argparse.Namespace,
    store: AccountStore,
    roles: dict[str, Role],
    registers: Registers,
) -> str:
    """Run one command and return what to tell.

    Raises:
        BadAccount: what is asked for can't be done.
    """
    match arguments.do:
        case "list":
            return "\n".join(_line(each) for each in store.all()) or "Chưa có tài khoản nào."
        case "put":
            return _put(arguments, store, roles, registers)
        case _:
            return _new_password(_known(store, arguments.name), store)


def _put(
    arguments: argparse.Namespace,
    store: AccountStore,
    roles: dict[str, Role],
    registers: Registers,
) -> str:
    before = store.get(arguments.name)
    unit = arguments.unit or (before.unit if before else "")
    full_name = arguments.full_name or (before.full_name if before else "")
    if not full_name:
        raise BadAccount('Tài khoản mới phải có họ tên: FULL_NAME="Nguyễn Thị Lan"')
    units = {row["code"] for row in registers.rows("units")}
    grants = (
        tuple(_grant(text, roles, units) for text in arguments.roles.split())
        if arguments.roles
        else before.grants
        if before
        else ()
    )
    if unit not in units:
        raise BadAccount(f"Không có đơn vị {unit or '(trống)'} trong units.csv")
    account = Account(
        arguments.name,
        full_name,
        arguments.email or (before.email if before else ""),
        unit,
        grants,
        disabled=arguments.off,
        digest=arguments.digest == "yes" if arguments.digest else bool(before and before.digest),
    )
    if before:
        store.put(account)
        return f"Đã sửa: {_line(account)}"
    password = first_password()
    store.put(account, password)
    return f"Đã thêm: {_line(account)}\nMật khẩu dùng lần đầu: {password}"


def _new_password(account: Account, store: AccountStore) -> str:
    password = first_password()
    store.put(account, password)
    return f"Mật khẩu dùng lần đầu của {account.name}: {password}"


def _known(store: AccountStore, name: str) -> Account:
    account = store.get(name)
    if account is None:
        raise BadAccount(f"Không có tài khoản {name}")
    return account


def _grant(text: str, roles: dict[str, Role], units: set[str]) -> Grant:
    role, _, unit = text.partition(":")
    if role not in roles or role == "reporter":
        known = ", ".join(name for name in roles if name != "reporter")
        raise BadAccount(f"Không có vai trò {role}; có: {known}")
    if unit and unit not in units:
        raise BadAccount(f"Không có đơn vị {unit} trong units.csv")
    return Grant(role, unit)


def _line(account: Account) -> str:
    grants = " ".join(
        f"{grant.role}:{grant.unit}" if grant.unit else grant.role for grant in account.grants
    )
    off = " (đã khóa)" if account.disabled else ""
    return (
        f"{account.name} – {account.full_name}, {account.unit}: {grants or 'chưa có vai trò'}{off}"
    )
