"""The signed requests to publish that came in the last minutes."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

WINDOW_SECONDS = 300


class Requests:
    """The requests of the last minutes, in a file that outlives the process.

    The publisher looks at the file's time alone.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        self._writing = threading.Lock()

    def in_time(self, timestamp: str) -> bool:
        """Tell whether a request was signed a short while ago."""
        return (
            timestamp.isascii()
            and timestamp.isdecimal()
            and abs(self._clock() - int(timestamp)) <= WINDOW_SECONDS
        )

    def accept(self, timestamp: str, signature: str) -> bool:
        """Write a request down; false when it came before."""
        with self._writing:
            lines = self._path.read_text().splitlines() if self._path.exists() else []
            recent = [line for line in lines if self.in_time(line.partition(" ")[0])]
            if f"{timestamp} {signature}" in recent:
                return False
            aside = self._path.with_name(f".{self._path.name}")
            aside.write_text("\n".join([*recent, f"{timestamp} {signature}"]) + "\n")
            aside.replace(self._path)
        return True
