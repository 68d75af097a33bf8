"""Ports for the servers that tests start: no two of a run get the same one."""

import contextlib
import itertools
import os
import random
import socket
from collections.abc import Iterator

_FIRST, _WORKERS, _EACH = 20_000, 8, 1_500  # below those that the system gives to clients


def ports_of(worker: str) -> Iterator[int]:
    """Yield the ports of a worker of pytest in a random order, none again before all others."""
    first = _FIRST + int(worker.removeprefix("gw")) % _WORKERS * _EACH
    return itertools.cycle(random.sample(range(first, first + _EACH), _EACH))


_PORTS = ports_of(os.environ.get("PYTEST_XDIST_WORKER", "gw0"))


def free_port() -> int:
    """Return a port that nobody listens on and that was not returned lately.

    A port that was only asked for is still free: drawn twice, a web server and the intake behind
    it would be one, or a test would talk to a server of another.
    """
    while True:
        port = next(_PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
