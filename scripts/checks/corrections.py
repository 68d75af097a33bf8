"""Rules on corrections: they name a cell that there is, and what it says now."""

from collections.abc import Iterator

from scripts.checks.material import Finding, Material, Rule
from scripts.registers import Resource, Row
from scripts.written import written


def corrections_name_what_there_is(material: Material) -> Iterator[Finding]:
    """A correction names a register, a column and a row of it, and changes something."""
    for row, place in material.rows("corrections"):
        register = material.system.registers.get(row["register"])
        if register is None or row["register"] == "corrections":
            yield place.says(f"{row['code']}: không có sổ {row['register']} để đính chính")
        elif row["field"] and row["field"] not in {each["name"] for each in register.fields}:
            yield place.says(
                f"{row['code']}: sổ {row['register']} không có cột {row['field']}; "
                "để trống khi cả dòng được bỏ"
            )
        elif row["before"] == row["after"]:
            yield place.says(f"{row['code']}: trước và sau như nhau, không đính chính gì")


def corrections_hold(material: Material) -> Iterator[Finding]:
    """The last correction of a cell says what the cell says; a row that was taken out is gone."""
    last = {
        (row["register"], row["key"], row["field"]): (row, place)
        for row, place in material.rows("corrections")
    }
    for (name, key, field), (row, place) in last.items():
        register = material.system.registers.get(name)
        if register is None or (name, key, None) in last:
            continue
        found = _row(register, key)
        if found is None:
            yield place.says(f"{row['code']}: sổ {name} không có dòng {key}")
        elif field in found and written(found[field]) != (row["after"] or ""):
            yield place.says(
                f"{row['code']}: cột {field} của {key} đang ghi “{written(found[field])}”, "
                f"không phải “{row['after'] or ''}”"
            )


def _row(register: Resource, key: str) -> Row | None:
    for row in register.rows:
        if "; ".join(written(row[name]) for name in register.key) == key:
            return row
    return None


RULES: tuple[Rule, ...] = (corrections_name_what_there_is, corrections_hold)
