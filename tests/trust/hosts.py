"""Offices: intakes on hosts of their own, with files of their own; databases on other hosts."""

import contextlib
import dataclasses
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from intake.configuration import Places
from intake.journal.store import SETTING
from tests.faults.test_kill import wait_for
from tests.postgres import Postgres, copy, postgres
from tests.trust.network import NEIGHBOURS, Host
from tests.trust.site import start_intake

_FIRST_PORT = 8001


class Offices:
    """The intakes, each on its host."""

    def __init__(self, hosts: Sequence[Host], places: Places, url: str) -> None:
        self._told = {SETTING: url}
        self._hosts = dict(enumerate(hosts, _FIRST_PORT))
        self._intakes: dict[int, subprocess.Popen[bytes]] = {}
        self._places = {port: _copied(places, host.name) for port, host in self._hosts.items()}

    @property
    def ports(self) -> list[int]:
        return list(self._hosts)

    def connect(self, port: int) -> socket.socket:
        """Connect to the intake of a port."""
        return self._hosts[port].connect(port)

    def start(self) -> None:
        for port, host in self._hosts.items():
            with host.inside():
                self._intakes[port] = start_intake(self._places[port], port, self._told)
        for port, host in self._hosts.items():
            with host.inside():
                wait_for(port)

    def kill(self) -> None:
        for intake in self._intakes.values():
            intake.kill()
            intake.wait()


def _copied(places: Places, name: str) -> Places:
    root = places.root.with_name(f"{places.root.name}-{name}")
    shutil.copytree(places.root, root, symlinks=True)
    return dataclasses.replace(places, root=root)


@contextlib.contextmanager
def offices(hosts: Sequence[Host], places: Places, url: str) -> Iterator[Offices]:
    """Run an intake on each host."""
    running = Offices(hosts, places, url)
    try:
        running.start()
        yield running
    finally:
        running.kill()


@contextlib.contextmanager
def database(host: Host, settings: dict[str, str] | None = None) -> Iterator[Postgres]:
    """Run a server on a host, open to its neighbours."""
    with _server(host, None, settings or {}) as server:
        with (server.data / "pg_hba.conf").open("a") as file:
            for what in ("all", "replication"):
                file.write(f"host {what} all {NEIGHBOURS} trust\n")
        ask(server, "SELECT pg_reload_conf()")
        yield server


@contextlib.contextmanager
def standby(host: Host, primary: Host) -> Iterator[Postgres]:
    """Run a standby that follows a primary and is known to it by its host's name."""
    with tempfile.TemporaryDirectory(prefix="qms-pg-") as folder:
        shutil.chown(folder, "postgres", "postgres")
        data = Path(folder, "data")
        with host.inside():
            copy(data, f"{network_url(primary)}&application_name={host.name}")
        with _server(host, data, {}) as server:
            wait_for_standby(server, "")  # the copy has the primary's
            yield server


def wait_for_standby(server: Postgres, standby_name: str) -> None:
    """Let a primary wait for a standby from now on, or for none."""
    change = "ALTER SYSTEM SET synchronous_standby_names = {}"
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(sql.SQL(change).format(sql.Literal(standby_name)))
    ask(server, "SELECT pg_reload_conf()")
    while standby_name and ask(server, "SELECT sync_state FROM pg_stat_replication") != "sync":
        time.sleep(0.05)


@contextlib.contextmanager
def _server(host: Host, data: Path | None, settings: dict[str, str]) -> Iterator[Postgres]:
    with contextlib.ExitStack() as stack:
        with host.inside():
            told = {"listen_addresses": host.address, **settings}
            server = stack.enter_context(postgres(data, told))
        yield server


def ask(server: Postgres, query: str) -> Any:
    """Ask a server for one value, past the network."""
    with psycopg.connect(server.url, autocommit=True) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def network_url(*hosts: Host) -> str:
    """Return the address of a database that is on the first host, or on another one."""
    addresses = ",".join(host.address for host in hosts)
    return f"postgresql://postgres@{addresses}/postgres?sslmode=disable"
