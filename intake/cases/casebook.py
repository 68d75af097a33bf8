"""All cases at a glance, kept in memory and brought up to the journal before each look."""

import datetime as dt
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from intake.cases.case import Case, fold
from intake.cases.deadlines import due_on
from intake.cases.telling import state_title
from intake.cases.workflow import Workflow
from intake.journal.model import Journal
from intake.text import fold as without_marks

RELATIONS = ("duplicate_of", "follow_up_slip", "finding")
"""The answers that name another case, or the finding of an audit."""


@dataclass(frozen=True)
class Line:
    """A case on one line."""

    number: str
    kind: str
    summary: str
    state: str
    state_title: str
    ended: bool
    unit: str
    """The code of the unit that is responsible; empty when nobody knows yet."""
    units: frozenset[str]
    """It, and those that own an action."""
    handler: str
    """The account to which it was assigned; empty when to none."""
    opened_on: dt.date
    due: dt.date | None
    related: tuple[str, ...]
    """The numbers of cases and the code of the finding that this one names."""
    searched: str
    """What a search looks through, without marks."""
    case: Case | None
    """The whole case, as long as it is open."""

    def days_left(self, today: dt.date) -> int | None:
        """Return the days that are left; negative when it is overdue."""
        return (self.due - today).days if self.due else None


class Casebook:
    """The lines of all cases whose kind has a workflow."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._turn = threading.Lock()
        self._lines: dict[str, Line] = {}
        self._naming: dict[str, dict[str, None]] = {}
        """The numbers of the lines that name a case or a finding, as an ordered set each."""
        self._seq = 0
        self._hashes: dict[str, str] = {}

    def lines(self, workflows: Mapping[str, Workflow]) -> list[Line]:
        """Return the lines as the journal and the workflows stand now, the newest case first."""
        with self._turn:
            self._bring_up(workflows)
            return list(reversed(self._lines.values()))

    def naming(self, named: str, workflows: Mapping[str, Workflow]) -> list[Line]:
        """Return the lines that name a case or a finding, the oldest case first."""
        with self._turn:
            self._bring_up(workflows)
            return [self._lines[number] for number in self._naming.get(named, {})]

    def of(self, numbers: Iterable[str], workflows: Mapping[str, Workflow]) -> list[Line]:
        """Return the lines of some cases, without those that there aren't."""
        with self._turn:
            self._bring_up(workflows)
            return [self._lines[number] for number in numbers if number in self._lines]

    def _bring_up(self, workflows: Mapping[str, Workflow]) -> None:
        hashes = {kind: workflow.hash for kind, workflow in workflows.items()}
        seq = self._journal.last_seq()
        if hashes != self._hashes:
            cases = list(fold(self._journal.events()))
            self._lines, self._naming, self._hashes = {}, {}, hashes
        elif seq > self._seq:
            numbers = self._journal.numbers_since(self._seq)
            cases = [Case(tuple(self._journal.case(number))) for number in numbers]
            cases.sort(key=lambda case: case.events[0].seq)
        else:
            return
        for case in cases:
            if case.kind in workflows:
                self._note(_line(workflows[case.kind], case))
        self._seq = seq

    def _note(self, line: Line) -> None:
        before = self._lines.get(line.number)
        for named in before.related if before else ():
            self._naming[named].pop(line.number, None)
        for named in line.related:
            self._naming.setdefault(named, {})[line.number] = None
        self._lines[line.number] = line


def _line(workflow: Workflow, case: Case) -> Line:
    state = workflow.states.get(case.state)
    ended = bool(state and state.ended)
    summary = case.facts.get("summary", "")
    return Line(
        number=case.number,
        kind=case.kind,
        summary=summary,
        state=case.state,
        state_title=state_title(workflow, case.state),
        ended=ended,
        unit=case.unit,
        units=frozenset({case.unit} | {action.cells["owner_unit"] for action in case.planned}),
        handler=case.facts.get("handler", ""),
        opened_on=case.opened_on,
        due=due_on(workflow, case),
        related=tuple(filter(None, (case.facts.get(name) for name in RELATIONS))),
        searched=without_marks(f"{case.number} {summary} {case.facts.get('document', '')}"),
        case=None if ended else case,
    )
