"""Rules on the files of the records lists: dates in order, disposal by the book."""

from collections.abc import Iterator

from scripts.checks.material import Finding, Material, Rule
from scripts.files import disposal_due


def files_are_in_order(material: Material) -> Iterator[Finding]:
    """A file's code names its unit and year, and it is opened before it is closed."""
    for row, place in material.rows("files"):
        if not row["code"].startswith(f"{row['unit']}-{row['year']}-"):
            yield place.says(f"{row['code']}: mã phải bắt đầu bằng {row['unit']}-{row['year']}-")
        if row["closed_on"] and row["closed_on"] < row["opened_on"]:
            yield place.says(f"{row['code']}: ngày kết thúc sớm hơn ngày mở")


def files_are_of_a_kind_of_the_unit(material: Material) -> Iterator[Finding]:
    """The kind of record belongs to the unit, or a note says why it does not."""
    for row, place in material.rows("files"):
        kind = material.system.find("records", (row["record"],))
        if kind["unit"] != row["unit"] and not row["note"]:
            yield place.says(
                f"{row['code']}: loại hồ sơ {row['record']} của đơn vị {kind['unit']}; "
                "ghi lý do ở cột ghi chú"
            )


def disposals_are_due_and_recorded(material: Material) -> Iterator[Finding]:
    """Only what was due is disposed of, with minutes; what is kept for ever never is."""
    for row, place in material.rows("files"):
        if row["disposed_on"] is None:
            if row["disposal_minutes"]:
                yield place.says(f"{row['code']}: có biên bản mà thiếu ngày tiêu hủy")
            continue
        due = disposal_due(row, material.system.find("records", (row["record"],)))
        if due is None:
            yield place.says(f"{row['code']}: đang lập hoặc lưu vĩnh viễn, không được tiêu hủy")
        elif row["disposed_on"] < due:
            yield place.says(f"{row['code']}: tiêu hủy trước ngày đến hạn {due:%d/%m/%Y}")
        if not row["disposal_minutes"]:
            yield place.says(f"{row['code']}: thiếu số biên bản tiêu hủy")


RULES: tuple[Rule, ...] = (
    files_are_in_order,
    files_are_of_a_kind_of_the_unit,
    disposals_are_due_and_recorded,
)
