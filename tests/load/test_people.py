"""Two hundred people at once are answered, and what they were told was kept was kept.

`make test` lets them go on for `SECONDS`, `make bench-load` for ten minutes, and prints the table.
"""

import os
import re
import shutil
from pathlib import Path

import pytest

from intake.configuration import PROJECT_ROOT, Places
from intake.journal.sqlite import SqliteJournal
from scripts.bench_cases import fill_cases
from tests.faults.test_kill import service
from tests.load.people import crowd, enough_files, pages_of
from tests.server.nginx import nginx

SECONDS = float(os.environ.get("QMS_LOAD_SECONDS", "30"))
CASES = 1_000


@pytest.fixture
def busy(shipped: Places, tmp_path: Path) -> Places:
    """The shipped portal, published, with a thousand cases in its journal."""
    places = Places(tmp_path / "portal")
    places.root.mkdir()
    ignored = shutil.ignore_patterns("intake")
    shutil.copytree(PROJECT_ROOT / "data", places.root / "data", ignore=ignored)
    text = places.configuration.read_text(encoding="utf-8")
    behind = text.replace("behind_proxy = false", "behind_proxy = true ")
    places.configuration.write_text(behind, encoding="utf-8")
    places.current_site.parent.mkdir()
    places.current_site.symlink_to(shipped.current_site.resolve())
    places.packages.mkdir()
    fill_cases(places, places.journal, CASES)
    return places


def test_everybody_is_answered_and_nothing_acknowledged_is_lost(
    busy: Places, tmp_path_factory: pytest.TempPathFactory, record_property: object
) -> None:
    folder = tmp_path_factory.mktemp("nginx")
    pages = pages_of(busy.current_site.resolve())
    assert len(pages) > 1000
    with (
        enough_files(),
        service(busy) as (process, port),
        nginx(busy, port, folder, connections=1024) as web,
    ):
        found = crowd(busy, web.port, pages, SECONDS)
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
        spent = Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii").split()[13:15]
    memory = int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1000
    cpu = sum(map(int, spent)) / os.sysconf("SC_CLK_TCK")
    print("\n".join([f"\n200 people, {found.seconds:.0f} s", *found.lines()]))
    print(f"the intake: {cpu:.1f} CPU s, at most {memory:.0f} MB")
    assert found.failures == []
    assert found.sent > SECONDS
    assert len(found.receipts) == found.sent, "everybody got a number of their own"
    journal = SqliteJournal(busy.journal)
    kept = {event.number for event in journal.events("nonconformity") if not event.action}
    journal.close()
    assert found.receipts <= kept
