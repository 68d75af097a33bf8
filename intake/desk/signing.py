"""Signing in and out, and one's own password."""

from urllib.parse import quote

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from intake.accounts.model import Account, RefusedSignIn
from intake.accounts.passwords import weakness
from intake.accounts.sessions import DEVICE_SECONDS, SignedIn
from intake.errors import IntakeError
from intake.services import services

DESK = "/xu-ly/"
_SIGN_IN, _PASSWORD = "dang-nhap", "mat-khau"
_SESSION, _DEVICE = "qms_session", "qms_device"
ONLY_OVER_TLS = "__Secure-"
"""A browser takes a cookie with this before its name over TLS alone, whoever sets it."""

blueprint = Blueprint("signing", __name__)


class NotSignedIn(IntakeError):
    """Nobody has signed in, or the session has ended, or the first password was not changed."""

    status = 401
    title = "Hãy đăng nhập"


def signed_in() -> Account:
    """Return who is signed in.

    Raises:
        NotSignedIn: nobody is, or the password that others gave was not changed yet.
    """
    account = services().accounts.session(session_token())
    if account is None:
        raise NotSignedIn("Phiên làm việc đã hết hoặc bạn chưa đăng nhập.")
    if account.must_change and not request.path.startswith(f"{DESK}{_PASSWORD}/"):
        raise NotSignedIn("Hãy đổi mật khẩu dùng lần đầu trước khi làm việc khác.")
    return account


def ask_to_sign_in(_: NotSignedIn) -> Response:
    """Lead to the page that asks for what is missing, and back again."""
    account = services().accounts.session(session_token())
    page = _PASSWORD if account else _SIGN_IN
    here = request.full_path.rstrip("?") if request.method == "GET" else DESK
    return redirect(f"{DESK}{page}/?tiep={quote(here)}", 303)


@blueprint.get(f"{DESK}{_SIGN_IN}/")
def sign_in_page() -> str:
    """Ask for name and password."""
    return _sign_in_form()


@blueprint.post(f"{DESK}{_SIGN_IN}/")
def sign_in() -> Response | tuple[str, int]:
    """Begin a session."""
    name, password = request.form.get("name", "")[:100], request.form.get("password", "")
    address, device = request.remote_addr or "", kept_by_browser(_DEVICE)
    try:
        begun = services().accounts.sign_in(name, password, address, device)
    except RefusedSignIn as refused:
        return _sign_in_form(name, str(refused)), 401
    return with_cookies(redirect(next_page(), 303), begun)


@blueprint.post(f"{DESK}dang-xuat/")
def sign_out() -> Response:
    """End the session."""
    services().accounts.end_session(session_token())
    here = f"{DESK}{_SIGN_IN}/"
    sign_on = services().sign_on
    elsewhere = sign_on.signed_out(services().portal.address(here)) if sign_on else None
    answer = redirect(elsewhere or here, 303)
    answer.delete_cookie(_cookie(_SESSION), path=DESK, secure=_is_secure())
    answer.headers["Clear-Site-Data"] = '"storage"'  # drafts of the desk
    return answer


@blueprint.get(f"{DESK}{_PASSWORD}/")
def password_page() -> str:
    """Ask for the present password and a new one."""
    return _password_form(signed_in())


@blueprint.post(f"{DESK}{_PASSWORD}/")
def change_password() -> Response | tuple[str, int]:
    """Change one's own password."""
    account = signed_in()
    accounts = services().accounts
    old, new, again = (request.form.get(name, "") for name in ("old", "new", "again"))
    known = (account.name, account.full_name, account.email.partition("@")[0])
    problem = weakness(new, known, accounts.rules.password_length)
    if problem is None and new != again:
        problem = "Hai lần gõ mật khẩu mới không giống nhau."
    if problem is None and new == old:
        problem = "Mật khẩu mới phải khác mật khẩu đang dùng."
    if problem is None:
        try:
            begun = accounts.change_password(account.name, old, new)
        except RefusedSignIn as refused:
            problem = str(refused)
        else:
            return with_cookies(redirect(next_page(), 303), begun)
    return _password_form(account, problem), 422


def _sign_in_form(name: str = "", problem: str = "") -> str:
    page = services().pages.at(f"{DESK}{_SIGN_IN}".strip("/"))
    html = services().renderer.render(
        "desk/sign_in.html",
        name=name,
        problem=problem,
        onward=next_page(),
        sign_on=services().sign_on is not None,
        desk=DESK,
    )
    return page.filled(html, "Lỗi: " if problem else "")


def _password_form(account: Account, problem: str = "") -> str:
    page = services().pages.at(f"{DESK}{_PASSWORD}".strip("/"))
    html = services().renderer.render(
        "desk/password.html",
        account=account,
        problem=problem,
        least=services().accounts.rules.password_length,
        desk=DESK,
        onward=next_page(),
    )
    return page.filled(html, "Lỗi: " if problem else "")


def next_page() -> str:
    """Return where to go on, within the desk only."""
    wanted = request.values.get("tiep", DESK)
    is_path = wanted.isprintable() and "\\" not in wanted
    return wanted if is_path and wanted.startswith(DESK) else DESK


def session_token() -> str:
    """Return what the browser keeps of its session; empty when it keeps nothing."""
    return kept_by_browser(_SESSION)


def kept_by_browser(name: str) -> str:
    """Return what the browser keeps under a name; empty when it keeps nothing."""
    return request.cookies.get(_cookie(name), "")


def _cookie(name: str) -> str:
    return f"{ONLY_OVER_TLS}{name}" if _is_secure() else name


def _is_secure() -> bool:
    return request.is_secure or services().portal.is_https


def with_cookies(answer: Response, begun: SignedIn) -> Response:
    """Let the browser keep what a session is known by; the session that it had ends."""
    services().accounts.end_session(session_token())
    for name, value, age in (
        (_SESSION, begun.session, None),
        (_DEVICE, begun.device, DEVICE_SECONDS),
    ):
        answer.set_cookie(
            _cookie(name),
            value,
            max_age=age,
            path=DESK,
            secure=_is_secure(),
            httponly=True,
            samesite="Lax",
        )
    return answer
