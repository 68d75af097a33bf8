"""How cost grows with the journal: `make bench-growth`.

Intakes over journals of every size run at once and are asked in turn, so that whatever the machine
does meanwhile hits all alike; what counts are the ratios.
"""

import contextlib
import http.client
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from intake.cases.case import fold
from intake.cases.workflow import load_workflows
from intake.configuration import PROJECT_ROOT, Places
from intake.forms.schema import load_forms
from intake.journal.sqlite import SqliteJournal
from intake.packages.projection import project
from intake.receipts import new_token
from scripts.bench_cases import fill_cases, secretary_session
from tests.faults.test_kill import ANSWERS, wait_for
from tests.ports import free_port

EVENTS_OF_A_CASE = 11
ROUNDS = 150
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PAGE = "/bao-cao/khong-phu-hop/"


@dataclass
class Portal:
    """A portal over a journal of a size, and what asking it took."""

    places: Places
    numbers: list[str]
    events: int
    port: int = 0
    cookie: str = ""
    pid: int = 0
    times: dict[str, list[float]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def ask(self, what: str, method: str, path: str, body: str | None = None) -> str:
        """Ask once over a kept connection, note the milliseconds, return the page."""
        headers = {"Cookie": self.cookie, **(FORM if body else {})}
        begun = time.perf_counter()
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        html = answer.read().decode()
        self.times.setdefault(what, []).append((time.perf_counter() - begun) * 1000)
        if answer.status not in {200, 201, 303}:
            told = re.findall(r"qms-error[^>]*>([^<]+)", html)
            raise RuntimeError(f"{method} {path}: {answer.status} {told}")
        return html

    def connect(self) -> None:
        """Open the connection that is kept."""
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)

    @property
    def memory(self) -> float:
        """The most megabytes that the intake held so far."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1000


def growth(sizes: list[int], folder: Path) -> list[Portal]:
    """Measure everything at every size."""
    portals = [made(folder / str(size), size) for size in sizes]
    with contextlib.ExitStack() as running:
        for portal in portals:
            running.enter_context(served(portal))
            begun = time.perf_counter()
            portal.ask("warm", "GET", "/xu-ly/")
            portal.seconds["first look at the desk"] = time.perf_counter() - begun
        for at in range(ROUNDS):
            for portal in portals[at % len(portals) :] + portals[: at % len(portals)]:
                one_round(portal, at)
        for portal in portals:
            portal.seconds["memory"] = portal.memory
    for portal in portals:
        rebuild(portal)
    return portals


def made(root: Path, events: int) -> Portal:
    """Make a portal whose journal holds about so many events."""
    places = Places(root)
    ignored = shutil.ignore_patterns("intake")
    shutil.copytree(PROJECT_ROOT / "data", root / "data", ignore=ignored)
    places.current_site.parent.mkdir(parents=True)
    places.current_site.symlink_to(Places(PROJECT_ROOT).current_site.resolve())
    places.packages.mkdir()
    numbers = fill_cases(places, places.journal, max(events // EVENTS_OF_A_CASE, 1))
    journal = SqliteJournal(places.journal)
    held = journal.last_seq()
    journal.close()
    return Portal(places, numbers, held)


@contextlib.contextmanager
def served(portal: Portal) -> Iterator[None]:
    """Run an intake over a portal."""
    portal.cookie = secretary_session(portal.places)
    portal.port = free_port()
    command = [sys.executable, "-m", "intake", "serve", "--port", str(portal.port)]
    environment = {**os.environ, "QMS_ROOT": str(portal.places.root)}
    with subprocess.Popen(
        command, cwd=PROJECT_ROOT, env=environment, stderr=subprocess.DEVNULL
    ) as process:
        try:
            wait_for(portal.port)
            portal.pid = process.pid
            portal.connect()
            yield
        finally:
            process.terminate()


def one_round(portal: Portal, at: int) -> None:
    """Send a slip, look at the list and at a case, and note something on it."""
    sent = {**ANSWERS, "summary": f"Hồ sơ thiếu phiếu kiểm soát, lần {at}", "_token": new_token()}
    number = re.findall(
        r'qms-number">([^<]+)', portal.ask("a slip sent", "POST", PAGE, urlencode(sent))
    )[0]
    portal.ask("the list at the desk", "GET", "/xu-ly/?xem=tat-ca&tim=KPH-2020-09")
    portal.ask(
        "a case at the desk", "GET", f"/xu-ly/phieu/?so={portal.numbers[at % len(portal.numbers)]}"
    )
    page = f"/xu-ly/viec/?so={number}&viec=note"
    html = portal.ask("a form at the desk", "GET", page)
    version = re.findall(r'name="_version" value="(\d+)"', html)[0]
    noted = {"_token": new_token(), "_version": version, "text": "Đã gọi điện hỏi thêm."}
    portal.ask("an action at the desk", "POST", page, urlencode(noted))


def rebuild(portal: Portal) -> None:
    """Measure what is computed from the whole journal."""
    places = portal.places
    journal = SqliteJournal(places.journal)
    forms, workflows = load_forms(places.forms), load_workflows(places.forms)

    def taken(what: str, work: Callable[[], object]) -> None:
        begun = time.process_time()
        work()
        portal.seconds[what] = time.process_time() - begun

    taken("fold of all cases", lambda: sum(1 for _ in fold(journal.events())))
    taken("packages from nothing", lambda: project(journal, forms, workflows, places.packages))
    taken("packages, nothing new", lambda: project(journal, forms, workflows, places.packages))
    journal.close()


def report(portals: list[Portal]) -> None:
    """Print the table."""
    print(f"\n{'events in the journal':34}" + "".join(f"{each.events:>14,}" for each in portals))
    for what in portals[0].times:
        if what != "warm":
            medians = [statistics.median(each.times[what]) for each in portals]
            ratio = medians[-1] / medians[0]
            line = "".join(f"{each:>11.1f} ms" for each in medians)
            print(f"{what + ', p50':34}{line}   × {ratio:.2f}")
            late = [sorted(each.times[what])[len(each.times[what]) * 99 // 100] for each in portals]
            print(f"{what + ', p99':34}" + "".join(f"{each:>11.1f} ms" for each in late))
    for what in portals[0].seconds:
        unit = "MB" if what == "memory" else "s "
        line = "".join(f"{each.seconds[what]:>11.2f} {unit}" for each in portals)
        print(f"{what:34}{line}")


def main() -> None:
    """Measure at the sizes that are asked for."""
    sizes = [int(each) for each in sys.argv[1:]] or [1_000, 10_000, 100_000]
    with tempfile.TemporaryDirectory(prefix="qms-growth-") as folder:
        report(growth(sizes, Path(folder)))


if __name__ == "__main__":
    main()
