"""Slips of the portal's forms: which there are, a blank of each, and what a case fills in."""

import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from intake.configuration import Portal
from intake.forms.rendering import field_options, local_time, vietnamese_day
from intake.forms.schema import Field, Form
from intake.journal.model import AttachedFile, Event
from intake.paper.model import Block, Box, Entry, Grid, Heading, Kind, Note, Part, Signatures, Slip
from intake.registers import Registers

TABLE = "paper.toml"
NOT_ON_PAPER = frozenset({"trial"})
"""Fields that a blank does not ask: nobody tries the portal out with a pen."""

_ROOM = 4
"""Empty lines of a table on a blank."""

Answer = Callable[[Form, Field, str], str]
"""Returns an answer as people read it."""


@dataclass(frozen=True)
class PartPlan:
    """What a part of a slip is made of."""

    title: str
    sections: tuple[str, ...] = ()
    leaves_out: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    signers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """Which parts a slip has, and from which form it is."""

    name: str
    form: str
    title: str
    parts: tuple[PartPlan, ...]
    elsewhere: tuple[str, ...] = ()
    """Actions that no blank asks for; when they were done they stand at the end."""


def load_plans(folder: Path) -> dict[str, Plan]:
    """Load the plans of all slips, by name; the table is read again when it changed.

    Raises:
        OSError, tomllib.TOMLDecodeError, KeyError, TypeError: the table can't be used.
    """
    path = folder / TABLE
    return _load(path, path.stat().st_mtime_ns)


def plan_of(folder: Path, form: Form) -> Plan:
    """Return the plan of the slip of a form; one part with all of it when none is written."""
    sections = tuple(section["name"] for section in form.descriptor["sections"])
    whole = Plan(form.name, form.name, form.title, (PartPlan(form.title, sections),))
    return load_plans(folder).get(form.name, whole)


@lru_cache(maxsize=8)
def _load(path: Path, _changed: int) -> dict[str, Plan]:
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        name: Plan(
            name,
            each["form"],
            each["title"],
            tuple(map(_part_plan, each["parts"])),
            tuple(each.get("elsewhere", ())),
        )
        for name, each in raw.items()
    }


def _part_plan(raw: dict[str, object]) -> PartPlan:
    given = {name: tuple(each) if isinstance(each, list) else each for name, each in raw.items()}
    return PartPlan(**given)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Press:
    """What every slip of a portal is printed with."""

    portal: Portal
    registers: Registers

    def blank(self, plan: Plan, form: Form, actions: dict[str, Form]) -> Slip:
        """Return a slip to be filled with a pen.

        Args:
            plan: of the slip.
            form: that opens a case.
            actions: the form of each action, by name; none when its cases have no workflow.
        """
        parts = tuple(_part(each, form, actions, _blank_form) for each in plan.parts)
        desk = (("Số phiếu", "…………………"), ("Ngày nhận", "……/……/20……"))
        return self._slip(plan, form, parts, (*self._document(form), *desk))

    def filled(self, plan: Plan, form: Form, actions: dict[str, Form], told: "Told") -> Slip:
        """Return a slip with all that a case tells; parts not reached yet are left to a pen."""
        parts = [_part(each, form, actions, told.write) for each in plan.parts]
        shown = tuple(part for part in (*parts, told.rest(plan, actions)) if part.blocks)
        opened = told.events[0]
        marks = (
            ("Số phiếu", opened.number),
            ("Trạng thái", told.state),
            ("Ghi nhận", local_time(opened.recorded_at)),
            *((("Nguồn", "nhập từ phiếu giấy"),) if opened.paper else ()),
        )
        return self._slip(plan, form, shown, (*self._document(form), *marks))

    def _slip(
        self, plan: Plan, form: Form, parts: tuple[Part, ...], marks: tuple[tuple[str, str], ...]
    ) -> Slip:
        agency = self.portal.agency
        number = dict(marks).get("Số phiếu", "").strip("…")
        kept = f" Thời gian giữ: {form.descriptor['retention']}."
        foot = f"{number or 'Mẫu trống'} – mẫu {form.hash[:8]} của {self.portal.site['title']}."
        return Slip(
            title=plan.title,
            superior=agency["superior"],
            issuer=agency["name"],
            parts=parts,
            marks=marks,
            notice=self.portal.sample_notice,
            foot=foot + kept,
        )

    def _document(self, form: Form) -> tuple[tuple[str, str], ...]:
        """Return the code of the paper form and the revision in force, if it has one."""
        code = form.descriptor.get("template")
        if not code:
            return ()
        current = next(
            (
                row
                for row in self.registers.rows("revisions")
                if row["document"] == code and row["status"] == "in_force"
            ),
            None,
        )
        if current is None:
            return (("Mã hiệu", code),)
        since = vietnamese_day(current["effective_on"])
        return (("Mã hiệu", code), ("Lần ban hành", current["revision"]), ("Hiệu lực từ", since))


_Write = Callable[[PartPlan, Form, Sequence[Field], bool], Iterator[Block]]
"""Yields the blocks of a form in a part, some of its fields; the flag asks for a table."""


def _part(plan: PartPlan, form: Form, actions: dict[str, Form], write: _Write) -> Part:
    blocks: list[Block] = []
    hints = []
    for section in form.descriptor["sections"] if plan.sections else ():
        if section["name"] not in plan.sections:
            continue
        fields = [field for field in form.fields if field.section == section["name"]]
        asked = [field for field in fields if field.name not in plan.leaves_out]
        hint = section.get("hint", "")
        titled = [Heading(section["title"], hint)] if len(plan.sections) > 1 else []
        hints += [hint] if not titled else []
        written = list(write(plan, form, asked, False))
        blocks += [*titled, *written] if written else []
    for name in plan.actions:
        if name in actions:
            action = actions[name]
            written = list(write(plan, action, action.fields, name in plan.tables))
            titled = [Heading(action.title, action.descriptor["description"])]
            blocks += [*titled, *written] if written else []
    if blocks and plan.signers:
        blocks.append(Signatures(plan.signers))
    return Part(plan.title, tuple(blocks), " ".join(filter(None, hints)))


def _blank_form(_: PartPlan, form: Form, fields: Sequence[Field], table: bool) -> Iterator[Block]:
    entries = tuple(entry(form, field) for field in fields if field.name not in NOT_ON_PAPER)
    if table:
        yield Grid(entries, empty=_ROOM)
    else:
        yield from entries


@dataclass(frozen=True)
class Told:
    """What a case tells whoever prints it."""

    events: tuple[Event, ...]
    state: str
    """The title of the state in which it is; empty for what has none."""
    ended: bool
    with_sender: bool
    form_of: Callable[[Event], Form]
    """Returns the form that an event was given under."""
    answer: Answer
    post: Callable[[Event], str]
    """Returns in which post and unit somebody acted; no name."""

    def write(
        self, plan: PartPlan, form: Form, fields: Sequence[Field], table: bool
    ) -> Iterator[Block]:
        """Yield what was written with a form, or leave it to a pen while the case goes on."""
        if form.name == self.events[0].form:
            yield from self._opening(plan, form, fields)
            return
        given = [event for event in self.events if event.action == form.name]
        if given and table:
            yield self._table(form, given)
        elif not given and not self.ended:
            yield from _blank_form(plan, form, fields, table)
        for event in given if not table else ():
            then = self.form_of(event)
            yield from self._answers(event, then, then.fields)
            yield from self._notes(event)

    def rest(self, plan: Plan, actions: dict[str, Form]) -> Part:
        """Return what was done by actions that no part of the slip is for."""
        planned = {name for part in plan.parts for name in part.actions} & actions.keys()
        blocks: list[Block] = []
        for event in self.events[1:]:
            if event.action not in planned:
                form = self.form_of(event)
                blocks.append(Heading(form.title))
                blocks += [*self._answers(event, form, form.fields), *self._notes(event)]
        return Part("Diễn biến khác", tuple(blocks))

    def _opening(self, plan: PartPlan, now: Form, fields: Sequence[Field]) -> Iterator[Block]:
        """Yield what was sent, section by section of the form as it is now."""
        event = self.events[0]
        then = self.form_of(event)
        first = now.descriptor["sections"][0]["name"]
        section = fields[0].section if fields else ""
        own = [
            field
            for field in then.fields
            if section == (now.by_name[field.name].section if field.name in now.by_name else first)
            and field.name not in plan.leaves_out
        ]
        yield from self._answers(event, then, own)
        if section == first:
            yield from self._notes(event)

    def _answers(self, event: Event, form: Form, fields: Sequence[Field]) -> Iterator[Block]:
        shown = [field for field in fields if self.with_sender or field.access != "personal"]
        for field in shown:
            cell = event.cells.get(field.name, "")
            if field.name not in NOT_ON_PAPER or cell == "true":
                yield self._entry(form, field, cell)
        if len(shown) < len(fields):
            yield Note("Thông tin về người gửi không in ra cho vai trò này.")

    def _entry(self, form: Form, field: Field, cell: str) -> Entry:
        blank = entry(form, field)
        words = self.answer(form, field, cell) if cell else "–"
        boxes = tuple(replace(box, ticked=bool(cell) and box.label == words) for box in blank.boxes)
        said = any(box.ticked for box in boxes) or (boxes and words in {"–", "Không"})
        return replace(blank, hint="", boxes=boxes, value="" if said else words)

    def _notes(self, event: Event) -> Iterator[Note]:
        if event.files:
            yield Note("Tệp gửi kèm: " + "; ".join(map(_described, event.files)))
        if event.paper:
            yield Note(
                f"Nhập từ phiếu giấy đề ngày {vietnamese_day(event.paper.written_on)}, nhận ngày "
                f"{vietnamese_day(event.paper.received_on)}; {self.post(event)} nhập "
                f"{local_time(event.recorded_at)}."
            )
        else:
            yield Note(f"Ghi trên cổng: {self.post(event)}, {local_time(event.recorded_at)}.")

    def _table(self, now: Form, given: list[Event]) -> Grid:
        columns = [entry(now, field) for field in now.fields]
        rows = []
        for event in given:
            form = self.form_of(event)
            row = [self._cell(form, event, field.name) for field in now.fields]
            files = "; ".join(map(_described, event.files))
            rows.append((*row, "; ".join(filter(None, (self.post(event), files)))))
        columns.append(Entry("", "Người ghi, tệp kèm"))
        return Grid(tuple(columns), tuple(rows))

    def _cell(self, form: Form, event: Event, name: str) -> str:
        cell, field = event.cells.get(name, ""), form.by_name.get(name)
        return self.answer(form, field, cell) if cell and field else cell


def entry(form: Form, field: Field) -> Entry:
    """Return a field as a blank asks it."""
    kind: Kind = "text"
    if boxes := _boxes(field):
        kind = "choice"
    elif field.multiline:
        kind = "long_text"
    elif field.type == "date":
        kind = "date"
    elif field.type in {"integer", "number"} and field.name not in form.references:
        kind = "number"
    return Entry(field.name, field.title, field.description, kind, field.required, boxes)


def _boxes(field: Field) -> tuple[Box, ...]:
    if field.type == "boolean":
        return (Box("Có"),)
    if field.labels or field.options.get("widget") == "scale":
        return tuple(Box(label) for _, label in field_options(field))
    return ()


def _described(file: AttachedFile) -> str:
    return f"{file.name} ({-(-file.size // 1000)} kB)"
