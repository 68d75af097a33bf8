"""A case: the fold of its events. Nothing of it is kept but the events themselves."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from intake.configuration import LOCAL_ZONE
from intake.journal.model import Event


@dataclass(frozen=True)
class PlannedAction:
    """An action of a slip, as its events left it."""

    ordinal: int
    """Its number within the slip, from 1; never used again."""
    cells: dict[str, str]
    """What was written when it was planned."""
    deadlines: tuple[str, ...]
    """ISO days: the first deadline, then each to which it was extended."""
    outcome: str
    """`open`, `done` or `dropped`."""
    ended: Event | None

    @property
    def deadline(self) -> str:
        """The deadline in force, an ISO day."""
        return self.deadlines[-1]


@dataclass(frozen=True)
class Case:
    """A case, as its events in their order tell it."""

    events: tuple[Event, ...]
    """The first one opened it."""

    @property
    def number(self) -> str:
        """The number of the case, such as KPH-2020-001."""
        return self.events[0].number

    @property
    def kind(self) -> str:
        """The name of the form that opened it."""
        return self.events[0].form

    @property
    def version(self) -> int:
        """The sequence number of its newest event: whoever acts says on which one."""
        return self.events[-1].seq

    @property
    def state(self) -> str:
        """The state in which it is. An event says where it led; the table of today does not."""
        return self.events[-1].state

    @property
    def opened_on(self) -> dt.date:
        """The day, in Viet Nam, on which it was opened."""
        return _local_day(self.events[0])

    @cached_property
    def _entered(self) -> Event:
        """The event that led into its state."""
        entered = self.events[-1]
        for event in reversed(self.events):
            if event.state != self.state:
                break
            entered = event
        return entered

    @property
    def entered_at(self) -> int:
        """The sequence number of the event that led into its state."""
        return self._entered.seq

    @property
    def entered_on(self) -> dt.date:
        """The day, in Viet Nam, on which it came into its state."""
        return _local_day(self._entered)

    @cached_property
    def facts(self) -> dict[str, str]:
        """What is known of it by field name, the latest answer counting."""
        facts: dict[str, str] = {}
        for event in self.events:
            facts |= event.cells
        return facts

    @property
    def unit(self) -> str:
        """The code of the unit that is responsible for it; empty when nobody knows yet."""
        return self.facts.get("unit", "")

    @property
    def round_began(self) -> int:
        """The sequence number after which the present analysis counts; 0 for the first one."""
        return next((event.seq for event in reversed(self.events) if event.action == "reopen"), 0)

    def latest(self, *actions: str, since: int = 0) -> Event | None:
        """Return the newest event of some actions, if there is one after `since`."""
        for event in reversed(self.events):
            if event.seq <= since:
                return None
            if event.action in actions:
                return event
        return None

    def people(self, *actions: str) -> set[str]:
        """Return the accounts of those who did one of some actions, whenever it was."""
        return {
            event.actor.account for event in self.events if event.actor and event.action in actions
        }

    @cached_property
    def planned(self) -> tuple[PlannedAction, ...]:
        """The actions of a slip, in the order in which they were planned."""
        return tuple(_planned(self.events))

    def open_actions(self) -> list[PlannedAction]:
        """Return the actions that are neither done nor dropped."""
        return [action for action in self.planned if action.outcome == "open"]

    def open_action(self, ordinal: str) -> PlannedAction | None:
        """Return the open action of that number, as text, if there is one."""
        return next((each for each in self.open_actions() if str(each.ordinal) == ordinal), None)

    @property
    def checked_since_execution(self) -> Event | None:
        """The latest check of effect that came to a conclusion, in this round of verification."""
        handed_over = self.latest("hand_over")
        found = self.latest("check", since=handed_over.seq if handed_over else 0)
        return found if found and found.cells["conclusion"] != "postponed" else None


def fold(events: Iterable[Event]) -> Iterator[Case]:
    """Return the cases that events tell of, in the order in which they were opened."""
    by_number: dict[str, list[Event]] = {}
    for event in events:
        by_number.setdefault(event.number, []).append(event)
    return (Case(tuple(each)) for each in by_number.values())


def _planned(events: tuple[Event, ...]) -> Iterator[PlannedAction]:
    ordinal = 0
    for event in events:
        if event.action != "plan_action":
            continue
        ordinal += 1
        about = [
            later
            for later in events
            if later.cells.get("planned_action") == str(ordinal) and later.seq > event.seq
        ]
        extended = [later.cells["deadline"] for later in about if later.action == "extend_action"]
        outcomes = {"finish_action": "done", "drop_action": "dropped"}
        ended = next((later for later in about if later.action in outcomes), None)
        yield PlannedAction(
            ordinal=ordinal,
            cells=event.cells,
            deadlines=(event.cells["deadline"], *extended),
            outcome=outcomes[ended.action] if ended else "open",
            ended=ended,
        )


def _local_day(event: Event) -> dt.date:
    moment = dt.datetime.fromisoformat(event.recorded_at)
    return moment.astimezone(LOCAL_ZONE).date()
