"""Measures paper for `make bench`: copies from cold, one whose text changed, and the packs."""

import os
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from intake.configuration import Places
from scripts.measuring import measured
from scripts.paper_copies.copies import PaperCopy, copies
from scripts.paper_copies.keeping import Kept
from scripts.system import System


def bench_paper(places: Places) -> None:
    """Print what the paper copies of a published portal cost."""
    wanted = list(copies(System.load(places), places.current_site))
    kept = Kept(places.cache / "bench-paper-copies")
    longest = max(wanted, key=lambda copy: len(copy.text))
    changed = [replace(longest, text=f"{longest.text}<p>Thêm.</p>")]
    print("\nDocuments as PDF                          copies     wall s      CPU s     MB most")
    for name, asked in (
        ("all, from cold", wanted),
        ("all again, nothing changed", wanted),
        (f"the longest changed ({longest.document['code']})", changed),
    ):
        made, wall, cpu = _measured(kept, asked)
        print(f"  {name:38}{made:8}{wall:11.1f}{cpu:11.1f}{_most_memory():11.0f}")
    size = sum(kept.path(copy).stat().st_size for copy in wanted)
    print(f"  together {size / 1e6:.1f} MB")
    _bench_packs(places)


def _bench_packs(places: Places) -> None:
    """Print what a pack costs, each in a process of its own."""
    unit = System.load(places).units[0]["code"]
    print("\nPacks                                       MB      wall s      CPU s     MB most")
    for name, command in (
        ("management review", ["review", "--period", "2020"]),
        (f"audit of {unit}, its PDFs from cold", ["audit-pack", "--unit", unit]),
        (f"audit of {unit}, again", ["audit-pack", "--unit", unit]),
    ):
        with TemporaryDirectory() as folder:
            begun = time.perf_counter()
            cost = measured(
                [sys.executable, "-m", "scripts", *command, "--to", folder], places.root
            )
            wall = time.perf_counter() - begun
            size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        print(f"  {name:38}{size / 1e6:8.1f}{wall:11.1f}{cost.seconds:11.1f}{cost.peak:11.0f}")


def _measured(kept: Kept, asked: Sequence[PaperCopy]) -> tuple[int, float, float]:
    """Return how many copies were made, in how many seconds, on all processors together."""
    begun, before = time.perf_counter(), sum(os.times()[:4])
    made = kept.make(asked, lambda *_: None)
    return made, time.perf_counter() - begun, sum(os.times()[:4]) - before


def _most_memory() -> float:
    """Return the most that one of the processes held so far, in MB."""
    own, others = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    return max(resource.getrusage(who).ru_maxrss for who in (own, others)) / 1024
