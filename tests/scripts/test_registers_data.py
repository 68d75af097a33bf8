"""What must hold of the registers as shipped."""

import csv
import datetime as dt
import io
import unicodedata
from collections import Counter
from itertools import pairwise
from pathlib import Path

import frictionless
import pytest

from intake.configuration import PROJECT_ROOT, Places
from scripts.registers import Row
from scripts.slugs import slug
from scripts.system import System
from scripts.views import row_anchor

REGISTERS = Places(PROJECT_ROOT).registers
PUBLISHED = {"units": 11, "system_document": 3, "system_procedure": 6, "operational_procedure": 46}


def sheets() -> list[Path]:
    return sorted(REGISTERS.glob("*.csv"))


def by_document(system: System, register: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in system.rows(register):
        found.setdefault(row["document"], []).append(row)
    return found


# Files


def test_the_package_is_valid() -> None:
    report = frictionless.validate(str(REGISTERS / "datapackage.json"), type="package")
    assert report.flatten(["name", "rowNumber", "fieldName", "message"]) == []
    assert report.valid


def test_every_file_is_a_resource(shipped_system: System) -> None:
    assert {path.stem for path in sheets()} == set(shipped_system.registers)
    schemas = {path.stem for path in (REGISTERS / "schemas").glob("*.json")}
    assert schemas == set(shipped_system.registers)


@pytest.mark.parametrize("path", sheets(), ids=lambda path: path.stem)
def test_a_register_is_its_own_canonical_text(path: Path) -> None:
    content = path.read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf")
    text = content.decode("utf-8")
    assert unicodedata.is_normalized("NFC", text)
    again = io.StringIO()
    csv.writer(again, lineterminator="\n").writerows(csv.reader(io.StringIO(text, newline="")))
    assert again.getvalue().encode() == content


@pytest.mark.parametrize("path", sheets(), ids=lambda path: path.stem)
def test_no_cell_has_blanks_around_it(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as rows:
        cells = [(number, cell) for number, row in enumerate(csv.reader(rows), 1) for cell in row]
    assert [(number, cell) for number, cell in cells if cell != cell.strip()] == []


def test_every_field_is_described(shipped_system: System) -> None:
    for resource in shipped_system.registers.values():
        for field in resource.fields:
            for wanted in ("title", "description", "example", "constraints"):
                assert wanted in field, (resource.name, field["name"], wanted)
            if "enum" in field["constraints"]:
                labels = list(field["labels"])
                assert labels == field["constraints"]["enum"], (resource.name, field["name"])


# Addresses


def test_no_two_documents_share_an_address(shipped_system: System) -> None:
    addresses = Counter(each["address"] for each in shipped_system.documents.values())
    assert [address for address, count in addresses.items() if count > 1] == []


def test_no_two_rows_of_a_register_share_an_anchor(shipped_system: System) -> None:
    for resource in shipped_system.registers.values():
        anchors = Counter(row_anchor(resource, row) for row in resource.rows)
        assert [each for each, count in anchors.items() if count > 1] == [], resource.name
        assert "" not in anchors


def test_the_slug_of_a_unit_is_an_address(shipped_system: System) -> None:
    assert all(unit["slug"] == slug(unit["slug"]) for unit in shipped_system.units)


# The published figures


@pytest.mark.parametrize("kind", PUBLISHED)
def test_the_published_figures_come_from_rows(shipped_system: System, kind: str) -> None:
    assert shipped_system.counts()[kind] == PUBLISHED[kind]


@pytest.mark.parametrize(
    "day", ["2020-01-10", "2020-02-11", "2020-02-19", "2020-06-20", "2020-09-04"]
)
def test_a_milestone_of_the_publication_is_there(shipped_system: System, day: str) -> None:
    happened = dt.date.fromisoformat(day)
    (found,) = (
        row
        for row in shipped_system.rows("milestones")
        if row["happened_on"] == happened and row["precision"] == "day"
    )
    assert found["origin"] == "published"
    assert found["state"] == "done"


def test_one_unit_is_the_focal_one(shipped_system: System) -> None:
    assert sum(unit["focal"] for unit in shipped_system.units) == 1


# Revisions


def test_every_document_has_one_revision_in_force_unless_draft_or_withdrawn(
    shipped_system: System,
) -> None:
    for document in shipped_system.documents.values():
        states = [each["status"] for each in document["revisions"]]
        assert states, document["code"]
        in_force = states.count("in_force")
        if not {"draft", "withdrawn"} & {states[0]}:
            assert in_force == 1, document["code"]
        assert in_force <= 1, document["code"]


def test_revisions_are_numbered_from_01_without_gaps(shipped_system: System) -> None:
    for document in shipped_system.documents.values():
        numbers = [int(each["revision"]) for each in reversed(document["revisions"])]
        assert numbers == list(range(1, len(numbers) + 1)), document["code"]


def test_only_a_draft_lacks_its_days(shipped_system: System) -> None:
    for row in shipped_system.rows("revisions"):
        undated = row["issued_on"] is None or row["effective_on"] is None
        assert undated is (row["status"] == "draft"), (row["document"], row["revision"])


def test_what_was_superseded_or_withdrawn_has_ended(shipped_system: System) -> None:
    for row in shipped_system.rows("revisions"):
        ended = row["status"] in {"superseded", "withdrawn"}
        assert (row["ended_on"] is not None) is ended, (row["document"], row["revision"])


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("issued_on", "effective_on"),
        ("effective_on", "review_due_on"),
        ("effective_on", "ended_on"),
    ],
)
def test_the_days_of_a_revision_are_in_order(
    shipped_system: System, earlier: str, later: str
) -> None:
    for row in shipped_system.rows("revisions"):
        if row[earlier] and row[later]:
            assert row[earlier] <= row[later], (row["document"], row["revision"])


def test_a_newer_revision_is_not_effective_before_an_older_one(shipped_system: System) -> None:
    for document in shipped_system.documents.values():
        days = [each["effective_on"] for each in document["revisions"] if each["effective_on"]]
        assert all(newer >= older for newer, older in pairwise(days)), document["code"]


def test_a_form_template_belongs_to_a_procedure(shipped_system: System) -> None:
    for document in shipped_system.documents.values():
        if document["kind"] == "form_template":
            parent = shipped_system.documents[document["parent"]]
            assert parent["kind"].endswith("_procedure"), document["code"]
        else:
            assert document["parent"] is None, document["code"]


# Steps


def test_only_procedures_have_steps(shipped_system: System) -> None:
    for code in by_document(shipped_system, "steps"):
        assert shipped_system.documents[code]["kind"].endswith("_procedure"), code


def test_steps_are_numbered_from_1_in_order(shipped_system: System) -> None:
    for code, steps in by_document(shipped_system, "steps").items():
        assert [step["step"] for step in steps] == list(range(1, len(steps) + 1)), code


def test_a_procedure_begins_once_and_ends(shipped_system: System) -> None:
    for code, steps in by_document(shipped_system, "steps").items():
        kinds = [step["kind"] for step in steps]
        assert [number for number, kind in enumerate(kinds, 1) if kind == "start"] == [1], code
        assert "end" in kinds, code


def test_every_step_can_be_reached(shipped_system: System) -> None:
    links = by_document(shipped_system, "step_links")
    for code, steps in by_document(shipped_system, "steps").items():
        reached, waiting = {1}, [1]
        while waiting:
            here = waiting.pop()
            onward = {link["to_step"] for link in links[code] if link["from_step"] == here}
            waiting += onward - reached
            reached |= onward
        assert reached == {step["step"] for step in steps}, code


def test_the_ways_on_suit_the_kind_of_the_step(shipped_system: System) -> None:
    links = by_document(shipped_system, "step_links")
    for code, steps in by_document(shipped_system, "steps").items():
        for step in steps:
            ways = [link for link in links[code] if link["from_step"] == step["step"]]
            conditions = [way["condition"] for way in ways]
            place = (code, step["step"])
            match step["kind"]:
                case "end":
                    assert ways == [], place
                case "decision":
                    assert len(set(conditions)) == len(ways) >= 2, place
                    assert all(conditions), place
                case _:
                    assert len(ways) == 1, place


def test_a_step_uses_forms_of_the_portal_only(shipped_system: System) -> None:
    for step in shipped_system.rows("steps"):
        if step["form"]:
            assert shipped_system.documents[step["form"]]["kind"] == "form_template"


# Risks and objectives


def test_every_score_has_one_level(shipped_system: System) -> None:
    for score in range(1, 26):
        levels = [
            level["level"]
            for level in shipped_system.rows("risk_levels")
            if level["minimum"] <= score <= level["maximum"]
        ]
        assert len(levels) == 1, score


@pytest.mark.parametrize("register", ["risks", "objectives"])
def test_every_unit_has_its_own(shipped_system: System, register: str) -> None:
    named = {row["unit"] for row in shipped_system.rows(register)}
    assert {unit["code"] for unit in shipped_system.units} <= named


def test_the_periods_of_an_objective_suit_its_frequency(shipped_system: System) -> None:
    lengths = {"month": 7, "quarter": 7, "half_year": 7, "year": 4}
    marks = {"quarter": "Q", "half_year": "H"}
    for objective in shipped_system.objectives():
        for each in objective["measurements"]:
            place = (objective["code"], each["period"])
            assert len(each["period"]) == lengths[objective["frequency"]], place
            assert marks.get(objective["frequency"], "") in each["period"], place


def test_a_clause_without_a_document_says_why(shipped_system: System) -> None:
    for edition in ("2015", "2026"):
        for clause in shipped_system.clause_table(edition):
            assert not clause["gap"] or clause["gap_reason"], (edition, clause["clause"])
