"""What was acknowledged is kept, whole, once, under a number of its own, whatever breaks.

Two intakes over one journal; people send to both all the while. `make test-trust` runs twenty
rounds of each and prints the sums.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import astuple
from pathlib import Path
from typing import Any

import pytest

from intake.configuration import Places
from intake.journal.store import SETTING, open_journal
from tests.faults.test_kill import places
from tests.trust.disk import can_mount
from tests.trust.ledger import Sums, hold_against, packages_validate
from tests.trust.load import Load
from tests.trust.site import Site, site

__all__ = ["places"]

ROUNDS = int(os.environ.get("QMS_TRUST_ROUNDS", "1"))
RECEIPTS = 25
"""So many slips are acknowledged before something breaks, and so many afterwards."""

Fault = Callable[[Site, Load], None]

pytestmark = pytest.mark.skipif(not can_mount(), reason="needs root: a disk of its own to break")


def one_worker_killed(at: Site, load: Load) -> None:
    """Kill one intake; the other one goes on."""
    at.kill_one()
    load.await_receipts(RECEIPTS)
    at.start()


def everything_killed(at: Site, load: Load) -> None:
    at.kill_all()
    load.end()
    at.start()


def power_cut(at: Site, load: Load) -> None:
    at.kill_all()
    at.store.disk.cut_power()
    load.end()
    at.start()


def disk_full(at: Site, load: Load) -> None:
    """Fill the disk; with room again everything goes on by itself, or PostgreSQL is started."""
    with at.store.disk.full():
        load.await_refusals(RECEIPTS)
    at.store.bring_up()
    load.await_receipts(RECEIPTS)


def sync_fails(at: Site, load: Load) -> None:
    """Let the device fail, then put in another one, as an administrator has to."""
    at.store.disk.fail()
    load.await_refusals(RECEIPTS)
    at.kill_all()
    load.end()
    at.store.disk.repair()
    at.start()


def disk_hangs(at: Site, load: Load) -> None:
    with at.store.disk.hanging():
        load.stand_still(1.5)
    load.await_receipts(RECEIPTS)


def database_away(at: Site, load: Load) -> None:
    """Stop the database under the load; when it is back everything goes on by itself."""
    at.store.put_down()
    load.await_refusals(RECEIPTS)
    at.store.bring_up()
    load.await_receipts(RECEIPTS)


BOTH: list[Fault] = [
    one_worker_killed,
    everything_killed,
    power_cut,
    disk_full,
    sync_fails,
    disk_hangs,
]
MATRIX = [(store, fault) for store in ("sqlite", "postgres") for fault in BOTH]
MATRIX += [("postgres", database_away)]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that other users may enter."""
    with tempfile.TemporaryDirectory(prefix="qms-disk-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.parametrize(
    ("store", "fault"), MATRIX, ids=[f"{store}-{fault.__name__}" for store, fault in MATRIX]
)
def test_nothing_acknowledged_is_lost(
    store: str,
    fault: Fault,
    places: Places,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, Any], None],
) -> None:
    load = Load()
    with site(store, places, folder) as at:
        monkeypatch.setenv(SETTING, at.store.environment()[SETTING])
        for n in range(ROUNDS):
            load.begin(at.ports)
            try:
                load.await_receipts(RECEIPTS)
                fault(at, load)
            finally:
                load.end()
            with closing(open_journal(places)) as journal:
                sums = hold_against(load, journal)
                assert sums == Sums(0, 0, 0, 0), f"round {n + 1}"
                assert packages_validate(places, journal, tmp_path / f"packages-{n}")
            load.send_again(at.ports)
        with closing(open_journal(places)) as journal:
            sums = hold_against(load, journal)
        assert len(load.receipts) == len(load.slips)
    record_property("trust", (store, fault.__name__, ROUNDS, load.totals, astuple(sums)))
    assert sums == Sums(0, 0, 0, 0)
    assert load.false == []
