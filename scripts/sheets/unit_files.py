"""The workbook in which a unit completes its records list."""

import io
import re
import zipfile
from dataclasses import replace

from openpyxl import Workbook

from scripts.registers import Resource
from scripts.sheets.workbook import register_book
from scripts.stable_zip import add
from scripts.system import System

_TIME = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
"""When a workbook was made and saved, as its properties say it."""


def unit_workbook(system: System, unit: str) -> bytes:
    """Return the unit's rows of the register of files, its kinds of record as a drop-down."""
    own = {name: _of_unit(system.registers[name], unit) for name in ("files", "records")}
    return _stable(register_book(own["files"], {**system.registers, **own}))


def _of_unit(resource: Resource, unit: str) -> Resource:
    return replace(resource, rows=tuple(row for row in resource.rows if row["unit"] == unit))


def _stable(book: Workbook) -> bytes:
    """Return a workbook as bytes that tell nothing of when it was written."""
    written, stable = io.BytesIO(), io.BytesIO()
    book.save(written)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(stable, "w") as target:
        for name in sorted(source.namelist()):
            add(target, name, _TIME.sub(b"1980-01-01T00:00:00Z", source.read(name)))
    return stable.getvalue()
