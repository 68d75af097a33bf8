"""A workflow as its two tables describe it: the states of a kind of case, and what leads on.

`data/forms/KIND/states.csv` names the states, with the steps of the published procedure at which
a case is in each, the working days it may stay there and the roles that it then waits for.
`workflow.csv` beside it names the transitions: in which state (`*` for every state that isn't the
end) who may do what under which gates, and where that leads (`=` for no other state: all that an
ended case allows). The form of an action is the form schema of that name in the same folder.
"""

import csv
import hashlib
from collections.abc import Container, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property, lru_cache
from pathlib import Path

from intake.cases.gates import GATES
from intake.cases.roles import ROLES_TABLE, Role, load_roles
from intake.forms.schema import Form, load_action_forms
from intake.journal.model import NEW

STATES, TRANSITIONS = "states.csv", "workflow.csv"
_STATE_COLUMNS = ["state", "title", "steps", "days", "waits_for", "ended"]
_COLUMNS = ["from", "action", "to", "role", "gates"]


class BadWorkflow(ValueError):
    """A workflow can't be used; the message names the file, the line and what is wrong."""


@dataclass(frozen=True)
class State:
    """Where a case may be."""

    name: str
    title: str
    steps: tuple[int, ...]
    """The steps of the procedure at which a case may be in this state; some belong to two."""
    days: Decimal | None
    """Working days that a case may stay; None where deadlines of the case itself count."""
    waits_for: tuple[str, ...]
    """The roles that have something to do in it."""
    ended: bool


@dataclass(frozen=True)
class Transition:
    """What may be done in a state."""

    source: str
    action: str
    target: str
    roles: tuple[str, ...]
    gates: tuple[str, ...]


@dataclass(frozen=True)
class Workflow:
    """The states of a kind of case, the first being `new`, and its transitions."""

    kind: str
    states: dict[str, State]
    transitions: tuple[Transition, ...]
    forms: dict[str, Form]
    """The form of each action."""
    roles: dict[str, Role]
    """Every role, by name."""
    hash: str
    """SHA-256 of the two tables; kept with every event that was judged by them."""

    @cached_property
    def _by_state(self) -> dict[tuple[str, str], Transition]:
        return {(each.source, each.action): each for each in self.transitions}

    def transition(self, state: str, action: str) -> Transition | None:
        """Return what an action does in a state; None when it can't be done there."""
        return self._by_state.get((state, action))

    def from_state(self, state: str) -> list[Transition]:
        """Return what may be done in a state, in the order of the table."""
        return [each for each in self.transitions if each.source == state]


def load_workflows(folder: Path) -> dict[str, Workflow]:
    """Load the workflow of every kind of case that has one, by the name of its opening form.

    A folder is read again when a file in it changed.

    Raises:
        BadWorkflow: a table or a form of an action can't be used.
        BadFormSchema: a form of an action is no form.
        BadRoles: the table of roles can't be used.
    """
    return {
        path.parent.name: _load(path.parent, _changes(path.parent))
        for path in sorted(folder.glob(f"*/{TRANSITIONS}"))
    }


def _changes(folder: Path) -> tuple[tuple[str, int], ...]:
    files = sorted([*folder.iterdir(), folder.parent / ROLES_TABLE])
    return tuple((path.name, path.stat().st_mtime_ns) for path in files)


@lru_cache(maxsize=16)
def _load(folder: Path, _changed: tuple[tuple[str, int], ...]) -> Workflow:
    digest = hashlib.sha256()
    for name in (STATES, TRANSITIONS):
        digest.update((folder / name).read_bytes())
    roles = load_roles(folder.parent)
    states = {state.name: state for state in _states(folder / STATES, roles)}
    transitions = tuple(_transitions(folder / TRANSITIONS, states, roles))
    forms = load_action_forms(folder)
    named = {each.action for each in transitions}
    if missing := sorted(named - forms.keys()):
        raise BadWorkflow(f"{folder.name}: thiếu biểu mẫu {missing[0]}.json của hành động này")
    if unused := sorted(forms.keys() - named):
        raise BadWorkflow(f"{folder.name}: {unused[0]}.json không có trong {TRANSITIONS}")
    workflow = Workflow(folder.name, states, transitions, forms, roles, digest.hexdigest())
    if next(iter(states)) != NEW:
        raise BadWorkflow(f"{STATES}:2: trạng thái đầu phải là {NEW}")
    if unreachable := states.keys() - set(_reachable(workflow)):
        raise BadWorkflow(f"{folder.name}: không đường nào đến trạng thái {min(unreachable)}")
    return workflow


def _states(path: Path, roles: Container[str]) -> Iterator[State]:
    for line, row in _rows(path, _STATE_COLUMNS):
        try:
            steps = tuple(int(step) for step in row["steps"].split())
            days = Decimal(row["days"]) if row["days"] else None
        except (ValueError, InvalidOperation):
            raise BadWorkflow(f"{path.name}:{line}: steps, days phải là số") from None
        if row["ended"] not in {"true", "false"}:
            raise BadWorkflow(f"{path.name}:{line}: ended phải là true hoặc false")
        waits_for = _known(row["waits_for"].split(), roles, f"{path.name}:{line}: không có vai trò")
        ended = row["ended"] == "true"
        yield State(row["state"], row["title"], steps, days, waits_for, ended)


def _transitions(
    path: Path, states: dict[str, State], known_roles: Container[str]
) -> Iterator[Transition]:
    seen: set[tuple[str, str]] = set()
    going_on = [state.name for state in states.values() if not state.ended]
    for line, row in _rows(path, _COLUMNS):
        place = f"{path.name}:{line}"
        roles = _known(row["role"].split(), known_roles, f"{place}: không có vai trò")
        gates = _known(row["gates"].split(), GATES, f"{place}: không có điều kiện")
        sources = going_on if row["from"] == "*" else [row["from"]]
        leaving = states if row["to"] == "=" else going_on
        for source in _known(sources, leaving, f"{place}: không đi tiếp được từ trạng thái"):
            target = source if row["to"] == "=" else row["to"]
            _known([target], states, f"{place}: không có trạng thái")
            if (source, row["action"]) in seen:
                raise BadWorkflow(f"{place}: {row['action']} có hai lần từ {source}")
            seen.add((source, row["action"]))
            yield Transition(source, row["action"], target, roles, gates)


def _known(names: list[str], known: Container[str], complaint: str) -> tuple[str, ...]:
    for name in names:
        if name not in known:
            raise BadWorkflow(f"{complaint} {name}")
    return tuple(names)


def _rows(path: Path, columns: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        if reader.fieldnames != columns:
            raise BadWorkflow(f"{path.name}:1: các cột phải là {','.join(columns)}")
        for row in reader:
            if None in row or None in row.values():
                raise BadWorkflow(f"{path.name}:{reader.line_num}: thừa hoặc thiếu ô")
            yield reader.line_num, row


def _reachable(workflow: Workflow) -> set[str]:
    reached, waiting = {NEW}, [NEW]
    while waiting:
        for each in workflow.from_state(waiting.pop()):
            if each.target not in reached:
                reached.add(each.target)
                waiting.append(each.target)
    return reached
