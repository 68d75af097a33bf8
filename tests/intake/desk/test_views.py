"""The pages of the desk: who sees and does what, and nothing typed is lost."""

import csv
import datetime as dt
import io
import re
from html import unescape

import openpyxl
import pytest

from intake.cases.people import Grant, Person
from intake.journal.model import Attachment
from intake.journal.sqlite import SqliteJournal
from intake.receipts import new_token
from tests.conftest import SetClock
from tests.intake.cases.slips import (
    ACCEPTED,
    ANALYSED,
    ANSWERS,
    APPROVED,
    CLOSED,
    CONFIRMED,
    COORDINATOR,
    DECIDED,
    HANDED_OVER,
    HEAD,
    INEFFECTIVE,
    SECRETARY,
    SUBMITTED,
    VERIFIER,
    WORKFLOW,
    person,
)
from tests.intake.desk.conftest import PEOPLE, SignIn, Slips, add

ATTACK = '"><script>alert(1)</script>{{ 7*7 }}'
OTHER_UNIT = person("khac", "coordinator", "KHCN")
NOBODY = Person("khong", "Người không vai", "", "VP", ())
ADMINISTRATOR = person("quantri", "administrator", home="VP")
WAYS = {
    "new": (),
    "accepted": ACCEPTED,
    "analysis": CONFIRMED,
    "approval": SUBMITTED,
    "execution": APPROVED,
    "verification": HANDED_OVER,
    "closed": CLOSED,
    "rejected": ((SECRETARY, "reject"),),
    "cancelled": (*ACCEPTED, (SECRETARY, "cancel")),
}


def numbers(html: str) -> list[str]:
    return re.findall(r'<td><a href="/xu-ly/phieu/\?so=([^"]+)"', html)


def test_what_waits_comes_overdue_first(sign_in: SignIn, slips: Slips, clock: SetClock) -> None:
    late, soon = slips.open(), slips.open()
    slips.through(soon, (SECRETARY, "accept"))
    slips.through(late, (SECRETARY, "accept"), (SECRETARY, "confirm"))
    slips.through(soon, (SECRETARY, "confirm"), (COORDINATOR, "record_cause"))
    html = sign_in(COORDINATOR).get().text
    assert set(numbers(html)) == {late, soon}
    assert "Chờ tôi xử lý (2)" in html
    assert "(quá hạn" in html, "the clock of the journal stands weeks before the day"
    assert numbers(sign_in(SECRETARY).get().text) == []
    assert set(numbers(sign_in(SECRETARY).get(xem="dang-mo").text)) == {late, soon}


@pytest.mark.parametrize(
    ("steps", "waits_for"),
    [
        ((), {SECRETARY}),
        (ACCEPTED, {SECRETARY}),
        (CONFIRMED, {COORDINATOR}),
        (ANALYSED, {COORDINATOR}),
        (SUBMITTED, {HEAD, PEOPLE[3]}),
        (APPROVED, {COORDINATOR}),
        (HANDED_OVER, {VERIFIER}),
        (DECIDED[:-1], {COORDINATOR}),
        (DECIDED, {SECRETARY}),
        (CLOSED, set()),
    ],
)
def test_a_case_waits_for_those_who_can_lead_it_on(
    steps: tuple[tuple[Person, str], ...],
    waits_for: set[Person],
    sign_in: SignIn,
    slips: Slips,
) -> None:
    number = slips.open()
    slips.through(number, *steps)
    found = {who for who in PEOPLE if number in numbers(sign_in(who).get().text)}
    assert found == waits_for


def test_what_is_assigned_waits_for_that_one_only(
    sign_in: SignIn, slips: Slips, store: object
) -> None:
    second = person("thuky2", "secretariat", home="VP")
    add(store, second)  # type: ignore[arg-type]
    number = slips.open()
    slips.through(number, (SECRETARY, "assign", {"unit": "BC", "handler": "thuky2"}))
    assert numbers(sign_in(SECRETARY).get().text) == []
    assert numbers(sign_in(second).get().text) == [number]


def test_each_sees_what_their_roles_reach(sign_in: SignIn, slips: Slips, store: object) -> None:
    for someone in (OTHER_UNIT, NOBODY, ADMINISTRATOR):
        add(store, someone)  # type: ignore[arg-type]
    number = slips.open()
    for who in PEOPLE:
        assert numbers(sign_in(who).get(xem="tat-ca").text) == [number]
        assert sign_in(who).get("phieu/", so=number).status_code == 200
    for who in (OTHER_UNIT, NOBODY, ADMINISTRATOR):
        assert numbers(sign_in(who).get(xem="tat-ca").text) == []
        assert number not in sign_in(who).get("xuat/", xem="tat-ca").text
        unseen = sign_in(who).get("phieu/", so=number)
        unknown = sign_in(who).get("phieu/", so="KPH-2020-999")
        assert unseen.status_code == unknown.status_code == 404
        assert unseen.text.replace(number, "") == unknown.text.replace("KPH-2020-999", "")
        assert sign_in(who).act(number, "note", 1).status_code == 404


def test_a_unit_that_owns_an_action_sees_the_case(
    sign_in: SignIn, slips: Slips, store: object
) -> None:
    add(store, OTHER_UNIT)  # type: ignore[arg-type]
    number = slips.open()
    plan = (COORDINATOR, "plan_action", {"owner_unit": "KHCN"})
    slips.through(number, *CONFIRMED, (COORDINATOR, "record_cause"), plan)
    slips.through(number, (COORDINATOR, "submit"), (HEAD, "approve"))
    assert numbers(sign_in(OTHER_UNIT).get().text) == [number]
    slips.through(number, (OTHER_UNIT, "finish_action"))
    assert sign_in(OTHER_UNIT).get("phieu/", so=number).status_code == 200


def test_only_the_secretariat_sees_who_sent_it(sign_in: SignIn, slips: Slips) -> None:
    number = slips.open(sender_name="Trần Thị Ẩn", sender_email="an@example.gov.vn")
    assert "Trần Thị Ẩn" in sign_in(SECRETARY).get("phieu/", so=number).text
    for who in (COORDINATOR, HEAD, VERIFIER):
        text = sign_in(who).get("phieu/", so=number).text
        assert "Trần Thị Ẩn" not in text
        assert "an@example" not in text


@pytest.mark.parametrize("state", WAYS)
def test_every_action_of_every_role_is_taken_or_refused_as_the_page_says(
    state: str, sign_in: SignIn, slips: Slips
) -> None:
    """Role x action x state by direct request: what isn't offered is refused and leaves nothing."""
    for who in PEOPLE:
        number = slips.open()
        slips.through(number, *WAYS[state])
        before = slips.case(number)
        desk = sign_in(who)
        html = desk.get("phieu/", so=number).text
        offered = set(re.findall(r'data-action="(\w+)"', html))
        named = set(re.findall(r'data-refused="(\w+)"', html))
        in_table = {
            each.action
            for each in WORKFLOW.from_state(state)
            if {grant.role for grant in who.grants} & set(each.roles)
        }
        assert offered | named == in_table
        for action in sorted(set(WORKFLOW.forms) - offered):
            shown = desk.get("viec/", so=number, viec=action)
            answer = desk.act(number, action, before.version)
            assert (shown.status_code, answer.status_code) in {(403, 403), (403, 422)}, action
            assert slips.case(number) == before
        for action in sorted(offered):
            assert desk.get("viec/", so=number, viec=action).status_code == 200
            answer = desk.act(number, action, slips.case(number).version)
            if answer.status_code == 303:
                transition = WORKFLOW.transition(state, action)
                assert transition
                assert slips.case(number).state == transition.target
                number = slips.open()
                slips.through(number, *WAYS[state])
            else:
                assert answer.status_code in {403, 422}, (action, answer.text)


def test_why_not_is_said(sign_in: SignIn, slips: Slips) -> None:
    number = slips.open()
    slips.through(number, *CONFIRMED)
    html = unescape(sign_in(COORDINATOR).get("phieu/", so=number).text)
    assert "Chưa ghi nguyên nhân gốc của lần phân tích này." in html


def test_the_history_names_who_did_what_when(sign_in: SignIn, slips: Slips) -> None:
    number = slips.open()
    slips.through(number, *INEFFECTIVE)
    html = sign_in(VERIFIER).get("phieu/", so=number).text
    entries = re.findall(r'<li id="su-kien-\d+">\s*<strong>([^<]+)</strong>', html)
    assert entries[0] == "Gửi phiếu"
    assert len(entries) == len(INEFFECTIVE) + 1
    assert "Người thuky, KHCN (Thư ký ISO)" in html
    assert "Mẫu văn bản lấy ý kiến không có hạn trả lời." in html
    assert "09 giờ 15, ngày 10/09/2020" in html


def test_the_second_of_two_is_told_what_changed_and_loses_nothing(
    sign_in: SignIn, slips: Slips
) -> None:
    number = slips.open()
    seen = slips.case(number).version
    slips.through(number, (SECRETARY, "note", {"text": "Đang chờ hồ sơ."}))
    proof = (io.BytesIO(b"%PDF-1.4"), "bằng chứng.pdf")
    typed = {"text": "Đã gọi điện hỏi.", "attachments": proof}
    answer = sign_in(COORDINATOR).act(number, "note", seen, **typed)
    assert answer.status_code == 409
    assert "vừa được người khác cập nhật" in answer.text
    assert "Đang chờ hồ sơ." in answer.text
    assert "Đã gọi điện hỏi." in answer.text
    assert "Giữ tệp đã nhận: bằng chứng.pdf" in answer.text
    assert f'name="_version" value="{slips.case(number).version}"' in answer.text
    assert len(slips.case(number).events) == 2


def test_a_form_that_comes_twice_acts_once(sign_in: SignIn, slips: Slips) -> None:
    number = slips.open()
    token, version = new_token(), slips.case(number).version
    desk = sign_in(SECRETARY)
    for _ in range(2):
        assert desk.act(number, "accept", version, _token=token).status_code == 303
    assert len(slips.case(number).events) == 2
    other = desk.act(number, "accept", version, _token=token, grade="major")
    assert other.status_code == 409
    assert "nội dung khác" in other.text
    assert len(slips.case(number).events) == 2


def test_after_the_session_ended_the_form_is_still_there(sign_in: SignIn, slips: Slips) -> None:
    number = slips.open(description="Điều chỉ người xử lý được đọc, dài hơn hai mươi chữ.")
    desk = sign_in(COORDINATOR)
    desk.client.delete_cookie("qms_session", path="/xu-ly/")
    answer = desk.act(number, "note", 1, text="Đã gọi điện hỏi.")
    assert answer.status_code == 401
    assert "Đã gọi điện hỏi." in answer.text
    assert "Đăng nhập lại" in answer.text
    assert "Điều chỉ người xử lý" not in answer.text
    assert "Hồ sơ đề nghị xác nhận" not in answer.text
    assert len(slips.case(number).events) == 1


def test_what_is_wrong_is_said_beside_the_field(sign_in: SignIn, slips: Slips) -> None:
    number = slips.open()
    answer = sign_in(SECRETARY).act(number, "accept", 1, grade="huge", unit=None)
    assert answer.status_code == 422
    assert re.findall(r'<li><a href="#([^"]+)"', answer.text) == ["f-grade", "f-unit"]
    assert len(slips.case(number).events) == 1


@pytest.mark.parametrize("kept", ["KPH-2020-999", "KPH-2020-001", "GY-2020-001"])
def test_a_duplicate_names_another_slip_that_is_there(
    kept: str, sign_in: SignIn, slips: Slips
) -> None:
    number = slips.open()
    slips.open(form="feedback")
    answers = {"ground": "duplicate", "duplicate_of": kept}
    answer = sign_in(SECRETARY).act(number, "reject", 1, **answers)
    assert answer.status_code == 422
    assert slips.case(number).state == "new"


def test_duplicates_lead_to_each_other(sign_in: SignIn, slips: Slips) -> None:
    kept, merged = slips.open(), slips.open()
    answers = {"ground": "duplicate", "duplicate_of": kept}
    slips.through(merged, (SECRETARY, "reject", answers))
    for number, other in ((kept, merged), (merged, kept)):
        html = sign_in(SECRETARY).get("phieu/", so=number).text
        assert f'<li><a href="/xu-ly/phieu/?so={other}">' in html


def test_an_action_is_chosen_from_those_that_are_open(sign_in: SignIn, slips: Slips) -> None:
    number = slips.open()
    slips.through(number, *APPROVED)
    html = sign_in(COORDINATOR).get("viec/", so=number, viec="finish_action").text
    assert '<option value="1">1. Bổ sung hạn trả lời vào mẫu (BC, hạn 15/10/2020)</option>' in html
    version = slips.case(number).version
    answer = sign_in(COORDINATOR).act(number, "finish_action", version, planned_action="2")
    assert answer.status_code == 422


def test_only_somebody_at_the_desk_is_assigned(sign_in: SignIn, slips: Slips) -> None:
    number = slips.open()
    answer = sign_in(SECRETARY).act(number, "assign", 1, handler="nobody")
    assert answer.status_code == 422
    assert "hãy chọn một mục" in answer.text


def test_what_the_report_says_is_carried_into_the_form(sign_in: SignIn, slips: Slips) -> None:
    number = slips.open(unit="KHTC")
    html = sign_in(SECRETARY).get("viec/", so=number, viec="accept").text
    assert '<option value="KHTC" selected>' in html


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"tim": "thieu phieu kiem soat"}, 2),
        ({"tim": "Thiếu  PHIẾU"}, 2),
        ({"tim": "khong co gi"}, 0),
        ({"tim": "KPH-2020-002"}, 1),
        ({"don-vi": "KHTC"}, 1),
        ({"trang-thai": "accepted"}, 1),
        ({"trang-thai": "new", "don-vi": "BC"}, 1),
        ({"loai": "feedback"}, 0),
        ({"xem": "xyz", "loai": "nonconformity"}, 2),
    ],
)
def test_the_list_is_filtered_and_taken_along(
    asked: dict[str, str], found: int, sign_in: SignIn, slips: Slips
) -> None:
    slips.open()
    slips.through(slips.open(unit="KHTC"), (SECRETARY, "accept", {"unit": "KHTC"}))
    desk, asked = sign_in(SECRETARY), {"xem": "tat-ca", **asked}
    assert len(numbers(desk.get(**asked).text)) == found
    answer = desk.get("xuat/", **asked)
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert len(list(csv.reader(io.StringIO(answer.text)))) == found + 1


def test_no_cell_of_the_list_runs_in_a_spreadsheet(sign_in: SignIn, slips: Slips) -> None:
    slips.open(summary="=HYPERLINK(1) mười chữ")
    assert "'=HYPERLINK" in sign_in(SECRETARY).get("xuat/").text


def test_the_list_as_a_workbook_says_what_it_is_and_holds_no_formula(
    sign_in: SignIn, slips: Slips
) -> None:
    for summary in ("=HYPERLINK(1)", "Hồ sơ thiếu phiếu kiểm soát"):
        slips.open(summary=summary)
    desk = sign_in(SECRETARY)
    assert "dang=xlsx" in desk.get(xem="tat-ca").text
    answer = desk.get("xuat/", xem="tat-ca", tim="kiem soat", dang="xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    head, row = book["Danh sách phiếu"].iter_rows(values_only=True)
    assert (head[0], row[1]) == ("Số phiếu", "Hồ sơ thiếu phiếu kiểm soát")
    assert isinstance(row[4], dt.datetime)
    told = dict(book["Thông tin"].iter_rows(values_only=True))
    assert told["Bộ lọc"] == "Tất cả; kiem soat"
    assert (told["Số dòng"], told["Ngày lập"]) == ("1", "30/09/2020")
    assert told["Lưu ý"]
    every = desk.get("xuat/", xem="tat-ca", dang="xlsx")
    other = openpyxl.load_workbook(io.BytesIO(every.data))
    assert (
        dict(other["Thông tin"].iter_rows(values_only=True))["Mã kiểm tra"] != told["Mã kiểm tra"]
    )
    cells = [each for line in other["Danh sách phiếu"].iter_rows() for each in line]
    assert {each.data_type for each in cells if each.value == "=HYPERLINK(1)"} == {"s"}


def test_characters_that_nobody_types_do_not_break_the_workbook(sign_in: SignIn) -> None:
    answer = sign_in(SECRETARY).get("xuat/", tim="a\x0b\x01\nb", dang="xlsx")
    assert answer.status_code == 200
    info = openpyxl.load_workbook(io.BytesIO(answer.data))["Thông tin"]
    assert any("a b" in str(row[1].value) for row in info.iter_rows())


def test_files_are_given_to_those_who_see_the_case_and_never_shown_as_a_page(
    sign_in: SignIn, slips: Slips, store: object
) -> None:
    add(store, OTHER_UNIT)  # type: ignore[arg-type]
    file = Attachment("ảnh chụp.png", "image/png", b"\x89PNG")
    number, other = slips.open(attachments=(file,)), slips.open()
    answer = sign_in(COORDINATOR).get("tep/", so=number, tep=file.sha256)
    assert answer.data == b"\x89PNG"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    for who, so in ((OTHER_UNIT, number), (COORDINATOR, other)):
        assert sign_in(who).get("tep/", so=so, tep=file.sha256).status_code == 404


def test_nothing_typed_runs_on_any_page(sign_in: SignIn, slips: Slips) -> None:
    number = slips.open(summary=f"Mười chữ cái {ATTACK}", sender_name=ATTACK)
    slips.through(number, (SECRETARY, "note", {"text": ATTACK}))
    desk = sign_in(SECRETARY)
    version = slips.case(number).version
    pages = [
        desk.get(tim=ATTACK).text,
        desk.get("phieu/", so=number).text,
        desk.get("viec/", so=number, viec="accept").text,
        desk.act(number, "accept", version, grade=ATTACK).text,
        desk.get("phieu/", so=ATTACK).text,
        desk.client.get("/xu-ly/dang-nhap/", query_string={"tiep": ATTACK}).text,
    ]
    assert not [page for page in pages if "<script>" in page]
    assert all("49" not in re.sub(r"[0-9a-f]{32,}|\d{4}", "", page) for page in pages)


def test_what_the_desk_kept_is_what_the_journal_has(
    sign_in: SignIn, slips: Slips, journal: SqliteJournal
) -> None:
    number = slips.open()
    slips.through(number, *ACCEPTED)
    _, event = journal.case(number)
    assert event.cells == ANSWERS["accept"]
    assert event.actor == SECRETARY.acting(Grant("secretariat"))


def test_a_comment_is_assigned_answered_and_told_its_sender(sign_in: SignIn, slips: Slips) -> None:
    number = slips.open(form="feedback")
    assert numbers(sign_in(SECRETARY).get().text) == [number]
    slips.through(number, (SECRETARY, "assign", {"unit": "BC", "handler": None}))
    assert numbers(sign_in(COORDINATOR).get().text) == [number]
    answer = {"response": "accepted", "public_answer": "Sẽ ghi rõ thời hạn ở bước 3."}
    draft = {
        "verified": "Bước 3 không ghi thời hạn.",
        "proposed_response": "accepted",
        "proposed_answer": "Sẽ ghi rõ thời hạn ở bước 3.",
    }
    slips.through(number, (COORDINATOR, "propose", draft))
    asked = sign_in(HEAD).get("viec/", so=number, viec="answer").text
    assert "Sẽ ghi rõ thời hạn ở bước 3.</textarea>" in asked
    assert re.search(r'value="accepted"[^>]* checked', asked)
    slips.through(number, (HEAD, "answer", answer))
    assert slips.case(number).state == "answered"
    assert "Sẽ ghi rõ thời hạn" in sign_in(SECRETARY).get("phieu/", so=number).text
    assert numbers(sign_in(COORDINATOR).get().text) == []
