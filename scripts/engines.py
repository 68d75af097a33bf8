"""Other engines that read `mkdocs.yml`, each in an environment of its own under `.cache/`."""

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from intake.configuration import PROJECT_ROOT, Places

_THEME = f"mkdocs-material=={version('mkdocs-material')}"
_PACKAGES = {"properdocs": ("properdocs", _THEME)}
"""What an engine needs beside itself."""
_FOLDER = Places(PROJECT_ROOT).cache / "engines"


def engine(name: str) -> Path | None:
    """Return the command of an engine, installed when it isn't; None when it can't be."""
    folder = _FOLDER / name
    command = folder / "bin" / name
    if not command.exists():
        for step in (
            [sys.executable, "-m", "venv", "--clear", str(folder)],
            [
                str(folder / "bin" / "python"),
                "-m",
                "pip",
                "install",
                "--quiet",
                *_PACKAGES.get(name, (name,)),
            ],
        ):
            if subprocess.run(step, capture_output=True).returncode:
                return None
    return command if command.exists() else None
