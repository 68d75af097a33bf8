"""Hashes of what a build reads: files, folders, texts."""

import hashlib
from pathlib import Path

from scripts.tree import files_below


def digest(*parts: str | bytes) -> bytes:
    """Return the hash of texts, each apart: `ab`, `c` is not `a`, `bc`."""
    found = hashlib.sha256()
    for part in parts:
        content = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        found.update(len(content).to_bytes(8, "big"))
        found.update(content)
    return found.digest()


def folder_hash(folder: Path) -> str:
    """Return the hash of the files of a folder, names included; what Python compiled left out."""
    return digest(
        *(
            part
            for path in files_below(folder)
            if path.suffix != ".pyc"
            for part in (path.relative_to(folder).as_posix(), path.read_bytes())
        )
    ).hex()
