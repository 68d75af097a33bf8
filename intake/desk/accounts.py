"""Who may sign in, and as what: the page of the administrator; and what is one's own."""

from dataclasses import replace

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from intake.accounts.keeping import grant_of, keep, renew_password, roles_for_accounts
from intake.accounts.model import Account, BadAccount
from intake.cases.people import Grant
from intake.desk.reach import keeps_accounts
from intake.desk.signing import DESK, session_token, signed_in
from intake.errors import NotAllowed, UnknownPage
from intake.services import services

_ACCOUNTS, _OWN = f"{DESK}tai-khoan/", f"{DESK}toi/"
_NEWEST_CHANGES = 50
_MORE_ROLES = 2
"""Empty lines for roles that are to be added."""
_DONE = {"thu": "Đã ghi cách nhận thư.", "phien": "Đã đăng xuất ở những nơi khác."}

blueprint = Blueprint("accounts", __name__)


@blueprint.get(_ACCOUNTS)
def accounts_page() -> str:
    """List the accounts, or show one to be changed (`?ten=`), or a new one (`?ten=` empty)."""
    keeper = _keeper()
    name = request.args.get("ten")
    if name is None:
        return _list(keeper)
    account = services().accounts.get(name) if name else Account("", "", "", "", ())
    if account is None:
        raise UnknownPage(f"Không có tài khoản {name[:40]}.")
    return _form(keeper, account)


@blueprint.post(_ACCOUNTS)
def change_account() -> str | tuple[str, int]:
    """Add or change an account, or give it a new password."""
    keeper = _keeper()
    accounts = services().accounts
    name = request.form.get("name", "").strip().lower()[:40]
    if request.form.get("do") == "password":
        try:
            password = renew_password(accounts, name, keeper.name)
        except BadAccount as bad:
            raise UnknownPage(str(bad)) from bad
        return _list(keeper, "Đã đặt mật khẩu mới.", name, password)
    typed = Account(name, "", "", "", ())
    try:
        typed = _typed(accounts.get(name) or typed)
        _check_own(keeper, typed)
        password = keep(accounts, typed, _units(), keeper.name)
    except BadAccount as bad:
        return _form(keeper, typed, str(bad)), 422
    return _list(keeper, "Đã thêm tài khoản." if password else "Đã sửa tài khoản.", name, password)


@blueprint.get(_OWN)
def own_page() -> str:
    """Show what the portal knows of whoever is signed in."""
    return _own(signed_in())


@blueprint.post(_OWN)
def change_own() -> Response:
    """Change how one is told, at once or once a day; or end one's sessions elsewhere."""
    account = signed_in()
    if request.form.get("do") == "sessions":
        services().accounts.end_other_sessions(account.name, session_token())
        return redirect(f"{_OWN}?xong=phien", 303)
    wanted = replace(account, digest=request.form.get("digest") == "yes")
    services().accounts.put(wanted, by=account.name)
    return redirect(f"{_OWN}?xong=thu", 303)


def _keeper() -> Account:
    account = signed_in()
    if not keeps_accounts(account, services().roles()):
        raise NotAllowed("Tài khoản do Quản trị cổng quản lý.")
    return account


def _typed(before: Account) -> Account:
    """Return the account as it was typed.

    Raises:
        BadAccount: a role or its unit is none.
    """
    roles, units, typed = services().roles(), _units(), request.form
    held = zip(typed.getlist("role"), typed.getlist("role_unit"), strict=False)
    texts = dict.fromkeys(f"{role}:{unit}" if unit else role for role, unit in held if role)
    return replace(
        before,
        full_name=typed.get("full_name", "").strip()[:200],
        email=typed.get("email", "").strip()[:200],
        unit=typed.get("unit", ""),
        disabled="disabled" in typed,
        digest="digest" in typed,
        grants=tuple(grant_of(text, roles, units) for text in texts),
    )


def _check_own(keeper: Account, typed: Account) -> None:
    """Keep administrators from shutting themselves out.

    Raises:
        BadAccount: they would.
    """
    if keeper.name == typed.name and (
        typed.disabled or not keeps_accounts(typed, services().roles())
    ):
        raise BadAccount("Không tự khóa hoặc tự bỏ vai trò quản trị của mình; hãy nhờ người khác.")


def _units() -> dict[str, str]:
    return {row["code"]: row["name"] for row in services().registers.rows("units")}


def _list(keeper: Account, note: str = "", name: str = "", password: str = "") -> str:
    return _page(
        "tai-khoan",
        "desk/accounts.html",
        account=keeper,
        accounts=services().accounts.all(),
        roles=services().roles(),
        changes=services().accounts.changes(_NEWEST_CHANGES),
        note=note,
        name=name,
        password=password,
    )


def _form(keeper: Account, asked: Account, problem: str = "") -> str:
    return _page(
        "tai-khoan",
        "desk/account.html",
        problem,
        account=keeper,
        asked=asked,
        is_new=services().accounts.get(asked.name) is None,
        held=[*asked.grants, *[Grant("")] * _MORE_ROLES],
        roles=roles_for_accounts(services().roles()),
        units=_units(),
    )


def _own(account: Account) -> str:
    return _page(
        "toi",
        "desk/own.html",
        account=account,
        roles=services().roles(),
        units=_units(),
        keeps=keeps_accounts(account, services().roles()),
        sessions=services().accounts.sessions(account.name, session_token()),
        done=_DONE.get(request.args.get("xong", ""), ""),
    )


def _page(address: str, template: str, problem: str = "", **values: object) -> str:
    page = services().pages.at(f"{DESK}{address}".strip("/"))
    html = services().renderer.render(template, desk=DESK, problem=problem, **values)
    return page.filled(html, "Lỗi: " if problem else "")
