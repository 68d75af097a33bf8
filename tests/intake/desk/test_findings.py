"""Findings of audits become slips in one step."""

import pytest

from intake.receipts import new_token
from intake.registers import Registers
from tests.intake.cases.slips import COORDINATOR, SECRETARY
from tests.intake.desk.conftest import SignIn, Slips

FINDING = "PH-2020-001"


def test_a_finding_becomes_a_slip_that_names_it(
    sign_in: SignIn, slips: Slips, registers: Registers
) -> None:
    desk = sign_in(SECRETARY)
    answer = desk.post("phat-hien/", {"finding": FINDING, "_token": new_token()})
    assert answer.status_code == 303
    number = answer.location.rpartition("=")[2]
    row = next(row for row in registers.rows("findings") if row["code"] == FINDING)
    cells = slips.case(number).events[0].cells
    assert cells["finding"] == FINDING
    assert cells["unit"] == row["unit"]
    assert cells["document"] == row["document"]
    assert cells["source"] == "audit"
    assert row["description"] in cells["description"]
    assert f'so={number}">{number}</a>' in desk.get("phat-hien/").text


def test_a_finding_has_one_slip_however_often_it_is_asked(sign_in: SignIn, slips: Slips) -> None:
    desk, token = sign_in(SECRETARY), new_token()
    first, again = (
        desk.post("phat-hien/", {"finding": FINDING, "_token": token}) for _ in range(2)
    )
    assert first.location == again.location
    other = desk.post("phat-hien/", {"finding": FINDING, "_token": new_token()})
    assert other.status_code == 403
    assert "đã có phiếu" in other.text


def test_every_shipped_finding_can_become_a_slip(
    sign_in: SignIn, slips: Slips, registers: Registers
) -> None:
    desk = sign_in(SECRETARY)
    for row in registers.rows("findings"):
        answer = desk.post("phat-hien/", {"finding": row["code"], "_token": new_token()})
        assert answer.status_code == 303, answer.text


@pytest.mark.parametrize("data", [{"finding": "PH-1999-001"}, {"finding": ""}, {"_token": "x"}])
def test_an_unknown_finding_makes_nothing(data: dict[str, str], sign_in: SignIn) -> None:
    sent = {"finding": FINDING, "_token": new_token(), **data}
    assert sign_in(SECRETARY).post("phat-hien/", sent).status_code == 404


def test_only_the_secretariat_makes_slips_of_findings(sign_in: SignIn) -> None:
    desk = sign_in(COORDINATOR)
    assert desk.get("phat-hien/").status_code == 403
    sent = {"finding": FINDING, "_token": new_token()}
    assert desk.post("phat-hien/", sent).status_code == 403
    assert "Lập phiếu từ phát hiện" not in desk.get().text


def test_nobody_names_a_finding_on_the_open_form(slips: Slips, sign_in: SignIn) -> None:
    client = sign_in(SECRETARY).client
    blank = (slips.places.current_site / "bao" / "index.html").read_text(encoding="utf-8")
    assert 'name="source"' in blank
    assert 'name="finding"' not in blank
    data = {
        "summary": "Hồ sơ đề nghị thiếu phiếu kiểm soát",
        "description": "Ba hồ sơ nộp trong tuần không kèm phiếu kiểm soát quá trình.",
        "unit": "BC",
        "found_on": "10/09/2020",
        "source": "audit",
        "finding": FINDING,
        "_token": new_token(),
    }
    assert client.post("/bao/", data=data).status_code == 422
