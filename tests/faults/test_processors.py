import os
import subprocess
import sys
import threading
from pathlib import Path

from intake import processors
from intake.configuration import Places
from tests.faults.test_kill import places, service

__all__ = ["places"]

ALL = sorted(os.sched_getaffinity(0))


def test_every_thread_of_the_service_keeps_to_one(places: Places) -> None:
    with service(places) as (process, port):
        threads = [int(each.name) for each in Path(f"/proc/{process.pid}/task").iterdir()]
        assert len(threads) > 40
        kept = {tuple(os.sched_getaffinity(thread)) for thread in threads}
        assert kept == {(ALL[port % len(ALL)],)}


def test_ports_beside_each_other_go_through_all_processors() -> None:
    kept = [on_a_thread_of(port) for port in range(8001, 8001 + len(ALL))]
    assert all(len(each) == 1 for each in kept)
    assert set().union(*kept) == set(ALL)
    assert os.sched_getaffinity(0) == set(ALL), "other threads are left alone"


def on_a_thread_of(port: int) -> set[int]:
    found: list[set[int]] = []

    def keep() -> None:
        processors.keep_to_one(port)
        found.append(os.sched_getaffinity(0))

    thread = threading.Thread(target=keep)
    thread.start()
    thread.join()
    return found[0]


def test_what_is_started_may_run_anywhere() -> None:
    asked = [sys.executable, "-c", "import os; print(sorted(os.sched_getaffinity(0)))"]
    told: list[str] = []

    def start() -> None:
        processors.keep_to_one(8001)
        with processors.on_any():
            told.append(subprocess.check_output(asked, text=True).strip())
        assert len(os.sched_getaffinity(0)) == 1
        told.append(subprocess.check_output(asked, text=True).strip())

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert told == [str(ALL), f"[{ALL[8001 % len(ALL)]}]"]
