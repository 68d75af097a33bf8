"""The same sources give the same release, wherever, whenever and by whomever it is built."""

import datetime as dt
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from intake.configuration import LOCAL_ZONE, PROJECT_ROOT, Places
from intake.journal.sqlite import SqliteJournal
from scripts.releases import current, digests, publications
from scripts.sound_project import sound_project
from tests.conftest import MakeSubmission, SetClock
from tests.scripts.test_releases import git

HERE = {"PYTHONHASHSEED": "1", "TZ": "Asia/Ho_Chi_Minh", "LC_ALL": "C.UTF-8"}
ELSEWHERE = {"PYTHONHASHSEED": "2", "TZ": "America/New_York", "LC_ALL": "C"}


def published(places: Places, environment: dict[str, str], umask: int = 0o022) -> Path:
    run(places, environment, umask, "-m", "scripts", "publish")
    return places.current_site.resolve()


def run(places: Places, environment: dict[str, str], umask: int, *arguments: str) -> None:
    subprocess.run(
        [sys.executable, *arguments],
        cwd=PROJECT_ROOT,
        env={**os.environ, **environment, "QMS_ROOT": str(places.root)},
        umask=umask,
        check=True,
        capture_output=True,
    )


def copied_backwards(source: Path, target: Path) -> None:
    """Copy a project so that its folders list their files in another order and with other times."""
    for path in sorted(source.rglob("*"), reverse=True):
        if path.is_file():
            copy = target / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
            os.utime(copy, (1, 1))


@pytest.fixture
def two(tmp_path: Path, make_submission: MakeSubmission, clock: SetClock) -> tuple[Places, Places]:
    """The same project with a slip in two folders: one out of git, one out of an archive."""
    first = sound_project(tmp_path / "one")
    journal = SqliteJournal(first.journal, clock)
    journal.append(make_submission(unit="KHCN"))
    journal.close()
    other = Places(tmp_path / "another folder" / "deeper")
    copied_backwards(first.root, other.root)
    (first.root / ".gitignore").write_text("/site/\n/.cache/\n/data/intake/\n")
    git(first.root, "init", "--quiet")
    git(first.root, "add", ".")
    git(first.root, "commit", "--quiet", "--message", "x")
    return first, other


def test_two_builds_of_the_same_sources_are_the_same_release(two: tuple[Places, Places]) -> None:
    first, other = two
    one, two_ = published(first, HERE), published(other, ELSEWHERE, 0o077)
    assert digests(one) == digests(two_)
    assert (one / "release.json").read_bytes() == (two_ / "release.json").read_bytes()
    assert current(first) == current(other)
    assert [each.commit != "" for each in publications(first) + publications(other)] == [
        True,
        False,
    ]
    assert (one / "so" / "khong-phu-hop" / "kph-2020-001" / "index.html").is_file()
    today = {f"{dt.datetime.now(zone):%Y-%m-%d}".encode() for zone in (dt.UTC, LOCAL_ZONE)}
    for path in one.rglob("*.*"):
        assert not any(day in path.read_bytes() for day in today), path
