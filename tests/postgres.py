"""A PostgreSQL server of the tests' own: on a unix socket, in a folder that goes with it."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from scripts.server.tools import ensure

_SETTINGS = {"listen_addresses": "", "max_connections": "200", "autovacuum": "off"}
_schemas = count(1)


def _as_whom() -> dict[str, Any]:
    """Return as whom a server runs: it refuses to be root."""
    if os.geteuid() != 0:
        return {}
    return {"user": "postgres", "group": "postgres", "extra_groups": []}


@dataclass
class Postgres:
    """A server, by its folder."""

    folder: Path
    data: Path
    settings: dict[str, str] = field(default_factory=lambda: dict(_SETTINGS))
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        port = self.settings.get("port", "5432")
        return (
            f"postgresql://postgres@/postgres?host={quote(str(self.folder), safe='')}&port={port}"
        )

    def start(self) -> None:
        """Start and wait until it answers."""
        given = {"unix_socket_directories": str(self.folder), **self.settings}
        options = [part for name, value in given.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [ensure("postgres"), "-D", str(self.data), *options],
                cwd="/",
                env={**os.environ, **self.environment},
                stdout=log,
                stderr=log,
                **_as_whom(),
            )
        for _ in range(600):
            assert self.runs(), (self.folder / "log").read_text()[-2000:]
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(self.url).close()
                return
            time.sleep(0.05)
        raise AssertionError((self.folder / "log").read_text()[-2000:])

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop: by SIGINT fast, by SIGQUIT as a crash does."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(60)
            self.process = None

    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """Kill the server and all that it started, at once."""
        if self.process is None:
            return
        of_server = [self.process.pid, *children(self.process.pid)]
        for each in of_server:
            with contextlib.suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        self.process.wait()
        self.process = None
        while any(_lives(each) for each in of_server):
            time.sleep(0.01)

    def new_schema(self) -> str:
        """Return the address of an empty schema."""
        name = f"s{next(_schemas)}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}".encode())
        return f"{self.url}&options=-csearch_path%3D{name}"


@contextlib.contextmanager
def postgres(
    data: Path | None = None,
    settings: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Postgres]:
    """Run a server; over a data folder that is there already, if one is given."""
    folder = Path(tempfile.mkdtemp(prefix="qms-pg-"))
    server = Postgres(folder, data or folder / "data", environment=environment or {})
    server.settings |= settings or {}
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        if data is None:
            create(server.data, "--no-sync")
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


def children(parent: int) -> list[int]:
    """Return the processes that a process started."""
    processes = [int(folder.name) for folder in Path("/proc").glob("[0-9]*")]
    return [each for each in processes if _state(each)[1] == str(parent)]


def _lives(process: int) -> bool:
    return _state(process)[0] not in {"", "Z"}


def _state(process: int) -> list[str]:
    """Return the state of a process and its parent; empty when it is gone."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ["", ""]
    return stat.rpartition(")")[2].split()[:2]


def create(data: Path, *more: str) -> None:
    """Make the data folder of a new server."""
    command = [ensure("initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8"]
    command += ["--locale=C.UTF-8", *more]
    subprocess.run(command, cwd="/", check=True, stdout=subprocess.DEVNULL, **_as_whom())


def copy(data: Path, primary: str) -> None:
    """Make the data folder of a standby that follows the server at an address."""
    command = [ensure("pg_basebackup"), "-D", str(data), "-d", primary, "-R"]
    command += ["--checkpoint=fast", "--no-sync"]
    subprocess.run(command, cwd="/", check=True, **_as_whom())
