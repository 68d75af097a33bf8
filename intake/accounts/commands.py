"""The commands on accounts: add or change one, give a new password, list them."""

import argparse
from dataclasses import replace

from intake.accounts.keeping import grant_of, keep, renew_password
from intake.accounts.model import Account, told_grants
from intake.accounts.store import AccountStore
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
            password = renew_password(store, arguments.name)
            return f"Mật khẩu dùng lần đầu của {arguments.name}: {password}"


def _put(
    arguments: argparse.Namespace,
    store: AccountStore,
    roles: dict[str, Role],
    registers: Registers,
) -> str:
    before = store.get(arguments.name) or Account(arguments.name, "", "", "", ())
    units = {row["code"] for row in registers.rows("units")}
    grants = tuple(grant_of(text, roles, units) for text in arguments.roles.split())
    account = replace(
        before,
        full_name=arguments.full_name or before.full_name,
        email=arguments.email or before.email,
        unit=arguments.unit or before.unit,
        grants=grants or before.grants,
        disabled=arguments.off,
        digest=arguments.digest == "yes" if arguments.digest else before.digest,
    )
    password = keep(store, account, units)
    if not password:
        return f"Đã sửa: {_line(account)}"
    return f"Đã thêm: {_line(account)}\nMật khẩu dùng lần đầu: {password}"


def _line(account: Account) -> str:
    grants = told_grants(account) or "chưa có vai trò"
    off = " (đã khóa)" if account.disabled else ""
    return f"{account.name} – {account.full_name}, {account.unit}: {grants}{off}"
