"""Makes the paper copies that are missing and keeps each under its key."""

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from intake.configuration import Places
from scripts.paper_copies.composing import compose
from scripts.paper_copies.pango import ensure_pango
from scripts.system import System

_WORTH_A_PROCESS = 4
"""How many copies a process should have to make."""


class Print(Protocol):
    """What can be made a PDF and kept."""

    @property
    def system(self) -> System:
        """The registers it was set from."""

    @property
    def address(self) -> str:
        """The page it was set from."""

    @property
    def name(self) -> str:
        """The name of its file."""

    @property
    def key(self) -> str:
        """The name it is kept under: another one when it would look different."""


class UnmadeCopy(RuntimeError):
    """A paper copy could not be made; the message says which and why."""


@dataclass(frozen=True)
class Kept:
    """The prints that were made, a file each, named by its key."""

    folder: Path

    @classmethod
    def of(cls, places: Places, kind: str = "paper-copies") -> "Kept":
        """Return where a project keeps its paper copies, or prints of another kind."""
        return cls(places.cache / kind)

    def path(self, copy: Print) -> Path:
        """Return the file of a copy, whether it is there or not."""
        return self.folder / f"{copy.key}.pdf"

    def missing(self, copies: Sequence[Print]) -> list[Print]:
        """Return the copies that were not made yet."""
        return [copy for copy in copies if not self.path(copy).exists()]

    def make(
        self,
        copies: Sequence[Print],
        told: Callable[[int, int], None],
        as_html: Callable[[Any], str] = compose,
    ) -> int:
        """Make the copies that are missing, on all processors, and return how many that were.

        Args:
            copies: all that there should be.
            told: hears after each copy how many of how many are made.
            as_html: sets one of them.

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
                pool.submit(_make, html, _base(copy), self.path(copy)): copy
                for html, copy in _longest_first(missing, as_html)
            }
            for count, made in enumerate(as_completed(under_way), start=1):
                if failed := made.exception():
                    pool.shutdown(cancel_futures=True)
                    raise UnmadeCopy(f"{under_way[made].name}: {failed}") from failed
                told(count, len(missing))
        return len(missing)

    def prune(self, copies: Sequence[Print]) -> None:
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


def _longest_first(
    copies: Sequence[Print], as_html: Callable[[Any], str]
) -> list[tuple[str, Print]]:
    """Return copies with their HTML; the longest begin, so that no processor waits at the end."""
    composed = [(as_html(copy), copy) for copy in copies]
    return sorted(composed, key=lambda each: len(each[0]), reverse=True)


def _base(copy: Print) -> str:
    return f"{copy.system.portal.site['url']}{copy.address}"


def _make(html: str, base: str, target: Path) -> None:
    """Make one copy; what is written is whole or not there."""
    aside = target.with_suffix(".tmp")
    aside.write_bytes(ensure_pango().render(html, base))
    aside.replace(target)
