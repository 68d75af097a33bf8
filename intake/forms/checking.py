"""Checks what was sent against the form's schema, with frictionless's own cell readers."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from decimal import Decimal

from intake.forms import messages
from intake.forms.schema import Field, Form
from intake.registers import Registers
from intake.text import escape_formula, has_control_characters, normalise

_VIETNAMESE_DAY = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PLAIN_INTEGER = re.compile(r"-?[0-9]{1,18}")
_PLAIN_NUMBER = re.compile(r"-?[0-9]{1,15}(?:[.,][0-9]{1,9})?")

FORM_ERROR = ""
"""The key of errors that belong to no field."""


@dataclass
class Checked:
    """The outcome of a check.

    `cells` holds the canonical text of every answered question, unescaped; `typed` what was
    typed, to be shown again; `errors` a message by field name.
    """

    cells: dict[str, str] = dataclass_field(default_factory=dict)
    typed: dict[str, str] = dataclass_field(default_factory=dict)
    errors: dict[str, str] = dataclass_field(default_factory=dict)


def check(
    form: Form, sent: Mapping[str, Sequence[str]], registers: Registers, today: dt.date
) -> Checked:
    """Check one submission.

    Args:
        form: the form that was filled.
        sent: every value sent, by field name.
        registers: where foreign keys point.
        today: the real day, for dates that can't lie ahead.
    """
    checked = Checked()
    for name in sent.keys() - form.asked_names:
        checked.errors[FORM_ERROR] = messages.unknown_field(name)
    for field in form.asked:
        values = sent.get(field.name, ())
        checked.typed[field.name] = values[0] if values else ""
        if len(values) > 1:
            checked.errors[field.name] = messages.repeated_field(field)
            continue
        _check_field(form, field, checked, registers, today)
    _drop_identity(form, checked)
    for rule in form.rules:
        answer = checked.cells.get(rule.when)
        if answer == rule.value or (answer and rule.value == "*"):
            for name in rule.requires:
                if name not in checked.cells:
                    checked.errors.setdefault(name, rule.message)
    return checked


def canonical_cell(field: Field, typed: str) -> str:
    """Return the one text that stands for what was typed, as far as it can be understood."""
    text = normalise(typed)
    if field.type == "boolean":
        return text or "false"
    if field.type == "date" and (day := _VIETNAMESE_DAY.fullmatch(text)):
        return f"{day[3]}-{int(day[2]):02}-{int(day[1]):02}"
    if field.type == "integer" and _PLAIN_INTEGER.fullmatch(text):
        return str(int(text))
    if field.type == "number" and _PLAIN_NUMBER.fullmatch(text):
        return f"{Decimal(text.replace(',', '.')).normalize():f}"
    return text


def cell_notes(form: Form, field: Field, cell: str) -> dict[str, str]:
    """Return frictionless's verdict on a cell as it will stand in the CSV; empty when valid."""
    if not cell:
        return form.blank_notes[field.name]
    if not _is_plain(field, cell):
        return {"type": f"type is {field.type}"}
    _, notes = form.cell_readers[field.name](stored_cell(field, cell))
    return dict(notes or {})


def stored_cell(field: Field, cell: str) -> str:
    """Return the cell as it stands in the CSV: text can't run as a formula."""
    return escape_formula(cell) if field.type == "string" else cell


def _check_field(
    form: Form, field: Field, checked: Checked, registers: Registers, today: dt.date
) -> None:
    cell = canonical_cell(field, checked.typed[field.name])
    error = _error(form, field, cell, registers, today)
    if error:
        checked.errors[field.name] = error
    elif cell:
        checked.cells[field.name] = cell


def _error(form: Form, field: Field, cell: str, registers: Registers, today: dt.date) -> str | None:
    if has_control_characters(cell):
        return messages.control_characters(field)
    if "\n" in cell and not field.multiline:
        return messages.line_ends(field)
    if notes := cell_notes(form, field, cell):
        return messages.wrong(field, notes, len(stored_cell(field, cell)))
    if cell and field.name in form.references and not registers.offers(form, field, cell):
        return messages.choice_unknown(field)
    if cell and field.options.get("not_after") == "today" and cell > today.isoformat():
        return messages.in_future(field)
    if cell and field.options.get("not_before") == "today" and cell < today.isoformat():
        return messages.in_past(field)
    return None


def _is_plain(field: Field, cell: str) -> bool:
    """Refuse what frictionless reads too generously: ` 1`, `1_000`, `2024-2-3`, `NaN`."""
    match field.type:
        case "date":
            return _ISO_DAY.fullmatch(cell) is not None
        case "integer":
            return _PLAIN_INTEGER.fullmatch(cell) is not None
        case "number":
            return _PLAIN_NUMBER.fullmatch(cell) is not None
        case _:
            return True


def _drop_identity(form: Form, checked: Checked) -> None:
    if form.anonymous_field and checked.cells.get(form.anonymous_field) == "true":
        for name in form.identifying_fields:
            checked.cells.pop(name, None)
            checked.errors.pop(name, None)
