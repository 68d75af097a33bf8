"""Who has confirmed that they read a document: its revision in force, by the units it is for."""

from collections import Counter
from dataclasses import dataclass

from scripts.registers import Row
from scripts.revisions import is_in_force
from scripts.system import System

FORM = "read_confirmation"
READ, EARLIER, UNREAD = "Đã xác nhận", "Mới xác nhận lần trước", "Chưa xác nhận"
STATES = {READ: "good", EARLIER: "warn", UNREAD: "none"}
"""How far a unit is with a document, and how a chart fills it."""


@dataclass(frozen=True)
class Reading:
    """A document in force and a unit that it is for."""

    document: Row
    unit: str
    state: str
    """One of `STATES`."""
    confirmed: Row | None
    """The newest confirmation by the unit, of whichever revision."""
    people: int
    """How many confirmations of the revision in force persons of the unit sent."""


def readings(system: System, code: str | None = None) -> list[Reading]:
    """Return who reads what: all documents in force, or one of them, by unit."""
    by_unit: dict[tuple[str, str], list[Row]] = {}
    people: Counter[tuple[str, str, str]] = Counter()
    for row in system.submissions(FORM):
        if row.get("trial"):
            continue
        if row["scope"] == "unit":
            by_unit.setdefault((row["document"], row["unit"]), []).append(row)
        else:
            people[row["document"], row["unit"], row["document_revision"]] += 1
    return [
        _reading(document, unit, by_unit.get((document["code"], unit), []), people)
        for document in system.documents.values()
        if code in (None, document["code"]) and _is_to_be_read(document)
        for unit in readers(system, document)
    ]


def readers(system: System, document: Row) -> list[str]:
    """Return the units that a document is for: those its distribution names, else all."""
    named = {place.strip() for place in (document["distribution"] or "").split(";")}
    units = [unit["code"] for unit in system.units if unit["name"] in named]
    return units or [unit["code"] for unit in system.units]


def _is_to_be_read(document: Row) -> bool:
    return document["kind"] != "form_template" and is_in_force(document["current"])


def _reading(
    document: Row, unit: str, confirmed: list[Row], people: Counter[tuple[str, str, str]]
) -> Reading:
    revision = document["current"]["revision"]
    present = [row for row in confirmed if row["document_revision"] == revision]
    state = READ if present else EARLIER if confirmed else UNREAD
    newest = next(iter(present or confirmed), None)
    return Reading(document, unit, state, newest, people[document["code"], unit, revision])
