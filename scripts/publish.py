"""Projects the journal into its packages, then builds and publishes the site."""

import datetime as dt
from pathlib import Path

from intake.cases.workflow import load_workflows
from intake.configuration import Places
from intake.forms.schema import load_forms
from intake.journal.sqlite import SqliteJournal
from intake.packages.projection import project
from scripts.build import Built, build, build_edition


def publish(places: Places) -> Built:
    """Bring the packages up to the journal and publish the site.

    Raises:
        InvalidPackage: what was collected does not validate.
        BuildFailed: the site can't be built; the published one stays.
    """
    _project(places)
    return build(places)


def publish_edition(places: Places, day: dt.date) -> Path:
    """Build the portal as at a day and publish it beside the present one.

    Raises:
        NoSuchDay: the day is still to come.
        InvalidPackage, BuildFailed: as for `publish`.
    """
    _project(places)
    edition = build_edition(places, day)
    build(places)
    return edition


def _project(places: Places) -> None:
    journal = SqliteJournal(places.journal)
    try:
        project(journal, load_forms(places.forms), load_workflows(places.forms), places.packages)
    finally:
        journal.close()
