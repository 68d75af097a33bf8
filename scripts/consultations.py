"""Consultations, and the synthesis of comments on documents: what was said, what came of it.

Only what the forms call public is known here: the summary of a comment, never its full text; of the
sender no more than the unit in whose name it was sent.
"""

import datetime as dt
from dataclasses import dataclass

from intake.configuration import LOCAL_ZONE
from scripts.audits import items
from scripts.registers import Row
from scripts.system import SAID, System

FORM = "feedback"
FOLDER = "lay-y-kien"
_ANSWER = "answer"
_LEFT_OUT = {"referred", "cancelled"}
"""States of comments that no synthesis shows, unless they were merged into another one."""


@dataclass(frozen=True)
class Comment:
    """A comment with what became of it."""

    number: str
    received_on: dt.date
    trial: bool
    unit: str
    """The unit in whose name it was sent; empty when it was sent in nobody's."""
    target: str
    """The document that it is about."""
    section: str
    summary: str
    state: str
    """A state of the workflow, by its name."""
    state_title: str
    merged_into: str
    """The number of the comment that is answered in its place; empty when it has its own answer."""
    response: str
    """The kind of its answer in words; empty while there is none."""
    answer: str
    reason: str
    document: str
    """The document that was changed for it, if one was."""
    revision: str
    """The revision of that document which holds the change, if it is known."""


def comment_of(system: System, row: Row) -> Comment:
    """Return a comment with what became of it, from the row of its submission."""
    workflow = system.workflows[FORM]
    events = system.events_of(FORM, row["number"])
    answered = [place for place, event in enumerate(events) if event["action"] == _ANSWER]
    standing = [event[SAID] for event in events[answered[-1] :]] if answered else []
    answer: Row = standing[0] if standing else {}
    changes: list[Row] = [said for said in standing if said.get("resulting_document")]
    changed = changes[-1] if changes else {}
    merged = [event[SAID].get("duplicate_of") for event in events if event["action"] == "cancel"]
    labels = workflow.forms[_ANSWER].by_name["response"].labels
    state = workflow.states.get(row["state"])
    return Comment(
        number=row["number"],
        received_on=row["received_at"].astimezone(LOCAL_ZONE).date(),
        trial=bool(row.get("trial")),
        unit=row.get("for_unit") or "",
        target=row.get("document") or "",
        section=row.get("document_section") or "",
        summary=row["summary"],
        state=row["state"],
        state_title=state.title if state else row["state"],
        merged_into=next(filter(None, merged), ""),
        response=labels.get(answer.get("response") or "", ""),
        answer=answer.get("public_answer") or "",
        reason=answer.get("response_reason") or "",
        document=changed.get("resulting_document") or "",
        revision=changed.get("resulting_revision") or "",
    )


def comments_on(
    system: System, codes: list[str], first: dt.date | None = None, last: dt.date | None = None
) -> list[Comment]:
    """Return the comments on documents that came in within some days, the oldest first."""
    comments = [
        comment_of(system, row)
        for row in reversed(system.submissions(FORM))
        if row.get("document") in codes
    ]
    return [
        each
        for each in comments
        if (each.state not in _LEFT_OUT or each.merged_into)
        and (first is None or each.received_on >= first)
        and (last is None or each.received_on <= last)
    ]


def comments_of(system: System, consultation: Row) -> list[Comment]:
    """Return the comments that belong to a consultation."""
    codes = items(consultation["documents"])
    return comments_on(system, codes, consultation["opened_on"], consultation["closed_on"])


def units_without_comment(system: System, consultation: Row) -> list[str]:
    """Return the units that were asked and have not commented, in the order of the register."""
    said = {each.unit for each in comments_of(system, consultation) if not each.trial}
    return [code for code in items(consultation["units"]) if code not in said]


def consultations_on(system: System, code: str) -> list[Row]:
    """Return the consultations on a document, in the order of the register."""
    return [row for row in system.rows("consultations") if code in items(row["documents"])]


def is_open(consultation: Row) -> bool:
    """Tell whether comments still belong to a consultation."""
    return consultation["closed_on"] is None


def is_discussed(system: System, code: str) -> bool:
    """Tell whether a document was commented on or consulted about: then it has a synthesis.

    It keeps its page when the comment is referred elsewhere: no address is lost.
    """
    commented = any(row.get("document") == code for row in system.submissions(FORM))
    return commented or bool(consultations_on(system, code))


def discussed(system: System) -> list[str]:
    """Return the documents that have a synthesis, in the order of the register."""
    return [code for code in system.documents if is_discussed(system, code)]


def synthesis_address(system: System, code: str) -> str:
    """Return where the synthesis of the comments on a document stands, from the root."""
    address: str = system.documents[code]["address"]
    return f"{FOLDER}/{address}"


def is_issued(system: System, comment: Comment) -> bool:
    """Tell whether the revision that came of a comment was issued."""
    document = system.documents.get(comment.document)
    revisions = document["revisions"] if document else []
    return any(
        each["revision"] == comment.revision and each["status"] != "draft" for each in revisions
    )
