"""Form templates as their fields describe them: for the page, and for the blank that is printed."""

from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from scripts.registers import Row
from scripts.system import System

_MOST_COLUMNS_UPRIGHT = 6
"""A table with more columns than this needs a sheet that lies on its side."""
_ROWS_IN_A_LIST = {"upright": 18, "wide": 10}
_ROWS_AMONG_OTHERS = 6
"""How many empty rows a blank has: a sheet full when the form is one list, else a few."""

_SHORT = (
    *("Số", "Ngày", "Hạn", "Giờ", "Mã", "Mức", "Mốc", "Ký", "Năm", "Tháng", "Tỷ", "Lần"),
    *("Đủ", "Đúng", "Đã", "P", "S", "R"),
)
"""Columns whose titles begin so hold a few characters: the others get their place."""


@dataclass(frozen=True)
class Block:
    """Fields that are printed together: the columns of a table, the signatures, or one field."""

    kind: str
    """`table`, `signatures`, or the kind of the one field."""
    fields: tuple[Row, ...]


@dataclass(frozen=True)
class Part:
    """A part of a form template, under its title."""

    title: str
    fields: tuple[Row, ...]

    @property
    def blocks(self) -> list[Block]:
        """The fields as they are printed, in order."""
        blocks: list[Block] = []
        for kind, run in groupby(self.fields, itemgetter("kind")):
            fields = tuple(run)
            if kind == "table_column":
                blocks.append(Block("table", fields))
            elif kind == "signature":
                blocks.append(Block("signatures", fields))
            else:
                blocks += [Block(kind, (field,)) for field in fields]
        return blocks


@dataclass(frozen=True)
class FormTemplate:
    """A form template: its parts, and how its blank lies on the sheet."""

    document: Row
    issuer: str
    """Whose form it is: the agency for all units, else the unit."""
    parts: tuple[Part, ...]

    @property
    def layout(self) -> str:
        """`wide` when a table has too many columns for an upright sheet, else `upright`."""
        columns = [
            len(block.fields)
            for part in self.parts
            for block in part.blocks
            if block.kind == "table"
        ]
        return "wide" if max(columns, default=0) > _MOST_COLUMNS_UPRIGHT else "upright"

    @property
    def empty_rows(self) -> int:
        """How many empty rows a table of the blank has."""
        return _ROWS_IN_A_LIST[self.layout] if is_list(self.parts) else _ROWS_AMONG_OTHERS


def form_template(system: System, code: str) -> FormTemplate:
    """Return the form template with a code; it has no parts while none are registered."""
    document = system.documents[code]
    procedure = system.documents.get(document["parent"] or "")
    of_all_units = procedure is not None and procedure["kind"] == "system_procedure"
    issuer = (
        system.portal.agency["name"]
        if of_all_units
        else system.unit_by_code[document["unit"]]["name"]
    )
    fields = [row for row in system.rows("form_fields") if row["form"] == code]
    return FormTemplate(document, issuer, parts_of(fields))


def parts_of(fields: list[Row]) -> tuple[Part, ...]:
    """Group the fields of one form template, in their order, by part."""
    return tuple(Part(title, tuple(run)) for title, run in groupby(fields, itemgetter("part")))


def is_list(parts: tuple[Part, ...]) -> bool:
    """Tell whether a form is one list, kept line by line, that nobody signs."""
    return len(parts) == 1 and all(field["kind"] == "table_column" for field in parts[0].fields)


def uses(system: System, code: str) -> list[tuple[Row, list[Row]]]:
    """Return the procedures that use a form template, each with its steps that do."""
    steps = [step for step in system.rows("steps") if step["form"] == code]
    return [
        (system.documents[procedure], list(run))
        for procedure, run in groupby(steps, itemgetter("document"))
    ]


def is_short(column: Row) -> bool:
    """Tell whether a column of a table holds a number, a date or a mark rather than words."""
    return str(column["title"]).split()[0].rstrip(",") in _SHORT


def choices(field: Row) -> list[str]:
    """Return the boxes of a choice."""
    return str(field["choices"]).split(";")
