"""What answers may name that no register knows: actions of a case, accounts, other cases."""

from collections.abc import Callable

from intake.cases.case import Case
from intake.forms import messages
from intake.forms.rendering import vietnamese_day
from intake.forms.schema import Field, Form
from intake.journal.model import Journal
from intake.registers import Choice
from intake.sending import Sent
from intake.services import Services

_Offer = Callable[[Case, Services], list[Choice]]


def offered_by_desk(form: Form, case: Case, services: Services) -> dict[str, list[Choice]]:
    """Return what the desk offers for the questions of an action on a case, by their names."""
    return {
        field.name: _OFFERS[source](case, services)
        for field in form.fields
        if (source := _source(field)) in _OFFERS
    }


def check_named(sent: Sent, case: Case, services: Services) -> None:
    """Note an error at each answer that names what isn't there."""
    offered = offered_by_desk(sent.form, case, services)
    for field in sent.form.fields:
        cell = sent.checked.cells.get(field.name, "")
        if not cell or field.name in sent.checked.errors:
            continue
        if field.name in offered and cell not in {each.value for each in offered[field.name]}:
            sent.checked.errors[field.name] = messages.choice_unknown(field)
        if _source(field) == "cases" and not _is_other_case(cell, case, services.journal):
            sent.checked.errors[field.name] = (
                f"{field.title}: không có phiếu {cell} cùng loại, khác phiếu này."
            )


def _source(field: Field) -> str:
    return str(field.options.get("choices", {}).get("from", ""))


def _is_other_case(number: str, case: Case, journal: Journal) -> bool:
    events = journal.case(number)
    return bool(events) and number != case.number and events[0].form == case.kind


def _actions(case: Case, _: Services) -> list[Choice]:
    return [
        Choice(
            str(action.ordinal),
            f"{action.ordinal}. {action.cells['task']} ({action.cells['owner_unit']}, hạn "
            f"{vietnamese_day(action.deadline)})",
        )
        for action in case.open_actions()
    ]


def _accounts(_: Case, services: Services) -> list[Choice]:
    roles = services.roles()
    return [
        Choice(account.name, f"{account.full_name} – {account.unit}")
        for account in services.accounts.all()
        if not account.disabled
        and any(grant.role in roles and roles[grant.role].desk for grant in account.grants)
    ]


_OFFERS: dict[str, _Offer] = {"actions": _actions, "accounts": _accounts}
