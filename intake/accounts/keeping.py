"""What may be kept of an account, whether a command or a page of the desk asks for it."""

from collections.abc import Container, Mapping

from intake.accounts.model import Account, BadAccount
from intake.accounts.passwords import first_password
from intake.accounts.store import BY_COMMAND, AccountStore
from intake.cases.people import REPORTER, Grant
from intake.cases.roles import Role

_REPORTER = REPORTER.grants[0].role


def keep(store: AccountStore, account: Account, units: Container[str], by: str = BY_COMMAND) -> str:
    """Add an account or change it.

    Args:
        store: the accounts.
        account: as it shall be.
        units: the codes of all units.
        by: the account of who does it, or by which way it is done.

    Returns:
        The password for the first time when the account is new, else nothing.

    Raises:
        BadAccount: something of it can't be.
    """
    if not account.full_name:
        raise BadAccount('Tài khoản mới phải có họ tên: FULL_NAME="Nguyễn Thị Lan"')
    if account.unit not in units:
        raise BadAccount(f"Không có đơn vị {account.unit or '(trống)'} trong units.csv")
    password = "" if store.get(account.name) else first_password()
    store.put(account, password or None, by)
    return password


def renew_password(store: AccountStore, name: str, by: str = BY_COMMAND) -> str:
    """Give an account a new password for the first time, and return it.

    Raises:
        BadAccount: there is no such account.
    """
    account = store.get(name)
    if account is None:
        raise BadAccount(f"Không có tài khoản {name}")
    password = first_password()
    store.put(account, password, by)
    return password


def roles_for_accounts(roles: Mapping[str, Role]) -> dict[str, Role]:
    """Return the roles that an account may have: all but that of who holds a receipt code."""
    return {name: role for name, role in roles.items() if name != _REPORTER}


def grant_of(text: str, roles: Mapping[str, Role], units: Container[str]) -> Grant:
    """Return a role, bound to a unit or not, as it is typed: `coordinator:BC`.

    Raises:
        BadAccount: there is no such role or unit.
    """
    role, _, unit = text.partition(":")
    known = roles_for_accounts(roles)
    if role not in known:
        raise BadAccount(f"Không có vai trò {role}; có: {', '.join(known)}")
    if unit and unit not in units:
        raise BadAccount(f"Không có đơn vị {unit} trong units.csv")
    return Grant(role, unit)
