"""A case as a slip to print or to edit: what its page shows to whoever asks, and no more."""

from collections.abc import Callable

from flask import Blueprint, Response, request

from intake.cases.telling import state_title
from intake.cases.workflow import Workflow
from intake.desk.case_page import form_of
from intake.desk.opening import OpenCase, opened_case
from intake.desk.reach import sees_sender
from intake.desk.signing import DESK
from intake.errors import UnknownPage
from intake.journal.model import Event
from intake.paper import sheets, word
from intake.paper.model import Slip
from intake.paper.slips import Press, Told, plan_of
from intake.services import services

blueprint = Blueprint("printing", __name__)

_FORMATS: dict[str, tuple[Callable[[Slip], bytes], str]] = {
    "pdf": (sheets.pdf, sheets.MIME),
    "docx": (word.docx, word.MIME),
}


@blueprint.get(f"{DESK}in/")
def print_slip() -> Response:
    """Give a case as a slip, as PDF or as DOCX.

    Raises:
        NotSignedIn, UnknownPage: as for the page of the case, or there is no such format.
        NoPango: it can't be given as PDF on this machine.
    """
    opened = opened_case()
    wanted = request.args.get("dang", "")
    if wanted not in _FORMATS:
        raise UnknownPage("Phiếu in ra được hai dạng: PDF và DOCX.")
    make, kind = _FORMATS[wanted]
    answer = Response(make(filled_slip(opened)), mimetype=kind)
    name = f"{opened.case.number}.{wanted}"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def filled_slip(opened: OpenCase) -> Slip:
    """Return a case as the slip that whoever opened it may see."""
    service, case = services(), opened.case
    state = opened.workflow.states.get(case.state)
    told = Told(
        events=case.events,
        state=state_title(opened.workflow, case.state),
        ended=bool(state and state.ended),
        with_sender=sees_sender(opened.account, service.roles()),
        form_of=form_of,
        answer=service.renderer.answer,
        post=lambda event: _post(opened.workflow, event),
    )
    form = service.forms()[case.kind]
    plan = plan_of(service.places.forms, form)
    return Press(service.portal, service.registers).filled(plan, form, opened.workflow.forms, told)


def _post(workflow: Workflow, event: Event) -> str:
    actor = event.paper.typed_by if event.paper else event.actor
    if actor is None:
        return "người gửi"
    role = workflow.roles.get(actor.role)
    title = role.title if role else actor.role
    return f"{title}, {actor.unit}" if actor.unit else title
