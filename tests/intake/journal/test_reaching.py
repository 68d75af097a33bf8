"""A database whose host is silent is waited for once."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from intake.journal.reaching import Reach


class Host:
    """A host that takes its time to fail, until it answers."""

    def __init__(self) -> None:
        self.seconds = 3.0
        self.answers = False
        self.asked = 0
        self._now = 0.0

    def __call__(self) -> Any:
        self.asked += 1
        self._now += self.seconds
        if self.answers:
            return self
        raise ConnectionError

    def close(self) -> None:
        pass

    def clock(self) -> float:
        return self._now


@pytest.fixture
def host() -> Host:
    return Host()


@pytest.fixture
def reach(host: Host, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reach[Any]]:
    monkeypatch.setattr("intake.journal.reaching._PAUSE_SECONDS", 0.001)
    made: Reach[Any] = Reach(host, ConnectionError, host.clock)
    yield made
    made.close()


def refused(reach: Reach[Any]) -> str:
    with pytest.raises(OSError, match=r".*") as found:
        reach.connect()
    return str(found.value)


def until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not done():
        assert time.monotonic() < end
        time.sleep(0.001)


def askers() -> int:
    return [thread.name for thread in threading.enumerate()].count("journal-reach")


def test_a_refusal_turns_nobody_away(reach: Reach[Any], host: Host) -> None:
    host.seconds = 0.1
    for _ in range(3):
        assert "silent" not in refused(reach)
    assert host.asked == 3


def test_callers_are_turned_away_until_there_is_an_answer(reach: Reach[Any], host: Host) -> None:
    assert "silent" not in refused(reach)
    until(lambda: host.asked >= 3)
    assert "silent" in refused(reach)
    host.answers = True
    until(lambda: not askers())
    assert reach.connect() is host


def test_a_refusal_ends_the_silence(reach: Reach[Any], host: Host) -> None:
    """Whoever asks then has the same answer at once, and need not wait for the thread."""
    refused(reach)
    host.seconds = 0.1
    until(lambda: not askers())
    assert "silent" not in refused(reach)


def test_one_thread_asks_however_many_failed(host: Host) -> None:
    """Those who were waiting when the host fell silent all fail slowly."""
    together = threading.Barrier(6)

    def connect() -> Any:
        if threading.current_thread().name != "journal-reach":
            together.wait(5)
        return host()

    reach: Reach[Any] = Reach(connect, ConnectionError, host.clock)
    with ThreadPoolExecutor(5) as pool:
        asked = [pool.submit(refused, reach) for _ in range(5)]
        together.wait(5)
        assert not any("silent" in each.result() for each in asked)
    assert askers() == 1
    reach.close()
    until(lambda: not askers())


def test_closing_ends_the_asking(reach: Reach[Any]) -> None:
    refused(reach)
    reach.close()
    until(lambda: not askers())
