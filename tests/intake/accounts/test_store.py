"""Accounts: signing in, sessions that end, guessing that is slowed down and locks out nobody."""

import dataclasses
import datetime as dt
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from intake.accounts.model import Account, BadAccount, RefusedSignIn, Rules
from intake.accounts.sessions import SignedIn
from intake.accounts.store import AccountStore
from intake.cases.people import Grant
from tests.conftest import SetClock

RULES = Rules(idle_minutes=60, session_hours=10, attempts=3, pause_minutes=15, password_length=12)
LAN = Account("lan.nt", "Nguyễn Thị Lan", "lan.nt@example.gov.vn", "BC", (Grant("verifier"),))
RIGHT, WRONG = "mot cau dai de nho", "mot cau khac han"
HERE, THERE = "10.0.0.1", "10.0.0.2"


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def store(tmp_path: Path, clock: SetClock) -> AccountStore:
    made = AccountStore(tmp_path / "accounts.sqlite3", RULES, clock)
    made.put(LAN, RIGHT)
    return made


@pytest.fixture
def later(clock: SetClock) -> Callable[[float], None]:
    def wait(minutes: float) -> None:
        clock.now = clock.now.fromtimestamp(clock.now.timestamp() + minutes * 60, clock.now.tzinfo)

    return wait


def fails(store: AccountStore, address: str = HERE, device: str = "") -> str:
    with pytest.raises(RefusedSignIn) as refused:
        store.sign_in("lan.nt", WRONG, address, device)
    return str(refused.value)


def enters(store: AccountStore, address: str = HERE, device: str = "") -> SignedIn:
    return store.sign_in("lan.nt", RIGHT, address, device)


def test_whoever_knows_the_password_gets_a_session(store: AccountStore) -> None:
    begun = enters(store)
    account = store.session(begun.session)
    assert account == dataclasses.replace(LAN, must_change=True)
    assert store.session(begun.device) is None
    assert store.session("") is None


def test_the_name_may_be_typed_in_capitals(store: AccountStore) -> None:
    assert store.session(store.sign_in(" Lan.NT ", RIGHT, HERE, "").session)


def test_an_unknown_name_a_wrong_and_a_missing_password_are_told_alike(store: AccountStore) -> None:
    store.put(dataclasses.replace(LAN, name="khong.mat.khau"))
    told = set()
    for name, password in (("nobody", RIGHT), ("lan.nt", WRONG), ("khong.mat.khau", RIGHT)):
        with pytest.raises(RefusedSignIn) as refused:
            store.sign_in(name, password, HERE, "")
        told.add(str(refused.value))
    assert len(told) == 1


def test_a_session_ends_when_nothing_is_done(
    store: AccountStore, later: Callable[[float], None]
) -> None:
    begun = enters(store)
    for _ in range(3):
        later(59)
        assert store.session(begun.session)
    later(61)
    assert store.session(begun.session) is None


def test_a_session_ends_after_a_working_day(
    store: AccountStore, later: Callable[[float], None]
) -> None:
    begun = enters(store)
    for _ in range(10):
        later(59)
        assert store.session(begun.session)
    later(11)
    assert store.session(begun.session) is None


def test_signing_out_ends_the_session_and_no_other(store: AccountStore) -> None:
    first, second = enters(store), enters(store)
    store.end_session(first.session)
    assert store.session(first.session) is None
    assert store.session(second.session)


def test_after_some_wrong_passwords_comes_a_pause_even_for_the_right_one(
    store: AccountStore, later: Callable[[float], None]
) -> None:
    assert {fails(store) for _ in range(3)} == {"Tên đăng nhập hoặc mật khẩu không đúng."}
    with pytest.raises(RefusedSignIn, match="thử lại sau 15 phút"):
        enters(store)
    later(16)
    assert enters(store)


def test_a_pause_elsewhere_keeps_nobody_out(store: AccountStore) -> None:
    known = enters(store).device
    for _ in range(4):
        fails(store)
    assert enters(store, THERE), "another address"
    assert enters(store, HERE, known), "a browser that was here before, at the same address"


def test_a_known_browser_has_its_own_count(store: AccountStore) -> None:
    known = enters(store).device
    for _ in range(3):
        fails(store, HERE, known)
    with pytest.raises(RefusedSignIn, match="15 phút"):
        enters(store, THERE, known)
    assert enters(store, HERE)


def test_a_browser_known_to_one_account_is_unknown_to_another(store: AccountStore) -> None:
    store.put(dataclasses.replace(LAN, name="minh"), RIGHT)
    known = store.sign_in("minh", RIGHT, HERE, "").device
    for _ in range(3):
        fails(store, HERE, known)
    with pytest.raises(RefusedSignIn, match="15 phút"):
        enters(store)


def test_a_right_password_ends_the_count(store: AccountStore) -> None:
    for _ in range(4):
        fails(store)
        fails(store)
        enters(store)


def test_an_address_that_tries_many_accounts_is_held_up(store: AccountStore) -> None:
    known = enters(store, THERE).device
    for number in range(30):
        with pytest.raises(RefusedSignIn, match="không đúng"):
            store.sign_in(f"n{number}", WRONG, HERE, "")
    with pytest.raises(RefusedSignIn, match="15 phút"):
        enters(store, HERE)
    assert enters(store, THERE), "elsewhere nobody waits"
    assert enters(store, HERE, known), "nor whoever was here before"


def test_an_account_tried_from_many_addresses_is_held_up(store: AccountStore) -> None:
    known = enters(store).device
    for number in range(60):
        fails(store, f"192.0.2.{number}")
    with pytest.raises(RefusedSignIn, match="15 phút"):
        enters(store, "192.0.2.200")
    assert enters(store, HERE, known), "its holder's own browser is not"


def test_wrong_passwords_count_when_one_is_changed_too(
    store: AccountStore, later: Callable[[float], None]
) -> None:
    new = "mot cau hoan toan moi"
    for _ in range(3):
        with pytest.raises(RefusedSignIn, match="không đúng"):
            store.change_password("lan.nt", WRONG, new)
    with pytest.raises(RefusedSignIn, match="15 phút"):
        store.change_password("lan.nt", RIGHT, new)
    later(16)
    assert store.change_password("lan.nt", RIGHT, new)


def test_no_address_and_no_token_is_kept_as_it_is(store: AccountStore, tmp_path: Path) -> None:
    begun = enters(store, "192.0.2.77")
    fails(store, "192.0.2.77")
    kept = (tmp_path / "accounts.sqlite3").read_bytes()
    kept += (
        (tmp_path / "accounts.sqlite3-wal").read_bytes()
        if (tmp_path / "accounts.sqlite3-wal").exists()
        else b""
    )
    for secret in ("192.0.2.77", begun.session, begun.device, RIGHT, WRONG):
        assert secret.encode() not in kept
    assert b"$argon2id$" in kept


def test_a_changed_password_ends_every_other_session(store: AccountStore) -> None:
    first, second = enters(store), enters(store)
    begun = store.change_password("lan.nt", RIGHT, "mot cau hoan toan moi")
    assert store.session(first.session) is store.session(second.session) is None
    account = store.session(begun.session)
    assert account
    assert not account.must_change
    with pytest.raises(RefusedSignIn):
        store.change_password("lan.nt", RIGHT, WRONG)
    fails(store, device=first.device)
    assert store.sign_in("lan.nt", "mot cau hoan toan moi", HERE, "")


def test_sessions_that_ended_are_not_listed(store: AccountStore, clock: SetClock) -> None:
    old, new = enters(store), enters(store)
    clock.now += dt.timedelta(minutes=store.rules.idle_minutes)
    assert store.session(new.session)
    clock.now += dt.timedelta(minutes=1)
    (only,) = store.sessions("lan.nt", new.session)
    assert only.is_this
    assert only.seen_at - only.began_at == dt.timedelta(minutes=store.rules.idle_minutes)
    assert [each.is_this for each in store.sessions("lan.nt", old.session)] == [False]


def test_a_disabled_account_is_out_at_once(store: AccountStore) -> None:
    begun = enters(store)
    store.put(dataclasses.replace(LAN, disabled=True))
    assert store.session(begun.session) is None
    with pytest.raises(RefusedSignIn):
        enters(store)
    with pytest.raises(RefusedSignIn):
        store.begin_session("lan.nt")


def test_another_sign_on_begins_a_session_for_known_accounts_only(store: AccountStore) -> None:
    assert store.session(store.begin_session("lan.nt").session)
    with pytest.raises(RefusedSignIn):
        store.begin_session("nobody")


def test_another_sign_on_leaves_how_somebody_chose_to_be_told(store: AccountStore) -> None:
    minh = dataclasses.replace(LAN, name="minh")
    store.take_from_sign_on(minh, "s-1")
    store.put(dataclasses.replace(minh, digest=True))
    store.take_from_sign_on(dataclasses.replace(minh, unit="VP"), "s-1")
    kept = store.get("minh")
    assert kept == dataclasses.replace(minh, unit="VP", digest=True)


def test_a_name_of_another_sign_on_stays_with_whom_it_meant_first(store: AccountStore) -> None:
    minh = dataclasses.replace(LAN, name="minh")
    store.take_from_sign_on(minh, "s-1")
    with pytest.raises(RefusedSignIn, match="của người khác"):
        store.take_from_sign_on(minh, "s-2")
    store.put(dataclasses.replace(minh, disabled=True))
    store.put(minh)
    store.take_from_sign_on(minh, "s-2")


def test_a_first_password_that_nobody_changed_runs_out(
    store: AccountStore, later: Callable[[float], None]
) -> None:
    later(13 * 24 * 60)
    enters(store)
    later(2 * 24 * 60)
    with pytest.raises(RefusedSignIn, match="đã quá 14 ngày"):
        store.sign_in(LAN.name, RIGHT, HERE, "")
    store.put(LAN, RIGHT)
    store.change_password(LAN.name, RIGHT, WRONG)
    later(1000 * 24 * 60)
    assert store.sign_in(LAN.name, WRONG, HERE, "")


def test_roles_follow_at_once(store: AccountStore) -> None:
    begun = enters(store)
    store.put(dataclasses.replace(LAN, grants=(Grant("coordinator", "BC"),)))
    account = store.session(begun.session)
    assert account
    assert account.grants == (Grant("coordinator", "BC"),)


@pytest.mark.parametrize("name", ["", "Lan", "lan nt", "-lan", "lan;", "l" * 41, "đan"])
def test_a_name_is_one_that_everybody_can_type(name: str, store: AccountStore) -> None:
    with pytest.raises(BadAccount):
        store.put(dataclasses.replace(LAN, name=name))


def test_what_fails_half_way_changes_nothing(store: AccountStore) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        store.put(dataclasses.replace(LAN, unit="KHCN", grants=(Grant("verifier"),) * 2))
    assert store.get("lan.nt") == dataclasses.replace(LAN, must_change=True)
