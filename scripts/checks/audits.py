"""Rules on internal audits and management reviews."""

import datetime as dt
from collections.abc import Iterator

from intake.working_days import working_days
from scripts import audits
from scripts.checks.material import Finding, Material, Rule
from scripts.review import POINTS

_NOTICE = dt.timedelta(days=7)
"""How long before an audit the units know of its plan."""
_REPORT_WITHIN = 7
"""Working days from an audit to its reports."""


def auditors_are_independent(material: Material) -> Iterator[Finding]:
    """Nobody audits the unit in which they work."""
    for row, place in material.rows("audit_sessions"):
        if row["unit"] == row["auditor_unit"]:
            yield place.says(
                f"{row['audit']} phiên {row['session']}: người đánh giá thuộc chính đơn vị "
                f"{row['unit']}; phân công người của đơn vị khác"
            )


def sessions_are_sound(material: Material) -> Iterator[Finding]:
    """A session ends after it begins, and names documents and clauses that there are."""
    edition = material.system.portal.standard["edition"]
    known = {row["clause"] for row, _ in material.rows("clauses") if row["edition"] == edition}
    for row, place in material.rows("audit_sessions"):
        name = f"{row['audit']} phiên {row['session']}"
        if row["starts_at"] >= row["ends_at"]:
            yield place.says(f"{name}: giờ kết thúc phải sau giờ bắt đầu")
        for code in audits.items(row["documents"]):
            if code not in material.system.documents:
                yield place.says(f"{name}: không có tài liệu mang mã {code}")
        for clause in audits.items(row["clauses"]):
            if clause not in known:
                yield place.says(f"{name}: không có điều khoản {clause} ({edition})")


def audits_are_in_time(material: Material) -> Iterator[Finding]:
    """Units know of an audit a week before, and have the reports within seven working days."""
    for row, place in material.rows("audits"):
        notice_on, audited_on = row["notice_on"], row["audited_on"]
        if notice_on and audited_on - notice_on < _NOTICE:
            yield place.says(f"{row['code']}: kế hoạch phải gửi trước ngày đánh giá ít nhất 7 ngày")
    dates = {row["code"]: row["audited_on"] for row, _ in material.rows("audits")}
    for register, key in (("audits", "code"), ("audit_reports", "audit")):
        for row, place in material.rows(register):
            reported_on, audited_on = row["reported_on"], dates[row[key]]
            if reported_on and reported_on < audited_on:
                yield place.says(f"{row[key]}: ngày báo cáo sớm hơn ngày đánh giá")
            elif reported_on and working_days(audited_on, reported_on) > _REPORT_WITHIN:
                yield place.says(f"{row[key]}: báo cáo quá 7 ngày làm việc sau ngày đánh giá")


def audited_units_have_reports(material: Material) -> Iterator[Finding]:
    """Once an audit is reported, each unit in its plan or its findings has a report of its own."""
    reported = {row["code"] for row, _ in material.rows("audits") if row["reported_on"]}
    reports = {(row["audit"], row["unit"]) for row, _ in material.rows("audit_reports")}
    planned = {(row["audit"], row["unit"]) for row, _ in material.rows("audit_sessions")}
    missing: set[tuple[str, str]] = set()
    for register in ("audit_sessions", "findings"):
        for row, place in material.rows(register):
            pair = (row["audit"], row["unit"])
            if row["unit"] and row["audit"] in reported and pair not in reports | missing:
                missing.add(pair)
                yield place.says(f"{pair[0]}: chưa có báo cáo chi tiết của {pair[1]}")
    for row, place in material.rows("audit_reports"):
        if (row["audit"], row["unit"]) not in planned:
            yield place.says(f"{row['audit']}: {row['unit']} có báo cáo mà không có phiên nào")


def stated_counts_are_true(material: Material) -> Iterator[Finding]:
    """A report states as many findings of each grade as there are, and units add up to all."""
    found = [row for row, _ in material.rows("findings")]
    reports = [row for row, _ in material.rows("audit_reports")]
    for row, place in material.rows("audit_reports"):
        for grade in audits.GRADES:
            name = material.system.label("findings", "grade", grade).lower()
            counted = sum(
                (each["audit"], each["unit"], each["grade"]) == (row["audit"], row["unit"], grade)
                for each in found
            )
            if row[grade] != counted:
                yield place.says(
                    f"{row['audit']} {row['unit']}: báo cáo ghi {row[grade]} {name}, "
                    f"sổ phát hiện có {counted}"
                )
    for row, place in material.rows("audits"):
        for grade in audits.GRADES if row["reported_on"] else ():
            name = material.system.label("findings", "grade", grade).lower()
            added = sum(each[grade] for each in reports if each["audit"] == row["code"])
            if row[grade] != added:
                yield place.says(
                    f"{row['code']}: báo cáo tổng hợp ghi {row[grade]} {name}, "
                    f"các báo cáo chi tiết cộng lại {added}"
                )


def reviews_take_every_input(material: Material) -> Iterator[Finding]:
    """A review has each point of clause 9.3.2 once, in order."""
    for row, place in material.rows("reviews"):
        inputs = sorted(
            (each["position"], each["clause"].split()[1])
            for each, _ in material.rows("review_inputs")
            if each["review"] == row["code"]
        )
        points = [point for _, point in inputs]
        if points != list(POINTS):
            yield place.says(
                f"{row['code']}: đầu vào phải đủ và theo thứ tự {', '.join(POINTS)} "
                f"của điều khoản 9.3.2; đang có {', '.join(points)}"
            )


def actions_follow_reviews(material: Material) -> Iterator[Finding]:
    """An action is due after its review, and isn't done before it."""
    held = {row["code"]: row["held_on"] for row, _ in material.rows("reviews")}
    for row, place in material.rows("review_actions"):
        if row["due_on"] <= held[row["review"]]:
            yield place.says(f"{row['code']}: hạn phải sau ngày họp")
        if row["done_on"] and row["done_on"] < held[row["review"]]:
            yield place.says(f"{row['code']}: ngày xong sớm hơn ngày họp")


RULES: tuple[Rule, ...] = (
    auditors_are_independent,
    sessions_are_sound,
    audits_are_in_time,
    audited_units_have_reports,
    stated_counts_are_true,
    reviews_take_every_input,
    actions_follow_reviews,
)
