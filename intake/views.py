"""What is posted to a page with a slot: a filled form, or a receipt code to look up."""

from flask import Blueprint, request

from intake import receipts
from intake.attachments import RefusedFile, read_attachments
from intake.errors import ContentConflict, StorageUnavailable, UnknownPage
from intake.forms.checking import Checked, check
from intake.forms.rendering import FILES_FIELD, FormState
from intake.forms.schema import Form
from intake.journal.model import Attachment, Submission
from intake.pages import BuiltPage
from intake.receipts import Token
from intake.services import services

blueprint = Blueprint("intake", __name__)

Answer = tuple[str, int]

_UNKNOWN_CODE = "Không có phiếu nào ứng với mã này. Hãy xem lại từng chữ, nhất là 2 và Z, 5 và S."


@blueprint.post("/")
@blueprint.post("/<path:address>")
def take(address: str = "") -> Answer:
    """Take what is posted to a page, according to the slot that the page has."""
    page = services().pages.at(address.rstrip("/"))
    match page.kind:
        case "form":
            return _take_form(page)
        case "lookup":
            return _look_up(page)
        case _:
            raise UnknownPage("Địa chỉ này không nhận phiếu.")


def _take_form(page: BuiltPage) -> Answer:
    form = services().forms().get(page.name)
    if form is None:
        raise UnknownPage("Biểu mẫu này không còn được dùng.")
    token = receipts.read_token(request.form.get("_token", ""))
    sent = {name: values for name, values in request.form.lists() if not name.startswith("_")}
    checked = check(form, sent, services().registers, services().today())
    files = _files(form, checked, token)
    if checked.errors or "_edit" in request.form:
        return _form_again(page, form, checked, token, files)
    if token is None:
        return _ask_to_confirm(page, form, checked, files)
    return _keep(page, form, checked, token, files)


def _files(form: Form, checked: Checked, token: Token | None) -> tuple[Attachment, ...]:
    """Return the files that go with the form, or note why one can't."""
    if not form.takes_attachments:
        return ()
    kept = set(request.form.getlist("_keep"))
    held = _held(token, kept) if token and kept else ()
    try:
        return read_attachments(request.files.getlist(FILES_FIELD), held, services().portal)
    except RefusedFile as refused:
        checked.errors[FILES_FIELD] = str(refused)
        return held


def _form_again(
    page: BuiltPage,
    form: Form,
    checked: Checked,
    token: Token | None,
    files: tuple[Attachment, ...],
) -> Answer:
    """Answer with the same page, everything typed still there, and each error beside its field."""
    token = token or receipts.new_token()
    held = _hold(token, files)
    state = FormState(checked.typed, checked.errors, token, held)
    title = "Lỗi: " if checked.errors else ""
    status = 422 if checked.errors else 200
    return page.filled(services().renderer.form(form, state), title), status


def _ask_to_confirm(
    page: BuiltPage, form: Form, checked: Checked, files: tuple[Attachment, ...]
) -> Answer:
    """Answer a form without a token with one to send on: see the record on sending once."""
    token = receipts.new_token()
    held = _hold(token, files)
    html = services().renderer.confirmation(form, checked, token, held)
    return page.filled(html, "Xem lại: "), 200


def _keep(
    page: BuiltPage, form: Form, checked: Checked, token: Token, files: tuple[Attachment, ...]
) -> Answer:
    renderer = services().renderer
    try:
        receipt = services().journal.append(Submission(form, token, checked.cells, files))
    except (ContentConflict, StorageUnavailable) as refused:
        again = receipts.new_token() if isinstance(refused, ContentConflict) else token
        held = _hold(again, files)
        state = FormState(checked.typed, {}, again, held, refused.message)
        return page.filled(renderer.form(form, state), "Lỗi: "), refused.status
    html = renderer.receipt(form, receipt, receipts.receipt_code(token))
    return page.filled(html, "Đã ghi nhận: "), 201


def _hold(token: Token, files: tuple[Attachment, ...]) -> tuple[Attachment, ...]:
    """Hold files for the next try; when that can't be done the sender chooses them again."""
    try:
        services().journal.hold(token, files)
    except StorageUnavailable:
        return ()
    return files


def _held(token: Token, kept: set[str]) -> tuple[Attachment, ...]:
    """Return the files held for the sender that were not unticked; none when they can't be read."""
    try:
        return tuple(file for file in services().journal.held(token) if file.sha256 in kept)
    except StorageUnavailable:
        return ()


def _look_up(page: BuiltPage) -> Answer:
    typed = request.form.get("code", "")[:100]
    event = services().journal.find(receipts.code_hash(typed))
    form = services().forms().get(event.form) if event else None
    renderer = services().renderer
    if event is None or form is None:
        error = _UNKNOWN_CODE if typed.strip() else "Hãy điền mã tra cứu."
        return page.filled(renderer.lookup(typed, error), "Lỗi: "), 404 if typed.strip() else 422
    return page.filled(renderer.case(form, event), f"{event.number}: "), 200
