import csv
from pathlib import Path

import pytest

from intake.configuration import PROJECT_ROOT, Places
from scripts.review_pack.gather import Pack, find_period, gather
from scripts.review_pack.texts import Texts
from scripts.system import System

HELD = "XXLD-2020-01"


@pytest.fixture(scope="session")
def held(shipped_system: System) -> Pack:
    """The pack of the shipped review."""
    return gather(shipped_system, find_period(shipped_system, HELD))


@pytest.fixture(scope="session")
def of_year(shipped_system: System) -> Pack:
    """The pack of the shipped year, up to the day of the portal."""
    return gather(shipped_system, find_period(shipped_system, "2020"))


@pytest.fixture
def texts(tmp_path: Path) -> Texts:
    return Texts(tmp_path / "texts")


def table(name: str) -> list[dict[str, str]]:
    """Return the rows of a shipped register as they stand in its file."""
    path = Places(PROJECT_ROOT).registers / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
