"""A short run of every target: what the long one (`make fuzz`) found before, and some more."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import SHARES, TARGETS, run
from tests.fuzz.world import World

SAMPLES = Path(__file__).parent / "samples"
EXAMPLES = {"cells": 1500, "attachment": 1500, "receipt_code": 300, "import_table": 150}
OFTEN = 300
NEARLY_SOUND = st.lists(
    st.sampled_from([0] * 12 + list(range(1, 256, 7))), min_size=60, max_size=120
).map(bytes)
"""Zero is the first choice everywhere, which is mostly sound: so inputs get far."""
INPUTS = st.one_of(st.binary(max_size=600), NEARLY_SOUND)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    made = World()
    yield made
    made.close()


@pytest.mark.parametrize("name", TARGETS)
def test_whatever_is_sent_the_rules_hold(name: str, world: World) -> None:
    outcomes: Counter[str] = Counter()

    @settings(
        max_examples=EXAMPLES.get(name, OFTEN),
        suppress_health_check=list(HealthCheck),
    )
    @given(INPUTS)
    def throw(data: bytes) -> None:
        run(TARGETS[name], world, data, outcomes)

    throw()
    assert sum(outcomes.values()) >= EXAMPLES.get(name, OFTEN) / 2
    assert len(outcomes) > 1, outcomes


@pytest.mark.parametrize("sample", sorted(SAMPLES.iterdir()), ids=lambda path: path.name)
def test_what_was_found_before_holds_now(sample: Path, world: World) -> None:
    """A sample's name begins with that of its target."""
    name = sample.name.partition("-")[0]
    run(TARGETS[name], world, sample.read_bytes(), Counter())


def test_every_target_has_its_share_of_a_long_run() -> None:
    assert SHARES.keys() == TARGETS.keys()
    assert sum(SHARES.values()) == pytest.approx(1)
