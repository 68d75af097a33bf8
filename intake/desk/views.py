"""The pages of the desk: the list of cases, a case, what is done on it, its files."""

import hashlib
from dataclasses import replace
from operator import attrgetter
from typing import Any

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from intake import receipts
from intake.attachments import download_name
from intake.cases.casebook import RELATIONS, Line
from intake.cases.deadlines import due_on
from intake.cases.decisions import decide
from intake.cases.telling import state_title
from intake.cases.workflow import Workflow
from intake.desk.case_page import history
from intake.desk.listing import MINE, VIEWS, Desk, Filter, as_csv, as_workbook
from intake.desk.naming import check_named, offered_by_desk
from intake.desk.opening import OpenCase, opened_case
from intake.desk.paper_entry import may_type_in
from intake.desk.reach import (
    looks_after_portal,
    makes_slips_of_findings,
    prepares_reviews,
    sees_sender,
)
from intake.desk.signing import DESK, NotSignedIn, signed_in
from intake.errors import CaseMoved, ContentConflict, NotAllowed, StorageUnavailable, UnknownPage
from intake.forms.rendering import FormState, vietnamese_day
from intake.forms.schema import Form
from intake.receipts import Token
from intake.sending import Sent, read_sent
from intake.services import services
from intake.text import without_control_characters

blueprint = Blueprint("desk", __name__)

_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CASE, _ACT = f"{DESK}phieu/", f"{DESK}viec/"


@blueprint.get(DESK)
def cases() -> str:
    """List what waits for whoever is signed in, or what else they ask for."""
    desk = _desk()
    lines = services().casebook.lines(desk.workflows)
    asked = _asked()
    return _page(
        "",
        "desk/cases.html",
        account=desk.account,
        asked=asked,
        views=VIEWS,
        lines=desk.listed(lines, asked),
        waiting=len(desk.waiting(lines)),
        today=desk.today,
        kinds={
            kind: form.title for kind, form in services().forms().items() if kind in desk.workflows
        },
        states={
            state.name: state.title
            for workflow in desk.workflows.values()
            for state in workflow.states.values()
        },
        units={row["code"]: row["name"] for row in services().registers.rows("units")},
        findings=makes_slips_of_findings(desk.account, desk.roles),
        reviews=prepares_reviews(desk.account, desk.roles),
        typing=may_type_in(desk.account),
        looks_after=looks_after_portal(desk.account, desk.roles),
        unsent=len(services().outbox.unsent()) if sees_sender(desk.account, desk.roles) else 0,
        query=request.query_string.decode("utf-8", "replace"),
    )


@blueprint.get(f"{DESK}xuat/")
def export() -> Response:
    """Give the list that is asked for, as CSV or as a workbook."""
    desk, asked = _desk(), _asked()
    lines = desk.listed(services().casebook.lines(desk.workflows), asked)
    if request.args.get("dang") == "xlsx":
        content, kind, ending = as_workbook(lines, _about(desk, asked, lines)), _WORKBOOK, "xlsx"
    else:
        content, kind, ending = as_csv(lines), "text/csv", "csv"
    name = f"phieu-{desk.today.isoformat()}.{ending}"
    return Response(
        content,
        mimetype=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _about(desk: Desk, asked: Filter, lines: list[Line]) -> dict[str, str]:
    """Return what a list that is taken along says of itself."""
    used = [VIEWS[asked.view], asked.words, asked.kind, asked.unit, asked.state]
    return {
        "Bảng": "Danh sách phiếu của bàn xử lý",
        "Bộ lọc": "; ".join(filter(None, used)),
        "Số dòng": str(len(lines)),
        "Ngày lập": vietnamese_day(desk.today.isoformat()),
        "Mã kiểm tra": hashlib.sha256(as_csv(lines)).hexdigest()[:12].upper(),
        **({"Lưu ý": notice} if (notice := services().portal.sample_notice) else {}),
    }


@blueprint.get(_CASE)
def case_page() -> str:
    """Show a case whole: what was sent, its history, what can be done and what not yet."""
    opened = opened_case()
    done = opened.workflow.forms.get(request.args.get("xong", ""))
    return _case_html(opened, f"Đã ghi: {done.title}." if done else "")


@blueprint.get(_ACT)
def act_page() -> str:
    """Show the form of an action on a case."""
    opened = opened_case()
    form = _form_of_action(opened.workflow)
    option = next((each for each in opened.options if each.transition.action == form.name), None)
    if option is None or option.refusal:
        refusal = option.refusal if option else "Phiếu không ở bước này hoặc bạn không có vai trò."
        raise NotAllowed(refusal)
    carried = {
        field.name: opened.case.facts.get(field.carried, "")
        for field in form.fields
        if field.carried
    }
    return _act_html(opened, form, FormState(typed=carried, token=receipts.new_token()))


@blueprint.post(_ACT)
def act() -> AnyResponse | tuple[str, int]:
    """Take an action on a case; whatever stands in the way, nothing typed is lost."""
    try:
        opened = opened_case()
    except NotSignedIn as ended:
        return _once_signed_in(ended)
    form = _form_of_action(opened.workflow)
    sent = read_sent(form)
    check_named(sent, opened.case, services())
    if not sent.sound or sent.token is None:
        return _act_html(opened, form, sent.again()), 422
    try:
        if not _kept_before(sent, sent.token, opened.case.number):
            _keep(opened, sent, sent.token)
    except (NotAllowed, CaseMoved, ContentConflict, StorageUnavailable) as refused:
        token = receipts.new_token() if isinstance(refused, ContentConflict) else None
        state = sent.again(refused.message, token)
        return _act_html(opened_case(), form, state, seen=_version()), refused.status
    return redirect(f"{_CASE}?so={opened.case.number}&xong={form.name}", 303)


@blueprint.get(f"{DESK}tep/")
def attached_file() -> Response:
    """Give a file of a case to download; a browser never shows it as a page of the portal."""
    opened = opened_case()
    wanted = request.args.get("tep", "")
    for event in opened.case.events:
        for file in event.files:
            if file.sha256 == wanted:
                answer = Response(services().journal.attachment(wanted), mimetype=file.media_type)
                name = download_name(file.name, file.media_type)
                answer.headers.set("Content-Disposition", "attachment", filename=name)
                answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
                return answer
    raise UnknownPage("Phiếu này không có tệp ấy.")


def _desk() -> Desk:
    service = services()
    return Desk(signed_in(), service.roles(), service.workflows(), service.today())


def _asked() -> Filter:
    typed = {name: without_control_characters(text) for name, text in request.args.items()}
    view = typed.get("xem", MINE)
    return Filter(
        view if view in VIEWS else MINE,
        typed.get("tim", "")[:100],
        typed.get("loai", ""),
        typed.get("don-vi", ""),
        typed.get("trang-thai", ""),
    )


def _form_of_action(workflow: Workflow) -> Form:
    form = workflow.forms.get(request.args.get("viec", ""))
    if form is None:
        raise UnknownPage("Cổng không có việc này. Hãy mở lại phiếu.")
    return form


def _version() -> int:
    typed = request.form.get("_version", "")
    return int(typed) if typed.isdecimal() and len(typed) < 16 else 0


def _kept_before(sent: Sent, token: Token, number: str) -> bool:
    """Tell whether the same was kept already: a form may come twice.

    Raises:
        ContentConflict: something else was kept with this token.
    """
    kept = services().journal.acted(token)
    if kept is None:
        return False
    files = sorted(file.sha256 for file in sent.files)
    before = (kept.number, kept.action, kept.cells, sorted(file.sha256 for file in kept.files))
    if before == (number, sent.form.name, sent.checked.cells, files):
        return True
    raise ContentConflict(
        f"Việc này đã được ghi vào phiếu {kept.number} với nội dung khác. Nếu muốn ghi thêm, "
        "hãy bấm gửi lần nữa."
    )


def _keep(opened: OpenCase, sent: Sent, token: Token) -> None:
    """Act on the case, if it still is as the actor saw it.

    Raises:
        CaseMoved, NotAllowed, ContentConflict, StorageUnavailable: as `decide`, `Journal.act`.
    """
    if _version() != opened.case.version:
        raise CaseMoved(
            f"Phiếu {opened.case.number} vừa được người khác cập nhật sau khi bạn mở trang. "
            "Những gì bạn gõ vẫn còn dưới đây: hãy xem thay đổi rồi gửi lại."
        )
    decision = decide(
        opened.workflow,
        opened.case,
        opened.account.person,
        sent.form.name,
        sent.checked.cells,
        services().today(),
    )
    services().journal.act(decision.act(token, sent.files))


def _once_signed_in(ended: NotSignedIn) -> tuple[str, int]:
    """Show what was typed again, and nothing of the case, until its actor has signed in."""
    for workflow in services().workflows().values():
        form = workflow.forms.get(request.args.get("viec", ""))
        if form is not None:
            state = read_sent(form).again(f"{ended.message} Những gì bạn gõ vẫn còn dưới đây.")
            return _act_html(None, form, state, seen=_version()), 401
    raise ended


def _case_html(opened: OpenCase, note: str) -> str:
    service = services()
    with_sender = sees_sender(opened.account, service.roles())
    case = opened.case
    book, workflows = service.casebook, service.workflows()
    named = book.of((case.facts.get(name, "") for name in RELATIONS), workflows)
    lines = {line.number: line for line in (*named, *book.naming(case.number, workflows))}
    lines.pop(case.number, None)
    return _page(
        "phieu",
        "desk/case.html",
        title=case.number,
        account=opened.account,
        case=case,
        form=service.forms()[case.kind],
        state=state_title(opened.workflow, case.state),
        due_day=due_on(opened.workflow, case),
        today=service.today(),
        entries=history(opened.workflow, case, with_sender=with_sender),
        allowed=opened.options,
        related=sorted(lines.values(), key=attrgetter("opened_on", "number"), reverse=True),
        note=note,
    )


def _act_html(
    opened: OpenCase | None, form: Form, state: FormState, seen: int | None = None
) -> str:
    """Render the form of an action.

    Args:
        opened: the case; None when nothing of it may be shown.
        form: of the action.
        state: what it shows.
        seen: the version of the case on which the actor wrote; None when it is the present one.
    """
    newer = []
    if opened is not None:
        state = replace(state, choices=offered_by_desk(form, opened.case, services()))
        if seen is not None:
            sender = sees_sender(opened.account, services().roles())
            entries = history(opened.workflow, opened.case, with_sender=sender)
            newer = [entry for entry in entries if entry.seq > seen]
    return _page(
        "viec",
        "desk/act.html",
        title="Lỗi" if state.errors or state.problem else form.title,
        opened=opened,
        number=request.args.get("so", "")[:30],
        version=opened.case.version if opened else seen,
        form=form,
        state=state,
        newer=newer,
    )


def _page(address: str, template: str, title: str = "", **values: Any) -> str:
    page = services().pages.at(f"{DESK}{address}".strip("/"))
    html = services().renderer.render(template, desk=DESK, **values)
    return page.filled(html, f"{title}: " if title else "")
