"""Finds Pango, which sets the text of PDFs, and installs it where that may be done.

Everything else of the portal works without it.
"""

import importlib
import os
import shutil
import subprocess
from types import ModuleType

PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
"""The Debian packages that hold it."""


class PangoMissing(RuntimeError):
    """Pango isn't there and can't be installed; the message says what to install."""


def ensure_pango() -> ModuleType:
    """Return the module that makes PDFs, installing what it needs from the system when needed.

    Raises:
        PangoMissing: it isn't there and can't be installed.
    """
    for attempt in (_nothing, _system_packages):
        attempt()
        try:
            return importlib.import_module("scripts.paper_copies.rendering")
        except OSError:
            continue
    raise PangoMissing(
        "Máy chưa có thư viện Pango nên chưa tạo được bản PDF; phần còn lại của cổng không cần. "
        f"Cài bằng quyền root: apt-get install {' '.join(PACKAGES)}"
    )


def _nothing() -> None:
    """Try what is there already."""


def _system_packages() -> None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", *PACKAGES]):
        subprocess.run(["apt-get", *command], env=environment, check=False)


if __name__ == "__main__":
    print(f"pango: {ensure_pango().__name__}")
