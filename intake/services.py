"""What a view works with, made once for the application."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app

from intake.accounts.sign_on import SignOn
from intake.accounts.store import AccountStore
from intake.cases.casebook import Casebook
from intake.cases.roles import Role, load_roles
from intake.cases.workflow import Workflow, load_workflows
from intake.configuration import Places, Portal
from intake.forms.rendering import FormRenderer
from intake.forms.schema import Form, load_form, load_forms
from intake.journal.model import Journal
from intake.notices.outbox import Outbox
from intake.pages import Pages
from intake.publishing_requests import Requests
from intake.registers import Registers


@dataclass(frozen=True)
class Services:
    """What a view works with."""

    places: Places
    portal: Portal
    journal: Journal
    pages: Pages
    registers: Registers
    renderer: FormRenderer
    accounts: AccountStore
    sign_on: SignOn | None
    """The organisation's own, when there is one."""
    casebook: Casebook
    outbox: Outbox
    publishing: Requests
    today: Callable[[], dt.date]

    def forms(self) -> dict[str, Form]:
        """Return the forms as their schemas stand now."""
        return load_forms(self.places.forms)

    def form(self, name: str) -> Form | None:
        """Return a form as its schema stands now; None when there is none of this name."""
        return load_form(self.places.forms, name)

    def workflows(self) -> dict[str, Workflow]:
        """Return the workflows as their tables stand now."""
        return load_workflows(self.places.forms)

    def roles(self) -> dict[str, Role]:
        """Return the roles as their table stands now."""
        return load_roles(self.places.forms)


def services() -> Services:
    """Return the services of the application that answers the present request."""
    found: Services = current_app.extensions["qms"]
    return found
