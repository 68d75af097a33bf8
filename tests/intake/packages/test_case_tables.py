"""What the package of a kind of case says after people acted on its cases."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import frictionless
import pytest
from frictionless.resources import TableResource

from intake.cases.case import Case
from intake.cases.decisions import decide
from intake.cases.people import Person
from intake.cases.workflow import Workflow
from intake.forms.schema import Form, form_from_descriptor
from intake.journal.model import Attachment, Submission
from intake.journal.sqlite import SqliteJournal
from intake.packages.projection import DESCRIPTOR, project
from intake.receipts import new_token
from tests.intake.cases.slips import (
    ANSWERS,
    APPROVED,
    CLOSED,
    COORDINATOR,
    HEAD,
    SECRETARY,
    TODAY,
    WORKFLOW,
)

MakeSubmission = Callable[..., Submission]
PDF = Attachment("=biên bản.pdf", "application/pdf", b"%PDF-1")


@pytest.fixture
def opened(journal: SqliteJournal, make_submission: MakeSubmission) -> str:
    """The number of a slip whose sender gave a name and an address."""
    sent = make_submission(sender_name="Lê Thị Mẫu", sender_email="mau@example.gov.vn", unit="BC")
    return journal.append(sent).number


def act(
    journal: SqliteJournal,
    number: str,
    who: Person,
    action: str,
    workflow: Workflow = WORKFLOW,
    **cells: str,
) -> None:
    case = Case(tuple(journal.case(number)))
    answers = {**ANSWERS[action], **cells}
    files = (PDF,) if workflow.forms[action].takes_attachments else ()
    journal.act(decide(workflow, case, who, action, answers, TODAY).act(new_token(), files))


def packaged(journal: SqliteJournal, forms: dict[str, Form], folder: Path) -> dict[str, Any]:
    """Return the rows of the projected package by table, having validated it."""
    project(journal, forms, {"nonconformity": WORKFLOW}, folder)
    path = folder / "nonconformity" / DESCRIPTOR
    assert frictionless.validate(str(path)).valid
    found = {}
    for resource in frictionless.Package(str(path)).resources:
        assert isinstance(resource, TableResource)
        found[resource.name or ""] = [row.to_dict() for row in resource.read_rows()]
    return found


def test_a_closed_slip_is_told_whole(
    journal: SqliteJournal, opened: str, forms: dict[str, Form], tmp_path: Path
) -> None:
    for who, action in CLOSED:
        act(journal, opened, who, action)
    tables = packaged(journal, forms, tmp_path)
    (case,) = tables["nonconformity_cases"]
    assert (case["state"], case["grade"], case["unit"]) == ("closed", "minor", "BC")
    assert case["ended_on"] == case["entered_on"]
    assert case["due_on"] is None
    assert [row["action"] for row in tables["nonconformity_events"]] == [
        "submitted",
        *(action for _, action in CLOSED),
    ]
    (action,) = tables["nonconformity_actions"]
    assert (action["outcome"], action["owner_unit"]) == ("done", "BC")
    assert action["evidence"] == ANSWERS["finish_action"]["evidence"]
    (cause,) = tables["nonconformity_record_cause"]
    assert cause["root_cause"] == ANSWERS["record_cause"]["root_cause"]
    assert cause["seq"] == next(
        row["seq"] for row in tables["nonconformity_events"] if row["action"] == "record_cause"
    )
    assert "nonconformity_reject" not in tables


def test_an_open_slip_tells_its_due_on_and_the_first_one(
    journal: SqliteJournal, opened: str, forms: dict[str, Form], tmp_path: Path
) -> None:
    for who, action in APPROVED:
        act(journal, opened, who, action)
    act(journal, opened, HEAD, "extend_action")
    tables = packaged(journal, forms, tmp_path)
    (case,), (action,) = tables["nonconformity_cases"], tables["nonconformity_actions"]
    assert str(case["due_on"]) == "2020-11-15"
    assert (str(action["first_deadline"]), action["outcome"]) == ("2020-10-15", "open")


@pytest.mark.parametrize(
    ("way", "ground"),
    [
        (((SECRETARY, "reject"),), "unclear"),
        (((SECRETARY, "accept"), (SECRETARY, "cancel")), "mistake"),
    ],
)
def test_a_case_takes_what_any_of_its_forms_takes(
    journal: SqliteJournal,
    opened: str,
    forms: dict[str, Form],
    tmp_path: Path,
    way: tuple[tuple[Person, str], ...],
    ground: str,
) -> None:
    for who, action in way:
        act(journal, opened, who, action)
    (case,) = packaged(journal, forms, tmp_path)["nonconformity_cases"]
    assert case["ground"] == ground


def test_files_of_actions_are_in_the_package(
    journal: SqliteJournal, opened: str, forms: dict[str, Form], tmp_path: Path
) -> None:
    act(journal, opened, SECRETARY, "accept")
    act(journal, opened, COORDINATOR, "correct")
    tables = packaged(journal, forms, tmp_path)
    (file,) = tables["nonconformity_event_files"]
    assert (tmp_path / "nonconformity" / file["path"]).read_bytes() == PDF.content
    assert file["name"] == "'=biên bản.pdf"


def test_a_slip_that_nobody_touched_is_a_case_and_an_event(
    journal: SqliteJournal, opened: str, forms: dict[str, Form], tmp_path: Path
) -> None:
    tables = packaged(journal, forms, tmp_path)
    assert [row["state"] for row in tables["nonconformity_cases"]] == ["new"]
    assert [row["number"] for row in tables["nonconformity_events"]] == [opened]


def test_an_answer_stays_under_the_form_it_was_given_to(
    journal: SqliteJournal, opened: str, forms: dict[str, Form], tmp_path: Path
) -> None:
    now = WORKFLOW.forms["accept"]
    fields = [field for field in now.descriptor["fields"] if field["name"] != "category"]
    past = form_from_descriptor("accept", {**now.descriptor, "fields": fields})
    earlier = dataclasses.replace(WORKFLOW, forms={**WORKFLOW.forms, "accept": past})
    act(journal, opened, SECRETARY, "accept", earlier)
    tables = packaged(journal, forms, tmp_path)
    assert "nonconformity_accept" not in tables
    assert "category" not in tables[f"nonconformity_accept-{past.hash[:12]}"][0]
    assert tables["nonconformity_cases"][0]["grade"] == "minor"


def test_nobodys_name_is_in_a_public_column(
    journal: SqliteJournal, opened: str, forms: dict[str, Form], tmp_path: Path
) -> None:
    for who, action in CLOSED:
        act(journal, opened, who, action)
    project(journal, forms, {"nonconformity": WORKFLOW}, tmp_path)
    path = tmp_path / "nonconformity" / DESCRIPTOR
    names = {"Lê Thị Mẫu", "mau@example.gov.vn"}
    names |= {text for who, _ in CLOSED for text in (who.account, who.name)}
    access: dict[str, set[str]] = {}
    for resource in json.loads(path.read_text(encoding="utf-8"))["resources"]:
        by_name = {field["name"]: field["access"] for field in resource["schema"]["fields"]}
        table = frictionless.Package(str(path)).get_resource(resource["name"])
        assert isinstance(table, TableResource)
        for row in table.read_rows():
            for name, cell in row.to_dict().items():
                if cell in names:
                    access.setdefault(by_name[name], set()).add(f"{resource['name']}.{name}")
    assert set(access) == {"personal"}
    assert "nonconformity_events.actor_name" in access["personal"]
