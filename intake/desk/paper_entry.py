"""Slips that were written on paper, typed in by the secretariat for whoever wrote them."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, request

from intake import receipts
from intake.accounts.model import Account
from intake.cases.people import Grant
from intake.desk.signing import DESK, signed_in
from intake.errors import ContentConflict, NotAllowed, StorageUnavailable, UnknownPage
from intake.forms.checking import Checked, check
from intake.forms.rendering import FILES_FIELD, FormState
from intake.forms.schema import Form, form_from_descriptor
from intake.journal.model import OnPaper, Submission
from intake.receipts import Token
from intake.sending import Sent, read_sent
from intake.services import services

_PAGE = f"{DESK}nhap-phieu/"
_ROLE = "secretariat"
_WRITTEN, _RECEIVED = "_written_on", "_received_on"
"""No questions of a form: their names begin with `_`, as all that goes with one."""


def _day(name: str, title: str, description: str) -> dict[str, object]:
    return {
        "name": name,
        "title": title,
        "description": description,
        "type": "date",
        "constraints": {"required": True, "minimum": "2000-01-01"},
        "example": "2020-09-08",
        "section": "paper",
        "access": "internal",
        "not_after": "today",
    }


_PAPER = form_from_descriptor(
    "paper",
    {
        "title": "Phiếu giấy",
        "sections": [{"name": "paper", "title": "Phiếu giấy"}],
        "fields": [
            _day(_WRITTEN, "Ngày ghi trên phiếu", "Ngày mà người viết ghi trên phiếu giấy."),
            _day(_RECEIVED, "Ngày nhận phiếu", "Ngày phiếu giấy đến đơn vị đầu mối."),
        ],
    },
)

blueprint = Blueprint("paper_entry", __name__)


def may_type_in(account: Account) -> bool:
    """Tell whether somebody types in what others wrote on paper."""
    return _grant(account) is not None


@blueprint.get(_PAGE)
def entry_page() -> str:
    """Offer the forms, or show the one that was chosen."""
    account = _allowed()
    state = FormState(token=receipts.new_token())
    return _page(account, _asked(), state, FormState())


@blueprint.post(_PAGE)
def type_in() -> tuple[str, int]:
    """Keep a slip that was typed in; whatever stands in the way, nothing typed is lost.

    Raises:
        NotSignedIn, NotAllowed: nobody is signed in, or has no role for it.
        UnknownPage: there is no such form.
    """
    account, form = _allowed(), _asked()
    if form is None:
        raise UnknownPage("Cổng không có loại phiếu này.")
    sent, days = read_sent(form, takes_files=True), _days()
    shown = FormState(days.typed, days.errors)
    if not sent.sound or days.errors or sent.token is None:
        return _page(account, form, sent.again(), shown), 422
    try:
        return _keep(account, sent, sent.token, days), 201
    except (ContentConflict, StorageUnavailable) as refused:
        token = receipts.new_token() if isinstance(refused, ContentConflict) else None
        return _page(account, form, sent.again(refused.message, token), shown), refused.status


def _keep(account: Account, sent: Sent, token: Token, days: Checked) -> str:
    """Keep a slip and return the page with its receipt, which is handed over to its sender.

    Raises:
        ContentConflict, StorageUnavailable: as `Journal.append`.
    """
    actor = account.person.acting(_grant(account) or Grant(_ROLE))
    paper = OnPaper(actor, days.cells[_WRITTEN], days.cells[_RECEIVED])
    submission = Submission(sent.form, token, sent.checked.cells, sent.files, paper)
    receipt = services().journal.append(submission)
    code = receipts.receipt_code(token)
    return _filled("desk/typed_in.html", account, form=sent.form, receipt=receipt, code=code)


def _days() -> Checked:
    """Check the two days: neither lies ahead, and no paper comes in before it is written."""
    given = {name: request.form.getlist(name) for name in (_WRITTEN, _RECEIVED)}
    days = check(_PAPER, given, services().registers, services().today())
    if not days.errors and days.cells[_RECEIVED] < days.cells[_WRITTEN]:
        days.errors[_RECEIVED] = "Ngày nhận phiếu không thể trước ngày ghi trên phiếu."
    return days


def _asked() -> Form | None:
    return services().forms().get(request.args.get("phieu", ""))


def _grant(account: Account) -> Grant | None:
    return account.person.grant({_ROLE}, ())


def _allowed() -> Account:
    account = signed_in()
    if not may_type_in(account):
        raise NotAllowed("Nhập phiếu giấy là việc của Thư ký ISO.")
    return account


def _page(account: Account, form: Form | None, state: FormState, days: FormState) -> str:
    """Show the form that was asked for, below what is asked of its paper and the scan of it."""
    errors = {name: error for name, error in state.errors.items() if name == FILES_FIELD}
    days = replace(days, errors=days.errors | errors, held=state.held)
    state = replace(state, errors={k: v for k, v in state.errors.items() if k != FILES_FIELD})
    return _filled(
        "desk/type_in.html",
        account,
        forms=services().forms(),
        form=form,
        state=state,
        paper=_PAPER,
        days=days,
    )


def _filled(template: str, account: Account, **values: Any) -> str:
    page = services().pages.at(_PAGE.strip("/"))
    return page.filled(services().renderer.render(template, desk=DESK, account=account, **values))
