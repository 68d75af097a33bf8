"""What the documents say of commands, settings and addresses is what there is."""

import re
import tomllib

import pytest

from intake.app import create_app
from intake.configuration import PROJECT_ROOT, Places
from intake.journal.sqlite import SqliteJournal
from scripts.macros import Macros

README = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (PROJECT_ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
OPERATION = (PROJECT_ROOT / "content/quan-tri/operation.md").read_text(encoding="utf-8")
MAKEFILE = (PROJECT_ROOT / "Makefile").read_text(encoding="utf-8")


def test_every_command_is_in_the_readme_and_no_other() -> None:
    commands = set(re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE))
    named = set(re.findall(r"^\| `make ([a-z-]+)` \|", README, re.MULTILINE))
    assert named == commands


def test_ci_runs_what_the_readme_says() -> None:
    commands = (PROJECT_ROOT / ".ci/run").read_text(encoding="utf-8")
    assert re.findall(r"make (\w+)", commands) == ["test"]


def test_every_setting_is_documented() -> None:
    settings = tomllib.loads((PROJECT_ROOT / "data/portal.toml").read_text(encoding="utf-8"))
    for table, values in settings.items():
        row = next(line for line in OPERATION.splitlines() if line.startswith(f"| `[{table}]` |"))
        assert set(re.findall(r"`(\w+)`", row)) == set(values), table


def test_every_environment_variable_is_documented() -> None:
    sources = [
        path.read_text(encoding="utf-8")
        for room in ("intake", "scripts")
        for path in (PROJECT_ROOT / room).rglob("*.py")
    ]
    used = {name for source in sources for name in re.findall(r"\bQMS_[A-Z_]+\b", source)}
    assert used == set(re.findall(r"\bQMS_[A-Z_]+\b", OPERATION))


def test_every_route_is_documented(tmp_path: object) -> None:
    journal = SqliteJournal(tmp_path / "journal.sqlite3")  # type: ignore[operator]
    app = create_app(Places(PROJECT_ROOT), journal)
    routes = {rule.rule for rule in app.url_map.iter_rules()}
    journal.close()
    desk = {route for route in routes if route.startswith("/xu-ly/")}
    assert routes - desk == {
        "/",
        "/<path:address>",
        "/healthz",
        "/readyz",
        "/metrics",
        "/xuat-ban/",
    }
    for watched in ("healthz", "readyz", "metrics"):
        assert f"`GET /{watched}`" in OPERATION
    assert "`POST /xuat-ban/`" in OPERATION
    assert desk == set(re.findall(r"`[A-Z, ]+ (/xu-ly/[a-z/-]*)`", OPERATION))


@pytest.mark.parametrize("room", ["content", "data/qms", "data/forms", "intake", "scripts"])
def test_every_room_is_in_the_readme(room: str) -> None:
    assert f"| `{room}/` |" in README


def test_macros_named_in_contributing_exist() -> None:
    named = set(re.findall(r"\{\{ (\w+)\(", CONTRIBUTING))
    assert named
    assert named <= {name for name in vars(Macros) if not name.startswith("_")}


def test_every_decision_record_is_in_the_navigation() -> None:
    navigation = (PROJECT_ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    for record in (PROJECT_ROOT / "content/quan-tri/adr").glob("*.md"):
        assert f"quan-tri/adr/{record.name}" in navigation
