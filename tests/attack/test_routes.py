"""Every route of the intake, asked by everybody: `routes.csv` says what each gets.

`sign-in` and `password` are the pages that a request is led to; other numbers are HTTP statuses.
A POST is sent empty but for what the table gives: 422 is the answer of those who may send it, and
404, 409 or 303 likewise where the table says so.
"""

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from intake.accounts.model import Account
from intake.accounts.store import AccountStore
from intake.cases.people import Grant, Person
from intake.receipts import new_token
from tests.intake.cases.slips import CHAIR, COORDINATOR, HEAD, SECRETARY, VERIFIER, person
from tests.intake.desk.conftest import Slips, add

with (Path(__file__).parent / "routes.csv").open(encoding="utf-8", newline="") as rows:
    TABLE = list(csv.DictReader(rows))

ELSEWHERE = person("dauviec.pc", "coordinator", "PC")
ADMINISTRATOR = person("quantri", "administrator", home="VP")
NOTHING = Person("khong", "Người không vai", "khong@example.gov.vn", "VP", ())
OLD_ROLE = person("vaicu", "archivist", home="VP")
WHO: dict[str, Person | None] = {
    "nobody": None,
    "forged": None,
    "coordinator": COORDINATOR,
    "elsewhere": ELSEWHERE,
    "secretariat": SECRETARY,
    "head": HEAD,
    "chair": CHAIR,
    "verifier": VERIFIER,
    "administrator": ADMINISTRATOR,
    "no role": NOTHING,
    "unknown role": OLD_ROLE,
    "first password": replace(COORDINATOR, account="moi"),
    "locked": replace(SECRETARY, account="bikhoa"),
    "signed out": replace(SECRETARY, account="daroi"),
}
Open = Callable[[str], FlaskClient]


@pytest.fixture
def browser(app: Flask, store: AccountStore) -> Open:
    """Open somebody's browser, signed in as far as they can be."""

    def session(who: str, person: Person) -> str:
        if store.get(person.account) is None:
            add(store, person)
        begun = store.begin_session(person.account).session
        if who == "first password":
            account = Account(person.account, person.name, person.email, person.unit, person.grants)
            store.put(account, "mat khau dau tien 1")
            begun = store.sign_in(person.account, "mat khau dau tien 1", "10.0.0.1", "").session
        if who == "locked":
            known = store.get(person.account)
            assert known
            store.put(replace(known, disabled=True))
        if who == "signed out":
            store.end_session(begun)
        return begun

    def opened(who: str) -> FlaskClient:
        client, person = app.test_client(), WHO[who]
        if person is not None:
            client.set_cookie("qms_session", session(who, person), path="/xu-ly/")
        if who == "forged":
            client.set_cookie("qms_session", "A" * 43, path="/xu-ly/")
        return client

    return opened


def answer(client: FlaskClient, row: dict[str, str], number: str, version: int) -> str:
    """Ask about a slip of its own, so that nobody meets what another one did."""
    path = row["request"].replace("{number}", number)
    sent = row["sent"].replace("{token}", new_token()).replace("{version}", str(version))
    data = dict(pair.split("=", 1) for pair in sent.split("&") if pair)
    given = client.open(path, method=row["method"], data=data or None, buffered=True)
    if given.status_code == 303:
        page = given.location.partition("?")[0].rstrip("/").rpartition("/")[2]
        return {"dang-nhap": "sign-in", "mat-khau": "password"}.get(page, "303")
    return str(given.status_code)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row['method']} {row['request']}")
def test_everybody_gets_what_the_table_says(
    row: dict[str, str], browser: Open, slips: Slips
) -> None:
    found = {}
    for who in WHO:
        number = slips.open(unit="BC")
        found[who] = answer(browser(who), row, number, slips.case(number).version)
    assert found == {who: row[who] for who in WHO}


def test_the_table_has_every_route_and_no_other(app: Flask) -> None:
    routes = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {(row["method"], row["route"]) for row in TABLE} == routes


def test_the_table_knows_every_role(app: Flask) -> None:
    held = {grant.role for each in WHO.values() if each for grant in each.grants}
    roles = set(app.extensions["qms"].roles()) - {"reporter"}
    assert held - {"archivist"} == roles
    assert Grant("archivist") in OLD_ROLE.grants
