"""What is posted to a page with a slot: a filled form, or a receipt code to look up."""

from flask import Blueprint, request

from intake import receipts
from intake.errors import ContentConflict, StorageUnavailable, UnknownPage
from intake.journal.model import Submission
from intake.lookup import look_up
from intake.pages import BuiltPage
from intake.receipts import Token
from intake.sending import Sent, hold, read_sent
from intake.services import services

blueprint = Blueprint("intake", __name__)

Answer = tuple[str, int]


@blueprint.post("/")
@blueprint.post("/<path:address>")
def take(address: str = "") -> Answer:
    """Take what is posted to a page, according to the slot that the page has."""
    page = services().pages.at(address.rstrip("/"))
    match page.kind:
        case "form":
            return _take_form(page)
        case "lookup":
            return look_up(page)
        case _:
            raise UnknownPage("Địa chỉ này không nhận phiếu.")


def _take_form(page: BuiltPage) -> Answer:
    form = services().form(page.name)
    if form is None:
        raise UnknownPage("Biểu mẫu này không còn được dùng.")
    sent = read_sent(form)
    if not sent.sound or "_edit" in request.form:
        return _form_again(page, sent)
    if sent.token is None:
        return _ask_to_confirm(page, sent)
    return _keep(page, sent, sent.token)


def _form_again(page: BuiltPage, sent: Sent) -> Answer:
    """Answer with the same page, everything typed still there, and each error beside its field."""
    html = services().renderer.form(sent.form, sent.again())
    return (page.filled(html), 200) if sent.sound else (page.filled(html, "Lỗi: "), 422)


def _ask_to_confirm(page: BuiltPage, sent: Sent) -> Answer:
    """Answer a form without a token with one to send on: see the record on sending once."""
    token = receipts.new_token()
    held = hold(token, sent.files)
    html = services().renderer.confirmation(sent.form, sent.checked, token, held)
    return page.filled(html, "Xem lại: "), 200


def _keep(page: BuiltPage, sent: Sent, token: Token) -> Answer:
    renderer = services().renderer
    submission = Submission(sent.form, token, sent.checked.cells, sent.files)
    try:
        receipt = services().journal.append(submission)
    except (ContentConflict, StorageUnavailable) as refused:
        again = receipts.new_token() if isinstance(refused, ContentConflict) else token
        html = renderer.form(sent.form, sent.again(refused.message, again))
        return page.filled(html, "Lỗi: "), refused.status
    html = renderer.receipt(sent.form, receipt, receipts.receipt_code(token))
    return page.filled(html, "Đã ghi nhận: "), 201
