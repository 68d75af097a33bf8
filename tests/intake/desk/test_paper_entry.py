"""Slips typed in from paper: by the secretariat alone, marked as such everywhere."""

import io
import re
from typing import Any

import pytest

from intake.cases.decisions import options
from intake.forms.schema import Form
from intake.journal.sqlite import SqliteJournal
from intake.packages.tables import submission_table
from intake.receipts import code_hash, new_token
from tests.conftest import MakeSubmission
from tests.intake.cases.slips import COORDINATOR, SECRETARY, TODAY, WORKFLOW
from tests.intake.desk.conftest import AtTheDesk, SignIn, Slips

Answers = dict[str, dict[str, str]]
DAYS = {"_written_on": "08/09/2020", "_received_on": "09/09/2020"}


def type_in(
    desk: AtTheDesk, answers: dict[str, str], form: str = "nonconformity", **more: Any
) -> Any:
    data = {"_token": new_token(), **answers, **DAYS, **more}
    return desk.post("nhap-phieu/", data, phieu=form)


def number_in(html: str) -> str:
    found = re.search(r'data-receipt="([^"]+)"', html)
    assert found, html
    return found[1]


def test_a_typed_in_slip_says_who_typed_it_when_it_was_written_and_received(
    sign_in: SignIn, slips: Slips, answers: Answers, journal: SqliteJournal
) -> None:
    desk = sign_in(SECRETARY)
    answer = type_in(desk, answers["nonconformity"])
    assert answer.status_code == 201
    number = number_in(answer.text)
    (event,) = journal.case(number)
    assert event.paper is not None
    assert (event.paper.typed_by.account, event.paper.typed_by.role) == ("thuky", "secretariat")
    assert (event.paper.written_on, event.paper.received_on) == ("2020-09-08", "2020-09-09")
    assert event.actor is None, "whoever types is not the reporter"
    page = desk.get("phieu/", so=number).text
    assert page.count("nhập từ phiếu giấy") == 2
    assert "đề ngày 08/09/2020, nhận ngày 09/09/2020" in page
    assert "Người thuky" in page
    allowed = options(WORKFLOW, slips.case(number), SECRETARY, TODAY)
    assert {each.transition.action: each.refusal for each in allowed}["accept"] == ""


def test_the_receipt_code_can_be_handed_over(
    sign_in: SignIn, answers: Answers, journal: SqliteJournal
) -> None:
    html = type_in(sign_in(SECRETARY), answers["nonconformity"]).text
    found = re.search(r'qms-code">([^<]+)<', html)
    assert found
    opened = journal.find(code_hash(found[1]))
    assert opened is not None
    assert opened.number == number_in(html)


@pytest.mark.parametrize("form", ["nonconformity", "read_confirmation"])
def test_the_scan_goes_along_whether_the_web_form_takes_files_or_not(
    sign_in: SignIn, answers: Answers, journal: SqliteJournal, samples: dict[str, bytes], form: str
) -> None:
    scan = (io.BytesIO(samples["pdf"]), "quet.pdf")
    answer = type_in(sign_in(SECRETARY), answers[form], form, attachments=scan)
    (event,) = journal.case(number_in(answer.text))
    assert [file.name for file in event.files] == ["quet.pdf"]


def test_only_the_secretariat_types_in(sign_in: SignIn, answers: Answers) -> None:
    desk = sign_in(COORDINATOR)
    assert desk.get("nhap-phieu/").status_code == 403
    assert type_in(desk, answers["nonconformity"]).status_code == 403
    assert "nhap-phieu" not in desk.get().text
    assert "nhap-phieu" in sign_in(SECRETARY).get().text


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ({"_written_on": "10/09/2020"}, "không thể trước ngày ghi"),
        ({"_received_on": "01/10/2020"}, "Ngày nhận phiếu"),
        ({"_written_on": ""}, "Ngày ghi trên phiếu"),
    ],
)
def test_days_that_cannot_be_are_refused_and_nothing_typed_is_lost(
    sign_in: SignIn, answers: Answers, days: dict[str, str], said: str, journal: SqliteJournal
) -> None:
    answer = type_in(sign_in(SECRETARY), answers["nonconformity"], **days)
    assert answer.status_code == 422
    assert said in answer.text.partition("<form method")[2].partition("qms-summary__title")[2]
    assert answers["nonconformity"]["summary"] in answer.text
    assert journal.last_seq() == 0


def test_a_wrong_answer_is_told_as_on_the_web_form(sign_in: SignIn, answers: Answers) -> None:
    answer = type_in(sign_in(SECRETARY), {**answers["nonconformity"], "unit": "KHÔNG"})
    assert answer.status_code == 422
    assert 'href="#f-unit"' in answer.text


def test_typed_in_twice_with_one_token_it_is_one_slip(
    sign_in: SignIn, answers: Answers, journal: SqliteJournal
) -> None:
    desk, token = sign_in(SECRETARY), new_token()
    first = type_in(desk, answers["nonconformity"], _token=token)
    again = type_in(desk, answers["nonconformity"], _token=token)
    assert number_in(first.text) == number_in(again.text)
    other = type_in(desk, answers["nonconformity"], _token=token, _written_on="07/09/2020")
    assert other.status_code == 409
    assert journal.last_seq() == 1


def test_the_form_is_chosen_first_and_an_unknown_one_refused(
    sign_in: SignIn, forms: dict[str, Form], answers: Answers
) -> None:
    desk = sign_in(SECRETARY)
    chosen = desk.get("nhap-phieu/").text
    assert all(f"?phieu={name}" in chosen for name in forms)
    assert 'name="_written_on"' in desk.get("nhap-phieu/", phieu="feedback").text
    assert type_in(desk, answers["nonconformity"], "no_form").status_code == 404


def test_the_register_says_how_a_slip_came_in(
    sign_in: SignIn,
    answers: Answers,
    journal: SqliteJournal,
    forms: dict[str, Form],
    make_submission: MakeSubmission,
) -> None:
    type_in(sign_in(SECRETARY), answers["nonconformity"])
    journal.append(make_submission())
    table = submission_table("t", forms["nonconformity"], journal.events())
    rows = [line.split(",")[4:7] for line in table.parts[0].text.splitlines()]
    assert rows[:1] == [["channel", "written_on", "received_on"]]
    assert rows[1:] == [["paper", "2020-09-08", "2020-09-09"], ["web", "", ""]]
    access = {field["name"]: field["access"] for field in table.schema["fields"]}
    assert (access["channel"], access["written_on"]) == ("public", "internal")
