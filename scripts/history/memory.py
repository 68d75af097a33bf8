"""Earlier states of the registers: the published release's, and what git remembers of them."""

import datetime as dt
import json
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from intake.configuration import Places
from intake.text import unescape_formula
from scripts.history.model import Cells, Policies, Policy, Rows, State, is_frozen, parse
from scripts.manifest import SINCE
from scripts.releases import MANIFEST, manifest, source_commit

_DESCRIPTOR = "datapackage.json"


def present(folder: Path, policies: Policies) -> State:
    """Return the registers as they lie in a folder."""
    return {
        name: parse((folder / f"{name}.csv").read_text(encoding="utf-8"), policy.key)
        for name, policy in policies.items()
    }


@dataclass(frozen=True)
class Earlier:
    """An earlier state of the registers, and the day that it was published for, if it was."""

    state: State
    day: dt.date | None = None


def published(places: Places, policies: Policies, since: str | None) -> Earlier | None:
    """Return the registers of the published release; None when none is, or it is no evidence.

    Args:
        places: the project.
        policies: the registers.
        since: from which day on history is evidence; a release made under another one is none.
    """
    release = places.current_site
    if not (release / MANIFEST).is_file():
        return None
    about = manifest(release)
    if about.get(SINCE) != since:
        return None
    state = {
        name: _unescaped(parse(path.read_text(encoding="utf-8"), policy.key), policy)
        for name, policy in policies.items()
        if (path := release / "du-lieu" / f"{name}.csv").is_file()
    }
    return Earlier(state, dt.date.fromisoformat(about["day"]))


def remembered(states: Iterable[State], policies: Policies) -> State:
    """Return what a line of states, the oldest first, holds the present one to.

    A row is remembered as it was when it was frozen, a number by what it stood for first; all
    else as it was last. So an edit that was committed and undone again leaves no trace.
    """
    memory: dict[str, dict[tuple[str, ...], Cells]] = {}
    before: State = {}
    for state in states:
        for register, rows in state.items():
            if rows is not before.get(register):
                known = memory.get(register, {})
                memory[register] = _merged(policies[register], known, rows, memory, policies)
        before = state
    return memory


def _merged(
    policy: Policy,
    known: Rows,
    rows: Rows,
    memory: State,
    policies: Policies,
) -> dict[tuple[str, ...], Cells]:
    merged = {
        key: row
        for key, row in known.items()
        if key in rows
        or policy.numbered is not None
        or is_frozen(policies, memory, policy.register, row)
    }
    for key, row in rows.items():
        was = known.get(key)
        if was is None or was == row:
            merged[key] = row
        else:
            frozen = is_frozen(policies, memory, policy.register, was)
            merged[key] = row | {
                name: was[name] for name in row if _held(policy, name, was, row, frozen=frozen)
            }
    return merged


def _held(policy: Policy, name: str, was: Cells, row: Cells, *, frozen: bool) -> bool:
    """Tell whether what was remembered of a cell counts, and not what it became."""
    if name not in was or was[name] == row[name]:
        return False
    if name in policy.moves:
        return not policy.may_become(name, was[name], row[name])
    if name in (policy.numbered or ()):
        return True
    return frozen and not policy.free(name) and not (policy.once(name) and not was[name])


def committed(places: Places, policies: Policies, since: str | None) -> Earlier | None:
    """Return what the commits of the registers hold the present ones to.

    Those count that carry the same mark `since` as the present package, back to the first that
    doesn't. None when none counts, or there is no git, or it can't read its own history.
    """
    if not source_commit(places.root):
        return None
    git = _Git(places.root, places.registers.relative_to(places.root).as_posix())
    try:
        commits = list(git.evidence(since))
        if not commits:
            return None
        return Earlier(remembered(git.states(reversed(commits), policies), policies))
    except subprocess.CalledProcessError:
        return None


@dataclass(frozen=True)
class _Git:
    root: Path
    folder: str

    def evidence(self, since: str | None) -> Iterator[str]:
        """Yield the commits that count, the newest first."""
        listed = self._run(["log", "--first-parent", "--format=%H", "--", self.folder])
        commits = listed.decode().split()
        marks = self._contents(f"{commit}:{self.folder}/{_DESCRIPTOR}" for commit in commits)
        read: dict[bytes, Any] = {}
        for commit, content in zip(commits, marks, strict=True):
            if content not in read:
                read[content] = _mark(content)
            if read[content] != since:
                return
            yield commit

    def states(self, commits: Iterable[str], policies: Policies) -> Iterator[State]:
        """Yield the registers at each commit; those that did not change are the same object."""
        names = list(policies)
        wanted = [f"{commit}:{self.folder}/{name}.csv" for commit in commits for name in names]
        parsed: dict[tuple[str, bytes], Mapping[tuple[str, ...], Cells]] = {}
        contents = self._contents(wanted)
        for _ in range(0, len(wanted), len(names)):
            state = {}
            for name in names:
                content = next(contents)
                if (name, content) not in parsed:
                    parsed[name, content] = parse(content.decode(), policies[name].key)
                state[name] = parsed[name, content]
            yield state

    def _contents(self, objects: Iterable[str]) -> Iterator[bytes]:
        """Yield what each object holds, empty for one that isn't there; each is read once."""
        asked = "".join(f"{name}\n" for name in objects).encode()
        known = self._run(["cat-file", "--batch-check"], asked).splitlines()
        ids = [b"" if line.endswith(b" missing") else line.split()[0] for line in known]
        unique = list(dict.fromkeys(each for each in ids if each))
        output = self._run(["cat-file", "--batch"], b"".join(each + b"\n" for each in unique))
        held, at = {b"": b""}, 0
        for each in unique:
            begins = output.index(b"\n", at) + 1
            at = begins + int(output[at:begins].split()[2]) + 1
            held[each] = output[begins : at - 1]
        return (held[each] for each in ids)

    def _run(self, arguments: list[str], given: bytes = b"") -> bytes:
        git = ["git", "-C", str(self.root), *arguments]
        return subprocess.run(git, input=given, capture_output=True, check=True).stdout


def _mark(descriptor: bytes) -> Any:
    try:
        return json.loads(descriptor or b"{}").get(SINCE, "")
    except ValueError:
        return ""


def _unescaped(rows: Rows, policy: Policy) -> Rows:
    cells = [{name: unescape_formula(cell) for name, cell in row.items()} for row in rows.values()]
    return {tuple(row[name] for name in policy.key): row for row in cells}
