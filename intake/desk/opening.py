"""The case that a request names, for whoever is signed in and sees it; nobody else gets it."""

from dataclasses import dataclass

from flask import request

from intake.accounts.model import Account
from intake.cases.case import Case
from intake.cases.decisions import Option, options
from intake.cases.workflow import Workflow
from intake.desk.reach import sees_case
from intake.desk.signing import signed_in
from intake.errors import UnknownPage
from intake.services import services


@dataclass(frozen=True)
class OpenCase:
    """A case that somebody at the desk looks at."""

    account: Account
    workflow: Workflow
    case: Case

    @property
    def options(self) -> list[Option]:
        """What their roles reach on the case now."""
        return options(self.workflow, self.case, self.account.person, services().today())


def opened_case() -> OpenCase:
    """Return the case that is asked for.

    Raises:
        NotSignedIn: nobody has signed in.
        UnknownPage: there is none, or whoever is signed in doesn't see it: nobody is told which.
    """
    account = signed_in()
    number = request.args.get("so", "")
    events = services().journal.case(number)
    workflow = services().workflows().get(events[0].form) if events else None
    if workflow is not None:
        case = Case(tuple(events))
        if sees_case(account, services().roles(), case):
            return OpenCase(account, workflow, case)
    raise UnknownPage(f"Không có phiếu {number[:30]} trong những phiếu bạn được xem.")
