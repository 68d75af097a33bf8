"""What people are told by mail, over a real mail server."""

import datetime as dt
import threading
from collections.abc import Callable

import pytest

from intake.configuration import Places
from intake.journal.sqlite import SqliteJournal
from tests.conftest import MakeSubmission, SetClock
from tests.intake.cases.slips import (
    ACCEPTED,
    ANALYSED,
    APPROVED,
    CHAIR,
    COORDINATOR,
    DECIDED,
    HEAD,
    SECRETARY,
    SUBMITTED,
    person,
)
from tests.mail.conftest import SENDER, MailServer, Office

THUKY, DAUVIEC = "thuky@example.gov.vn", "dauviec@example.gov.vn"


def days_later(office: Office, days: float) -> None:
    office.clock.now += dt.timedelta(days=days)


def test_the_sender_is_told_that_it_arrived_and_the_secretariat_that_it_waits(
    office: Office, server: MailServer
) -> None:
    number = office.open(**SENDER)
    assert office.run() == 2
    (receipt, waits) = sorted(server.taken, key=lambda mail: str(mail["To"]))
    assert (receipt["To"], waits["To"]) == ("an@example.gov.vn", THUKY)
    assert receipt["Subject"] == f"Đã nhận phiếu {number}"
    assert waits["Subject"] == f"Phiếu {number} chờ bạn xử lý"
    text = receipt.get_body(("plain",)).get_content()
    assert "Hồ sơ đề nghị xác nhận thiếu phiếu kiểm soát" in text
    assert "http://127.0.0.1:8000/bao-cao/tra-cuu/" in text
    link = f"http://127.0.0.1:8000/xu-ly/phieu/?so={number}"
    assert link in waits.get_body(("plain",)).get_content()
    assert link in waits.get_body(("html",)).get_content()
    assert waits["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("cells", [{}, {"sender_email": "an@example.gov.vn"}])
def test_who_gave_no_address_or_no_consent_is_not_written_to(
    cells: dict[str, str], office: Office, server: MailServer
) -> None:
    office.open(**cells)
    office.run()
    assert [to for to, _ in server.told()] == [THUKY]


def test_each_step_tells_those_for_whom_the_case_then_waits(
    office: Office, server: MailServer
) -> None:
    number = office.open(**SENDER)
    office.run()
    server.told()
    told = []
    for step in (*DECIDED, (SECRETARY, "close")):
        office.through(number, step)
        office.run()
        told += [(step[1], *each) for each in server.told()]
    waits = f"Phiếu {number} chờ bạn xử lý"
    assert told == [
        ("accept", THUKY, waits),
        ("confirm", DAUVIEC, waits),
        ("submit", "ban@example.gov.vn", waits),
        ("submit", "truong@example.gov.vn", waits),
        ("approve", DAUVIEC, waits),
        ("hand_over", "xacminh@example.gov.vn", waits),
        ("check", DAUVIEC, waits),
        ("decide_documents", THUKY, waits),
        ("close", "an@example.gov.vn", f"Phiếu {number} đã có trả lời"),
    ]


def test_a_return_says_why(office: Office, server: MailServer) -> None:
    number = office.open()
    office.through(number, *SUBMITTED)
    office.run()
    server.told()
    office.through(number, (HEAD, "return"))
    office.run()
    (mail,) = server.taken
    assert mail["Subject"].startswith(f"Phiếu {number} được trả lại")
    assert "Chưa đến nguyên nhân gốc." in mail.get_body(("plain",)).get_content()


def test_a_comment_tells_each_for_whom_it_waits_and_its_sender(
    office: Office, server: MailServer
) -> None:
    number = office.open("feedback", **SENDER)
    office.run()
    server.told()
    steps = [
        (SECRETARY, "assign"),
        (COORDINATOR, "extend"),
        (COORDINATOR, "propose"),
        (HEAD, "return"),
        (COORDINATOR, "propose"),
        (HEAD, "answer"),
    ]
    told = []
    for step in steps:
        office.through(number, step)
        office.run()
        told += [(step[1], *each) for each in server.told()]
    waits, sender = f"Phiếu {number} chờ bạn xử lý", "an@example.gov.vn"
    assert told == [
        ("assign", DAUVIEC, waits),
        ("extend", sender, f"Phiếu {number} sẽ được trả lời muộn hơn"),
        ("propose", "ban@example.gov.vn", waits),
        ("propose", "truong@example.gov.vn", waits),
        ("return", DAUVIEC, f"Phiếu {number} được trả lại để làm tiếp"),
        ("propose", "ban@example.gov.vn", waits),
        ("propose", "truong@example.gov.vn", waits),
        ("answer", sender, f"Phiếu {number} đã có trả lời"),
    ]


def test_the_answer_goes_to_the_sender(office: Office, server: MailServer) -> None:
    number = office.open(**SENDER)
    office.through(number, (SECRETARY, "reject"))
    office.run()
    answer = next(mail for mail in server.taken if "đã có trả lời" in mail["Subject"])
    assert "Phiếu không nêu việc cụ thể." in answer.get_body(("plain",)).get_content()
    assert "Phiếu không nêu việc cụ thể." in answer.get_body(("html",)).get_content()


def test_whom_it_is_assigned_to_is_told_and_nobody_else(office: Office, server: MailServer) -> None:
    second = person("thuky2", "secretariat", home="VP")
    office.add(second)
    number = office.open()
    office.run()
    assert len(server.told()) == 2
    office.through(number, (SECRETARY, "assign", {"handler": "thuky2"}))
    office.run()
    assert server.told() == [(second.email, f"Bạn được giao xử lý phiếu {number}")]
    office.through(number, *ACCEPTED)
    office.run()
    assert server.told() == [(second.email, f"Phiếu {number} chờ bạn xử lý")]


def test_notes_and_what_only_the_desk_may_know_stay_there(
    office: Office, server: MailServer
) -> None:
    number = office.open(**SENDER)
    office.run()
    server.told()
    office.through(number, (SECRETARY, "note", {"text": "Chỉ người xử lý biết"}))
    assert office.run() == 0
    office.through(number, *ACCEPTED)
    office.run()
    assert all("Chỉ người xử lý" not in mail.as_string() for mail in server.taken)


def test_a_deadline_is_told_in_time_and_each_once(office: Office, server: MailServer) -> None:
    number = office.open()
    office.through(number, *ANALYSED[:2])
    office.run()
    server.told()
    told = {}
    for day in range(1, 20):
        days_later(office, 1)
        office.run()
        if found := server.told():
            told[day] = found
    due = "21/09/2020"
    assert told == {
        4: [(DAUVIEC, f"Phiếu {number}: hạn {due}")],
        10: [(DAUVIEC, f"Phiếu {number}: sắp hết hạn, {due}")],
        12: [(DAUVIEC, f"Phiếu {number} quá hạn từ {due}")],
    }


def test_runs_that_were_missed_tell_what_is_still_due_once(
    office: Office, server: MailServer
) -> None:
    number = office.open()
    office.through(number, *ANALYSED[:2])
    days_later(office, 40)
    office.run()
    told = server.told()
    assert (DAUVIEC, f"Phiếu {number} quá hạn từ 21/09/2020") in told
    assert not [about for _, about in told if "sắp hết hạn" in about]
    days_later(office, 1)
    assert office.run() == 0


def test_the_deadlines_of_actions_count_while_they_are_carried_out(
    office: Office, server: MailServer
) -> None:
    number = office.open()
    office.through(number, *APPROVED)
    office.run()
    server.told()
    office.clock.now = dt.datetime(2020, 10, 9, 3, tzinfo=dt.UTC)
    office.run()
    assert server.told() == [(DAUVIEC, f"Phiếu {number}: hạn 15/10/2020")]
    extended = {"planned_action": "1", "deadline": "2020-11-15", "reason": "Chờ thống nhất lịch."}
    office.through(number, (CHAIR, "extend_action", extended))
    office.clock.now = dt.datetime(2020, 11, 10, 3, tzinfo=dt.UTC)
    office.run()
    assert server.told() == [(DAUVIEC, f"Phiếu {number}: hạn 15/11/2020")]


def test_who_wants_one_mail_a_day_gets_one(office: Office, server: MailServer) -> None:
    office.add(SECRETARY, digest=True)
    office.clock.now = dt.datetime(2020, 9, 10, 1, tzinfo=dt.UTC)
    first, second = office.open(), office.open()
    assert office.run() == 1
    (mail,) = server.taken
    assert mail["Subject"].startswith("2 việc về các phiếu")
    text = mail.get_body(("plain",)).get_content()
    assert first in text
    assert second in text
    third = office.open()
    assert office.run() == 0, "once a day"
    office.clock.now = dt.datetime(2020, 9, 10, 23, 30, tzinfo=dt.UTC)
    assert office.run() == 0, "not before seven in the morning of the next day"
    office.clock.now = dt.datetime(2020, 9, 11, 0, 30, tzinfo=dt.UTC)
    assert office.run() == 1
    assert third in server.taken[-1]["Subject"]


def test_a_refused_mail_is_tried_again_and_shown(office: Office, server: MailServer) -> None:
    server.refuses[THUKY] = "451 busy"
    office.open()
    assert office.run() == 0
    (waiting,) = office.notices().outbox.unsent()
    assert (waiting.tries, waiting.given_up) == (1, False)
    assert "451 busy" in waiting.problem
    assert office.run() == 0
    assert office.notices().outbox.unsent()[0].tries == 1, "not before its time"
    server.refuses.clear()
    days_later(office, 0.001)
    assert office.run() == 1
    assert office.notices().outbox.unsent() == []


def test_a_mail_that_never_arrives_is_given_up_and_can_be_tried_again(
    office: Office, server: MailServer
) -> None:
    server.refuses[THUKY] = "550 no such mailbox"
    office.open()
    office.run()
    (waiting,) = office.notices().outbox.unsent()
    assert waiting.given_up
    days_later(office, 0.9)
    assert office.run() == 0
    server.refuses.clear()
    office.notices().outbox.try_again()
    assert office.run() == 1


def test_a_server_that_is_down_loses_nothing_and_is_asked_once_a_run(
    office: Office, server: MailServer
) -> None:
    server.stop()
    numbers = [office.open() for _ in range(3)]
    assert office.run() == 0
    assert len(office.notices().outbox.unsent()) == 1
    for _ in range(12):
        days_later(office, 0.3)
        office.run()
    server.start()
    office.notices().outbox.try_again()
    days_later(office, 0.3)
    office.run()
    waits = {about for to, about in server.told() if "chờ bạn" in about}
    assert waits == {f"Phiếu {number} chờ bạn xử lý" for number in numbers}


def test_two_runs_at_once_send_once(office: Office, server: MailServer) -> None:
    for _ in range(5):
        office.open()
    runs = [threading.Thread(target=office.run) for _ in range(4)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    office.run()
    assert len(server.told()) == 5


def test_what_was_before_the_first_run_is_old(
    places: Places,
    journal: SqliteJournal,
    make_submission: MakeSubmission,
    clock: SetClock,
    write_settings: Callable[[], None],
    server: MailServer,
) -> None:
    journal.append(make_submission(**SENDER))
    write_settings()
    office = Office(places, journal, make_submission, clock)
    office.run()
    assert not [to for to, _ in server.told() if to == SENDER["sender_email"]]


def test_without_a_server_nothing_is_made(
    places: Places, journal: SqliteJournal, make_submission: MakeSubmission, clock: SetClock
) -> None:
    office = Office(places, journal, make_submission, clock)
    office.open(**SENDER)
    assert office.run() == 0
    assert office.notices().outbox.seen() is None


def test_what_people_typed_is_only_text(office: Office, server: MailServer) -> None:
    office.open(summary='Mười chữ cái "><script>alert(1)</script>{{ 7*7 }}', **SENDER)
    office.run()
    for mail in server.taken:
        assert "<script>" not in mail.get_body(("html",)).get_content()
        assert "{{ 7*7 }}" in mail.get_body(("plain",)).get_content()


def test_an_address_can_not_carry_a_header(office: Office, server: MailServer) -> None:
    office.open(sender_email="an@example.gov.vn\nBcc: b@example.com", contact_back="true")
    office.run()
    assert [to for to, _ in server.told()] == [THUKY]


def test_locked_accounts_are_not_written_to(office: Office, server: MailServer) -> None:
    account = office.accounts.get(SECRETARY.account)
    assert account
    object.__setattr__(account, "disabled", True)
    office.accounts.put(account)
    office.open()
    assert office.run() == 0
