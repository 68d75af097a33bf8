"""The conditions under which an action may be taken, by the names that workflow tables use.

A gate is asked with the case as it stands, who wants to act, what they wrote (None while they are
only looking at what they may do: then a gate about the answers lets them look) and the day.
It returns why not, in the words of the one who wants to; None when nothing stands in the way.
Sources: QT-HT-04, sections 5.2 to 5.7; QT-HT-06, sections 5.3 and 5.7.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from intake.cases.people import Grant, Person
from intake.text import fold
from intake.working_days import add_working_days, working_days

if TYPE_CHECKING:
    from intake.cases.case import Case
    from intake.journal.model import Event


@dataclass(frozen=True)
class Attempt:
    """What a gate is asked about."""

    case: "Case"
    person: Person
    grant: Grant
    """By which the person would act."""
    cells: Mapping[str, str] | None
    today: dt.date


Refusal = Callable[[Attempt], str | None]


@dataclass(frozen=True)
class Gate:
    """A condition as the published procedure words it, and what is said while it isn't met."""

    condition: str
    refusal: Refusal


GATES: dict[str, Gate] = {}
"""Every gate, by the name that workflow tables use."""


def _gate(condition: str) -> Callable[[Refusal], Refusal]:
    def enter(refusal: Refusal) -> Refusal:
        GATES[refusal.__name__] = Gate(condition, refusal)
        return refusal

    return enter


_PEOPLE_TO_BLAME = re.compile(
    r"(do |vi )?(ca nhan |can bo |cong chuc |nguoi lam |chuyen vien )*"
    r"(so suat|so y|bat can|chua nghien cuu ky|thieu tinh than trach nhiem|thieu trach nhiem"
    r"|chua can than|quen)( cua [a-z ]+)?"
)
"""Folded answers that stop at a person, see QT-HT-04, 5.5."""

_EXECUTING = ("correct", "finish_action", "hand_over")
_APPROVING = ("approve", "return", "extend_action")
_TIME_TO_CONTEST = 5
"""Working days in which the sender of a comment may contest its answer, see QT-HT-06, 5.3."""
_DAYS_TO_ANSWER, _LONGEST_DAYS_TO_ANSWER = 6, 15
"""Working days for an answer from when it was assigned, and at most from when the comment came."""


@_gate("Người làm không phải người báo")
def not_reporter(attempt: Attempt) -> str | None:
    """Nobody decides on what they reported themselves."""
    if not _is_reporter(attempt.case, attempt.person):
        return None
    return "Bạn là người báo phiếu này; việc này phải do người khác làm."


@_gate("Người làm chưa xác minh phiếu này")
def not_verifier(attempt: Attempt) -> str | None:
    """Whoever verified this case does not approve for it."""
    if attempt.person.account not in attempt.case.people("check", "reopen"):
        return None
    return "Bạn đã xác minh phiếu này; người duyệt phải là người khác."


@_gate("Mức nặng do Trưởng Ban Chỉ đạo ISO duyệt")
def high_enough(attempt: Attempt) -> str | None:
    """A major nonconformity is approved by the head of the ISO steering committee."""
    if attempt.case.facts.get("grade") != "major" or not attempt.grant.unit:
        return None
    return "Phiếu mức nặng do Trưởng Ban Chỉ đạo ISO duyệt."


@_gate(
    "Người xác minh không phải người báo, người duyệt, người thực hiện; "
    "phiếu ẩn danh thì ở ngoài đơn vị"
)
def independent(attempt: Attempt) -> str | None:
    """Who verifies did not report, approve or carry out; nor is of the unit, if it is anonymous."""
    case, person = attempt.case, attempt.person
    done = ""
    if _is_reporter(case, person):
        done = "là người báo phiếu này"
    elif person.account in case.people(*_APPROVING):
        done = "đã duyệt phiếu này"
    elif person.account in case.people(*_EXECUTING):
        done = "đã tham gia thực hiện"
    if done:
        return f"Bạn {done}; người xác minh phải là người khác."
    if not _reporter_known(case) and person.unit == case.unit:
        return "Phiếu ẩn danh phải do người ngoài đơn vị có sự không phù hợp xác minh."
    return None


@_gate("Mức nặng luôn phải phân tích")
def analysis_not_skipped(attempt: Attempt) -> str | None:
    """A major nonconformity is always analysed."""
    cells = attempt.cells or {}
    if cells.get("grade") == "major" and cells.get("analysis_needed") == "no":
        return "Phiếu mức nặng luôn phải phân tích nguyên nhân."
    return None


@_gate("Có nguyên nhân, nếu phải phân tích")
def cause_recorded(attempt: Attempt) -> str | None:
    """When an analysis is needed it is there, a new one after each that had no effect."""
    case = attempt.case
    if case.facts.get("analysis_needed") == "no" and not case.round_began:
        return None
    if case.latest("record_cause", since=case.round_began):
        return None
    return "Chưa ghi nguyên nhân gốc của lần phân tích này."


@_gate("Nguyên nhân không dừng ở lỗi của người")
def cause_is_root(attempt: Attempt) -> str | None:
    """A cause that stops at a person's carelessness is no root cause."""
    cause = re.sub(r"[^a-z ]+", " ", fold(attempt.case.facts.get("root_cause", "")))
    if not _PEOPLE_TO_BLAME.fullmatch(" ".join(cause.split())):
        return None
    return (
        "Nguyên nhân mới dừng ở lỗi của người. Hãy hỏi tiếp vì sao quy trình, biểu mẫu, phần mềm "
        "hay cách phân công để lỗi đó đi qua, rồi ghi lại nguyên nhân."
    )


@_gate("Có ít nhất một hành động đủ đơn vị chủ trì và thời hạn")
def action_planned(attempt: Attempt) -> str | None:
    """There is something to do, with its owner and deadline."""
    if attempt.case.open_actions():
        return None
    return "Chưa có hành động nào đang chờ làm; hãy thêm ít nhất một hành động."


@_gate("Hành động chưa kết thúc")
def names_open_action(attempt: Attempt) -> str | None:
    """The action that is meant exists and has not ended."""
    case = attempt.case
    if not case.open_actions():
        return "Không còn hành động nào chưa kết thúc."
    if attempt.cells is None or case.open_action(attempt.cells.get("planned_action", "")):
        return None
    return "Phiếu không có hành động chưa kết thúc nào mang số này."


@_gate("Hành động của đơn vị mình")
def own_action(attempt: Attempt) -> str | None:
    """A unit that isn't responsible for the slip ends its own actions only."""
    case, grant = attempt.case, attempt.grant
    if attempt.cells is None or not grant.unit or grant.unit == case.unit:
        return None
    action = case.open_action(attempt.cells.get("planned_action", ""))
    if action is None or action.cells["owner_unit"] == grant.unit:
        return None
    return "Hành động này do đơn vị khác chủ trì."


@_gate("Trước ngày hết hạn")
def before_deadline(attempt: Attempt) -> str | None:
    """A deadline is extended before it has passed, and to a later day."""
    if attempt.cells is None:
        return None
    action = attempt.case.open_action(attempt.cells.get("planned_action", ""))
    if action is None:
        return None
    if action.deadline < attempt.today.isoformat():
        return "Hành động này đã quá hạn; chỉ gia hạn được trước ngày hết hạn."
    if attempt.cells.get("deadline", "") <= action.deadline:
        return "Thời hạn mới phải sau thời hạn đang có."
    return None


@_gate("Mọi hành động đã kết thúc")
def actions_ended(attempt: Attempt) -> str | None:
    """Every action has ended."""
    waiting = [str(action.ordinal) for action in attempt.case.open_actions()]
    return f"Hành động số {', '.join(waiting)} chưa kết thúc." if waiting else None


@_gate("Kết luận có hiệu lực")
def found_effective(attempt: Attempt) -> str | None:
    """The latest check found the actions effective."""
    found = attempt.case.checked_since_execution
    if found and found.cells["conclusion"] == "effective":
        return None
    return "Chưa có kết luận các hành động có hiệu lực."


@_gate("Kết luận không hiệu lực")
def found_ineffective(attempt: Attempt) -> str | None:
    """The latest check found the actions without effect."""
    found = attempt.case.checked_since_execution
    if found and found.cells["conclusion"] == "ineffective":
        return None
    return "Chưa có kết luận các hành động không hiệu lực."


@_gate("Có quyết định về tài liệu và nhân rộng")
def documents_decided(attempt: Attempt) -> str | None:
    """It is decided which documents change, since the actions were found effective."""
    found = attempt.case.checked_since_execution
    if found and attempt.case.latest("decide_documents", since=found.seq):
        return None
    return "Chưa có quyết định về tài liệu và việc nhân rộng."


@_gate("Lần xem lại do người khác trả lời")
def other_answerer(attempt: Attempt) -> str | None:
    """An answer that was contested is given again by somebody else."""
    case = attempt.case
    if not case.latest("contest") or attempt.person.account not in case.people("propose", "answer"):
        return None
    return "Bạn đã trả lời lần trước; lần xem lại phải do người khác thực hiện."


@_gate("Chưa có dự thảo đang chờ duyệt")
def none_proposed(attempt: Attempt) -> str | None:
    """An answer that waits for approval is not replaced by another one."""
    return "Dự thảo câu trả lời đang chờ duyệt." if _proposed(attempt.case) else None


@_gate("Có dự thảo câu trả lời")
def answer_proposed(attempt: Attempt) -> str | None:
    """There is a proposed answer that was not returned, a new one after each contest."""
    return None if _proposed(attempt.case) else "Chưa có dự thảo câu trả lời để duyệt."


@_gate("Người duyệt không phải người dự thảo")
def not_proposer(attempt: Attempt) -> str | None:
    """Whoever wrote the answer does not approve it."""
    proposed = _proposed(attempt.case)
    if proposed is None or proposed.actor is None:
        return None
    if proposed.actor.account != attempt.person.account:
        return None
    return "Bạn đã dự thảo câu trả lời này; người duyệt phải là người khác."


@_gate("Kéo dài một lần")
def extended_once(attempt: Attempt) -> str | None:
    """The sender is told once that it takes longer."""
    if not attempt.case.latest("extend", since=attempt.case.entered_at):
        return None
    return "Đã báo kéo dài một lần; không kéo dài thêm."


@_gate("Trước khi quá hạn, không quá 15 ngày làm việc kể từ ngày nhận")
def within_limit(attempt: Attempt) -> str | None:
    """The sender is told before the time is up, of a day within the longest time for an answer."""
    case = attempt.case
    first = add_working_days(case.entered_on, _DAYS_TO_ANSWER)
    if attempt.today > first:
        return "Đã quá hạn trả lời; chỉ báo kéo dài được trước khi hết hạn."
    contested = case.latest("contest")
    since = case.entered_on if contested else case.opened_on
    last = add_working_days(since, _LONGEST_DAYS_TO_ANSWER)
    cells = attempt.cells
    if cells is None or first.isoformat() < cells["answer_by"] <= last.isoformat():
        return None
    return (
        f"Ngày trả lời phải sau ngày {first:%d/%m/%Y} và không quá ngày {last:%d/%m/%Y} "
        "(15 ngày làm việc)."
    )


@_gate("Đã trả lời người gửi")
def answer_given(attempt: Attempt) -> str | None:
    """There is an answer, a new one after it was contested."""
    contested = attempt.case.latest("contest")
    if attempt.case.latest("answer", since=contested.seq if contested else 0):
        return None
    return "Chưa trả lời người gửi."


@_gate("Người gửi nêu ý kiến khác một lần")
def contested_once(attempt: Attempt) -> str | None:
    """An answer is contested once; the second one ends it."""
    if not attempt.case.latest("contest"):
        return None
    return "Câu trả lời đã được xem lại một lần; không xem lại lần nữa."


@_gate("Đã qua 5 ngày làm việc sau khi trả lời, trừ lần xem lại")
def time_to_contest(attempt: Attempt) -> str | None:
    """The sender has had the time to contest the answer, unless that was done already."""
    case = attempt.case
    if case.latest("contest"):
        return None
    if working_days(case.entered_on, attempt.today) > _TIME_TO_CONTEST:
        return None
    return "Người gửi còn được nêu ý kiến khác trong 5 ngày làm việc sau khi trả lời."


def _proposed(case: "Case") -> "Event | None":
    """Return the answer that waits for approval, if there is one."""
    returned = case.latest("return")
    since = max(case.entered_at, returned.seq if returned else 0)
    return case.latest("propose", since=since)


def _reporter_known(case: "Case") -> bool:
    opened = case.events[0]
    return bool(opened.actor or opened.cells.get("sender_email") or opened.cells.get("sender_name"))


def _is_reporter(case: "Case", person: Person) -> bool:
    """Tell whether somebody reported a case: by account, else by the address or name they gave."""
    opened = case.events[0]
    if opened.actor:
        return opened.actor.account == person.account
    email = opened.cells.get("sender_email", "").casefold()
    if email and email == person.email.casefold():
        return True
    name = opened.cells.get("sender_name", "")
    return bool(name) and fold(name).split() == fold(person.name).split()
