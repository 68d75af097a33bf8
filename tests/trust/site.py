"""Two intakes over one journal, which lies on a disk that can fail."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from intake.configuration import PROJECT_ROOT, Places
from intake.journal.store import SETTING
from tests.faults.test_kill import wait_for
from tests.ports import free_port
from tests.postgres import Postgres, create
from tests.trust.disk import Disk

_SMALL = {"max_wal_size": "32MB", "min_wal_size": "4MB", "restart_after_crash": "on"}


class Store(Protocol):
    """Where the journal lies."""

    disk: Disk

    def environment(self) -> dict[str, str]:
        """Return what the intake is told of it."""

    def kill(self) -> None:
        """Kill what runs of it."""

    def bring_up(self) -> None:
        """Start it, unless it runs."""

    def put_down(self) -> None:
        """Stop it as administrators do."""


class SqliteStore:
    """A file: nothing of it runs."""

    def __init__(self, places: Places, disk: Disk) -> None:
        self.disk = disk
        places.packages.symlink_to(disk.mounted)

    def environment(self) -> dict[str, str]:
        return {SETTING: ""}

    def kill(self) -> None:
        pass

    def bring_up(self) -> None:
        pass

    def put_down(self) -> None:
        pass


class PostgresStore:
    """A server whose data lie on the disk."""

    def __init__(self, folder: Path, disk: Disk) -> None:
        self.disk = disk
        self._server = Postgres(folder, disk.mounted / "data")
        self._server.settings |= _SMALL
        for path in (folder, disk.mounted):
            shutil.chown(path, "postgres", "postgres")
        create(self._server.data, "--wal-segsize=1")
        subprocess.run(["sync", "-f", disk.mounted], check=True)

    def environment(self) -> dict[str, str]:
        return {SETTING: self._server.url}

    def kill(self) -> None:
        self._server.kill()

    def bring_up(self) -> None:
        if not self._server.runs():
            self._server.start()

    def put_down(self) -> None:
        self._server.stop()


def start_intake(places: Places, port: int, told: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start an intake over the files of a place; what it says goes into a log there."""
    command = [sys.executable, "-m", "intake", "serve", "--port", str(port)]
    environment = {**os.environ, **told, "QMS_ROOT": str(places.root)}
    with (places.root / "log").open("ab") as log:
        return subprocess.Popen(command, cwd=PROJECT_ROOT, env=environment, stderr=log)


class Site:
    """The intakes and their store."""

    def __init__(self, places: Places, store: Store) -> None:
        self.places, self.store = places, store
        self._intakes: dict[int, subprocess.Popen[bytes]] = {}

    @property
    def ports(self) -> list[int]:
        return list(self._intakes)

    def start(self) -> None:
        """Start the store and both intakes, each unless it runs."""
        self.store.bring_up()
        for port in self.ports or [free_port(), free_port()]:
            if port not in self._intakes or self._intakes[port].poll() is not None:
                self._intakes[port] = start_intake(self.places, port, self.store.environment())
        for port in self.ports:
            wait_for(port)

    def kill_one(self) -> None:
        self._kill(self.ports[:1])

    def kill_all(self) -> None:
        self._kill(self.ports)
        self.store.kill()

    def restart_intakes(self) -> None:
        self._kill(self.ports)
        self.start()

    def _kill(self, ports: list[int]) -> None:
        for port in ports:
            self._intakes[port].send_signal(signal.SIGKILL)
        for port in ports:
            self._intakes[port].wait()


@contextlib.contextmanager
def site(kind: str, places: Places, folder: Path) -> Iterator[Site]:
    """Run a site over a store of a kind."""
    disk = Disk(folder)
    short = Path(f"/tmp/qms-trust-{os.getpid()}")  # a socket's path may not be long
    short.mkdir()
    try:
        store: Store = SqliteStore(places, disk) if kind == "sqlite" else PostgresStore(short, disk)
        running = Site(places, store)
        try:
            running.start()
            yield running
        finally:
            running.kill_all()
    finally:
        disk.remove()
        shutil.rmtree(short)
