"""`make audit` looks at all that the lock file names, and passes over nothing in silence."""

import os
import shutil
import subprocess
from pathlib import Path

from intake.configuration import PROJECT_ROOT


def project(root: Path) -> Path:
    """Write the command into a project of its own, and return the script."""
    (root / "scripts").mkdir()
    shutil.copy(PROJECT_ROOT / "scripts/audit.sh", root / "scripts")
    return root / "scripts/audit.sh"


def program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


def run(script: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"]}
    command = ["sh", str(script)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def test_every_library_is_asked_for_and_none_may_be_skipped(tmp_path: Path) -> None:
    script = project(tmp_path)
    program(tmp_path / ".cache/audit/bin/pip-audit", 'echo "$PWD $@"; exit 7')
    ran = run(script)
    assert ran.returncode == 7, "what it found is what the command tells"
    folder, *asked = ran.stdout.split()
    assert Path(folder) == tmp_path
    assert {"--strict", "--require-hashes"} <= set(asked)
    assert asked[-2:] == ["--requirement", "requirements-dev.lock"]


def test_without_the_network_it_says_so(tmp_path: Path) -> None:
    script = project(tmp_path)
    made = "mkdir -p .cache/audit/bin; cp .venv/bin/pip .cache/audit/bin/python"
    program(tmp_path / ".venv/bin/python", made)
    (tmp_path / ".venv/bin/pip").write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    (tmp_path / ".venv/bin/pip").chmod(0o755)
    ran = run(script)
    assert ran.returncode == 1
    assert "could not be fetched" in ran.stderr
