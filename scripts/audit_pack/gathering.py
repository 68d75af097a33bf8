"""What belongs into the pack of a unit, out of the registers as at the day."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from scripts import audits
from scripts.as_of import as_of
from scripts.registers import Resource, Row
from scripts.revisions import is_in_force
from scripts.system import System

_OF_ALL = ("system_document", "system_procedure")


class NoAuditPack(ValueError):
    """There is no such pack; the message says why."""


@dataclass(frozen=True)
class Table:
    """Rows of a register that concern the unit."""

    name: str
    """Of the file, without the ending."""
    title: str
    resource: Resource


@dataclass(frozen=True)
class Gathered:
    """What a pack shows."""

    unit: Row
    day: dt.date
    then: System
    documents: tuple[Row, ...]
    """Those in force for the unit on the day, each with the revision that counted then."""
    audit: Row | None
    """The last internal audit before the day."""
    tables: tuple[Table, ...]
    registers: tuple[Table, ...]
    """Every table, whole, as at the day."""


def gather(system: System, unit_code: str, day: dt.date) -> Gathered:
    """Return what the pack of a unit as at a day shows.

    Raises:
        NoAuditPack: there is no such unit.
        NoSuchDay: the day is still to come.
    """
    unit = _unit(system, unit_code)
    then = as_of(system, day)
    held = [row for row in then.rows("audits") if row["audited_on"] and row["audited_on"] <= day]
    audit = max(held, key=lambda row: row["audited_on"], default=None)
    return Gathered(
        unit=unit,
        day=day,
        then=then,
        documents=tuple(_documents(then, unit["code"])),
        audit=audit,
        tables=tuple(_tables(then, unit["code"], audit)),
        registers=tuple(
            Table(name, resource.title, resource) for name, resource in sorted(then.tables.items())
        ),
    )


def _unit(system: System, code: str) -> Row:
    known = {key.casefold(): unit for key, unit in system.unit_by_code.items()}
    if found := known.get(code.strip().casefold()):
        return found
    listed = "\n".join(f"  {unit['code']:<6} {unit['name']}" for unit in system.units)
    typed = f"Không có đơn vị “{code.strip()}”" if code.strip() else "Chưa cho biết đơn vị"
    raise NoAuditPack(f"{typed}. Các đơn vị:\n{listed}")


def _documents(then: System, unit: str) -> Iterable[Row]:
    """Return the documents in force: those of the unit and those of the whole system."""
    for document in then.documents.values():
        parent = then.documents.get(document["parent"] or "", document)
        if is_in_force(document["current"]) and (
            parent["unit"] == unit or document["unit"] == unit or parent["kind"] in _OF_ALL
        ):
            yield document


def _tables(then: System, unit: str, audit: Row | None) -> Iterable[Table]:
    found = audits.findings(then, audit["code"], unit) if audit else []
    codes = {row["code"] for row in found}
    objectives = {row["code"] for row in then.rows("objectives") if row["unit"] == unit}
    wanted = (
        ("danh-muc-ho-so", "Danh mục hồ sơ", "files", "unit", {unit}),
        ("loai-ho-so", "Hồ sơ mà quy trình của đơn vị quy định", "records", "unit", {unit}),
        ("muc-tieu", "Mục tiêu chất lượng", "objectives", "code", objectives),
        ("ket-qua-do", "Kết quả đo mục tiêu", "measurements", "objective", objectives),
        ("rui-ro", "Rủi ro", "risks", "unit", {unit}),
        ("phat-hien", "Phát hiện của đợt đánh giá gần nhất", "findings", "code", codes),
        ("phieu-cua-phat-hien", "Phiếu của các phát hiện", "nonconformity", "finding", codes),
        ("phieu-khong-phu-hop", "Phiếu không phù hợp của đơn vị", "nonconformity", "unit", {unit}),
    )
    for name, title, register, field, values in wanted:
        if register in then.tables:
            yield Table(name, title, _with(then.tables[register], field, values))


def _with(resource: Resource, field: str, values: set[str]) -> Resource:
    return replace(resource, rows=tuple(row for row in resource.rows if row[field] in values))
