"""What was acknowledged, held against what the journal has: the four sums that must be nought."""

import hashlib
from collections import Counter
from dataclasses import astuple, dataclass
from pathlib import Path

import frictionless

from intake.cases.workflow import load_workflows
from intake.configuration import Places
from intake.forms.schema import load_forms
from intake.journal.model import Event
from intake.journal.sql import SqlJournal
from intake.packages.projection import project
from tests.faults.test_kill import ANSWERS
from tests.trust.load import Load, Slip

_UNTICKED = dict.fromkeys(("anonymous", "contact_back", "trial"), "false")


@dataclass(frozen=True)
class Sums:
    """What went wrong, in slips."""

    missing: int
    """Acknowledged, and not in the journal under that number."""
    torn: int
    """In the journal with other answers, or with another file, than were sent."""
    doubled: int
    """Slips that are in the journal more often than once, or have two receipts."""
    reused: int
    """Numbers given to two slips, and numbers left out."""

    @property
    def sound(self) -> bool:
        return not any(astuple(self))


def hold_against(load: Load, journal: SqlJournal) -> Sums:
    """Compare every receipt and every event."""
    events = journal.events()
    slips = {slip.summary: slip for slip in load.slips.values()}
    numbers = {event.cells["summary"]: event.number for event in events}
    times = Counter(event.cells["summary"] for event in events)
    given = Counter(event.number for event in events)
    ordinals = sorted(int(number.rpartition("-")[2]) for number in given)
    receipts = [(load.slips[token], each) for token, each in load.receipts.items()]
    acknowledged = Counter(number for _, each in receipts for number in {n for n, _ in each})
    return Sums(
        missing=sum(
            numbers.get(slip.summary) != number for slip, each in receipts for number, _ in each
        ),
        torn=sum(not _whole(event, slips.get(event.cells["summary"]), journal) for event in events),
        doubled=sum(n > 1 for n in times.values()) + sum(len(each) > 1 for _, each in receipts),
        reused=sum(n > 1 for n in given.values())
        + sum(n > 1 for n in acknowledged.values())
        + (ordinals != list(range(1, len(ordinals) + 1))),
    )


def _whole(event: Event, slip: Slip | None, journal: SqlJournal) -> bool:
    if slip is None or event.cells != {**ANSWERS, **_UNTICKED, "summary": slip.summary}:
        return False
    wanted = [(hashlib.sha256(slip.file).hexdigest(), len(slip.file))]
    return [(file.sha256, file.size) for file in event.files] == wanted and journal.attachment(
        event.files[0].sha256
    ) == slip.file


def packages_validate(places: Places, journal: SqlJournal, folder: Path) -> bool:
    """Rebuild the packages from nothing and validate that of the slips."""
    project(journal, load_forms(places.forms), load_workflows(places.forms), folder)
    package = folder / "nonconformity" / "datapackage.json"
    return bool(frictionless.validate(str(package)).valid)
