"""Makes the paper copies that are missing and keeps each under its key."""

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from intake.configuration import Places
from scripts.paper_copies.composing import compose
from scripts.paper_copies.copies import PaperCopy
from scripts.paper_copies.pango import ensure_pango

_WORTH_A_PROCESS = 4
"""How many copies a process should have to make."""


class UnmadeCopy(RuntimeError):
    """A paper copy could not be made; the message says which and why."""


@dataclass(frozen=True)
class Kept:
    """The paper copies that were made, a file each, named by its key."""

    folder: Path

    @classmethod
    def of(cls, places: Places) -> "Kept":
        """Return where a project keeps its paper copies."""
        return cls(places.cache / "paper-copies")

    def path(self, copy: PaperCopy) -> Path:
        """Return the file of a copy, whether it is there or not."""
        return self.folder / f"{copy.key}.pdf"

    def missing(self, copies: Sequence[PaperCopy]) -> list[PaperCopy]:
        """Return the copies that were not made yet, those with the longest text first."""
        unmade = [copy for copy in copies if not self.path(copy).exists()]
        return sorted(unmade, key=lambda copy: len(copy.text), reverse=True)

    def make(self, copies: Sequence[PaperCopy], told: Callable[[int, int], None]) -> int:
        """Make the copies that are missing, on all processors, and return how many that were.

        Args:
            copies: all that there should be.
            told: hears after each copy how many of how many are made.

        Raises:
            PangoMissing: the machine lacks what sets the text.
            UnmadeCopy: one could not be made; those made before it stay.
        """
        missing = self.missing(copies)
        if not missing:
            return 0
        ensure_pango()
        self.folder.mkdir(parents=True, exist_ok=True)
        with _workers(len(missing)) as pool:
            under_way = {
                pool.submit(_make, compose(copy), _base(copy), self.path(copy)): copy
                for copy in missing
            }
            for count, made in enumerate(as_completed(under_way), start=1):
                if failed := made.exception():
                    pool.shutdown(cancel_futures=True)
                    raise UnmadeCopy(f"{under_way[made].name}: {failed}") from failed
                told(count, len(missing))
        return len(missing)

    def prune(self, copies: Sequence[PaperCopy]) -> None:
        """Remove what no copy is kept under any more; releases have their own."""
        wanted = {self.path(copy) for copy in copies}
        for path in self.folder.glob("*"):
            if path not in wanted:
                path.unlink()


def _workers(copies: int) -> Executor:
    """Return who makes so many copies: processes when that is worth their start."""
    processes = min(os.cpu_count() or 1, copies // _WORTH_A_PROCESS)
    if processes < 2:
        return ThreadPoolExecutor(1)
    return ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn"))


def _base(copy: PaperCopy) -> str:
    return f"{copy.system.portal.site['url']}{copy.address}"


def _make(html: str, base: str, target: Path) -> None:
    """Make one copy; what is written is whole or not there."""
    aside = target.with_suffix(".tmp")
    aside.write_bytes(ensure_pango().render(html, base))
    aside.replace(target)
