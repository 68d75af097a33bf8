"""What names what is looked up, and follows the journal."""

from intake.cases.casebook import Casebook
from intake.cases.workflow import load_workflows
from intake.journal.sqlite import SqliteJournal
from tests.intake.cases.slips import SECRETARY
from tests.intake.desk.conftest import SignIn, Slips

FINDING = "PH-2020-001"


def test_lines_are_found_by_what_they_name(journal: SqliteJournal, slips: Slips) -> None:
    workflows = load_workflows(slips.places.forms)
    book = Casebook(journal)
    assert book.naming(FINDING, workflows) == []
    made = [slips.open(finding=FINDING), slips.open(), slips.open(finding=FINDING)]
    assert [line.number for line in book.naming(FINDING, workflows)] == [made[0], made[2]]
    assert [line.number for line in book.of((made[1], "KPH-1999-001"), workflows)] == [made[1]]


def test_a_line_that_changes_is_named_once(
    journal: SqliteJournal, slips: Slips, sign_in: SignIn
) -> None:
    workflows = load_workflows(slips.places.forms)
    book = Casebook(journal)
    kept, other = slips.open(), slips.open(finding=FINDING)
    assert len(book.naming(FINDING, workflows)) == 1
    slips.through(other, (SECRETARY, "reject", {"ground": "duplicate", "duplicate_of": kept}))
    (line,) = book.naming(kept, workflows)
    assert (line.number, line.ended) == (other, True)
    assert [each.number for each in book.naming(FINDING, workflows)] == [other]
