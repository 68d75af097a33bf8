"""The one renderer of forms: the build calls it for the static page, the intake with answers."""

import datetime as dt
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from intake import attachments
from intake.configuration import LOCAL_ZONE, Portal
from intake.forms.checking import FORM_ERROR, Checked
from intake.forms.schema import Field, Form
from intake.journal.model import Attachment, Receipt
from intake.receipts import Token
from intake.registers import Choice, Registers

FILES_FIELD = "attachments"
"""The name of the file input, and the key of errors about files."""


@dataclass(frozen=True)
class FormState:
    """What a form shows beside its questions; by default a blank form."""

    typed: dict[str, str] = dataclass_field(default_factory=dict)
    errors: dict[str, str] = dataclass_field(default_factory=dict)
    token: Token | None = None
    held: tuple[Attachment, ...] = ()
    problem: str = ""
    """Why the form could not be kept although nothing in it is wrong."""
    choices: dict[str, list[Choice]] = dataclass_field(default_factory=dict)
    """What questions offer that no register does, by name."""
    ids: str = "f-"
    """With what the ids of its questions begin; forms on one page need their own."""


class FormRenderer:
    """Renders forms, receipts and states of cases from the templates of the intake."""

    def __init__(self, portal: Portal, registers: Registers) -> None:
        self._portal = portal
        self._registers = registers
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent.parent / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["local_time"] = local_time
        self._templates.filters["vietnamese_day"] = vietnamese_day

    def form(self, form: Form, state: FormState | None = None) -> str:
        """Render a form, blank or with answers and errors."""
        state = state or FormState()
        return self.render("form.html", form=form, state=state)

    def confirmation(
        self, form: Form, checked: Checked, token: Token, held: tuple[Attachment, ...]
    ) -> str:
        """Render the answers for a last look, with the token that sends them once."""
        return self.render(
            "confirmation.html", form=form, cells=checked.cells, token=token, held=held
        )

    def receipt(self, form: Form, receipt: Receipt, code: str) -> str:
        """Render the proof that a submission was kept."""
        return self.render("receipt.html", form=form, receipt=receipt, code=code)

    def lookup(self, typed: str = "", error: str = "") -> str:
        """Render the form that asks for a receipt code."""
        return self.render("lookup.html", typed=typed, error=error)

    def message(self, title: str, text: str) -> str:
        """Render a message that stands for itself."""
        return self.render("message.html", title=title, text=text)

    def answer(self, form: Form, field: Field, cell: str) -> str:
        """Return an answer as people read it: a label for a code, a Vietnamese date."""
        if field.type == "boolean":
            return "Có" if cell == "true" else "Không"
        if field.type == "date":
            return vietnamese_day(cell)
        labels = {choice.value: choice.label for choice in self._registers.choices(form, field)}
        return labels.get(cell, cell)

    def render(self, template: str, **values: Any) -> str:
        """Render a template of the intake with what all of them share."""
        return self._templates.get_template(template).render(
            portal=self._portal,
            answer=self.answer,
            choices=self._grouped_choices,
            options=field_options,
            in_order=_in_order,
            is_day=_is_day,
            files_field=FILES_FIELD,
            accept=attachments.ACCEPT,
            file_kinds=attachments.KINDS,
            **values,
        )

    def _grouped_choices(
        self, form: Form, field: Field, state: FormState
    ) -> list[tuple[str, list[Choice]]]:
        if field.name in state.choices:
            return [("", state.choices[field.name])]
        choices = sorted(self._registers.choices(form, field), key=lambda choice: choice.group)
        names = self._unit_names() if any(choice.group for choice in choices) else {}
        return [
            (names.get(group, group), list(members))
            for group, members in groupby(choices, key=lambda choice: choice.group)
        ]

    def _unit_names(self) -> dict[str, str]:
        return {row["code"]: row["name"] for row in self._registers.rows("units")}


def local_time(recorded_at: str) -> str:
    """Return a time of the journal as people in Viet Nam read it."""
    moment = dt.datetime.fromisoformat(recorded_at).astimezone(LOCAL_ZONE)
    return f"{moment:%H} giờ {moment:%M}, ngày {moment:%d/%m/%Y}"


def vietnamese_day(day: str) -> str:
    """Return an ISO date as dd/mm/yyyy; anything else as it is."""
    try:
        return dt.date.fromisoformat(day).strftime("%d/%m/%Y")
    except ValueError:
        return day


def field_options(field: Field) -> list[tuple[str, str]]:
    """Return the answers of a radio group: the labels, or the numbers of a scale."""
    if field.labels:
        return list(field.labels.items())
    scale = range(field.constraints["minimum"], field.constraints["maximum"] + 1)
    return [(str(number), str(number)) for number in scale]


def _is_day(typed: str) -> bool:
    """Tell whether a date input can show what was typed; else it is shown as text."""
    return not typed or vietnamese_day(typed) != typed


def _in_order(form: Form, state: FormState) -> list[tuple[str, str]]:
    """Return the errors in the order of the questions, as (name of the question, message)."""
    order = [FORM_ERROR, *(field.name for field in form.fields), FILES_FIELD]
    return [(name, state.errors[name]) for name in order if name in state.errors]
