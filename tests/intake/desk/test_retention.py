"""What is due by the records list is found, shown first, and its words go with everything else."""

import datetime as dt
import json
from pathlib import Path

import frictionless
import pytest

from intake import __main__ as commands
from intake.cases.workflow import load_workflows
from intake.configuration import Places
from intake.forms.schema import load_forms
from intake.journal.model import Attachment
from intake.journal.sqlite import SqliteJournal
from intake.notices.outbox import Outbox
from intake.notices.telling import Notice
from intake.packages.projection import project
from intake.registers import Registers
from intake.retention import GONE, Due, due, skeleton
from tests.conftest import SetClock
from tests.intake.cases.slips import CLOSED, COORDINATOR, SECRETARY
from tests.intake.desk.conftest import SignIn, Slips

WORDS = "Lời của riêng ai đó không được còn lại"
NAME, MAIL = "Nguyễn Văn Riêng", "rieng@example.gov.vn"


@pytest.fixture
def closed(slips: Slips) -> str:
    """A slip with a sender's name that was led to its end in September 2020."""
    photo = Attachment("ảnh.png", "image/png", b"\x89PNG rieng tu")
    number = slips.open(
        summary=WORDS,
        description=f"{WORDS}, kể dài hơn một chút.",
        sender_name=NAME,
        sender_email=MAIL,
        contact_back="true",
        attachments=(photo,),
    )
    slips.through(number, *CLOSED)
    return number


def found(places: Places, journal: SqliteJournal, today: dt.date) -> list[Due]:
    forms, workflows = load_forms(places.forms), load_workflows(places.forms)
    return due(journal.events(), forms, workflows, Registers(places.registers), today)


def test_a_case_is_due_after_the_year_in_which_its_years_are_over(
    places: Places, journal: SqliteJournal, closed: str, slips: Slips
) -> None:
    open_one = slips.open()
    assert found(places, journal, dt.date(2025, 12, 31)) == []
    (only,) = found(places, journal, dt.date(2026, 1, 1))
    assert (only.case.number, only.record, only.years) == (closed, "HS-HT04-01", 5)
    assert slips.case(open_one).state == "new"


def test_what_is_kept_for_ever_or_not_in_the_list_is_never_due(
    places: Places, journal: SqliteJournal, closed: str
) -> None:
    records = places.registers / "records.csv"
    text = records.read_text(encoding="utf-8")
    row = next(line for line in text.splitlines() if line.startswith("HS-HT04-01,"))
    records.write_text(text.replace(row, row.replace(",both,5,", ",both,,")), encoding="utf-8")
    assert found(places, journal, dt.date(2099, 1, 1)) == []
    kept = [line for line in text.splitlines() if ",BM-HT04.01," not in line]
    records.write_text("\n".join(kept) + "\n", encoding="utf-8")
    assert found(places, journal, dt.date(2099, 1, 1)) == []


def test_answers_in_words_go_and_coded_ones_stay(places: Places) -> None:
    form = load_forms(places.forms)["nonconformity"]
    left = skeleton(
        form,
        {
            "summary": WORDS,
            "description": WORDS,
            "unit": "BC",
            "found_on": "2020-09-10",
            "source": "self",
            "sender_name": NAME,
            "sender_email": MAIL,
        },
    )
    assert left == {
        "summary": GONE,
        "description": GONE,
        "unit": "BC",
        "found_on": "2020-09-10",
        "source": "self",
    }


def run(
    places: Places, journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch, basis: str
) -> None:
    class Now(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> "Now":
            return cls(2026, 1, 1, tzinfo=tz)

    monkeypatch.setattr(commands.dt, "datetime", Now)
    commands.retain(places, journal, basis)


def held(places: Places) -> bytes:
    return b"".join(
        path.read_bytes()
        for path in places.packages.rglob("*")
        if path.is_file() and path.name != "accounts.sqlite3"
    )


def test_it_is_shown_first_and_done_with_a_decision(
    places: Places,
    journal: SqliteJournal,
    closed: str,
    clock: SetClock,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    outbox = Outbox(places.outbox, clock)
    outbox.put([Notice("k", "answer", MAIL, "", closed, WORDS, "")], 1)
    run(places, journal, monkeypatch, "")
    said = capsys.readouterr().out
    assert f"{closed}  Báo sự không phù hợp" in said or closed in said
    assert "Chưa hủy gì. 1 phiếu" in said
    assert journal.case(closed)[0].cells["summary"] == WORDS
    run(places, journal, monkeypatch, "Quyết định số 12 ngày 02/01/2026")
    assert "Đã hủy nội dung của 1 phiếu" in capsys.readouterr().out
    run(places, journal, monkeypatch, "Quyết định số 12 ngày 02/01/2026")
    assert "Không có phiếu nào hết thời hạn" in capsys.readouterr().out
    forms, workflows = load_forms(places.forms), load_workflows(places.forms)
    project(journal, forms, workflows, places.packages)
    left = held(places)
    for gone in (WORDS, NAME, MAIL, COORDINATOR.name):
        assert gone.encode() not in left
        assert json.dumps(gone)[1:-1].encode() not in left
    assert b"rieng tu" not in left


def test_the_packages_stay_valid_and_say_that_it_was_done(
    places: Places, journal: SqliteJournal, closed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(places, journal, monkeypatch, "Quyết định số 12")
    forms, workflows = load_forms(places.forms), load_workflows(places.forms)
    project(journal, forms, workflows, places.packages)
    folder = places.packages / "nonconformity"
    report = frictionless.validate(str(folder / "datapackage.json"))
    assert report.valid, report.flatten(["message"])
    (disposed,) = folder.glob("nonconformity_dispose*.csv")
    assert "Quyết định số 12" in disposed.read_text(encoding="utf-8")


def test_the_desk_shows_the_skeleton(
    places: Places,
    journal: SqliteJournal,
    closed: str,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = sign_in(SECRETARY)
    assert WORDS in desk.get("phieu/", so=closed).text
    run(places, journal, monkeypatch, "Quyết định số 12")
    html = desk.get("phieu/", so=closed).text
    assert WORDS not in html
    assert NAME not in html
    assert "Hủy nội dung theo thời hạn bảo quản" in html
    assert "Quyết định số 12" in html
    assert GONE in desk.get(xem="tat-ca").text


def test_the_sample_of_an_empty_folder_has_nothing_due(
    places: Places, journal: SqliteJournal, tmp_path: Path
) -> None:
    assert found(places, journal, dt.date(2099, 1, 1)) == []
