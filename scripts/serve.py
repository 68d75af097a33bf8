"""`make serve`: the site and the intake on one address, published again when something changes."""

import contextlib
import signal
import subprocess
import sys
import time
from pathlib import Path

from intake.configuration import Places, Portal
from intake.journal.store import newest_event

_WATCHED = ("content", "data", "mkdocs.yml", "scripts/templates", "intake/templates")
_TICK_SECONDS = 0.5

State = dict[str, tuple[int, int]]


def serve(places: Places, port: int) -> None:
    """Publish, serve, and publish again on every change, until interrupted."""
    signal.signal(signal.SIGTERM, _interrupt)
    state = snapshot(places)
    _publish()
    command = [sys.executable, "-m", "intake", "serve", "--port", str(port)]
    with subprocess.Popen(command) as intake:
        print(_WELCOME.format(address=f"http://127.0.0.1:{port}"), flush=True)
        try:
            while intake.poll() is None:
                state = _tick(places, state)
        except KeyboardInterrupt:
            pass
        finally:
            intake.terminate()


def watch(places: Places, *, paper: bool = False) -> None:
    """Publish, and again on every change, until interrupted; the site is served by others.

    Args:
        places: the project.
        paper: make the paper copies that are missing, too.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    more = ["--pdf"] if paper else []
    state = snapshot(places)
    _publish(*more)
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            state = _tick(places, state, *more)


def _tick(places: Places, state: State, *more: str) -> State:
    """Publish once a burst of changes is over; return what was published from."""
    time.sleep(_TICK_SECONDS)
    now = snapshot(places)
    if now == state:
        return state
    while (settled := snapshot(places)) != now:
        time.sleep(_TICK_SECONDS)
        now = settled
    _publish(*more)
    return now


def snapshot(places: Places) -> State:
    """Return the time and size of every file whose change calls for publishing.

    The journal counts by its newest event: files that are held for a form change nothing.
    """
    state = {}
    for path in (path for name in _WATCHED for path in _files(places.root / name)):
        if path.is_relative_to(places.packages):
            continue
        with contextlib.suppress(FileNotFoundError):
            found = path.stat()
            state[str(path)] = (found.st_mtime_ns, found.st_size)
    return {
        **state,
        "journal": (newest_event(places), 0),
        "day": (_day(places), 0),
        "asked": _asked(places.publishing_requests),
    }


def _asked(requests: Path) -> tuple[int, int]:
    """Return when a signed request last asked for publishing."""
    with contextlib.suppress(FileNotFoundError):
        return (requests.stat().st_mtime_ns, 0)
    return (0, 0)


def _day(places: Places) -> int:
    """Return the day against which ages and due dates are counted; none of a broken file."""
    try:
        return Portal.load(places.configuration).day().toordinal()
    except (OSError, ValueError, LookupError):
        return 0


def _files(path: Path) -> list[Path]:
    return [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]


def _interrupt(*_: object) -> None:
    """Stop as Ctrl-C does, so that the intake is stopped as well."""
    raise KeyboardInterrupt


def _publish(*more: str) -> None:
    """Publish in a process of its own; its messages say what to mend, the old site stays up."""
    subprocess.run([sys.executable, "-m", "scripts", "publish", *more], check=False)


_WELCOME = """
  The portal is at {address}

  Try first:
    {address}/bao-cao/khong-phu-hop/   báo một điều chưa phù hợp, nhận số phiếu và mã tra cứu
    {address}/so/khong-phu-hop/        see it in the register a few seconds later
    {address}/tai-lieu/qt-ht-04/       a procedure with its flowchart and steps
  Edit content/ or data/qms/ and reload. Stop with Ctrl-C.
"""
