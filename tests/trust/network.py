"""Hosts of the tests' own: network namespaces at one switch, which can lose a host.

A host that is cut off notices nothing: its cable is sound, what it sends goes nowhere and nothing
comes back. So connections hang, as behind a broken switch, and none is reset. Nothing of it touches
the machine's own network: whoever wants to talk to a host enters its namespace.
"""

import contextlib
import ctypes
import functools
import os
import socket
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.server.tools import ensure

_CLONE_NEWNET = 0x40000000
_SWITCH = "switch"
_BRIDGE = "lan"
NEIGHBOURS = "10.90.0.0/24"


@functools.cache
def can_network() -> bool:
    """Tell whether hosts of our own can be made here: containers may not, even as root."""
    if os.geteuid() != 0:
        return False
    try:
        with network(["probe"]) as made, made["probe"].inside():
            return True
    except (AssertionError, OSError):
        return False


@dataclass(frozen=True)
class Host:
    """A host at the switch."""

    name: str
    address: str

    @property
    def namespace(self) -> str:
        return _namespace(self.name)

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """Let this thread, and what it starts, be on the host."""
        here, there = Path("/proc/thread-self/ns/net"), Path("/run/netns", self.namespace)
        with here.open("rb") as home, there.open("rb") as away:
            _enter(away.fileno())
            try:
                yield
            finally:
                _enter(home.fileno())

    def connect(self, port: int) -> socket.socket:
        """Connect to the host's own loopback, as its web server does."""
        with self.inside():
            return socket.create_connection(("127.0.0.1", port), 40)


class Network:
    """A switch and the hosts at it."""

    def __init__(self) -> None:
        self._hosts: dict[str, Host] = {}

    def __getitem__(self, name: str) -> Host:
        return self._hosts[name]

    def set_up(self, names: Sequence[str]) -> None:
        """Make the switch and a host of each name."""
        _ip("netns", "add", _namespace(_SWITCH))
        _at(_SWITCH, "link", "add", _BRIDGE, "type", "bridge")
        _at(_SWITCH, "link", "set", _BRIDGE, "up")
        for ordinal, name in enumerate(names, 1):
            self._add(Host(name, NEIGHBOURS.replace("0/24", str(ordinal))))

    def cut(self, host: Host) -> None:
        """Let nothing through between the host and the others."""
        _at(_SWITCH, "link", "set", host.name, "nomaster")

    def mend(self, host: Host) -> None:
        _at(_SWITCH, "link", "set", host.name, "master", _BRIDGE, "up")

    def remove(self) -> None:
        """Remove what was made; what runs on a host must have ended."""
        for name in (*self._hosts, _SWITCH):
            subprocess.run([ensure("ip"), "netns", "del", _namespace(name)], check=False)

    def _add(self, host: Host) -> None:
        self._hosts[host.name] = host
        _ip("netns", "add", host.namespace)
        veth = ("type", "veth", "peer", "name", "eth0", "netns", host.namespace)
        _at(_SWITCH, "link", "add", host.name, *veth)
        self.mend(host)
        _at(host.name, "addr", "add", f"{host.address}/24", "dev", "eth0")
        for device in ("lo", "eth0"):
            _at(host.name, "link", "set", device, "up")


@contextlib.contextmanager
def network(names: Sequence[str]) -> Iterator[Network]:
    """Have hosts of these names at one switch."""
    made = Network()
    try:
        made.set_up(names)
        yield made
    finally:
        made.remove()


def _namespace(name: str) -> str:
    return f"qms-{os.getpid()}-{name}"


def _enter(namespace: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(namespace, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def _at(name: str, *command: str) -> None:
    _ip("-n", _namespace(name), *command)


def _ip(*command: str) -> None:
    done = subprocess.run([ensure("ip"), *command], capture_output=True, check=False)
    assert done.returncode == 0, (command, done.stderr)
