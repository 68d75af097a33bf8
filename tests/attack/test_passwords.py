"""Passwords and sessions, as somebody meets them who guesses, steals or forgets."""

import datetime as dt
import math
from pathlib import Path

import argon2
import pytest
from flask.testing import FlaskClient

from intake.accounts import passwords
from intake.accounts.model import Account, RefusedSignIn, Rules
from intake.accounts.store import AccountStore
from intake.receipts import CODE_ALPHABET, new_token, receipt_code
from tests.conftest import SetClock
from tests.intake.cases.slips import SECRETARY, person
from tests.intake.desk.conftest import PAGES, PASSWORD, SignIn, Slips, add

_NOBODYS = argon2.extract_parameters(passwords._NOBODYS)
ADMINISTRATOR = person("quantri", "administrator", home="VP")
LONG = "Ô mai  chua, mơ gừng; sấu dầm và mận cơm cháy – để dành cho mùa hè năm sau nữa nhé 🐯"


def change(sign_in: SignIn, new: str) -> int:
    data = {"old": PASSWORD, "new": new, "again": new}
    return sign_in(SECRETARY).post("mat-khau/", data).status_code


def test_passwords_are_kept_as_rfc_9106_asks() -> None:
    assert _NOBODYS == argon2.profiles.RFC_9106_LOW_MEMORY
    assert passwords.hashed("x").startswith("$argon2id$")


@pytest.mark.parametrize(
    "new", [LONG, "tất cả là chữ thường", "907 3316 42 5870 19", " đầu và cuối "]
)
def test_any_letters_and_any_length_count_as_they_are_typed(
    new: str, sign_in: SignIn, store: AccountStore
) -> None:
    assert change(sign_in, new) == 303
    assert store.sign_in(SECRETARY.account, new, "10.0.0.1", "")
    for other in (new.upper(), new.strip() + "x", new[:-1], f" {new}"):
        if other != new:
            with pytest.raises(RefusedSignIn):
                store.sign_in(SECRETARY.account, other, "10.0.0.2", "")


@pytest.mark.parametrize("page", ["dang-nhap/", "mat-khau/"])
def test_a_password_is_hidden_and_may_come_from_a_manager(page: str, sign_in: SignIn) -> None:
    html = sign_in(SECRETARY).get(page).text
    fields = [each for each in html.split("<input")[1:] if "password" in each.partition(">")[0]]
    assert fields
    for field in fields:
        tag = field.partition(">")[0]
        assert 'type="password"' in tag
        assert "current-password" in tag or "new-password" in tag
        assert "onpaste" not in html


def test_a_password_needs_no_renewal(tmp_path: Path, clock: SetClock) -> None:
    store = AccountStore(tmp_path / "accounts.sqlite3", Rules(60, 10, 5, 15, 12), clock)
    store.put(Account("lan", "Lan", "", "BC", ()), "mat khau thu nhat")
    store.change_password("lan", "mat khau thu nhat", PASSWORD)
    clock.now += dt.timedelta(days=5 * 365)
    begun = store.sign_in("lan", PASSWORD, "10.0.0.1", "")
    kept = store.session(begun.session)
    assert kept
    assert not kept.must_change


def test_sessions_and_codes_can_not_be_guessed(sign_in: SignIn, store: AccountStore) -> None:
    begun = [store.begin_session(SECRETARY.account) for _ in range(50)]
    secrets = {each.session for each in begun} | {each.device for each in begun}
    assert len(secrets) == 100
    assert all(len(each) * math.log2(64) >= 256 for each in secrets)
    code = receipt_code(new_token()).replace("-", "")
    assert len(code) * math.log2(len(CODE_ALPHABET)) >= 50


@pytest.mark.parametrize("page", sorted(set(PAGES) - {"dang-nhap"}))
def test_the_way_out_is_on_every_page(
    page: str, sign_in: SignIn, slips: Slips, store: AccountStore
) -> None:
    add(store, ADMINISTRATOR)
    asked = {"so": slips.open(), "viec": "note"}
    who = ADMINISTRATOR if page == "tai-khoan" else SECRETARY
    answer = sign_in(who).get(f"{page}/" if page else "", **asked)
    assert answer.status_code == 200
    assert 'action="/xu-ly/dang-xuat/"' in answer.text


def test_guessing_over_the_page_is_held_up_and_told_alike(
    client: FlaskClient, store: AccountStore
) -> None:
    told = set()
    for _ in range(8):
        data = {"name": SECRETARY.account, "password": "sai"}
        answer = client.post("/xu-ly/dang-nhap/", data=data)
        assert answer.status_code == 401
        told.add("thử lại sau" in answer.text)
    assert told == {True, False}
    right = {"name": SECRETARY.account, "password": PASSWORD}
    assert client.post("/xu-ly/dang-nhap/", data=right).status_code == 401
