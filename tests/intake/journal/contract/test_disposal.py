"""What the retention rule takes out goes, once, and nothing else of what was kept."""

import dataclasses

import pytest

from intake.configuration import Places
from intake.errors import CaseMoved
from intake.journal.model import Actor, Attachment, Disposal
from intake.journal.sql import SqlJournal
from intake.journal.store import open_journal
from intake.retention import DISPOSE, FORM
from tests.conftest import MakeSubmission

PHOTO = Attachment("ảnh.png", "image/png", b"\x89PNG bi mat" + bytes(300))
SHARED = Attachment("chung.png", "image/png", b"\x89PNG chung" + bytes(300))
SECRET = "Nguyen Van Rieng Tu khong duoc con lai"


@pytest.fixture
def disposal(journal: SqlJournal, make_submission: MakeSubmission) -> Disposal:
    number = journal.append(make_submission(summary=SECRET, attachments=(PHOTO, SHARED))).number
    journal.append(make_submission(summary="Phiếu khác", attachments=(SHARED,)))
    (event,) = journal.case(number)
    return Disposal(
        number=number,
        kind="nonconformity",
        version=event.seq,
        skeletons={event.seq: {"unit": "BC"}},
        state=event.state,
        actor=Actor("", "", "", "secretariat"),
        action=DISPOSE,
        form=FORM,
        cells={"record": "HS-HT04-01", "retention": "5 năm", "disposal_basis": "Quyết định 12"},
    )


def test_the_skeleton_stays_and_the_last_event_says_why(
    journal: SqlJournal, disposal: Disposal
) -> None:
    before = journal.case(disposal.number)[0]
    journal.dispose(disposal)
    first, last = journal.case(disposal.number)
    assert (first.cells, first.files) == ({"unit": "BC"}, ())
    assert (first.seq, first.recorded_at, first.state) == (1, before.recorded_at, before.state)
    assert (last.seq, last.action, last.state) == (3, DISPOSE, before.state)
    assert last.cells["disposal_basis"] == "Quyết định 12"
    assert journal.case("KPH-2020-002")[0].cells["summary"] == "Phiếu khác"


def test_a_file_goes_unless_another_case_has_it(journal: SqlJournal, disposal: Disposal) -> None:
    journal.dispose(disposal)
    with pytest.raises(KeyError):
        journal.attachment(PHOTO.sha256)
    assert journal.attachment(SHARED.sha256) == SHARED.content


def test_whoever_acted_meanwhile_comes_first(journal: SqlJournal, disposal: Disposal) -> None:
    with pytest.raises(CaseMoved):
        journal.dispose(dataclasses.replace(disposal, version=disposal.version + 5))
    assert journal.case(disposal.number)[0].cells["summary"] == SECRET


def test_it_is_done_once(journal: SqlJournal, disposal: Disposal) -> None:
    journal.dispose(disposal)
    with pytest.raises(CaseMoved):
        journal.dispose(disposal)
    assert len(journal.case(disposal.number)) == 2


STATEMENTS = [
    "UPDATE event SET data = '{}' WHERE seq = 1",
    """UPDATE event SET data = '{"cells": {}, "files": [], "removed": false}' WHERE seq = 1""",
    """UPDATE event SET data = '{"cells": {}, "files": [], "removed": true}', recorded_at = '2019'
       WHERE seq = 1""",
    """UPDATE event SET data = '{"cells": {}, "files": [], "removed": true}', number = 'KPH-1'
       WHERE seq = 1""",
    "DELETE FROM event WHERE seq = 1",
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_no_other_change_gets_past_the_database(
    journal: SqlJournal, disposal: Disposal, statement: str
) -> None:
    with pytest.raises(Exception, match=r"append-only|chưa được ghi nhận"):
        journal._writer.run(lambda connection: connection.execute(statement))
    assert journal.case(disposal.number)[0].cells["summary"] == SECRET


def test_what_was_taken_out_cannot_be_changed_again(
    journal: SqlJournal, disposal: Disposal
) -> None:
    journal.dispose(disposal)
    again = """UPDATE event SET data = '{"cells": {"summary": "x"}, "files": [], "removed": true}'
        WHERE seq = 1"""
    with pytest.raises(Exception, match=r"append-only|chưa được ghi nhận"):
        journal._writer.run(lambda connection: connection.execute(again))
    assert journal.case(disposal.number)[0].cells == {"unit": "BC"}


def test_the_files_of_the_database_hold_nothing_of_it_any_more(
    store: str, journal: SqlJournal, disposal: Disposal, places: Places
) -> None:
    def held() -> bytes:
        return b"".join(path.read_bytes() for path in places.packages.glob("journal.sqlite3*"))

    if store == "sqlite":
        assert SECRET.encode() in held()
    journal.dispose(disposal)
    other = open_journal(places)  # as the command does while the intake runs
    other.scrub()
    other.close()
    if store == "sqlite":
        assert SECRET.encode() not in held()
        assert b"PNG bi mat" not in held()
    assert journal.case(disposal.number)[0].cells == {"unit": "BC"}
