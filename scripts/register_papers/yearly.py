"""The yearly check of the system: what is looked at, and what the registers say of it.

The matters are those that focal bodies look at in the yearly check of a system after TCVN ISO 9001
in state agencies: documents, objectives, risks, records, internal audit, nonconformities,
management review, publication. What cannot be counted is left to the pen.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from intake.configuration import LOCAL_ZONE
from scripts import audits, declaration
from scripts.revisions import is_in_force
from scripts.states import OBJECTIVE_STATES
from scripts.system import System

_GRAVE = ("high", "very_high")


@dataclass(frozen=True)
class Matter:
    """A line of the check."""

    title: str
    evidence: str
    """What the registers say of it."""
    page: str
    """Where the rows behind that are."""


def checked_year(system: System) -> int | None:
    """Return the newest year that has an audit, a review or objectives; None before the first."""
    years = [
        *audits.years(system),
        *(row["held_on"].year for row in system.rows("reviews") if row["held_on"]),
        *(row["year"] for row in system.rows("objectives")),
    ]
    return max((year for year in years if year <= system.day.year), default=None)


def checked_matters(system: System, year: int) -> list[Matter]:
    """Return the lines of the check of a year."""
    return [Matter(title, evidence(system, year), page) for title, page, evidence in _MATTERS]


def _documents(system: System, _: int) -> str:
    kinds = Counter(
        each["kind"] for each in system.documents.values() if is_in_force(each["current"])
    )
    return (
        f"{kinds['system_document']} tài liệu hệ thống, {kinds['system_procedure']} quy trình hệ "
        f"thống, {kinds['operational_procedure']} quy trình tác nghiệp, {kinds['form_template']} "
        "biểu mẫu đang có hiệu lực."
    )


def _revised(system: System, year: int) -> str:
    issued = [
        row
        for row in system.rows("revisions")
        if row["effective_on"] and row["effective_on"].year == year
    ]
    first = sum(int(row["revision"]) <= 1 for row in issued)
    return (
        f"Trong năm có hiệu lực {len(issued)} lần ban hành: {first} lần đầu, "
        f"{len(issued) - first} lần sửa đổi."
    )


def _objectives(system: System, year: int) -> str:
    states = Counter(each["state"] for each in system.objectives() if each["year"] == year)
    told = ", ".join(
        f"{words.lower()} {states[state]}" for state, words in OBJECTIVE_STATES.items()
    )
    return f"{states.total()} mục tiêu; theo lần đo gần nhất: {told}."


def _risks(system: System, _: int) -> str:
    risks = system.risks()
    grave = [risk for risk in risks if risk["level"]["level"] in _GRAVE]
    done = sum(bool(risk["done_on"]) for risk in risks)
    return (
        f"{len(risks)} rủi ro, {len(grave)} ở mức cao trở lên; biện pháp đã xong {done}, "
        f"chưa xong {len(risks) - done}."
    )


def _records(system: System, _: int) -> str:
    files = system.rows("files")
    return (
        f"{len(system.rows('records'))} loại hồ sơ được quy định; {len(files)} hồ sơ đã lập vào "
        f"danh mục của {len({row['unit'] for row in files})} đơn vị."
    )


def _audits(system: System, year: int) -> str:
    held = [row for row in system.rows("audits") if row["audited_on"].year == year]
    found = [each for row in held for each in audits.findings(system, row["code"])]
    open_ones = sum(not each["closed_on"] for each in found)
    return f"{len(held)} đợt đánh giá; {len(found)} phát hiện, chưa đóng {open_ones}."


def _nonconformities(system: System, year: int) -> str:
    slips = [
        row
        for row in system.submissions("nonconformity")
        if row["received_at"].astimezone(LOCAL_ZONE).year == year
    ]
    return f"{len(slips)} phiếu không phù hợp được tiếp nhận trong năm."


def _reviews(system: System, year: int) -> str:
    held = [row for row in system.rows("reviews") if row["held_on"] and row["held_on"].year == year]
    codes = {row["code"] for row in held}
    actions = [row for row in system.rows("review_actions") if row["review"] in codes]
    done = sum(bool(row["done_on"]) for row in actions)
    return f"{len(held)} cuộc xem xét; {len(actions)} việc được giao, đã xong {done}."


def _declared(system: System, _: int) -> str:
    row = declaration.declaration_in_view(system)
    if row is None:
        return "Chưa có bản công bố."
    if declaration.state(system, row) == "planned":
        return f"{row['code']}: chưa công bố."
    return f"Đã công bố: số {row['number']} ngày {row['issued_on']:%d/%m/%Y}."


_MATTERS: tuple[tuple[str, str, Callable[[System, int], str]], ...] = (
    ("Tài liệu của hệ thống", "tai-lieu/", _documents),
    ("Kiểm soát, cập nhật tài liệu", "co-gi-moi/", _revised),
    ("Thực hiện mục tiêu chất lượng", "muc-tieu/", _objectives),
    ("Quản lý rủi ro và cơ hội", "rui-ro/", _risks),
    ("Lập và lưu hồ sơ", "ho-so-cong-viec/", _records),
    ("Đánh giá nội bộ", "danh-gia-noi-bo/", _audits),
    ("Xử lý sự không phù hợp", "so/khong-phu-hop/", _nonconformities),
    ("Xem xét của lãnh đạo", "xem-xet-cua-lanh-dao/", _reviews),
    ("Công bố hệ thống", "cong-bo/", _declared),
)
