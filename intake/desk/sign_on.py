"""Signing in with the organisation's own sign-on."""

from flask import Blueprint, redirect, request, session
from werkzeug.wrappers import Response

from intake.accounts.model import RefusedSignIn
from intake.accounts.sign_on import SignOn
from intake.desk.signing import DESK, next_page, with_cookies
from intake.errors import IntakeError
from intake.services import services

_START, _BACK = f"{DESK}dang-nhap-chung/", f"{DESK}dang-nhap-chung/ve/"

blueprint = Blueprint("sign_on", __name__)


class SignOnFailed(IntakeError):
    """The organisation's sign-on did not let somebody in, or can't be reached."""

    status = 403
    title = "Chưa đăng nhập được"


@blueprint.get(_START)
def away() -> Response:
    """Send somebody to the organisation's sign-on; who was led here elsewhere says so first."""
    sign_on = _sign_on()
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return redirect(f"{DESK}dang-nhap/", 303)
    session.clear()
    session["onward"] = next_page()
    try:
        return sign_on.away(services().portal.address(_BACK))
    except RefusedSignIn as refused:
        raise SignOnFailed(str(refused)) from refused


@blueprint.get(_BACK)
def back() -> Response:
    """Begin the session of whom the organisation's sign-on vouches for."""
    sign_on = _sign_on()
    onward = session.get("onward", DESK)
    accounts = services().accounts
    units = {row["code"] for row in services().registers.rows("units")}
    try:
        vouched = sign_on.vouched_for()
        account = sign_on.claims.account(vouched, units)
        accounts.take_from_sign_on(account, str(vouched["sub"]))
        begun = accounts.begin_session(account.name)
    except RefusedSignIn as refused:
        raise SignOnFailed(str(refused)) from refused
    finally:
        session.clear()
    return with_cookies(redirect(onward, 303), begun)


def _sign_on() -> SignOn:
    found = services().sign_on
    if found is None:
        raise SignOnFailed("Cổng này không dùng hệ thống đăng nhập chung.")
    return found
