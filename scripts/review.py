"""The management review: figures of its inputs as at its day, and how far its actions are."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from scripts import audits
from scripts.as_of import as_of
from scripts.due import AHEAD, due
from scripts.registers import Row
from scripts.revisions import is_in_force
from scripts.system import System

POINTS = ("a", "b", "c.1", "c.2", "c.3", "c.4", "c.5", "c.6", "c.7", "d", "e", "f")
"""The points of clause 9.3.2 in their order."""

STATES = {"done": "Xong", "in_progress": "Đang làm", "overdue": "Quá hạn"}
"""The states of an action, in words."""

_YEAR = dt.timedelta(days=365)


@dataclass(frozen=True)
class Figure:
    """A number out of a register."""

    title: str
    value: int
    address: str
    """The page where its rows stand, from the root of the site."""


def system_at(system: System, review: Row) -> System:
    """Return the system as it was at the end of the day of a review, or of today if earlier."""
    return as_of(system, min(review["held_on"], system.day))


def figures(then: System, clause: str) -> list[Figure]:
    """Return the figures of an input.

    Args:
        then: the system as at the day of the review.
        clause: the point of the clause, such as `9.3.2 c.1`.
    """
    return list(_SOURCES[clause.split()[1]](then))


def inputs(system: System, review: str) -> list[Row]:
    """Return the inputs of a review in their order."""
    rows = (row for row in system.rows("review_inputs") if row["review"] == review)
    return sorted(rows, key=lambda row: row["position"])


def actions(system: System, review: str | None = None) -> list[Row]:
    """Return the actions of a review, or of all, each with its state."""
    return [
        {**row, "state": state(row, system.day)}
        for row in system.rows("review_actions")
        if review in (None, row["review"])
    ]


def state(action: Row, day: dt.date) -> str:
    """Tell how an action stands on a day, as one of `STATES`."""
    if action["done_on"]:
        return "done"
    return "overdue" if action["due_on"] < day else "in_progress"


def _earlier_actions(then: System) -> Iterator[Figure]:
    held = {row["code"]: row["held_on"] for row in then.rows("reviews")}
    rows = [row for row in actions(then) if held[row["review"]] < then.day]
    yield Figure("việc của các lần trước", len(rows), _REVIEWS)
    for name, words in STATES.items():
        yield Figure(words.lower(), _count(rows, "state", name), _REVIEWS)


def _changes(then: System) -> Iterator[Figure]:
    since = then.day - _YEAR
    issued = [
        row
        for row in then.rows("external_documents")
        if row["issued_on"] and row["issued_on"] > since
    ]
    in_force = [
        document["current"]
        for document in then.documents.values()
        if is_in_force(document["current"])
    ]
    revised = [row for row in in_force if row["revision"] != "01" and row["effective_on"] > since]
    to_review = [
        row for row in in_force if row["review_due_on"] and row["review_due_on"] <= then.day + AHEAD
    ]
    yield Figure("văn bản bên ngoài ban hành trong 12 tháng", len(issued), "tai-lieu-ben-ngoai/")
    yield Figure("tài liệu được sửa đổi trong 12 tháng", len(revised), "co-gi-moi/")
    yield Figure("tài liệu phải xem xét lại trong 90 ngày", len(to_review), _DUE)


def _feedback(then: System) -> Iterator[Figure]:
    yield Figure("góp ý nhận qua cổng", len(then.submissions("feedback")), "so/gop-y/")
    yield from _objective_states("mục tiêu về sự hài lòng", objectives_on(then, "9.1.2"))


def _objectives(then: System) -> Iterator[Figure]:
    yield from _objective_states("mục tiêu", then.objectives())


def _processes(then: System) -> Iterator[Figure]:
    operational = {row["code"] for row in then.documents_of_kind("operational_procedure")}
    yield Figure("quy trình nghiệp vụ đang hiệu lực", len(operational), "tai-lieu/")
    about = [row for row in then.objectives() if row["document"] in operational]
    yield from _objective_states("mục tiêu của các quy trình này", about)


def _nonconformities(then: System) -> Iterator[Figure]:
    slips = then.submissions("nonconformity")
    yield Figure("phiếu không phù hợp nhận qua cổng", len(slips), "so/khong-phu-hop/")
    found = [row for row in _findings(then) if row["grade"] != "observation"]
    yield Figure("sự không phù hợp do đánh giá nội bộ thấy", len(found), _FINDINGS)
    for name in ("on_time", "late", "open", "overdue"):
        yield Figure(audits.STATES[name].lower(), _count(found, "state", name), _FINDINGS)


def _measurements(then: System) -> Iterator[Figure]:
    missing = [item for item in due(then) if item.kind == "Đo mục tiêu"]
    yield Figure("số đo mục tiêu", len(then.rows("measurements")), _OBJECTIVES)
    yield Figure("kỳ đã qua chưa có số đo", len(missing), _DUE)


def _audits(then: System) -> Iterator[Figure]:
    found = _findings(then)
    reports = then.rows("audit_reports")
    yield Figure("đợt đánh giá nội bộ", len(then.rows("audits")), "danh-gia-noi-bo/")
    yield Figure("báo cáo chi tiết của đơn vị", len(reports), "danh-gia-noi-bo/#bao-cao-chi-tiet")
    for grade in audits.GRADES:
        words = then.label("findings", "grade", grade)
        address = f"{_FINDINGS}?{quote('Mức độ')}={quote(words)}"
        yield Figure(words.lower(), _count(found, "grade", grade), address)
    closed = [row for row in found if row["closed_on"]]
    yield Figure("phát hiện đã đóng", len(closed), _FINDINGS)


def _suppliers(then: System) -> Iterator[Figure]:
    yield from _findings_on(then, "8.4", "phát hiện về nhà cung cấp bên ngoài (8.4)")


def _resources(then: System) -> Iterator[Figure]:
    yield from _findings_on(then, "7.1", "phát hiện về nguồn lực (7.1)")
    yield from _findings_on(then, "7.2", "phát hiện về năng lực (7.2)")
    yield from _findings_on(then, "7.3", "phát hiện về nhận thức (7.3)")


def _risks(then: System) -> Iterator[Figure]:
    risks = then.risks()
    for level in sorted(then.rows("risk_levels"), key=lambda row: -row["minimum"]):
        number = sum(risk["level"]["level"] == level["level"] for risk in risks)
        address = f"rui-ro/?{quote('Mức')}={quote(level['title'])}"
        yield Figure(f"rủi ro mức {level['title'].lower()}", number, address)
    done = [risk for risk in risks if risk["done_on"]]
    overdue = [risk for risk in risks if not risk["done_on"] and risk["due_on"] < then.day]
    yield Figure("biện pháp đã xong", len(done), "rui-ro/")
    yield Figure("biện pháp quá hạn", len(overdue), _DUE)


def _opportunities(then: System) -> Iterator[Figure]:
    yield Figure("cơ hội đã đăng ký", len(then.rows("opportunities")), "co-hoi/")
    found = _count(_findings(then), "grade", "observation")
    yield Figure("điểm lưu ý của đánh giá nội bộ", found, _FINDINGS)


def _objective_states(title: str, objectives: list[Row]) -> Iterator[Figure]:
    yield Figure(title, len(objectives), _OBJECTIVES)
    for name, words in (
        ("on_target", "đạt"),
        ("off_target", "chưa đạt"),
        ("unmeasured", "chưa đo"),
    ):
        yield Figure(words, _count(objectives, "state", name), _OBJECTIVES)


def objectives_on(then: System, clause: str) -> list[Row]:
    """Return the objectives of the documents that answer a clause."""
    edition = then.portal.standard["edition"]
    answering = {
        row["document"]
        for row in then.rows("clause_documents")
        if (row["edition"], row["clause"]) == (edition, clause)
    }
    return [row for row in then.objectives() if row["document"] in answering]


def _findings(then: System) -> list[Row]:
    return [row for audit in then.rows("audits") for row in audits.findings(then, audit["code"])]


def _findings_on(then: System, clause: str, title: str) -> Iterator[Figure]:
    found = [row for row in _findings(then) if f"{row['clause']}.".startswith(f"{clause}.")]
    yield Figure(title, len(found), _FINDINGS)


def _count(rows: list[Row], field: str, value: str) -> int:
    return sum(row[field] == value for row in rows)


_REVIEWS = "xem-xet-cua-lanh-dao/"
_FINDINGS = "phat-hien/"
_OBJECTIVES = "muc-tieu/"
_DUE = "viec-den-han/"

_SOURCES: dict[str, Callable[[System], Iterator[Figure]]] = dict(
    zip(
        POINTS,
        (
            _earlier_actions,
            _changes,
            _feedback,
            _objectives,
            _processes,
            _nonconformities,
            _measurements,
            _audits,
            _suppliers,
            _resources,
            _risks,
            _opportunities,
        ),
        strict=True,
    )
)
