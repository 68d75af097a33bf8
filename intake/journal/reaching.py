"""Nobody waits long for a database whose host is silent, and nobody waits for it twice.

A host that refuses says so at once and is simply asked again. One that is silent (cut off, without
power) costs whoever asks it seconds. So after one such failure callers are turned away at once,
while a thread goes on asking.
"""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from typing import Generic, TypeVar

from intake.journal.writer import Connection

log = logging.getLogger(__name__)

_SLOW_SECONDS = 1.0
_PAUSE_SECONDS = 0.5


Made = TypeVar("Made", bound=Connection)


class Reach(Generic[Made]):
    """Connects, unless the host was silent at the last try."""

    def __init__(
        self,
        connect: Callable[[], Made],
        failure: type[Exception],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connect, self._failure, self._clock = connect, failure, clock
        self._lock = threading.Lock()
        self._silent = False
        self._closed = threading.Event()

    def connect(self) -> Made:
        """Connect, or turn the caller away at once.

        Raises:
            OSError: the host is silent.
        """
        if self._silent:
            raise OSError("the database's host is silent; it is being asked again")
        began = self._clock()
        try:
            return self._connect()
        except self._failure:
            if self._clock() - began >= _SLOW_SECONDS:
                self._begin_asking()
            raise

    def close(self) -> None:
        """Stop asking."""
        self._closed.set()

    def _begin_asking(self) -> None:
        with self._lock:
            if self._silent:
                return
            self._silent = True
        log.error("journal: the database's host is silent")
        threading.Thread(target=self._ask_again, name="journal-reach", daemon=True).start()

    def _ask_again(self) -> None:
        """Ask until there is an answer, a refusal too."""
        while self._is_silent() and not self._closed.wait(_PAUSE_SECONDS):
            pass
        self._silent = False

    def _is_silent(self) -> bool:
        began = self._clock()
        with suppress(self._failure, OSError), closing(self._connect()):
            return False
        return self._clock() - began >= _SLOW_SECONDS
