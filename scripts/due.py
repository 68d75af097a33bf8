"""What is due: reviews, measurements, treatments, findings, actions, on the day of the portal."""

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from scripts import consultations
from scripts.files import files
from scripts.registers import Row
from scripts.revisions import is_in_force
from scripts.slugs import slug
from scripts.system import System

AHEAD = dt.timedelta(days=90)
"""How far ahead of the day something counts as due."""

REVIEW = "Xem xét lại tài liệu"

_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


@dataclass(frozen=True, order=True)
class Due:
    """Something to be done by a day."""

    day: dt.date
    kind: str
    unit: str
    """Code of the unit, empty for the whole bloc."""
    code: str
    title: str
    address: str
    """Where it stands, from the root of the site."""

    @property
    def appeared_on(self) -> dt.date:
        """The day from which on it is listed."""
        return self.day - AHEAD

    def days_left(self, today: dt.date) -> int:
        """Return the days that are left; negative when it is overdue."""
        return (self.day - today).days


def due(system: System, unit: str | None = None) -> list[Due]:
    """Return what is overdue or due soon, the earliest first: of a unit, or of all."""
    sources = (
        _reviews,
        _measurements,
        _treatments,
        _risk_reviews,
        _opportunities,
        _findings,
        _review_actions,
        _disposals,
        _cases,
        _consultations,
    )
    items = [item for source in sources for item in source(system)]
    return sorted(
        item
        for item in items
        if item.day <= system.day + AHEAD and (unit is None or item.unit == unit)
    )


def _reviews(system: System) -> Iterator[Due]:
    for document in system.documents.values():
        current = document["current"]
        if is_in_force(current) and current["review_due_on"]:
            yield Due(
                current["review_due_on"],
                REVIEW,
                document["unit"],
                document["code"],
                document["title"],
                document["address"],
            )


def _measurements(system: System) -> Iterator[Due]:
    for objective in system.objectives():
        measured = {row["period"] for row in objective["measurements"]}
        for period, last_day in periods(objective["year"], objective["frequency"]):
            if period not in measured and last_day <= system.day:
                yield Due(
                    last_day,
                    "Đo mục tiêu",
                    objective["unit"] or "",
                    objective["code"],
                    f"{objective['indicator']} – kỳ {period}",
                    f"muc-tieu/{slug(objective['code'])}/",
                )


def _treatments(system: System) -> Iterator[Due]:
    for risk in system.risks():
        if not risk["done_on"]:
            yield _of_risk(risk, risk["due_on"], "Xử lý rủi ro", risk["treatment"])


def _risk_reviews(system: System) -> Iterator[Due]:
    for risk in system.risks():
        yield _of_risk(risk, risk["review_due_on"], "Đánh giá lại rủi ro", risk["description"])


def _of_risk(risk: Row, day: dt.date, kind: str, title: str) -> Due:
    return Due(day, kind, risk["unit"], risk["code"], title, f"rui-ro/{slug(risk['code'])}/")


def _opportunities(system: System) -> Iterator[Due]:
    for row in system.rows("opportunities"):
        address = f"co-hoi/{slug(row['code'])}/"
        yield Due(
            row["due_on"], "Tận dụng cơ hội", row["unit"], row["code"], row["action"], address
        )


def _findings(system: System) -> Iterator[Due]:
    for row in system.rows("findings"):
        if row["due_on"] and not row["closed_on"]:
            address = f"phat-hien/{slug(row['code'])}/"
            kind = "Khắc phục phát hiện đánh giá"
            yield Due(row["due_on"], kind, row["unit"], row["code"], row["description"], address)


def _review_actions(system: System) -> Iterator[Due]:
    for row in system.rows("review_actions"):
        if not row["done_on"]:
            address = f"xem-xet-cua-lanh-dao/{slug(row['code'])}/"
            kind = "Thực hiện kết luận xem xét"
            yield Due(row["due_on"], kind, row["unit"], row["code"], row["description"], address)


def _disposals(system: System) -> Iterator[Due]:
    for file in files(system):
        if file["due_on"] and not file["disposed_on"]:
            address = f"ho-so-cong-viec/{slug(file['code'])}/"
            kind = "Tiêu hủy hồ sơ hết hạn"
            yield Due(file["due_on"], kind, file["unit"], file["code"], file["title"], address)


def _cases(system: System) -> Iterator[Due]:
    """Return the open cases; those of an earlier day had deadlines that nothing keeps."""
    for kind, cases in system.case_rows.items():
        for case in cases:
            address = system.address(kind, (case["number"],))
            if case["due_on"] and address:
                title = system.title(kind, (case["number"],))
                unit = case.get("unit") or ""
                yield Due(case["due_on"], "Xử lý phiếu", unit, case["number"], title, address)


def _consultations(system: System) -> Iterator[Due]:
    """Return the comments that units still owe to an open consultation."""
    for row in system.rows("consultations"):
        if consultations.is_open(row):
            address = f"{consultations.FOLDER}/{slug(row['code'])}/"
            for unit in consultations.units_without_comment(system, row):
                yield Due(row["due_on"], "Góp ý dự thảo", unit, row["code"], row["title"], address)


def periods(year: int, frequency: str) -> list[tuple[str, dt.date]]:
    """Return the periods of a year, such as 2020-Q2, each with its last day."""
    months = _MONTHS[frequency]
    found = []
    for number in range(1, 12 // months + 1):
        last_month = number * months
        last_day = dt.date(year, last_month, calendar.monthrange(year, last_month)[1])
        name = {
            "month": f"{year}-{number:02}",
            "quarter": f"{year}-Q{number}",
            "half_year": f"{year}-H{number}",
            "year": str(year),
        }[frequency]
        found.append((name, last_day))
    return found
