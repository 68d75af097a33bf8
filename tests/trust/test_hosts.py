"""What was acknowledged is kept when a host is cut off, and when the database itself dies.

Two intakes on hosts of their own, the database on a third, its synchronous standby on a fourth;
people send to both intakes all the while. `make test-trust` runs twenty rounds and prints the sums.
"""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import astuple
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from intake.configuration import Places
from intake.errors import StorageUnavailable
from intake.journal.model import Submission
from intake.journal.postgres import PostgresJournal
from tests.conftest import MakeSubmission
from tests.faults.test_kill import places
from tests.postgres import Postgres
from tests.trust.hosts import (
    Offices,
    ask,
    database,
    network_url,
    offices,
    standby,
    wait_for_standby,
)
from tests.trust.ledger import Sums, hold_against, packages_validate
from tests.trust.load import Load
from tests.trust.network import Host, Network, can_network, network
from tests.trust.test_trust import RECEIPTS, ROUNDS

__all__ = ["places"]

BOUND = 12.0
"""Within so many seconds whoever sends to a host that was cut off has an answer."""
NOTICEABLE = 6.0
"""So long, at most, everybody else waits for the turn of a host that vanished with it."""

Note = Callable[[str, Any], None]
Cut = Callable[[], None]

pytestmark = pytest.mark.skipif(not can_network(), reason="needs root: hosts of its own to cut off")


@pytest.fixture
def hosts() -> Iterator[Network]:
    with network(["near", "far", "east", "west"]) as made:
        yield made


def test_a_host_is_cut_off(
    hosts: Network, places: Places, tmp_path: Path, record_property: Note
) -> None:
    """The other one goes on; people at it are told in time; mended, everything goes on."""
    url, load, waited = network_url(hosts["east"]), Load(), (0.0, 0.0, 0.0)
    with (
        database(hosts["east"]) as server,
        offices([hosts["near"], hosts["far"]], places, url) as at,
    ):
        load.connect = at.connect
        for n in range(ROUNDS):
            load.begin(at.ports)
            try:
                load.await_receipts(RECEIPTS)
                waited = longest(waited, cut_off(hosts, at, load))
            finally:
                load.end()
            assert_sound(load, server, places, tmp_path / f"packages-{n}")
            load.send_again(at.ports)
        close_books(load, server, "host_cut_off", record_property)
    record_property("waited", ("host_cut_off", *waited))
    elsewhere, cut, back = waited
    assert elsewhere < NOTICEABLE
    assert cut < BOUND
    assert back < BOUND


def cut_off(hosts: Network, at: Offices, load: Load) -> tuple[float, float, float]:
    """Cut the far host off and mend it; return the longest waits at both, and until it is back."""
    near, far = at.ports
    began = time.monotonic()
    hosts.cut(hosts["far"])
    load.await_receipts(RECEIPTS)
    load.await_refusals(RECEIPTS)
    hosts.mend(hosts["far"])
    mended = time.monotonic()
    load.await_answers(far, 201, RECEIPTS)
    during = [each for each in load.answers if began < each.asked_at + each.seconds]
    waits = [max(each.seconds for each in during if each.port == port) for port in (near, far)]
    assert {each.status for each in during if each.port == near} == {201}
    taken = [each.asked_at for each in during if (each.port, each.status) == (far, 201)]
    return waits[0], waits[1], min(when for when in taken if when > mended) - mended


def longest(*waits: tuple[float, float, float]) -> tuple[float, float, float]:
    near, far, back = (max(each) for each in zip(*waits, strict=True))
    return near, far, back


def between_statements(cut: Cut, connection: Any) -> None:
    cut()
    connection.execute("SELECT 1")


def within_a_pipeline(cut: Cut, connection: Any) -> None:
    """Only a part of what is sent together has come: the server waits for the rest."""
    with connection._real.pipeline():
        connection._real.execute("SELECT 1")
        cut()


def while_it_is_answered(cut: Cut, connection: Any) -> None:
    """What the server sends meanwhile is never acknowledged."""
    with connection._real.pipeline():
        connection._real.execute("SELECT pg_sleep(0.5)::text || repeat('x', 100000)")
        cut()


@pytest.mark.parametrize("vanish", [between_statements, within_a_pipeline, while_it_is_answered])
def test_the_turn_of_a_vanished_host_passes_on(
    vanish: Callable[[Cut, Any], None], hosts: Network, make_submission: MakeSubmission
) -> None:
    """A host that is cut off while it writes holds the others up for seconds only."""
    url, vanished = network_url(hosts["east"]), threading.Event()

    def cut() -> None:
        hosts.cut(hosts["far"])
        vanished.set()

    with ExitStack() as stack:
        stack.enter_context(database(hosts["east"]))
        near, far = (stack.enter_context(journal_at(hosts, name, url)) for name in ("near", "far"))
        pool = stack.enter_context(ThreadPoolExecutor(1))
        writer = pool.submit(far._writer.run, partial(vanish, cut))
        assert vanished.wait(BOUND)
        began = time.monotonic()
        near.append(make_submission())
        assert time.monotonic() - began < NOTICEABLE
        with pytest.raises(StorageUnavailable):
            writer.result(BOUND)
        assert time.monotonic() - began < BOUND


def journal_at(hosts: Network, name: str, url: str) -> "closing[PostgresJournal]":
    """Open a journal on a host: its writer stays there."""
    with hosts[name].inside():
        return closing(PostgresJournal(url))


def killed(hosts: Network, host: Host, server: Postgres) -> None:
    server.kill()


def vanished(hosts: Network, host: Host, server: Postgres) -> None:
    """Cut the primary off, from its standby too: it goes on and knows of nothing."""
    hosts.cut(host)


@pytest.mark.parametrize("fault", [killed, vanished])
def test_the_primary_dies(
    fault: Callable[[Network, Host, Postgres], None],
    hosts: Network,
    places: Places,
    tmp_path: Path,
    make_submission: MakeSubmission,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Note,
) -> None:
    """The standby is promoted and has all that was acknowledged; the old one comes back mute.

    In the next round the two have changed places.
    """
    primary, follower, load = hosts["east"], hosts["west"], Load()
    url = network_url(primary, follower)
    with ExitStack() as stack:
        old, new = (stack.enter_context(ExitStack()) for _ in range(2))
        server = old.enter_context(database(primary))
        at = stack.enter_context(offices([hosts["near"], hosts["far"]], places, url))
        load.connect = at.connect
        for n in range(ROUNDS):
            promoted = new.enter_context(standby(follower, primary))
            wait_for_standby(server, follower.name)
            on_old = PostgresJournal(server.url)
            load.begin(at.ports)
            try:
                load.await_receipts(RECEIPTS)
                fault(hosts, primary, server)
                ask(promoted, "SELECT pg_promote()")
                load.await_receipts(RECEIPTS)
            finally:
                load.end()
            assert_sound(load, promoted, places, tmp_path / f"packages-{n}")
            bring_back(hosts, primary, server)
            with monkeypatch.context() as patch:
                patch.setattr("intake.journal.writer._PATIENCE_SECONDS", 1.0)
                assert_mute(on_old, make_submission())
            server.kill()
            on_old.close()
            load.send_again(at.ports)
            old.close()
            old, new, server, primary, follower = new, old, promoted, follower, primary
        close_books(load, server, f"primary_{fault.__name__}", record_property)


def bring_back(hosts: Network, host: Host, server: Postgres) -> None:
    """Let the old primary run again, beside the promoted one."""
    hosts.mend(host)
    if not server.runs():
        with host.inside():
            server.start()


def assert_mute(journal: PostgresJournal, sent: Submission) -> None:
    """A primary whose standby went its own way gives no receipts."""
    for _ in range(2):
        with pytest.raises(StorageUnavailable):
            journal.append(sent)


def assert_sound(load: Load, server: Postgres, places: Places, folder: Path) -> None:
    with closing(PostgresJournal(server.url)) as journal:
        assert hold_against(load, journal) == Sums(0, 0, 0, 0)
        assert packages_validate(places, journal, folder)


def close_books(load: Load, server: Postgres, fault: str, note: Note) -> None:
    with closing(PostgresJournal(server.url)) as journal:
        sums = hold_against(load, journal)
    note("trust", ("postgres", fault, ROUNDS, load.totals, astuple(sums)))
    assert sums == Sums(0, 0, 0, 0)
    assert len(load.receipts) == len(load.slips)
    assert load.false == []
