"""Senders who send their next request the moment the last one is answered.

They are one process that does as little as it can: requests are made beforehand, and of an answer
only its status and its length are read. What it takes from the machine is taken from both sides of
a comparison.
"""

import multiprocessing
import selectors
import socket
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"\r\ncontent-length:"
_READ = 1 << 18


@dataclass
class Pressed:
    """What came of sending."""

    seconds: float = 0.0
    milliseconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.milliseconds) / self.seconds

    @property
    def median(self) -> float:
        """The median of the milliseconds until an answer was there."""
        return statistics.median(self.milliseconds)


class Line:
    """A kept connection with one request under way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._got = bytearray()
        self._whole = 0
        self.begun = 0.0

    def send(self, request: bytes) -> None:
        """Send a request, small enough to go at once."""
        self._got.clear()
        self._whole = 0
        self.begun = time.perf_counter()
        self.socket.sendall(request)

    def read(self) -> int:
        """Read what has come; return the status once the answer is whole, else 0."""
        part = self.socket.recv(_READ)
        if not part:
            raise RuntimeError(f"cut off after {bytes(self._got[:200])!r}")
        self._got += part
        if not self._whole and (end := self._got.find(_END_OF_HEAD)) >= 0:
            head = bytes(self._got[:end]).lower()
            length = head.partition(_LENGTH)[2].split(b"\r\n")[0]
            self._whole = end + len(_END_OF_HEAD) + int(length)
        if not self._whole or len(self._got) < self._whole:
            return 0
        return int(self._got[9:12])


def press(ports: Sequence[int], requests: Sequence[bytes], connections: int) -> Pressed:
    """Send all requests from a process of its own, over so many connections to ports in turn."""
    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.apply(_press, (ports, requests, connections))


def _press(ports: Sequence[int], requests: Sequence[bytes], connections: int) -> Pressed:
    pressed, waiting = Pressed(), iter(requests)
    lines = [Line(ports[at % len(ports)]) for at in range(connections)]
    with selectors.DefaultSelector() as ready:
        begun = time.perf_counter()
        for line, request in zip(lines, waiting, strict=False):
            ready.register(line.socket, selectors.EVENT_READ, line)
            line.send(request)
        while len(pressed.milliseconds) < len(requests):
            for key, _ in ready.select():
                line = key.data
                if status := line.read():
                    pressed.milliseconds.append((time.perf_counter() - line.begun) * 1000)
                    pressed.statuses[status] += 1
                    if request := next(waiting, b""):
                        line.send(request)
        pressed.seconds = time.perf_counter() - begun
    for line in lines:
        line.socket.close()
    return pressed
