"""The files of a folder and of those below it."""

import os
from pathlib import Path


def files_below(folder: Path, ending: str = "") -> list[Path]:
    """Return the files at any depth whose name ends so, in the order of their paths' parts.

    `Path.rglob` takes several times as long, which adds up over the thousands of files of a site.
    """
    top = os.fspath(folder)
    found = [
        os.path.join(at, name)  # noqa: PTH118 (a Path for each costs what this saves)
        for at, _, names in os.walk(top)
        for name in names
        if name.endswith(ending)
    ]
    return [Path(path) for path in sorted(found, key=lambda path: path.split(os.sep))]  # noqa: PTH206 (these are no Paths yet)
