"""Two hundred people at once: readers, senders with attachments, those at the desk.

Everybody has an address of their own on loopback, so that the limits of the web server count them
as they would count them in an office. They read and type as people do, with pauses.
"""

import contextlib
import http.client
import random
import re
import resource
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from intake.accounts.model import Account
from intake.app import account_store
from intake.cases.people import Grant
from intake.configuration import Places, Portal
from intake.receipts import new_token
from tests.faults.test_kill import NUMBER
from tests.trust.load import Slip

READERS, SENDERS, AT_THE_DESK = 150, 40, 10
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
REPORT = "/bao-cao/khong-phu-hop/"
FILE_BYTES = 120_000
_WORST_SHARE = 0.99

Answer = tuple[int, str]


@dataclass
class Measured:
    """What was asked and how long the answers took, in milliseconds, by kind."""

    seconds: float = 0.0
    times: dict[str, list[float]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    receipts: set[str] = field(default_factory=set)
    sent: int = 0
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, milliseconds: float, failure: str = "") -> None:
        """Note an answer."""
        with self._turn:
            self.times.setdefault(kind, []).append(milliseconds)
            if failure:
                self.failures.append(failure)

    def lines(self) -> Iterator[str]:
        """Return the table."""
        head = ("requests", "per second", "p50 ms", "p99 ms")
        yield f"{'':28}{head[0]:>10}{head[1]:>12}{head[2]:>10}{head[3]:>10}"
        for kind, times in sorted(self.times.items()):
            ranked = sorted(times)
            rate, middle = len(ranked) / self.seconds, ranked[len(ranked) // 2]
            late = ranked[int(len(ranked) * _WORST_SHARE)]
            yield f"{kind:28}{len(ranked):>10}{rate:>12.1f}{middle:>10.1f}{late:>10.1f}"
        yield f"not answered as they should: {len(self.failures)}"


class Person:
    """Somebody with a browser: one kept connection from an address of their own."""

    def __init__(self, number: int, port: int, measured: Measured, cookie: str = "") -> None:
        self.number, self._port, self._measured, self._cookie = number, port, measured, cookie
        self.chance = random.Random(number)
        self._connection: http.client.HTTPConnection | None = None

    def ask(
        self,
        kind: str,
        path: str,
        body: bytes | None = None,
        content_type: str = FORM["Content-Type"],
        wanted: tuple[int, ...] = (200,),
    ) -> str:
        """Ask, note how long it took, and return the page; empty when it failed."""
        headers = {"Cookie": self._cookie} if self._cookie else {}
        if body is not None:
            headers["Content-Type"] = content_type
        begun = time.perf_counter()
        try:
            status, html = self._answer("GET" if body is None else "POST", path, body, headers)
        except (OSError, http.client.HTTPException) as error:
            self.leave()
            status, html = 0, type(error).__name__
        took = (time.perf_counter() - begun) * 1000
        failed = "" if status in wanted else f"{kind} {path}: {status} {html[:80]}"
        self._measured.note(kind, took, failed)
        return "" if failed else html

    def _answer(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> Answer:
        if self._connection is None:
            source = f"127.{10 + self.number // 250}.1.{1 + self.number % 250}"
            self._connection = http.client.HTTPConnection(
                "127.0.0.1", self._port, timeout=60, source_address=(source, 0)
            )
        try:
            return self._once(method, path, body, headers)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            if body is not None:
                raise
            self.leave()  # a kept connection that was idle too long: browsers ask again, too
            return self._answer(method, path, body, headers)

    def _once(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        assert self._connection is not None
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace")

    def leave(self) -> None:
        """Close the browser."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def send(self) -> None:
        """Report a nonconformity with a photograph of a page."""
        file = b"%PDF-1.4\n" + self.chance.randbytes(FILE_BYTES) + b"\n%%EOF\n"
        slip = Slip(new_token(), f"Hồ sơ thiếu phiếu kiểm soát, người {self.number}", file)
        kind = f"multipart/form-data; boundary={slip.boundary}"
        html = self.ask("sending with a file", REPORT, slip.body, kind, (201,))
        self._measured.sent += 1
        self._measured.receipts |= set(NUMBER.findall(html))

    def read(self, pages: list[str]) -> None:
        """Open a page."""
        self.ask("reading a page", self.chance.choice(pages))

    def handle(self) -> None:
        """Look at the list, open a case that is open, note something on it."""
        html = self.ask("list at the desk", "/xu-ly/?xem=dang-mo")
        numbers = re.findall(r"phieu/\?so=([A-Z]+-\d+-\d+)", html)
        if not numbers:
            return
        number = self.chance.choice(numbers)
        self.ask("case at the desk", f"/xu-ly/phieu/?so={number}")
        page = f"/xu-ly/viec/?so={number}&viec=note"
        version = re.findall(r'name="_version" value="(\d+)"', self.ask("form at the desk", page))
        if version:
            noted = {"_token": new_token(), "_version": version[0], "text": "Đã gọi điện."}
            # 409: somebody else noted on the same case meanwhile, and is told so
            self.ask("action at the desk", page, urlencode(noted).encode(), wanted=(303, 409))


def crowd(places: Places, port: int, pages: list[str], seconds: float) -> Measured:
    """Let two hundred people use a portal for a while."""
    measured, end = Measured(), threading.Event()
    cookies = _cookies(places)
    people: list[tuple[Person, Callable[[Person], None], float]] = []
    for at in range(READERS):
        people.append((Person(at, port, measured), lambda who: who.read(pages), 2.0))
    for at in range(READERS, READERS + SENDERS):
        people.append((Person(at, port, measured), Person.send, 10.0))
    for at, cookie in enumerate(cookies, READERS + SENDERS):
        people.append((Person(at, port, measured, cookie), Person.handle, 5.0))

    def live(who: Person, does: Callable[[Person], None], pause: float) -> None:
        end.wait(who.chance.uniform(0, pause))
        while not end.is_set():
            does(who)
            end.wait(who.chance.uniform(pause / 2, pause * 3 / 2))
        who.leave()

    threads = [threading.Thread(target=live, args=each) for each in people]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    end.set()
    for thread in threads:
        thread.join()
    measured.seconds = time.perf_counter() - begun
    return measured


def _cookies(places: Places) -> list[str]:
    store = account_store(places, Portal.load(places.configuration))
    cookies = []
    for at in range(AT_THE_DESK):
        name = f"thuky{at}"
        store.put(Account(name, f"Người {name}", "", "KHCN", (Grant("secretariat"),)))
        cookies.append(f"qms_session={store.begin_session(name).session}")
    return cookies


def pages_of(site: Path) -> list[str]:
    """Return the addresses of the pages of a site."""
    return sorted(
        f"/{path.parent.relative_to(site).as_posix()}/".replace("/./", "/")
        for path in site.rglob("index.html")
        if not path.is_relative_to(site / "xu-ly")
    )


@contextlib.contextmanager
def enough_files() -> Iterator[None]:
    """Let this process hold a connection for everybody."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
