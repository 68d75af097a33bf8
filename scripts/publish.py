"""Projects the journal into its packages, then builds and publishes the site."""

from intake.configuration import Places
from intake.forms.schema import load_forms
from intake.journal.sqlite import SqliteJournal
from intake.packages.projection import project
from scripts.build import Built, build


def publish(places: Places) -> Built:
    """Bring the packages up to the journal and publish the site.

    Raises:
        InvalidPackage: what was collected does not validate.
        BuildFailed: the site can't be built; the published one stays.
    """
    journal = SqliteJournal(places.journal)
    try:
        project(journal, load_forms(places.forms), places.packages)
    finally:
        journal.close()
    return build(places)
