import argparse
from pathlib import Path

import pytest

from intake.accounts import commands
from intake.accounts.model import Account, BadAccount, RefusedSignIn
from intake.accounts.store import AccountStore
from intake.cases.people import Grant
from intake.cases.roles import load_roles
from intake.configuration import PROJECT_ROOT, Places
from intake.registers import Registers
from tests.conftest import SetClock
from tests.intake.accounts.test_store import RULES


@pytest.fixture
def store(tmp_path: Path) -> AccountStore:
    return AccountStore(tmp_path / "accounts.sqlite3", RULES, SetClock())


def run(store: AccountStore, *words: str) -> str:
    parser = argparse.ArgumentParser()
    commands.add_arguments(parser)
    places = Places(PROJECT_ROOT)
    roles, registers = load_roles(places.forms), Registers(places.registers)
    return commands.run(parser.parse_args(words), store, roles, registers)


def put_lan(store: AccountStore, *more: str) -> str:
    roles = "coordinator:BC verifier"
    return run(
        store,
        "put",
        "lan.nt",
        "--full-name",
        "Nguyễn Thị Lan",
        "--unit",
        "BC",
        "--roles",
        roles,
        *more,
    )


def test_an_added_account_signs_in_with_the_password_that_is_told_once(store: AccountStore) -> None:
    said = put_lan(store)
    password = said.rpartition(": ")[2]
    account = store.session(store.sign_in("lan.nt", password, "", "").session)
    assert account == Account(
        "lan.nt",
        "Nguyễn Thị Lan",
        "",
        "BC",
        (Grant("coordinator", "BC"), Grant("verifier")),
        must_change=True,
    )
    assert run(store, "list") == "lan.nt – Nguyễn Thị Lan, BC: coordinator:BC verifier"


def test_a_change_leaves_what_is_not_given_and_the_password(store: AccountStore) -> None:
    password = put_lan(store).rpartition(": ")[2]
    said = run(store, "put", "lan.nt", "--unit", "KHCN", "--email", "lan@example.gov.vn")
    assert "Mật khẩu" not in said
    account = store.get("lan.nt")
    assert account
    assert (account.unit, account.email, account.full_name) == (
        "KHCN",
        "lan@example.gov.vn",
        "Nguyễn Thị Lan",
    )
    assert len(account.grants) == 2
    assert store.sign_in("lan.nt", password, "", "")


def test_a_new_password_ends_the_old_one(store: AccountStore) -> None:
    old = put_lan(store).rpartition(": ")[2]
    new = run(store, "password", "lan.nt").rpartition(": ")[2]
    with pytest.raises(RefusedSignIn):
        store.sign_in("lan.nt", old, "", "")
    assert store.sign_in("lan.nt", new, "", "")


def test_switched_off(store: AccountStore) -> None:
    put_lan(store)
    run(store, "put", "lan.nt", "--off")
    assert "(đã khóa)" in run(store, "list")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("password", "nobody"), "Không có tài khoản nobody"),
        (("put", "minh", "--full-name", "Minh", "--unit", "XX"), "Không có đơn vị XX"),
        (("put", "minh", "--unit", "BC"), "phải có họ tên"),
        (("put", "lan.nt", "--roles", "boss"), "Không có vai trò boss"),
        (("put", "lan.nt", "--roles", "reporter"), "Không có vai trò reporter"),
        (("put", "lan.nt", "--roles", "verifier:XX"), "Không có đơn vị XX"),
    ],
)
def test_what_can_not_be_is_told(words: tuple[str, ...], told: str, store: AccountStore) -> None:
    put_lan(store)
    with pytest.raises(BadAccount, match=told):
        run(store, *words)


def test_no_account_yet(store: AccountStore) -> None:
    assert run(store, "list") == "Chưa có tài khoản nào."
