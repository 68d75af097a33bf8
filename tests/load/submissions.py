"""What taking a submission costs: `make bench-submissions`.

An empty Flask view, one that only reads the form and answers with its page, and the intake over
both stores, by itself and as two over one journal, each also with every sync five ms slower,
run at once behind the same server and are sent the same requests in turn, round after round. So
whatever the machine does meanwhile hits all alike; what counts are the ratios. The milliseconds of
the processor are those of the intake and of its database.
"""

import contextlib
import datetime as dt
import itertools
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from intake.configuration import PROJECT_ROOT, Places
from intake.forms.checking import check
from intake.registers import Registers
from tests.intake.forms.test_checking import form_of_twenty_fields, processor_seconds
from tests.load.sides import ANSWERS, Side, on_postgres, on_sqlite, places_for, view
from tests.site.conftest import publish

ROUNDS, REQUESTS = 9, 1_000
SLOWER_US = 5_000


def check_cost() -> float:
    """Return the milliseconds of the processor that the check of a long record takes."""
    form = form_of_twenty_fields()
    sent = {field.name: [str(field.options["example"])] for field in form.fields}
    sent |= {"content": [ANSWERS["description"]], "proposal": [ANSWERS["evidence"]]}
    registers, today = Registers(Places(PROJECT_ROOT).registers), dt.date(2020, 9, 30)
    return 1000 * processor_seconds(lambda: check(form, sent, registers, today), 500)


@contextlib.contextmanager
def sides(folder: Path) -> Iterator[list[Side]]:
    """Run the yardsticks, the empty view first, and the intake over both stores in each way."""
    told = {"LD_PRELOAD": str(slow_sync(folder)), "SLOW_SYNC_US": str(SLOWER_US)}
    with contextlib.ExitStack() as running:
        enter = running.enter_context
        among = [enter(view("empty")), enter(view("reading"))]
        for slowed, intakes in itertools.product((False, True), (1, 2)):
            for run in (on_sqlite, on_postgres):
                places = places_for(folder / f"{run.__name__}-{intakes}-{slowed}")
                among.append(enter(run(places, intakes, told if slowed else None)))
                if slowed:
                    among[-1].name += ", slow syncs"
                    see_it_slowed(among[-1])
        yield among


def see_it_slowed(side: Side) -> None:
    """See that no submission is acknowledged before a sync that was slowed down.

    Raises:
        RuntimeError: one was.
    """
    side.take(20, connections=1)
    quickest = min(side.rounds[-1].milliseconds)
    if quickest < SLOWER_US / 1000:
        raise RuntimeError(f"{side.name}: acknowledged after {quickest:.1f} ms")


def compare(among: list[Side]) -> None:
    """Send to each in turn, round after round, beginning with another one each time."""
    for at in range(1 + ROUNDS):
        if at == 1:  # what came before warmed up
            for side in among:
                side.forget()
        first = at % len(among)
        for side in among[first:] + among[:first]:
            side.take(REQUESTS)


def report(among: list[Side]) -> None:
    """Print the table: medians of the rounds, and of the ratios within each round."""
    empty = among[0]
    print(f"\n{'':34}{'per second':>12}{'share':>8}{'p50 ms':>9}{'CPU ms':>9}{'share':>8}")
    for side in among:
        rates = [each.rate for each in side.rounds]
        shares = [own / of.rate for own, of in zip(rates, empty.rounds, strict=True)]
        costs = [of / own for own, of in zip(side.cpu, empty.cpu, strict=True)]
        print(
            f"{side.name:34}{median(rates):>12.0f}{median(shares):>8.2f}"
            f"{median(each.median for each in side.rounds):>9.1f}"
            f"{median(side.cpu):>9.2f}{median(costs):>8.2f}"
        )


def see_all_kept(stores: list[Side]) -> None:
    """See that everything that was acknowledged is in the journal, once.

    Raises:
        RuntimeError: it isn't.
    """
    for side in stores:
        if side.kept() != side.acknowledged:
            raise RuntimeError(f"{side.name}: {side.kept()} kept of {side.acknowledged}")


def slow_sync(folder: Path) -> Path:
    """Compile what slows syncs down.

    Raises:
        SystemExit: there is no C compiler.
    """
    compiler = shutil.which("cc")
    if compiler is None:
        raise SystemExit("Slow syncs need a C compiler. As root: apt-get install gcc libc6-dev")
    made = folder / "slow_sync.so"
    source = Path(__file__).with_name("slow_sync.c")
    options = ["-O2", "-Wall", "-Werror", "-shared", "-fPIC"]
    subprocess.run([compiler, *options, "-o", str(made), str(source), "-ldl"], check=True)
    made.chmod(0o755)
    folder.chmod(0o755)  # the database server is another user
    return made


def main() -> None:
    """Measure everything."""
    if not Places(PROJECT_ROOT).current_site.exists():
        publish(Places(PROJECT_ROOT))
    print(f"the check of a record of twenty fields: {check_cost():.3f} ms of the processor")
    with (
        tempfile.TemporaryDirectory(prefix="qms-submissions-") as folder,
        sides(Path(folder)) as among,
    ):
        compare(among)
        report(among)
        see_all_kept(among[2:])


if __name__ == "__main__":
    main()
