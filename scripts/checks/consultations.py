"""Rules on consultations: what they ask about and whom, and their days in order."""

from collections.abc import Iterator

from scripts.audits import items
from scripts.checks.material import Finding, Material, Rule


def consultations_ask_about_documents(material: Material) -> Iterator[Finding]:
    """A consultation names documents that there are, each once."""
    for row, place in material.rows("consultations"):
        codes = items(row["documents"])
        for code in codes:
            if code not in material.system.documents:
                yield place.says(f"{row['code']}: không có tài liệu mang mã {code}")
        if len(set(codes)) < len(codes):
            yield place.says(f"{row['code']}: một tài liệu được ghi hai lần")


def consultations_ask_units(material: Material) -> Iterator[Finding]:
    """A consultation asks units that there are, each once."""
    for row, place in material.rows("consultations"):
        codes = items(row["units"])
        for code in codes:
            if code not in material.system.unit_by_code:
                yield place.says(f"{row['code']}: không có đơn vị mang mã {code}")
        if len(set(codes)) < len(codes):
            yield place.says(f"{row['code']}: một đơn vị được ghi hai lần")


def consultations_leave_time(material: Material) -> Iterator[Finding]:
    """Units have time to answer, and a consultation is closed when that time is over."""
    for row, place in material.rows("consultations"):
        if row["due_on"] <= row["opened_on"]:
            yield place.says(f"{row['code']}: hạn góp ý phải sau ngày gửi")
        if row["closed_on"] and row["closed_on"] < row["due_on"]:
            yield place.says(f"{row['code']}: chốt trước hạn góp ý")
        if row["code"].split("-")[1] != str(row["opened_on"].year):
            yield place.says(f"{row['code']}: năm trong mã khác năm của ngày gửi")


RULES: tuple[Rule, ...] = (
    consultations_ask_about_documents,
    consultations_ask_units,
    consultations_leave_time,
)
