"""The long run, led by coverage (atheris, libFuzzer): `make fuzz RUNS=1000000`.

Every target runs in a process of its own, two at a time. What breaks a rule is left in the folder
that the end of the run names, to become a sample of the short one.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from intake.configuration import PROJECT_ROOT

AT_ONCE = 2
SECONDS_OF_AN_INPUT = 25
"""libFuzzer's own clock, for what hangs without using the processor."""
_DONE = re.compile(r"#(\d+)\s+DONE\s+cov: (\d+) ft: \d+ corp: (\d+)/\S+.*?exec/s: (\d+)")


@dataclass(frozen=True)
class Ran:
    """How a target did."""

    name: str
    inputs: int
    covered: int
    kept: int
    per_second: int
    outcomes: dict[str, int]
    problem: str


def main(runs: int) -> None:
    """Run every target and print the table; end with 1 when a rule was broken."""
    from tests.fuzz.targets import SHARES

    folder = Path(tempfile.mkdtemp(prefix="qms-fuzz-"))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        wanted = [(name, round(runs * share), folder) for name, share in SHARES.items()]
        done = list(pool.map(lambda each: ran(*each), wanted))
    print(f"{'target':14}{'inputs':>10}{'a second':>10}{'edges':>8}{'kept':>7}  outcomes")
    for each in done:
        told = ", ".join(f"{name} {count}" for name, count in sorted(each.outcomes.items()))
        print(
            f"{each.name:14}{each.inputs:>10,}{each.per_second:>10}{each.covered:>8}"
            f"{each.kept:>7}  {told}"
        )
    print(f"together {sum(each.inputs for each in done):,} inputs")
    broken = [each for each in done if each.problem]
    for each in broken:
        print(f"\n{each.name}: {each.problem}\nthe input: {folder / each.name}")
    if broken:
        sys.exit(1)


def ran(name: str, runs: int, folder: Path) -> Ran:
    """Run a target in a process of its own."""
    corpus = folder / name / "corpus"
    corpus.mkdir(parents=True)
    counts = folder / name / "outcomes.json"
    command = [sys.executable, "-m", "tests.fuzz.long", name, str(counts)]
    options = [f"-runs={runs}", "-max_len=1200", f"-timeout={SECONDS_OF_AN_INPUT}", "-seed=2015"]
    options += [f"-artifact_prefix={folder / name}/found-", "-rss_limit_mb=4000", str(corpus)]
    done = subprocess.run([*command, *options], cwd=PROJECT_ROOT, capture_output=True, text=True)
    said = done.stdout + done.stderr
    found = _DONE.search(said)
    inputs, covered, kept, rate = map(int, found.groups()) if found else (0, 0, 0, 0)
    outcomes = json.loads(counts.read_text()) if counts.exists() else {}
    problem = "" if found and done.returncode == 0 else said[-3000:]
    return Ran(name, inputs, covered, kept, rate, outcomes, problem)


def fuzz(name: str, counts: Path, options: list[str]) -> None:
    """Let libFuzzer drive a target; the process ends with it."""
    import atheris

    with atheris.instrument_imports(include=["intake", "scripts.sheets", "scripts.registers"]):
        from tests.fuzz.targets import TARGETS, run
        from tests.fuzz.world import World

    world, outcomes = World(), Counter[str]()
    runs = int(next(each for each in options if each.startswith("-runs=")).partition("=")[2])

    def one(data: bytes) -> None:
        run(TARGETS[name], world, data, outcomes)
        if sum(outcomes.values()) % 1000 == 0 or sum(outcomes.values()) >= runs - 2:
            counts.write_text(json.dumps(outcomes))

    atheris.Setup([sys.argv[0], *options], one)
    atheris.Fuzz()


if __name__ == "__main__":
    if len(sys.argv) == 2:
        main(int(sys.argv[1]))
    else:
        fuzz(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
