"""Earlier states of the registers: the published release's, and what git remembers of them."""

import datetime as dt
import hashlib
import json
import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from intake.configuration import Places
from intake.text import unescape_formula
from scripts.history.git import Git
from scripts.history.model import Cells, Policies, Policy, Rows, State, is_frozen, parse
from scripts.manifest import SINCE
from scripts.releases import MANIFEST, manifest, source_commit


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


def published(places: Places, policies: Policies, since: str) -> Earlier | None:
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


def remembered(states: Iterable[State], policies: Policies, known: State | None = None) -> State:
    """Return what a line of states, the oldest first, holds the present one to.

    Args:
        states: the line.
        policies: the registers.
        known: what an earlier part of the line was remembered as.

    A row is remembered as it was when it was frozen, a number by what it stood for first; all
    else as it was last. So an edit that was committed and undone again leaves no trace.
    """
    memory = dict(known or {})
    before: State = {}
    for state in states:
        for register, rows in state.items():
            if rows is not before.get(register):
                then = memory.get(register, {})
                memory[register] = _merged(policies[register], then, rows, memory, policies)
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


def committed(places: Places, policies: Policies, since: str) -> Earlier | None:
    """Return what the commits of the registers hold the present ones to.

    Those count that carry the same mark `since` as the present package, back to the first that
    doesn't. None when none counts, or there is no git, or it can't read its own history.
    """
    if not source_commit(places.root):
        return None
    git = Git(places.root, places.registers.relative_to(places.root).as_posix())
    try:
        return _folded(git, policies, since, places.cache / "history.json")
    except subprocess.CalledProcessError:
        return None


def _folded(git: Git, policies: Policies, since: str, kept: Path) -> Earlier | None:
    """Fold the commits that came since the last time into what was kept then."""
    commits = git.commits()
    made_of = _made_of(policies, since)
    newest, memory = _read(kept, made_of)
    later = commits[: commits.index(newest)] if newest in commits else commits
    count = list(git.evidence(later, since))
    if newest not in commits or count != later:
        memory = {}
    if not count and not memory:
        return None
    memory = remembered(git.states(reversed(count), policies), policies, memory)
    if count:
        _write(kept, made_of, commits[0], memory)
    return Earlier(memory)


def _made_of(policies: Policies, since: str) -> str:
    """Return what a kept memory depends on besides the commits: promises and this code."""
    code = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
    return hashlib.sha256(f"{since} {policies}".encode() + code).hexdigest()


def _read(kept: Path, made_of: str) -> tuple[str, State]:
    """Return the newest commit of a kept memory, and the memory; empty when it doesn't fit."""
    try:
        written = json.loads(kept.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return "", {}
    if written["made_of"] != made_of:
        return "", {}
    return written["commit"], {
        register: {tuple(key): row for key, row in rows}
        for register, rows in written["memory"].items()
    }


def _write(kept: Path, made_of: str, commit: str, memory: State) -> None:
    rows = {register: list(rows.items()) for register, rows in memory.items()}
    text = json.dumps({"made_of": made_of, "commit": commit, "memory": rows}, ensure_ascii=False)
    kept.parent.mkdir(exist_ok=True)
    aside = kept.with_name(f"{kept.name}.{os.getpid()}")
    aside.write_text(text, encoding="utf-8")
    aside.replace(kept)


def _unescaped(rows: Rows, policy: Policy) -> Rows:
    cells = [{name: unescape_formula(cell) for name, cell in row.items()} for row in rows.values()]
    return {tuple(row[name] for name in policy.key): row for row in cells}
