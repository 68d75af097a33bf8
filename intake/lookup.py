"""The page of whoever holds a receipt code: that one case, its answer, and what may be added."""

import dataclasses
from dataclasses import dataclass

from flask import request

from intake import receipts
from intake.cases.case import Case
from intake.cases.decisions import decide, options
from intake.cases.people import REPORTER
from intake.cases.telling import state_title, told
from intake.cases.workflow import Workflow
from intake.errors import CaseMoved, ContentConflict, NotAllowed, StorageUnavailable
from intake.forms.rendering import FormState
from intake.forms.schema import Form
from intake.pages import BuiltPage
from intake.receipts import Token
from intake.sending import Sent, read_sent
from intake.services import services

Answer = tuple[str, int]

_UNKNOWN_CODE = "Không có phiếu nào ứng với mã này. Hãy xem lại từng chữ, nhất là 2 và Z, 5 và S."
_TRIES = 5
"""How often an addition is tried while others act on the case; it stands beside what they did."""


@dataclass(frozen=True)
class _Held:
    """A case and the code that opened it."""

    code: str
    form: Form
    case: Case
    workflow: Workflow | None


def look_up(page: BuiltPage) -> Answer:
    """Answer a receipt code with its case, after taking what its holder adds to it."""
    typed = request.form.get("_code", request.form.get("code", ""))[:100]
    held = _find(typed)
    if held is None:
        error = _UNKNOWN_CODE if typed.strip() else "Hãy điền mã tra cứu."
        html = services().renderer.lookup(typed, error)
        return page.filled(html, "Lỗi: "), 404 if typed.strip() else 422
    action = request.form.get("_action")
    if action is None:
        return _show(page, held)
    return _add(page, held, action)


def _find(typed: str) -> _Held | None:
    opened = services().journal.find(receipts.code_hash(typed))
    form = services().form(opened.form) if opened else None
    if opened is None or form is None:
        return None
    case = Case(tuple(services().journal.case(opened.number)))
    return _Held(typed, form, case, services().workflows().get(form.name))


def _show(
    page: BuiltPage,
    held: _Held,
    states: dict[str, FormState] | None = None,
    note: str = "",
    status: int = 200,
) -> Answer:
    """Show a case with the forms of what may be added.

    Args:
        page: whose slot is filled.
        held: the case.
        states: what was typed into a form that can't be taken yet, by action.
        note: what was just taken.
        status: of the answer.
    """
    states = states or {}
    html = services().renderer.render(
        "case.html",
        form=held.form,
        case=held.case,
        code=held.code,
        state_title=state_title(held.workflow, held.case.state),
        steps=told(held.workflow, held.case),
        fields=[field for field in held.form.fields if field.access != "personal"],
        offered=[
            (form, _own_ids(form, states.get(form.name, FormState(token=receipts.new_token()))))
            for form in _offered(held)
        ],
        tried=set(states),
        note=note,
    )
    return page.filled(html, "Lỗi: " if states else f"{held.case.number}: "), status


def _own_ids(form: Form, state: FormState) -> FormState:
    return dataclasses.replace(state, ids=f"f-{form.name}-")


def _offered(held: _Held) -> list[Form]:
    if held.workflow is None:
        return []
    return [
        held.workflow.forms[option.transition.action]
        for option in options(held.workflow, held.case, REPORTER, services().today())
        if not option.refusal
    ]


def _add(page: BuiltPage, held: _Held, action: str) -> Answer:
    form = held.workflow.forms.get(action) if held.workflow else None
    if form is None or held.workflow is None:
        raise NotAllowed("Cổng không có việc này. Hãy mở lại trang tra cứu.")
    sent = read_sent(form)
    if not sent.sound or sent.token is None:
        return _show(page, held, {action: sent.again()}, status=422)
    try:
        _keep(held.workflow, held.case.number, sent, sent.token)
    except (NotAllowed, ContentConflict, CaseMoved, StorageUnavailable) as refused:
        new = receipts.new_token() if isinstance(refused, ContentConflict) else None
        return _show(page, held, {action: sent.again(refused.message, new)}, status=refused.status)
    now = _find(held.code) or held
    return _show(page, now, note=f"Đã nhận: {form.title.rstrip('?').lower()}.", status=201)


def _keep(workflow: Workflow, number: str, sent: Sent, token: Token) -> None:
    """Add to a case; when others act on it meanwhile, after what they did.

    Raises:
        NotAllowed, ContentConflict, StorageUnavailable: as `decide` and `Journal.act`.
        CaseMoved: others acted on it at every try.
    """
    journal = services().journal
    for tries_left in reversed(range(_TRIES)):
        case = Case(tuple(journal.case(number)))
        cells, today = sent.checked.cells, services().today()
        decision = decide(workflow, case, REPORTER, sent.form.name, cells, today)
        try:
            journal.act(decision.act(token, sent.files))
            return
        except CaseMoved:
            if not tries_left:
                raise
