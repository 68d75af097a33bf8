"""Mails that could not be sent, for those who know the senders, and another try."""

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

from intake.accounts.model import Account
from intake.desk.reach import sees_sender
from intake.desk.signing import DESK, signed_in
from intake.errors import NotAllowed
from intake.notices.mail import subject
from intake.services import services

_PAGE = f"{DESK}thu/"

blueprint = Blueprint("post", __name__)


@blueprint.get(_PAGE)
def unsent_page() -> str:
    """List the mails that could not be sent."""
    account = _allowed()
    html = services().renderer.render(
        "desk/post.html",
        desk=DESK,
        account=account,
        unsent=[(subject(each.notice), each) for each in services().outbox.unsent()],
    )
    return services().pages.at(_PAGE.strip("/")).filled(html)


@blueprint.post(_PAGE)
def try_again() -> Response:
    """Let all of them be tried at the next run."""
    _allowed()
    services().outbox.try_again()
    return redirect(_PAGE, 303)


def _allowed() -> Account:
    account = signed_in()
    if not sees_sender(account, services().roles()):
        raise NotAllowed("Thư chưa gửi được do Thư ký ISO theo dõi.")
    return account
