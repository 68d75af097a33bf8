"""Finds the programs that the tests of the server's configuration run, installing what is missing.

As for the browser: an installed one first, then the system's package manager when it may be used;
where none can be had it fails and says so.
"""

import os
import shutil
import subprocess

PACKAGES = {"nginx": "nginx", "systemd-analyze": "systemd", "node": "nodejs", "npm": "npm"}
"""The Debian package of each program."""
_PLACES = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])


def ensure(program: str) -> str:
    """Return the path of a program, installing it when needed.

    Raises:
        SystemExit: it isn't there and can't be installed.
    """
    path = shutil.which(program, path=_PLACES)
    if path is None:
        _install(PACKAGES[program])
        path = shutil.which(program, path=_PLACES)
    if path is None:
        raise SystemExit(
            f"The tests need {program}, and it could not be installed. "
            f"As root: apt-get install {PACKAGES[program]}"
        )
    return path


def _install(package: str) -> None:
    """Install a package without starting the service that it may bring along."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", package]):
        subprocess.run(["apt-get", *command], env=environment, check=False)


if __name__ == "__main__":
    for name in PACKAGES:
        print(f"{name}: {ensure(name)}")
