"""On which processors the service runs: all its threads on one, what it starts on any.

Python lets one thread run at a time, and threads that answer requests hand over some thirty times
each. To another processor that costs more than what is done in between: see record 21.
"""

import contextlib
import os
from collections.abc import Iterator

_IS_KNOWN = hasattr(os, "sched_setaffinity")
"""Linux lets a process choose."""
_ALLOWED = sorted(os.sched_getaffinity(0)) if _IS_KNOWN else []


def keep_to_one(port: int) -> None:
    """Let this thread, and those that it starts, run on one processor; another for each port."""
    if _IS_KNOWN:
        os.sched_setaffinity(0, {_ALLOWED[port % len(_ALLOWED)]})


@contextlib.contextmanager
def on_any() -> Iterator[None]:
    """Let this thread, and the processes that it starts, run wherever there is room."""
    if not _IS_KNOWN:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, _ALLOWED)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
