"""A case as those at the desk see it: what was sent, what was done by whom, what can be done."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from intake.cases.case import Case
from intake.cases.telling import state_title
from intake.cases.workflow import Workflow
from intake.forms.schema import Field, Form, form_from_descriptor
from intake.journal.model import AttachedFile, Event, OnPaper
from intake.services import services


@dataclass(frozen=True)
class Answered:
    """A question and its answer in words."""

    title: str
    text: str


@dataclass(frozen=True)
class Entry:
    """One thing that was done, in the words of whoever reads the history."""

    seq: int
    recorded_at: str
    """UTC, ISO 8601."""
    title: str
    who: str
    state: str
    """Title of the state to which it led; empty when it stayed."""
    answers: tuple[Answered, ...]
    files: tuple[AttachedFile, ...]
    paper: OnPaper | None = None
    """How it came in, when that was on paper."""


def history(workflow: Workflow, case: Case, *, with_sender: bool) -> list[Entry]:
    """Return all that was done on a case, in order.

    Args:
        workflow: that of its kind.
        case: as its events tell it.
        with_sender: whether the reader may know who sent it.
    """
    return list(_entries(workflow, case, with_sender=with_sender))


def _entries(workflow: Workflow, case: Case, *, with_sender: bool) -> Iterator[Entry]:
    before = ""
    for event in case.events:
        form = form_of(event)
        shown = [field for field in form.fields if with_sender or field.access != "personal"]
        yield Entry(
            event.seq,
            event.recorded_at,
            form.title if event.action else "Nhập phiếu giấy" if event.paper else "Gửi phiếu",
            _who(workflow, event),
            state_title(workflow, event.state) if event.state != before else "",
            tuple(_answers(form, shown, event)),
            event.files,
            event.paper,
        )
        before = event.state


def _answers(form: Form, fields: list[Field], event: Event) -> Iterator[Answered]:
    for field in fields:
        cell = event.cells.get(field.name, "")
        if cell and cell != "false":
            yield Answered(field.title, services().renderer.answer(form, field, cell))


def _who(workflow: Workflow, event: Event) -> str:
    actor = event.paper.typed_by if event.paper else event.actor
    if actor is None:
        return "Người gửi"
    role = workflow.roles.get(actor.role)
    title = role.title if role else actor.role
    if not actor.account:
        return title
    return f"{actor.name}, {actor.unit} ({title})"


def form_of(event: Event) -> Form:
    """Return the form that an event was given under."""
    name = event.action or event.form
    return _form(name, event.form_hash, services().journal.form_descriptor(event.form_hash))


@lru_cache(maxsize=256)
def _form(name: str, _hash: str, descriptor: str) -> Form:
    return form_from_descriptor(name, json.loads(descriptor))
