"""What the portal shows of a slip follows what was done on it, day by day."""

import datetime as dt

import pytest

from intake.cases.case import Case
from intake.cases.decisions import decide
from intake.cases.people import Person
from intake.configuration import Places
from intake.forms.schema import load_forms
from intake.journal.model import Submission
from intake.journal.sqlite import SqliteJournal
from intake.packages.projection import project
from intake.receipts import new_token
from scripts.as_of import as_of
from scripts.due import due
from scripts.system import System
from scripts.views import Views
from tests.conftest import SetClock
from tests.intake.cases.slips import ANSWERS as GIVEN
from tests.intake.cases.slips import SECRETARY, TODAY, WORKFLOW
from tests.scripts.conftest import ANSWERS


class Slip:
    """A slip in a real journal, and the system that reads its package."""

    def __init__(self, places: Places) -> None:
        self.clock = SetClock()
        self._places = places
        self._forms = load_forms(places.forms)
        self._journal = SqliteJournal(places.journal, self.clock)
        form = self._forms["nonconformity"]
        sent = Submission(form, new_token(), ANSWERS["nonconformity"])
        self.number = self._journal.append(sent).number

    def act(self, who: Person, action: str) -> None:
        case = Case(tuple(self._journal.case(self.number)))
        self._journal.act(
            decide(WORKFLOW, case, who, action, GIVEN[action], TODAY).act(new_token())
        )

    def system(self) -> System:
        workflows = {"nonconformity": WORKFLOW}
        project(self._journal, self._forms, workflows, self._places.packages)
        return System.load(self._places)


@pytest.fixture
def slip(small_places: Places) -> Slip:
    return Slip(small_places)


def test_the_register_shows_the_state_to_which_the_last_action_led(slip: Slip) -> None:
    assert slip.system().submissions("nonconformity")[0]["state"] == "new"
    slip.act(SECRETARY, "accept")
    slip.act(SECRETARY, "confirm")
    system = slip.system()
    assert system.submissions("nonconformity")[0]["state"] == "analysis"
    page = Views(system, "").submissions("nonconformity")
    assert "<td>Phân tích</td>" in page
    assert "Theo trạng thái" in page
    assert system.find("nonconformity", (slip.number,))["state"] == "analysis"


def test_as_at_a_day_a_slip_is_in_the_state_of_that_day(slip: Slip) -> None:
    slip.clock.now += dt.timedelta(days=5)
    slip.act(SECRETARY, "accept")
    system = slip.system()
    states = [
        as_of(system, dt.date(2020, 9, day)).submissions("nonconformity")[0]["state"]
        for day in (14, 15)
    ]
    assert states == ["new", "accepted"]


def test_what_has_no_workflow_has_no_state(small_places: Places, slip: Slip) -> None:
    form = load_forms(small_places.forms)["file_entry"]
    journal = SqliteJournal(small_places.journal)
    journal.append(Submission(form, new_token(), ANSWERS["file_entry"]))
    (row,) = slip.system().submissions("file_entry")
    assert "state" not in row


def test_nothing_of_who_acted_is_loaded_for_publishing(slip: Slip) -> None:
    slip.act(SECRETARY, "accept")
    events = slip.system().case_events["nonconformity"]
    assert {"account", "actor_name", "actor_unit"}.isdisjoint(events[0])
    assert events[1]["role"] == "secretariat"


def test_an_open_slip_is_due_with_its_unit_until_it_is_ended(slip: Slip) -> None:
    slip.act(SECRETARY, "accept")
    (item,) = [each for each in due(slip.system()) if each.code == slip.number]
    assert (item.kind, item.unit, item.day) == ("Xử lý phiếu", "BC", dt.date(2020, 9, 15))
    assert item.address == f"so/khong-phu-hop/{slip.number.lower()}/"
    assert [each.code for each in due(slip.system(), "BC")].count(slip.number) == 1
    slip.act(SECRETARY, "cancel")
    assert not [each for each in due(slip.system()) if each.code == slip.number]
