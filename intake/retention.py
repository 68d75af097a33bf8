"""The retention rule: what people wrote goes when the records list says its time is over.

Of a case that ended its skeleton stays (number, days, states, units, coded answers), so that
counts and registers stay true; what somebody wrote in words, who they were and their files go.
A last event says so, under which decision. The time runs to the end of the year in which the
years of the records list are over (QT-HT-01; the shortest list entry never wins over a longer).
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from intake.cases.case import Case, fold
from intake.cases.workflow import Workflow
from intake.forms.schema import Field, Form, form_from_descriptor
from intake.journal.model import Actor, Disposal, Event
from intake.registers import Registers

DISPOSE = "dispose"
GONE = "(đã hủy theo thời hạn bảo quản)"
"""Stands where an answer in words was required."""
_KEPT_TYPES = {"date", "boolean", "integer", "number", "year"}
_KEPT_CHOICES = {"actions", "cases"}
_LAST_ROLE = "secretariat"

FORM: Form = form_from_descriptor(
    DISPOSE,
    {
        "title": "Hủy nội dung theo thời hạn bảo quản",
        "description": "Phần còn lại của phiếu: số, ngày, trạng thái, đơn vị.",
        "sections": [{"name": "main", "title": "Hủy nội dung theo thời hạn bảo quản"}],
        "fields": [
            {
                "name": name,
                "title": title,
                "description": description,
                "type": "string",
                "constraints": {"required": True},
                "example": example,
                "section": "main",
                "access": "public",
            }
            for name, title, description, example in (
                ("record", "Loại hồ sơ", "Mã trong danh mục hồ sơ.", "HS-HT04-01"),
                ("retention", "Thời hạn bảo quản", "Theo danh mục hồ sơ.", "5 năm"),
                ("disposal_basis", "Căn cứ hủy", "Văn bản cho phép hủy.", "Quyết định số 12"),
            )
        ],
    },
)


@dataclass(frozen=True)
class Due:
    """A case whose time is over."""

    case: Case
    title: str
    """Of its form."""
    record: str
    """The entry of the records list that gives it the longest time."""
    years: int
    over_on: dt.date


def due(
    events: Iterable[Event],
    forms: Mapping[str, Form],
    workflows: Mapping[str, Workflow],
    registers: Registers,
    today: dt.date,
) -> list[Due]:
    """Return the cases whose time is over, the longest over first.

    Cases of a kind without an entry in the records list, or with one that is kept for ever, stay.
    """
    found = []
    for case in fold(events):
        workflow, form = workflows.get(case.kind), forms.get(case.kind)
        if workflow is None or form is None or case.latest(DISPOSE):
            continue
        state = workflow.states.get(case.state)
        longest = _longest(form, registers)
        if state is None or not state.ended or longest is None:
            continue
        record, years = longest
        over_on = dt.date(case.entered_on.year + years, 12, 31)
        if over_on < today:
            found.append(Due(case, form.title, record, years, over_on))
    return sorted(found, key=lambda each: (each.over_on, each.case.number))


def _longest(form: Form, registers: Registers) -> tuple[str, int] | None:
    """Return the entry of the records list, of the form's own procedure, that lasts longest."""
    template = form.descriptor.get("template")
    procedures = {
        row["parent"] for row in registers.rows("documents") if row["code"] == template and template
    }
    entries = [row for row in registers.rows("records") if row["document"] in procedures]
    of_form = [row for row in entries if row["form"] == template]
    if not of_form or any(not row["retention_years"] for row in of_form):
        return None
    row = max(of_form, key=lambda each: int(each["retention_years"]))
    return row["code"], int(row["retention_years"])


def disposal(each: Due, basis: str, forms_of: Mapping[int, Form]) -> Disposal:
    """Return what is to be done with a case.

    Args:
        each: the case.
        basis: the decision under which it is done.
        forms_of: the form that each event was given under, by its number.
    """
    return Disposal(
        number=each.case.number,
        kind=each.case.kind,
        version=each.case.version,
        skeletons={
            event.seq: skeleton(forms_of[event.seq], event.cells) for event in each.case.events
        },
        state=each.case.state,
        actor=Actor("", "", "", _LAST_ROLE),
        action=DISPOSE,
        form=FORM,
        cells={
            "record": each.record,
            "retention": f"{each.years} năm",
            "disposal_basis": basis,
        },
    )


def skeleton(form: Form, cells: Mapping[str, str]) -> dict[str, str]:
    """Return what stays of the answers of an event."""
    return dict(_left(form, cells))


def _left(form: Form, cells: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, cell in cells.items():
        field = form.by_name.get(name)
        if field is None or field.access == "personal" or field.options.get("identifies"):
            continue
        if _is_coded(form, field):
            yield name, cell
        elif field.required:
            yield name, GONE


def _is_coded(form: Form, field: Field) -> bool:
    """Tell whether an answer is one of a few, or a day or a number: nobody's own words."""
    source = field.options.get("choices", {}).get("from")
    return (
        field.type in _KEPT_TYPES
        or bool(field.labels)
        or field.name in form.references
        or source in _KEPT_CHOICES
        or (field.access == "public" and "pattern" in field.constraints)
    )
