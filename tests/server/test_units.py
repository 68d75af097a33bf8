"""The systemd units hold together, and name commands that there are."""

import re
import subprocess
from pathlib import Path

import pytest

from intake.configuration import PROJECT_ROOT
from scripts.server.tools import ensure

SERVER = PROJECT_ROOT / "scripts" / "server"
UNITS = sorted([*SERVER.glob("*.service"), *SERVER.glob("*.timer")])


def verified(folder: Path, texts: dict[str, str]) -> subprocess.CompletedProcess[str]:
    for name, text in texts.items():
        here = text.replace("/srv/qms-portal", str(PROJECT_ROOT))
        (folder / name).write_text(here, encoding="utf-8")
    return subprocess.run(
        [ensure("systemd-analyze"), "verify", "--man=no", "--recursive-errors=no"]
        + [str(folder / name) for name in texts],
        capture_output=True,
        text=True,
    )


def shipped() -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in UNITS}


def test_the_units_are_sound(tmp_path: Path) -> None:
    assert len(UNITS) == 4
    done = verified(tmp_path, shipped())
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Restart=always", "Restart=perhaps"),
        ("UMask", "Umask"),
        ("/bin/python", "/bin/pithon"),
        ("OnCalendar=*-*-*", "OnCalendar=sometimes"),
    ],
)
def test_an_unsound_unit_would_be_found(tmp_path: Path, old: str, new: str) -> None:
    done = verified(tmp_path, {name: text.replace(old, new) for name, text in shipped().items()})
    assert done.stderr != ""


@pytest.mark.parametrize("path", sorted(SERVER.glob("*.service")), ids=lambda path: path.stem)
def test_a_unit_starts_a_command_that_there_is(path: Path) -> None:
    started = re.search(r"^ExecStart=\S+/python -m (\w+) (\w+)", path.read_text(), re.MULTILINE)
    assert started
    usage = subprocess.run(
        [PROJECT_ROOT / ".venv/bin/python", "-m", started[1], started[2], "--help"],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
    )
    assert usage.returncode == 0
