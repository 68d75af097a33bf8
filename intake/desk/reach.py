"""Which cases somebody sees, by the roles they hold."""

from collections.abc import Iterable, Mapping

from intake.accounts.model import Account
from intake.cases.case import Case
from intake.cases.people import Grant
from intake.cases.roles import Role


def sees(account: Account, roles: Mapping[str, Role], units: Iterable[str], handler: str) -> bool:
    """Tell whether somebody sees a case.

    Args:
        account: who looks.
        roles: what each role may see.
        units: that are responsible for the case or own an action of it.
        handler: the account to which it was assigned.
    """
    reached = set(units)
    return any(
        not grant.unit or grant.unit in reached or handler == account.name
        for grant in _at_the_desk(account, roles)
    )


def sees_case(account: Account, roles: Mapping[str, Role], case: Case) -> bool:
    """Tell whether somebody sees a case."""
    units = {case.unit, *(action.cells["owner_unit"] for action in case.planned)}
    return sees(account, roles, units, case.facts.get("handler", ""))


def sees_sender(account: Account, roles: Mapping[str, Role]) -> bool:
    """Tell whether somebody sees who sent a case."""
    return any(roles[grant.role].sender for grant in _at_the_desk(account, roles))


def makes_slips_of_findings(account: Account, roles: Mapping[str, Role]) -> bool:
    """Tell whether somebody makes slips of the findings of an audit."""
    return any(roles[grant.role].findings for grant in _at_the_desk(account, roles))


def prepares_reviews(account: Account, roles: Mapping[str, Role]) -> bool:
    """Tell whether somebody prepares the reviews of the management."""
    return any(roles[grant.role].reviews for grant in _at_the_desk(account, roles))


def keeps_accounts(account: Account, roles: Mapping[str, Role]) -> bool:
    """Tell whether somebody says who may sign in, and as what."""
    return any(roles[grant.role].accounts for grant in account.grants if grant.role in roles)


def looks_after_portal(account: Account, roles: Mapping[str, Role]) -> bool:
    """Tell whether somebody looks whether all is well with the portal."""
    return sees_sender(account, roles) or keeps_accounts(account, roles)


def _at_the_desk(account: Account, roles: Mapping[str, Role]) -> list[Grant]:
    return [grant for grant in account.grants if grant.role in roles and roles[grant.role].desk]
