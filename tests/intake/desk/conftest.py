"""People at the desk of a small portal, each with a browser that is signed in."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from intake.accounts.model import Account
from intake.accounts.store import AccountStore
from intake.cases.case import Case
from intake.cases.people import Person
from intake.configuration import Places
from intake.journal.sqlite import SqliteJournal
from intake.pages import slot
from intake.receipts import new_token
from intake.services import Services
from tests.conftest import MakeSubmission, built_page
from tests.intake.cases.slips import ANSWERS, CHAIR, COORDINATOR, HEAD, SECRETARY, VERIFIER

PEOPLE = (SECRETARY, COORDINATOR, HEAD, CHAIR, VERIFIER)
PASSWORD = "mot cau dai de nho"
PAGES = ("", "phieu", "viec", "dang-nhap", "mat-khau", "phat-hien", "thu", "tai-khoan", "toi")
PAGES += ("nhap-phieu", "xem-xet", "tinh-trang")


@pytest.fixture
def store(app: Flask, built_site: Path) -> AccountStore:
    """The accounts of the people, and the pages of the desk."""
    for name in PAGES:
        page = built_site / "xu-ly" / name / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(built_page("Bàn xử lý", slot("desk", "", "")), encoding="utf-8")
    services: Services = app.extensions["qms"]
    for person in PEOPLE:
        add(services.accounts, person)
    return services.accounts


def add(store: AccountStore, person: Person) -> None:
    account = Account(person.account, person.name, person.email, person.unit, person.grants)
    store.put(account, PASSWORD + " 1")
    store.change_password(person.account, PASSWORD + " 1", PASSWORD)


class AtTheDesk:
    """Somebody's browser."""

    def __init__(self, client: FlaskClient, session: str) -> None:
        self.client = client
        client.set_cookie("qms_session", session, path="/xu-ly/")

    def get(self, page: str = "", **asked: str) -> TestResponse:
        return self.client.get(f"/xu-ly/{page}", query_string=asked)

    def post(self, page: str, data: dict[str, Any], **asked: str) -> TestResponse:
        sent = {name: value for name, value in data.items() if value is not None}
        return self.client.post(
            f"/xu-ly/{page}", query_string=asked, data=sent, content_type="multipart/form-data"
        )

    def act(self, number: str, action: str, version: int, **changes: Any) -> TestResponse:
        data = {"_token": new_token(), "_version": str(version), **ANSWERS.get(action, {})}
        return self.post("viec/", {**data, **changes}, so=number, viec=action)


SignIn = Callable[[Person], AtTheDesk]


@pytest.fixture
def sign_in(app: Flask, store: AccountStore) -> SignIn:
    def begin(person: Person) -> AtTheDesk:
        return AtTheDesk(app.test_client(), store.begin_session(person.account).session)

    return begin


class Slips:
    """Slips in the journal, acted on as those at the desk do."""

    def __init__(
        self, journal: SqliteJournal, make: MakeSubmission, sign_in: SignIn, places: Places
    ) -> None:
        self._journal, self._make, self._sign_in = journal, make, sign_in
        self.places = places

    def open(self, **cells: Any) -> str:
        return self._journal.append(self._make(**cells)).number

    def case(self, number: str) -> Case:
        return Case(tuple(self._journal.case(number)))

    def through(self, number: str, *steps: tuple[Any, ...]) -> None:
        """Take steps of (person, action, changed answers) through the desk's own pages."""
        for who, action, *changes in steps:
            version = self.case(number).version
            answer = self._sign_in(who).act(number, action, version, **(changes or [{}])[0])
            assert answer.status_code == 303, (action, answer.text)


@pytest.fixture
def slips(
    journal: SqliteJournal, make_submission: MakeSubmission, sign_in: SignIn, places: Places
) -> Slips:
    return Slips(journal, make_submission, sign_in, places)
