"""`make serve`: the site and the intake on one address, published again when something changes."""

import subprocess
import sys
import time
from pathlib import Path

from intake.configuration import Places

_WATCHED = ("content", "data", "mkdocs.yml", "scripts/templates", "intake/templates")
_NOT_WATCHED = ("data/intake/",)
_JOURNAL_FILES = ("journal.sqlite3", "journal.sqlite3-wal")
_TICK_SECONDS = 0.5

State = dict[str, tuple[int, int]]


def serve(places: Places, port: int) -> None:
    """Publish, serve, and publish again on every change, until interrupted."""
    state = snapshot(places.root)
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


def _tick(places: Places, state: State) -> State:
    """Publish once a burst of changes is over; return what was published from."""
    time.sleep(_TICK_SECONDS)
    now = snapshot(places.root)
    if now == state:
        return state
    while (settled := snapshot(places.root)) != now:
        time.sleep(_TICK_SECONDS)
        now = settled
    _publish()
    return now


def snapshot(root: Path) -> State:
    """Return the time and size of every file whose change calls for publishing."""
    files = [path for name in _WATCHED for path in _files(root / name)]
    watched = [
        path for path in files if not path.relative_to(root).as_posix().startswith(_NOT_WATCHED)
    ]
    watched += [root / "data" / "intake" / name for name in _JOURNAL_FILES]
    state = {}
    for path in watched:
        try:
            found = path.stat()
        except FileNotFoundError:
            continue
        state[str(path)] = (found.st_mtime_ns, found.st_size)
    return state


def _files(path: Path) -> list[Path]:
    return [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]


def _publish() -> None:
    """Publish in a process of its own; its messages say what to mend, the old site stays up."""
    subprocess.run([sys.executable, "-m", "scripts", "publish"], check=False)


_WELCOME = """
  The portal is at {address}

  Try first:
    {address}/bao-cao/khong-phu-hop/   báo một điều chưa phù hợp, nhận số phiếu và mã tra cứu
    {address}/so/khong-phu-hop/        see it in the register a few seconds later
    {address}/tai-lieu/qt-ht-04/       a procedure with its flowchart and steps
  Edit content/ or data/qms/ and reload. Stop with Ctrl-C.
"""
