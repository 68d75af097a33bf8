"""Measures what a command takes: in a process of its own, whatever else the machine does."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_MEGA = 1_000_000
_MEASURE = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
"""
"""Runs in a process of its own: the peak of a process is never below that of the one it left."""


@dataclass(frozen=True)
class Cost:
    """What a command took."""

    seconds: float
    """Of the processor, whatever else the machine did."""
    peak: float
    """Megabytes of memory."""


def measured(command: list[str], root: Path) -> Cost:
    """Run a command of the portal or of another engine in a folder, and say what it took."""
    code = str(Path(__file__).resolve().parent.parent)
    environment = {**os.environ, "QMS_ROOT": str(root), "PYTHONPATH": code}
    told = subprocess.run(
        [sys.executable, "-c", _MEASURE, *command],
        cwd=root,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    seconds, kibibytes = told.stdout.split()
    return Cost(float(seconds), int(kibibytes) * 1024 / _MEGA)
