"""The containers do what the systemd units do, with as little as they need."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from intake.configuration import PROJECT_ROOT

SERVER = PROJECT_ROOT / "scripts" / "server"
CONTAINERFILE = (SERVER / "Containerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((SERVER / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = ("intake", "publisher", "backup")
HOME = "/srv/qms-portal"


def unit(name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in (SERVER / f"qms-{name}.service").read_text(encoding="utf-8").splitlines():
        key, given, value = line.partition("=")
        if given:
            found.setdefault(key, []).append(value)
    return found


@pytest.mark.parametrize("name", OURS)
def test_a_container_runs_what_its_unit_runs(name: str) -> None:
    started = shlex.split(unit(name)["ExecStart"][0].replace(f"{HOME}/", ""))
    assert SERVICES[name]["command"] == started


@pytest.mark.parametrize("name", OURS)
def test_a_container_may_write_where_its_unit_may(name: str) -> None:
    allowed = set(unit(name)["ReadWritePaths"][0].split())
    volumes = [each.split(":") for each in SERVICES[name]["volumes"]]
    assert {at for _, at, *mode in volumes if mode != ["ro"]} == allowed
    named = {source for source, *_ in volumes if not source.startswith(("/", "."))}
    assert named <= set(COMPOSE["volumes"])


@pytest.mark.parametrize("name", OURS)
def test_a_container_may_do_nothing_else(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges"]
    assert "ports" not in service
    assert "privileged" not in service


def test_only_the_web_server_is_reached_from_outside() -> None:
    assert [name for name, each in SERVICES.items() if "ports" in each] == ["web"]
    assert SERVICES["intake"]["network_mode"] == "service:web", "nginx is on its loopback"
    assert SERVICES["publisher"]["network_mode"] == "none"


def instructions() -> list[tuple[str, str]]:
    joined = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", CONTAINERFILE, flags=re.MULTILINE))
    return [
        (word, rest)
        for word, _, rest in (line.partition(" ") for line in joined.splitlines() if line)
    ]


def test_the_image_is_made_of_known_things_and_is_not_run_by_root() -> None:
    known = {"FROM", "RUN", "WORKDIR", "COPY", "USER", "CMD"}
    assert {word for word, _ in instructions()} == known
    assert re.fullmatch(r"python:3\.\d+-slim-\w+", dict(instructions())["FROM"])
    assert instructions()[-2:][0] == ("USER", "qms")
    for word, rest in instructions():
        if word == "COPY":
            assert (PROJECT_ROOT / rest.split()[0]).exists()
    installed = next(rest for word, rest in instructions() if word == "RUN")
    assert "--no-install-recommends" in installed
    assert "rm -rf /var/lib/apt/lists" in installed


def test_the_image_starts_the_intake() -> None:
    command = json.loads(dict(instructions())["CMD"])
    assert command == SERVICES["intake"]["command"]
    done = subprocess.run(
        [sys.executable, *command[1:4], "--help"], cwd=PROJECT_ROOT, capture_output=True
    )
    assert done.returncode == 0


def test_nothing_that_was_collected_or_made_goes_into_the_image() -> None:
    left_out = set((PROJECT_ROOT / ".dockerignore").read_text(encoding="utf-8").split())
    assert {".git", ".venv", ".cache", "site", "data/intake", "sao-luu"} <= left_out


def test_paths_of_the_web_server_are_those_of_its_configuration() -> None:
    configuration = (SERVER / "nginx.conf").read_text(encoding="utf-8")
    assert f"root {HOME}/site/current;" in configuration
    assert "server 127.0.0.1:8000;" in configuration
    assert Path(SERVICES["web"]["volumes"][0].split(":")[0]) == Path("nginx.conf")
