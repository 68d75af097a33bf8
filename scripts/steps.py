"""Keeps what the steps of a build made, so that the next one does again only what changed.

A step is a function of its inputs and nothing else; what it made is kept by the hash of them. All
stands in one file, which a build reads whole and, once its site has passed the gate, writes anew
with what it used. So nothing that was refused is ever kept, and the file holds one site, no more.
It can be deleted at any moment; a broken one, or one of other code, is as none.
"""

import hashlib
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from scripts.files_hash import digest

T = TypeVar("T")
_HASH_LENGTH = 32


class Steps:
    """What the steps of the last build made, and those of this one."""

    def __init__(self, path: Path | None = None, ground: str = "") -> None:
        """Read what was kept.

        Args:
            path: where it is kept; None keeps nothing beyond this build.
            ground: a hash of what every step depends on; what was made on another is dropped.
        """
        self._path = path
        self._ground = ground
        self._before = _read(path, ground) if path else {}
        self._used: dict[bytes, Any] = {}

    def get(self, key: bytes) -> Any:
        """Return what was made of these inputs, None when nothing is known of them."""
        return self._used.get(key, self._before.get(key))

    def put(self, key: bytes, made: T) -> T:
        """Keep what was made, and return it; what isn't put or taken again is dropped."""
        self._used[key] = made
        return made

    def once(self, key: bytes, work: Callable[[], T]) -> T:
        """Return what a step made of these inputs, now or before; it may not be None."""
        known = self.get(key)
        return self.put(key, work() if known is None else known)

    def kept(self, work: Callable[[T], Any]) -> Callable[[T], Any]:
        """Return a step whose only input is a text or the bytes of a file."""

        def keeping(content: Any) -> Any:
            return self.once(digest(work.__qualname__, content), lambda: work(content))

        return keeping

    def save(self) -> None:
        """Write what this build used, in place of what was there; to be called when it passed."""
        if self._path is None or self._used.keys() == self._before.keys():
            return
        body = pickle.dumps(self._used, protocol=pickle.HIGHEST_PROTOCOL)
        aside = self._path.with_name(f".{self._path.name}")
        with aside.open("wb") as file:
            file.write(_seal(self._ground, body))
            file.write(body)
        aside.replace(self._path)


def _read(path: Path, ground: str) -> dict[bytes, Any]:
    """Return what a file keeps; nothing when it isn't whole or stands on other ground."""
    try:
        content = memoryview(path.read_bytes())
    except OSError:
        return {}
    body = content[_HASH_LENGTH:]
    if content[:_HASH_LENGTH] != _seal(ground, body):
        return {}
    kept: dict[bytes, Any] = pickle.loads(body)  # noqa: S301 (written by us, and whole)
    return kept


def _seal(ground: str, body: bytes | memoryview) -> bytes:
    seal = hashlib.sha256(ground.encode() + b"\n")
    seal.update(body)
    return seal.digest()
