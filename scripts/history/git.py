"""What git remembers of the registers."""

import json
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.history.model import Policies, Rows, State, parse
from scripts.manifest import SINCE

_DESCRIPTOR = "datapackage.json"


@dataclass(frozen=True)
class Git:
    """The commits of a folder of registers, of the first parent.

    Its methods raise `subprocess.CalledProcessError` when git can't read its own history.
    """

    root: Path
    folder: str

    def commits(self) -> list[str]:
        """Return the commits that changed the folder, the newest first."""
        listed = self._run(["log", "--first-parent", "--format=%H", "--", self.folder])
        return listed.decode().split()

    def evidence(self, commits: list[str], since: str) -> Iterator[str]:
        """Yield commits up to the first whose package carries another mark."""
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
        parsed: dict[tuple[str, bytes], Rows] = {}
        contents = self._contents(wanted)
        for _ in range(0, len(wanted), len(names)):
            state = {}
            for name in names:
                content = next(contents)
                if (name, content) not in parsed:
                    parsed[name, content] = parse(
                        content.decode(errors="replace"), policies[name].key
                    )
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
