"""Rules on the fields of form templates: what a page lists and a blank prints."""

from collections.abc import Iterator
from itertools import groupby

from scripts.checks.material import Finding, Material, Place, Rule
from scripts.form_templates import is_list, parts_of
from scripts.registers import Row
from scripts.revisions import is_in_force


def form_templates_have_fields(material: Material) -> Iterator[Finding]:
    """A form template in force has fields, and nothing but a form template has any."""
    fields = _fields(material)
    for document, place in material.rows("documents"):
        code = document["code"]
        is_form = document["kind"] == "form_template"
        in_force = is_in_force(material.system.documents[code]["current"])
        if is_form and in_force and code not in fields:
            yield place.says(f"{code}: chưa có các mục trong form_fields.csv")
        if not is_form and code in fields:
            yield fields[code][0][1].says(f"{code}: không phải biểu mẫu mà có mục")


def fields_are_numbered(material: Material) -> Iterator[Finding]:
    """The fields of a form template count 1, 2, 3 … in file order."""
    for code, fields in _fields(material).items():
        positions = [field["position"] for field, _ in fields]
        if positions != list(range(1, len(positions) + 1)):
            yield fields[0][1].says(
                f"{code}: thứ tự các mục phải là 1, 2, 3 … liên tục; đang là {positions}"
            )


def parts_and_tables_are_unbroken(material: Material) -> Iterator[Finding]:
    """The fields of a part stand together, and so do the columns of its table."""
    for code, fields in _fields(material).items():
        place = fields[0][1]
        parts = parts_of([field for field, _ in fields])
        titles = [part.title for part in parts]
        for title in sorted({title for title in titles if titles.count(title) > 1}):
            yield place.says(f"{code}: các mục của phần “{title}” phải đứng liền nhau")
        for part in parts:
            tables = [block for block in part.blocks if block.kind == "table"]
            if len(tables) > 1:
                yield place.says(f"{code}: các cột của bảng ở phần “{part.title}” phải liền nhau")


def choices_fit_their_kind(material: Material) -> Iterator[Finding]:
    """A choice has at least two different choices, another field has none."""
    for field, place in material.rows("form_fields"):
        name = f"{field['form']} mục {field['position']}"
        given = (field["choices"] or "").split(";")
        if field["kind"] != "choice":
            if field["choices"]:
                yield place.says(f"{name}: chỉ mục đánh dấu ô mới có các lựa chọn")
        elif len(given) < 2 or len(set(given)) < len(given) or "" in given:
            yield place.says(f"{name}: phải có ít nhất hai lựa chọn khác nhau, cách bằng dấu ;")


def forms_are_signed_or_lists(material: Material) -> Iterator[Finding]:
    """A form template ends with a signature, unless it is a list."""
    for code, fields in _fields(material).items():
        last, place = fields[-1]
        if last["kind"] != "signature" and not is_list(parts_of([field for field, _ in fields])):
            yield place.says(f"{code}: mục cuối phải là chữ ký, trừ sổ và danh mục")


def _fields(material: Material) -> dict[str, list[tuple[Row, Place]]]:
    rows = sorted(material.rows("form_fields"), key=lambda row: str(row[0]["form"]))
    return {code: list(run) for code, run in groupby(rows, lambda row: str(row[0]["form"]))}


RULES: tuple[Rule, ...] = (
    form_templates_have_fields,
    fields_are_numbered,
    parts_and_tables_are_unbroken,
    choices_fit_their_kind,
    forms_are_signed_or_lists,
)
