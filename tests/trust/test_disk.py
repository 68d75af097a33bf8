"""The disk of the tests shows what it is for.

What was not synced is gone after a power cut; what was synced before the device failed is there.
"""

import errno
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from intake.configuration import PROJECT_ROOT
from intake.journal.sqlite import SqliteJournal
from tests.trust.disk import Disk, can_mount

pytestmark = pytest.mark.skipif(not can_mount(), reason="needs root: a disk of its own to break")

SLIPS = 50
KEEP = """
import sys, time
from pathlib import Path
from intake.configuration import Places, PROJECT_ROOT
from intake.forms.schema import load_forms
from intake.journal.model import Submission
from intake.journal.sqlite import SqliteJournal
from intake.receipts import new_token

class Journal(SqliteJournal):
    def _connect(self):
        connection = super()._connect()
        connection.execute(f"PRAGMA synchronous = {sys.argv[2]}")
        return connection

form = load_forms(Places(PROJECT_ROOT).forms)["nonconformity"]
journal = Journal(Path(sys.argv[1]))
for n in range(int(sys.argv[3])):
    journal.append(Submission(form, new_token(), {"summary": str(n)}))
print("kept", flush=True)
time.sleep(60)
"""

LOG = """
import itertools, os, sys
log = os.open(sys.argv[1], os.O_CREAT | os.O_APPEND | os.O_WRONLY)
for n in itertools.count():
    try:
        os.write(log, (f"{n:09}" * 667).encode())
        os.fsync(log)
    except OSError as error:
        sys.exit(error.errno)
    print("kept", flush=True)
"""
"""The simplest thing that keeps what it acknowledged: no database can do better than this."""


@pytest.fixture
def disk() -> Iterator[Disk]:
    with tempfile.TemporaryDirectory(prefix="qms-disk-") as folder:
        made = Disk(Path(folder))
        with closing(SqliteJournal(made.mounted / "journal.sqlite3")):
            subprocess.run(["sync", "-f", made.mounted], check=True)
        yield made
        made.remove()


@pytest.mark.parametrize(("synced", "kept"), [("FULL", SLIPS), ("OFF", 0)])
def test_what_was_not_synced_is_gone(synced: str, kept: int, disk: Disk) -> None:
    path = disk.mounted / "journal.sqlite3"
    command = [sys.executable, "-c", KEEP, str(path), synced, str(SLIPS)]
    with subprocess.Popen(command, cwd=PROJECT_ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"kept\n"
        process.kill()
    disk.cut_power()
    with closing(SqliteJournal(path)) as journal:
        assert len(journal.events()) == kept


def test_what_was_synced_before_the_device_failed_is_there(disk: Disk) -> None:
    path = disk.mounted / "log"
    command = [sys.executable, "-c", LOG, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        kept = [process.stdout.readline() for _ in range(100)]
        disk.fail()
        kept += process.stdout.readlines()
    assert process.returncode == errno.EIO
    disk.repair()
    records = "".join(f"{n:09}" * 667 for n in range(len(kept)))
    assert path.read_bytes().startswith(records.encode())
