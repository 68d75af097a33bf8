"""The synthesis of comments: what was said, what came of it, who has not answered; nothing else."""

import datetime as dt
import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest

from intake.cases.case import Case
from intake.cases.decisions import decide
from intake.cases.people import REPORTER, Person
from intake.cases.workflow import load_workflows
from intake.configuration import Places
from intake.forms.schema import load_forms
from intake.journal.model import Submission
from intake.journal.sqlite import SqliteJournal
from intake.packages.projection import project
from intake.receipts import new_token
from scripts import consultations
from scripts.as_of import as_of
from scripts.stage import stage
from scripts.system import System
from scripts.views import Views
from tests.conftest import SetClock
from tests.intake.cases.slips import COORDINATOR, HEAD, SECRETARY
from tests.intake.cases.test_feedback import ANSWERS as GIVEN
from tests.intake.cases.test_feedback import COLLEAGUE
from tests.scripts.conftest import ANSWERS, REGISTERS, write_registers

ASKED = {
    "code": "LYK-2020-01",
    "title": "Lấy ý kiến dự thảo",
    "documents": "QT-BC-01; QT-HT-01",
    "units": "BC; KHCN",
    "opened_on": "2020-09-10",
    "due_on": "2020-09-15",
}
LATER = dt.date(2020, 12, 1)
"""A day on which an answer can't be contested any more."""


class Desk:
    """Comments in a real journal, and the system that reads their package."""

    def __init__(self, places: Places) -> None:
        self.clock = SetClock()
        self._places = places
        self._forms = load_forms(places.forms)
        self._workflows = load_workflows(places.forms)
        self._journal = SqliteJournal(places.journal, self.clock)

    def comment(self, **cells: str) -> str:
        sent = {**ANSWERS["feedback"], **cells}
        return self._journal.append(Submission(self._forms["feedback"], new_token(), sent)).number

    def act(self, number: str, who: Person, action: str, **cells: str) -> None:
        case = Case(tuple(self._journal.case(number)))
        answers = {**GIVEN[action], **cells}
        workflow = self._workflows["feedback"]
        decided = decide(workflow, case, who, action, answers, LATER)
        self._journal.act(decided.act(new_token()))

    def answered(self, number: str, **cells: str) -> None:
        self.act(number, SECRETARY, "assign")
        self.act(number, COORDINATOR, "propose")
        self.act(number, HEAD, "answer", **cells)

    def system(self, *asked: dict[str, Any]) -> System:
        project(self._journal, self._forms, self._workflows, self._places.packages)
        write_registers(self._places.registers, {**REGISTERS, "consultations": list(asked)})
        return System.load(self._places)


@pytest.fixture
def desk(small_places: Places) -> Desk:
    return Desk(small_places)


def plain(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def only(system: System) -> consultations.Comment:
    (comment,) = consultations.comments_on(system, ["QT-BC-01"])
    return comment


# What became of a comment


def test_a_comment_without_an_answer_says_its_state(desk: Desk) -> None:
    desk.act(desk.comment(), SECRETARY, "assign")
    comment = only(desk.system())
    assert (comment.state_title, comment.response, comment.answer) == ("Đang xem xét", "", "")


def test_an_answer_is_told_with_its_reason_and_the_revision_that_came_of_it(desk: Desk) -> None:
    changed = {"resulting_document": "QT-BC-01", "resulting_revision": "02"}
    desk.answered(desk.comment(), response="partly", response_reason="Trùng bước 4.", **changed)
    system = desk.system()
    comment = only(system)
    assert comment.response == "Tiếp thu một phần"
    assert comment.answer == GIVEN["answer"]["public_answer"]
    assert comment.reason == "Trùng bước 4."
    assert (comment.document, comment.revision) == ("QT-BC-01", "02")
    row = plain(Views(system, "").synthesis("QT-BC-01"))
    assert "Trùng bước 4. QT-BC-01 lần 02 Đã trả lời" in row


def test_a_revision_that_was_entered_later_counts(desk: Desk) -> None:
    number = desk.comment()
    desk.answered(number, resulting_document="QT-BC-01")
    assert only(desk.system()).revision == ""
    desk.act(number, SECRETARY, "close")
    desk.act(number, SECRETARY, "record_revision", resulting_document="QT-BC-01")
    assert only(desk.system()).revision == GIVEN["record_revision"]["resulting_revision"]


def test_a_second_answer_takes_the_place_of_the_first_one_whole(desk: Desk) -> None:
    number = desk.comment()
    first = {"resulting_document": "QT-BC-01", "resulting_revision": "02"}
    desk.answered(number, response="not_accepted", response_reason="Đã có ở bước 4.", **first)
    desk.act(number, REPORTER, "contest")
    desk.act(number, COLLEAGUE, "propose")
    desk.act(number, HEAD, "answer")
    comment = only(desk.system())
    assert (comment.response, comment.reason, comment.document) == ("Tiếp thu", "", "")


@pytest.mark.parametrize(("revision", "issued"), [("02", True), ("03", False)])
def test_a_revision_that_is_not_issued_yet_is_called_so(
    desk: Desk, revision: str, issued: bool
) -> None:
    desk.answered(desk.comment(), resulting_document="QT-BC-01", resulting_revision=revision)
    html = plain(Views(desk.system(), "").synthesis("QT-BC-01"))
    assert f"lần {revision}" in html
    assert ("chưa ban hành" not in html) is issued


def test_a_draft_is_not_issued(desk: Desk) -> None:
    desk.answered(desk.comment(), resulting_document="QT-BC-02", resulting_revision="01")
    assert "(chưa ban hành)" in plain(Views(desk.system(), "").synthesis("QT-BC-01"))


def test_a_merged_comment_names_the_one_that_is_answered(desk: Desk) -> None:
    first, second = desk.comment(), desk.comment()
    desk.act(second, SECRETARY, "cancel", duplicate_of=first)
    comments = consultations.comments_on(desk.system(), ["QT-BC-01"])
    assert [each.merged_into for each in comments] == ["", first]


def test_what_was_referred_or_withdrawn_is_left_out(desk: Desk) -> None:
    desk.act(desk.comment(), SECRETARY, "refer")
    withdrawn = {"ground": "withdrawn", "duplicate_of": ""}
    desk.act(desk.comment(), SECRETARY, "cancel", **withdrawn)
    assert consultations.comments_on(desk.system(), ["QT-BC-01"]) == []


def test_as_at_a_day_an_answer_that_came_later_is_not_known(desk: Desk) -> None:
    number = desk.comment()
    desk.clock.now += dt.timedelta(days=3)
    desk.answered(number)
    system = desk.system()
    sent_on = only(system).received_on
    assert only(as_of(system, sent_on)).response == ""
    assert only(as_of(system, sent_on + dt.timedelta(days=3))).response == "Tiếp thu"


def test_the_page_of_a_comment_shows_its_answer(desk: Desk) -> None:
    number = desk.comment()
    desk.answered(number)
    html = Views(desk.system(), "").row("feedback", (number,))
    assert GIVEN["answer"]["public_answer"] in html


# What is not published


def test_nothing_internal_or_personal_is_published(desk: Desk) -> None:
    secrets = {
        "content": "Nội dung riêng của ý kiến này.",
        "proposal": "Đề xuất riêng của ý kiến này.",
        "sender_name": "Lê Thị Mẫu",
        "sender_email": "mau@example.gov.vn",
        "sender_unit": "KHCN",
    }
    number = desk.comment(**secrets)
    desk.answered(number)
    desk.act(number, SECRETARY, "note", text="Ghi chú trong nhà.")
    desk.act(number, REPORTER, "contest", text="Ý kiến khác chỉ gửi cho đơn vị.")
    system = desk.system(ASKED)
    views = Views(system, "")
    pages = views.synthesis("QT-BC-01") + views.row("consultations", ("LYK-2020-01",))
    pages += views.row("feedback", (number,)) + views.submissions("feedback")
    told = str(system.case_events) + pages
    hidden = [*secrets.values(), "trong nhà", "chỉ gửi cho đơn vị", SECRETARY.name, COLLEAGUE.name]
    hidden += [GIVEN["propose"]["verified"], GIVEN["propose"]["proposed_answer"]]
    hidden.remove("KHCN")
    assert [text for text in hidden if text in told] == []
    assert only(system).unit == ""


def test_what_people_wrote_is_escaped(desk: Desk) -> None:
    desk.answered(
        desk.comment(summary="<b>Nêu rõ</b> thời hạn"), public_answer="<i>Sẽ sửa</i> ngay."
    )
    html = Views(desk.system(), "").synthesis("QT-BC-01")
    assert "&lt;b&gt;Nêu rõ&lt;/b&gt;" in html
    assert "&lt;i&gt;Sẽ sửa&lt;/i&gt;" in html


# Consultations


def test_the_units_that_have_not_answered_are_named(desk: Desk) -> None:
    desk.comment(for_unit="KHCN")
    desk.comment(for_unit="BC", trial="true")
    desk.comment()
    system = desk.system(ASKED)
    (asked,) = system.rows("consultations")
    assert consultations.units_without_comment(system, asked) == ["BC"]
    html = plain(Views(system, "").row("consultations", ("LYK-2020-01",)))
    assert "Đơn vị chưa góp ý qua cổng Vụ Bưu chính . 1/2 đơn vị" in html


def test_a_synthesis_keeps_its_page_when_its_only_comment_is_referred(desk: Desk) -> None:
    number = desk.comment()
    assert consultations.discussed(desk.system()) == ["QT-BC-01"]
    desk.act(number, SECRETARY, "refer")
    system = desk.system()
    assert consultations.discussed(system) == ["QT-BC-01"]
    assert consultations.comments_on(system, ["QT-BC-01"]) == []


def test_when_all_have_answered_the_page_says_so(desk: Desk) -> None:
    for unit in ("BC", "KHCN"):
        desk.comment(for_unit=unit)
    html = Views(desk.system(ASKED), "").row("consultations", ("LYK-2020-01",))
    assert "Mọi đơn vị được lấy ý kiến đã góp ý" in html


@pytest.mark.parametrize(
    ("opened_on", "closed_on", "belongs"),
    [
        ("2020-09-10", None, True),
        ("2020-09-11", None, False),
        ("2020-09-01", "2020-09-10", True),
        ("2020-09-01", "2020-09-09", False),
    ],
)
def test_comments_belong_from_the_first_day_to_the_closing(
    desk: Desk, opened_on: str, closed_on: str | None, belongs: bool
) -> None:
    desk.clock.now = dt.datetime(2020, 9, 9, 18, tzinfo=dt.UTC)  # 10/9 in Viet Nam
    desk.comment(for_unit="BC")
    days = {"opened_on": opened_on, "due_on": "2020-09-09", "closed_on": closed_on}
    system = desk.system({**ASKED, **days})
    (asked,) = system.rows("consultations")
    assert bool(consultations.comments_of(system, asked)) is belongs
    assert ("BC" not in consultations.units_without_comment(system, asked)) is belongs
    assert len(consultations.comments_on(system, ["QT-BC-01"])) == 1


def test_a_comment_on_another_document_does_not_belong(desk: Desk) -> None:
    desk.comment(document="TL-HT-01", for_unit="BC")
    system = desk.system(ASKED)
    (asked,) = system.rows("consultations")
    assert consultations.comments_of(system, asked) == []


def test_a_comment_after_the_deadline_is_marked(desk: Desk) -> None:
    desk.comment(for_unit="BC")
    desk.clock.now += dt.timedelta(days=30)
    desk.comment(for_unit="KHCN")
    html = Views(desk.system(ASKED), "").row("consultations", ("LYK-2020-01",))
    assert html.count("(sau hạn)") == 1


def test_an_open_consultation_stands_on_its_documents(desk: Desk) -> None:
    system = desk.system(ASKED)
    assert "Đang lấy ý kiến" in Views(system, "").document_head("QT-HT-01")
    closed = desk.system({**ASKED, "closed_on": "2020-09-16"})
    html = Views(closed, "").document_head("QT-HT-01")
    assert "Đang lấy ý kiến" not in html
    assert 'href="lay-y-kien/tai-lieu/qt-ht-01/"' in html


def test_a_document_that_nobody_speaks_of_has_no_synthesis(
    desk: Desk, small_places: Places
) -> None:
    desk.comment(document="TL-HT-01")
    system = desk.system({**ASKED, "documents": "QT-HT-01"})
    assert consultations.discussed(system) == ["TL-HT-01", "QT-HT-01"]
    pages = (stage(small_places, system) / "lay-y-kien" / "tai-lieu").glob("*.md")
    assert sorted(page.stem for page in pages) == ["qt-ht-01", "tl-ht-01"]
    assert "lay-y-kien/tai-lieu" not in Views(system, "").document_head("QT-BC-01")


def test_what_was_sent_under_an_older_form_is_shown(desk: Desk) -> None:
    desk.comment()
    system = desk.system()
    resource = system.collected["feedback"]
    rows = tuple(
        {name: cell for name, cell in row.items() if name != "for_unit"} for row in resource.rows
    )
    older = replace(system, collected={"feedback": replace(resource, rows=rows)})
    assert only(older).unit == ""
    assert "Nêu rõ thời hạn ở bước 3" in Views(older, "").synthesis("QT-BC-01")
