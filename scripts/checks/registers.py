"""Rules on the other registers: clauses, objectives, risks, findings, glossary."""

import re
from collections.abc import Iterator

from scripts.checks.material import Finding, Material, Place, Rule
from scripts.revisions import is_in_force

_PERIODS = {
    "month": re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])"),
    "quarter": re.compile(r"[0-9]{4}-Q[1-4]"),
    "half_year": re.compile(r"[0-9]{4}-H[12]"),
    "year": re.compile(r"[0-9]{4}"),
}


def clauses_are_answered(material: Material) -> Iterator[Finding]:
    """Every clause with requirements has a document, or a recorded reason why not; not both."""
    answered = {
        (row["edition"], row["clause"])
        for row, _ in material.rows("clause_documents")
        if is_in_force(material.system.documents[row["document"]]["current"])
    }
    for row, place in material.rows("clauses"):
        name = f"điều khoản {row['clause']} ({row['edition']})"
        has_document = (row["edition"], row["clause"]) in answered
        if row["auditable"] and not has_document and not row["gap_reason"]:
            yield place.says(f"{name}: chưa có tài liệu đáp ứng và chưa ghi lý do")
        if has_document and row["gap_reason"]:
            yield place.says(f"{name}: đã có tài liệu đáp ứng thì bỏ lý do chưa có tài liệu")


def periods_fit_frequencies(material: Material) -> Iterator[Finding]:
    """A measurement's period is of the frequency and the year of its objective."""
    objectives = {row["code"]: row for row, _ in material.rows("objectives")}
    for row, place in material.rows("measurements"):
        objective = objectives[row["objective"]]
        if not _PERIODS[objective["frequency"]].fullmatch(row["period"]):
            frequency = material.system.label("objectives", "frequency", objective["frequency"])
            yield place.says(f"{row['objective']}: kỳ {row['period']} khác tần suất {frequency}")
        if not row["period"].startswith(str(objective["year"])):
            yield place.says(f"{row['objective']}: kỳ {row['period']} không thuộc năm của mục tiêu")


def risk_levels_cover_every_score(material: Material) -> Iterator[Finding]:
    """Each score from 1 to 25 falls in one level."""
    for score in range(1, 26):
        levels = [
            (row, place)
            for row, place in material.rows("risk_levels")
            if row["minimum"] <= score <= row["maximum"]
        ]
        if len(levels) != 1:
            place = next(iter(material.rows("risk_levels")))[1]
            yield place.says(f"điểm {score} thuộc {len(levels)} mức; phải thuộc đúng một mức")


def scales_are_whole(material: Material) -> Iterator[Finding]:
    """Likelihood and severity have a level for each value from 1 to 5."""
    for register in ("likelihood_levels", "severity_levels"):
        values = sorted(row["value"] for row, _ in material.rows(register))
        if values != [1, 2, 3, 4, 5]:
            yield Place(f"data/qms/{register}.csv").says(
                f"phải có đủ các điểm 1–5; đang có {values}"
            )


def risk_codes_name_their_unit(material: Material) -> Iterator[Finding]:
    """The unit in the code of a risk or an opportunity is the unit of its row."""
    for register in ("risks", "opportunities"):
        for row, place in material.rows(register):
            if row["code"].split("-")[1] != row["unit"]:
                yield place.says(f"{row['code']}: mã không khớp đơn vị {row['unit']}")


def findings_are_followed_up(material: Material) -> Iterator[Finding]:
    """A nonconformity has a deadline, and nothing is closed before it was found."""
    audits = {row["code"]: row for row, _ in material.rows("audits")}
    for row, place in material.rows("findings"):
        if row["grade"] != "observation" and not row["due_on"]:
            yield place.says(f"{row['code']}: sự không phù hợp phải có hạn khắc phục")
        if row["closed_on"] and row["closed_on"] < audits[row["audit"]]["audited_on"]:
            yield place.says(f"{row['code']}: ngày đóng sớm hơn ngày đánh giá")


def abbreviations_expand(material: Material) -> Iterator[Finding]:
    """An abbreviation stands for other words, and several meanings are marked as ambiguous."""
    meanings: dict[str, int] = {}
    for row, _ in material.rows("glossary"):
        if row["kind"] == "abbreviation":
            meanings[row["term"]] = meanings.get(row["term"], 0) + 1
    for row, place in material.rows("glossary"):
        if row["kind"] != "abbreviation":
            continue
        if row["expansion"].lower() == row["term"].lower():
            yield place.says(f"{row['term']}: nghĩa đầy đủ trùng với chữ viết tắt")
        if meanings[row["term"]] > 1 and not row["ambiguous"]:
            yield place.says(f"{row['term']}: có nhiều nghĩa, cột ambiguous phải là true")


RULES: tuple[Rule, ...] = (
    clauses_are_answered,
    periods_fit_frequencies,
    risk_levels_cover_every_score,
    scales_are_whole,
    risk_codes_name_their_unit,
    findings_are_followed_up,
    abbreviations_expand,
)
