"""Values of registers as text: as Table Schema and JSON write them."""

import datetime as dt
import json
from typing import Any

from scripts.registers import Resource


def to_json(resource: Resource) -> str:
    """Return the rows of a resource as JSON text, dates in ISO form."""
    return json.dumps(resource.rows, ensure_ascii=False, indent=1, default=iso) + "\n"


def iso(moment: dt.date) -> str:
    """Return a day or a time as Table Schema writes it, a time in UTC."""
    if isinstance(moment, dt.datetime):
        return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return moment.isoformat()


def plain_number(value: float) -> str:
    """Return a number with all its digits and without needless zeros."""
    return f"{value:.10f}".rstrip("0").rstrip(".")


def written(value: Any) -> str:
    """Return the value of a cell as a register writes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return plain_number(value)
    return iso(value) if isinstance(value, dt.date) else str(value)
