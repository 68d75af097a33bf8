"""What submissions are sent to: the intake over each store, and an empty view."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from intake.configuration import PROJECT_ROOT, Places
from intake.journal.postgres import PostgresJournal
from intake.journal.sql import SqlJournal
from intake.journal.sqlite import SqliteJournal
from intake.journal.store import SETTING
from intake.receipts import new_token
from tests.faults.test_kill import service, wait_for
from tests.load.press import Pressed, press
from tests.ports import free_port
from tests.postgres import children, postgres

CONNECTIONS = 32
PAGE = "/bao-cao/khong-phu-hop/"
ANSWERS = {
    "summary": "Hồ sơ đề nghị xác nhận không có phiếu kiểm soát quá trình",
    "description": "Ba hồ sơ nộp trong tuần không kèm phiếu kiểm soát như bước 2 yêu cầu. " * 8,
    "evidence": "Hồ sơ số 12, 15 và 17 trong sổ theo dõi hồ sơ của đơn vị",
    "correction": "Đã bổ sung phiếu cho ba hồ sơ, đã nhắc người nhận hồ sơ",
    "unit": "BC",
    "document": "QT-BC-02",
    "document_revision": "01",
    "found_on": "2020-09-10",
    "source": "self",
    "sender_name": "Nguyễn Văn A",
    "sender_unit": "KHCN",
    "sender_email": "ten@example.gov.vn",
    "contact_back": "true",
}
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Side:
    """What is sent to, and what came of it."""

    name: str
    ports: list[int]
    processes: Callable[[], list[int]]
    """Those that work for it: its own, and its database's."""
    journal: Callable[[], SqlJournal] | None = None
    rounds: list[Pressed] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    """Milliseconds of the processor for a request, by round."""
    acknowledged: int = 0

    def take(self, count: int, connections: int = CONNECTIONS) -> None:
        """Let so many requests be answered, and note how."""
        before = spent(self.processes())
        pressed = press(self.ports, made(self.ports[0], count), connections)
        took = spent(self.processes()) - before
        if set(pressed.statuses) != {201 if self.journal else 200}:
            raise RuntimeError(f"{self.name}: {pressed.statuses}")
        self.acknowledged += count
        self.rounds.append(pressed)
        self.cpu.append(took * 1000 / count)

    def forget(self) -> None:
        """Forget the rounds so far."""
        self.rounds.clear()
        self.cpu.clear()

    def kept(self) -> int:
        """Return how many submissions lie in the journal."""
        assert self.journal
        with contextlib.closing(self.journal()) as journal:
            return len(journal.events("nonconformity"))


def made(port: int, count: int) -> list[bytes]:
    """Return requests as a browser sends them, each with a token of its own."""
    return [_request(port, urlencode({**ANSWERS, "_token": new_token()})) for _ in range(count)]


def _request(port: int, body: str) -> bytes:
    address = f"127.0.0.1:{port}"
    head = [
        f"POST {PAGE} HTTP/1.1",
        f"Host: {address}",
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "Accept-Language: vi,en;q=0.5",
        f"Referer: http://{address}{PAGE}",
        f"Origin: http://{address}",
        "Sec-Fetch-Site: same-origin",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*head, "", body]).encode()


def spent(processes: list[int]) -> float:
    """Return the seconds of the processor that processes have used."""
    total = 0
    for each in processes:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            stat = Path(f"/proc/{each}/stat").read_text(encoding="utf-8", errors="replace")
            total += sum(map(int, stat.rpartition(")")[2].split()[11:13]))
    return total / _TICKS


@contextlib.contextmanager
def view(kind: str) -> Iterator[Side]:
    """Run a yardstick: an `empty` or a `reading` view."""
    port = free_port()
    command = [sys.executable, "-m", "tests.load.yardsticks", kind, str(port)]
    with subprocess.Popen(command, cwd=PROJECT_ROOT, stderr=subprocess.DEVNULL) as process:
        try:
            wait_for(port)
            yield Side(f"Flask view, {kind}", [port], lambda: [process.pid])
        finally:
            process.kill()


@contextlib.contextmanager
def on_sqlite(
    places: Places, intakes: int = 1, told: Mapping[str, str] | None = None
) -> Iterator[Side]:
    """Run intakes over a file."""
    with _intakes(places, intakes, {SETTING: "", **(told or {})}) as (ports, own):
        yield Side(_named("SQLite", intakes), ports, lambda: own, partial(_sqlite, places))


@contextlib.contextmanager
def on_postgres(
    places: Places, intakes: int = 1, told: Mapping[str, str] | None = None
) -> Iterator[Side]:
    """Run intakes over a database server of its own; it is the server that is told more."""
    with (
        postgres(environment=told) as server,
        _intakes(places, intakes, {SETTING: server.url}) as (ports, own),
    ):

        def processes() -> list[int]:
            assert server.process
            return [*own, *children(server.process.pid)]

        name = _named("PostgreSQL", intakes)
        yield Side(name, ports, processes, partial(PostgresJournal, server.url))


def _sqlite(places: Places) -> SqliteJournal:
    return SqliteJournal(places.journal)


def _named(store: str, intakes: int) -> str:
    return store if intakes == 1 else f"{store}, {intakes} intakes"


@contextlib.contextmanager
def _intakes(
    places: Places, count: int, told: Mapping[str, str]
) -> Iterator[tuple[list[int], list[int]]]:
    """Run so many intakes; return their ports and their processes."""
    with contextlib.ExitStack() as running:
        first = free_port()  # the next ones are on other processors
        started = [
            running.enter_context(service(places, port, **told))
            for port in range(first, first + count)
        ]
        yield [port for _, port in started], [process.pid for process, _ in started]


def places_for(folder: Path) -> Places:
    """Make a portal with the published site of this one and a journal of its own."""
    places = Places(folder)
    ignored = shutil.ignore_patterns("intake")
    shutil.copytree(PROJECT_ROOT / "data", folder / "data", ignore=ignored)
    places.current_site.parent.mkdir()
    places.current_site.symlink_to(Places(PROJECT_ROOT).current_site.resolve())
    places.packages.mkdir()
    return places
