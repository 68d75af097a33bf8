import datetime as dt

import pytest

from intake.configuration import Places, Portal
from scripts.serve import snapshot


def test_a_new_day_calls_for_publishing(
    small_places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = snapshot(small_places)
    assert snapshot(small_places) == before
    monkeypatch.setattr(Portal, "day", lambda _: dt.date(2020, 10, 1))
    assert snapshot(small_places) != before, "ages and due dates are counted against it"


def test_a_configuration_that_is_half_written_does_not_stop_the_watch(
    small_places: Places,
) -> None:
    small_places.configuration.write_text("[agency", encoding="utf-8")
    assert snapshot(small_places)
