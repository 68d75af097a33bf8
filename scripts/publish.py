"""Projects the journal into its packages, then builds and publishes the site; one at a time."""

import contextlib
import datetime as dt
import fcntl
from collections.abc import Callable, Iterator
from pathlib import Path

from intake.cases.workflow import load_workflows
from intake.configuration import Places
from intake.forms.schema import load_forms
from intake.journal.store import open_journal
from intake.packages.projection import project
from scripts.build import Built, build, build_edition
from scripts.releases import roll_back


def publish(
    places: Places, wait: Callable[[], None] = lambda: None, *, paper: bool = False
) -> Built:
    """Bring the packages up to the journal and publish the site.

    Args:
        places: the project.
        wait: called when another publication is under way and must be waited for.
        paper: make the paper copies that are missing, too.

    Raises:
        InvalidPackage: what was collected does not validate.
        BuildFailed: the site can't be built; the published one stays.
    """
    with alone(places, wait):
        bring_up_packages(places)
        return build(places, paper=paper)


def publish_edition(places: Places, day: dt.date, wait: Callable[[], None] = lambda: None) -> Path:
    """Build the portal as at a day and publish it beside the present one.

    Raises:
        NoSuchDay: the day is still to come.
        InvalidPackage, BuildFailed: as for `publish`.
    """
    with alone(places, wait):
        bring_up_packages(places)
        edition = build_edition(places, day)
        build(places)
        return edition


def go_back(places: Places, to: str, wait: Callable[[], None] = lambda: None) -> Path:
    """Switch to an earlier release, by default the one before.

    Raises:
        CannotRollBack: there is none, or it isn't whole.
    """
    with alone(places, wait):
        return roll_back(places, to)


@contextlib.contextmanager
def alone(places: Places, wait: Callable[[], None]) -> Iterator[None]:
    """Keep other publications out; the lock goes with the process, however it ends."""
    places.cache.mkdir(exist_ok=True)
    with (places.cache / "publishing.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            wait()
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def bring_up_packages(places: Places) -> None:
    """Write the packages of what was collected as the journal is now.

    Raises:
        InvalidPackage: what was collected does not validate.
    """
    journal = open_journal(places)
    try:
        project(journal, load_forms(places.forms), load_workflows(places.forms), places.packages)
    finally:
        journal.close()
