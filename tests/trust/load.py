"""People who send slips with files at the same time, press twice, and try again when refused."""

import contextlib
import http.client
import itertools
import secrets
import socket
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from intake.forms.rendering import FILES_FIELD
from intake.receipts import Token, new_token
from tests.faults.test_kill import ANSWERS, CODE, NUMBER, Receipt

_PEOPLE = 8
_TWICE_EVERY = 4
_FILE_BYTES = 6_000
_BOUNDARY = "----ranh-gioi"


@dataclass(frozen=True)
class Slip:
    """What one person sends, until it is acknowledged."""

    token: Token
    summary: str
    file: bytes

    @property
    def boundary(self) -> str:
        return _BOUNDARY

    @property
    def body(self) -> bytes:
        fields = {**ANSWERS, "summary": self.summary, "_token": self.token}
        parts = [
            f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'
            for name, text in fields.items()
        ]
        head = f'Content-Disposition: form-data; name="{FILES_FIELD}"; filename="a.pdf"'
        start = "".join(parts) + f"--{_BOUNDARY}\r\n{head}\r\n\r\n"
        return start.encode() + self.file + f"\r\n--{_BOUNDARY}--\r\n".encode()


@dataclass(frozen=True)
class Answer:
    """How long somebody waited for what."""

    port: int
    asked_at: float
    seconds: float
    status: int
    """0 when no answer came."""


def _on_this_machine(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), 40)


@dataclass
class Load:
    """The people, what they sent, and every receipt that they were given."""

    slips: dict[Token, Slip] = field(default_factory=dict)
    receipts: dict[Token, set[Receipt]] = field(default_factory=dict)
    connect: Callable[[int], socket.socket] = _on_this_machine
    answers: list[Answer] = field(default_factory=list)
    refused: int = 0
    unanswered: int = 0
    false: list[str] = field(default_factory=list)
    """Pages that refuse and show a number all the same, or have lost what was sent."""
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _stop: threading.Event = field(default_factory=threading.Event)
    _ports: list[int] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)

    def begin(self, ports: Sequence[int]) -> None:
        self._stop.clear()
        self._ports = list(ports)
        self._threads = [threading.Thread(target=self._person) for _ in range(_PEOPLE)]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Let everyone finish the try that is under way."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def await_receipts(self, more: int, seconds: float = 60) -> None:
        """Wait until so many more slips are acknowledged."""
        aim = len(self.receipts) + more
        _await(lambda: len(self.receipts) >= aim, seconds, "the service takes nothing")

    def await_refusals(self, more: int, seconds: float = 60) -> None:
        aim = self.refused + more
        _await(lambda: self.refused >= aim, seconds, f"too few were refused: {self.totals}")

    def await_answers(self, port: int, status: int, more: int, seconds: float = 60) -> None:
        """Wait until so many asked an intake from now on and had an answer of a kind."""
        since = time.monotonic()

        def come() -> bool:
            answers = [each for each in self.answers if each.asked_at >= since]
            return sum((each.port, each.status) == (port, status) for each in answers) >= more

        _await(come, seconds, f"too few answers {status} at {port}: {self.totals}")

    def stand_still(self, seconds: float) -> None:
        """Let people send for a while, whatever comes of it."""
        self._stop.wait(seconds)

    @property
    def totals(self) -> tuple[int, int, int]:
        """Return how many were acknowledged, refused and left without an answer."""
        return len(self.receipts), self.refused, self.unanswered

    def send_again(self, ports: Sequence[int]) -> None:
        """Send what was not acknowledged, and some of what was: those get the same receipt."""
        self._ports = list(ports)
        waiting = [slip for token, slip in self.slips.items() if token not in self.receipts]
        again = [self.slips[token] for token in list(self.receipts)[-10:]]
        with ThreadPoolExecutor(_PEOPLE) as pool:
            assert all(pool.map(self._try, [*waiting, *again])), "sound, and yet not taken"

    def _person(self) -> None:
        with ThreadPoolExecutor(2) as fingers:
            while not self._stop.is_set():
                ordinal = next(self._numbers)
                file = b"%PDF-" + secrets.token_bytes(_FILE_BYTES)
                slip = Slip(new_token(), f"Phiếu thử số {ordinal:06}", file)
                self.slips[slip.token] = slip
                presses = 1 if ordinal % _TWICE_EVERY else 2
                while not any(fingers.map(self._try, [slip] * presses)):
                    if self._stop.wait(0.1):
                        return

    def _try(self, slip: Slip) -> bool:
        """Send once; return whether it was acknowledged."""
        port, began = secrets.choice(self._ports), time.monotonic()
        status, text = self._post(port, slip.body)
        self.answers.append(Answer(port, began, time.monotonic() - began, status))
        if status == 201:
            receipt = (NUMBER.findall(text)[0], CODE.findall(text)[0])
            self.receipts.setdefault(slip.token, set()).add(receipt)
            return True
        if status == 0:
            self.unanswered += 1
            return False
        assert status == 503, (status, text[:500])
        self.refused += 1
        if NUMBER.search(text) or slip.summary not in text or slip.token not in text:
            self.false.append(text)
        return False

    def _post(self, port: int, body: bytes) -> tuple[int, str]:
        """Return status and page; 0 when no whole answer came."""
        connection = http.client.HTTPConnection("127.0.0.1", port)
        kind = f"multipart/form-data; boundary={_BOUNDARY}"
        try:
            connection.sock = self.connect(port)
            connection.request("POST", "/bao/", body, {"Content-Type": kind})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            connection.close()


def _await(done: Callable[[], bool], seconds: float, otherwise: str) -> None:
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until, otherwise
        with contextlib.suppress(InterruptedError):
            time.sleep(0.02)
