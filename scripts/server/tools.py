"""Finds the programs that the tests of the server's configuration run, installing what is missing.

As for the browser: an installed one first, then the system's package manager when it may be used;
where none can be had it fails and says so.
"""

import os
import shutil
import subprocess
from pathlib import Path

PACKAGES = {
    "nginx": "nginx",
    "systemd-analyze": "systemd",
    "node": "nodejs",
    "npm": "npm",
    "initdb": "postgresql",
    "postgres": "postgresql",
    "pg_basebackup": "postgresql",
    "ip": "iproute2",
}
"""The Debian package of each program."""


def ensure(program: str) -> str:
    """Return the path of a program, installing it when needed.

    Raises:
        SystemExit: it isn't there and can't be installed.
    """
    path = _find(program)
    if path is None:
        _install(PACKAGES[program])
        path = _find(program)
    if path is None:
        raise SystemExit(
            f"The tests need {program}, and it could not be installed. "
            f"As root: apt-get install {PACKAGES[program]}"
        )
    return path


def _find(program: str) -> str | None:
    """Look on the path, among the administrators' programs and where Debian puts PostgreSQL's."""
    servers = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)
    places = [os.environ.get("PATH", ""), "/usr/sbin", "/sbin", *servers]
    return shutil.which(program, path=os.pathsep.join(places))


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
