import dataclasses
import datetime as dt
import re
from pathlib import Path

import pytest

from intake.configuration import LOCAL_ZONE, PROJECT_ROOT, Places, Portal
from intake.settings import BadConfiguration


def test_the_root_comes_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QMS_ROOT", str(tmp_path))
    assert Places.from_environment() == Places(tmp_path.resolve())


def test_the_root_is_where_the_code_lies_and_not_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("QMS_ROOT", raising=False)
    monkeypatch.chdir(tmp_path)
    assert Places.from_environment() == Places(PROJECT_ROOT)


def test_every_place_lies_under_the_root(tmp_path: Path) -> None:
    names = [name for name, value in vars(Places).items() if isinstance(value, property)]
    found = [getattr(Places(tmp_path), name) for name in names]
    assert len(set(found)) == len(names) > 5
    assert all(path.is_relative_to(tmp_path) for path in found)


def test_the_journal_does_not_lie_in_the_published_site(tmp_path: Path) -> None:
    places = Places(tmp_path)
    assert not places.journal.is_relative_to(tmp_path / "site")


def test_the_shipped_configuration_is_read(portal: Portal) -> None:
    assert portal.agency["name"]
    assert portal.sample_day == dt.date(2020, 9, 30)
    assert (portal.max_files, portal.max_file_bytes) == (5, 10_000_000)


@pytest.mark.parametrize(
    "table", ["agency", "standard", "site", "colours", "accounts", "sign_on", "mail", "intake"]
)
def test_a_missing_table_is_named(places: Places, table: str) -> None:
    text = places.configuration.read_text(encoding="utf-8")
    places.configuration.write_text(text.replace(f"[{table}]", "[gone]"), encoding="utf-8")
    with pytest.raises(BadConfiguration, match=rf"thiếu bảng \[{table}\]"):
        Portal.load(places.configuration)


def test_the_sample_lives_on_its_own_day(portal: Portal) -> None:
    assert portal.day() == dt.date(2020, 9, 30)


def test_without_the_sample_it_is_today_in_viet_nam(places: Places) -> None:
    text = places.configuration.read_text(encoding="utf-8")
    without = re.sub(r"\[sample\].*?(?=\[accounts\])", "", text, flags=re.DOTALL)
    places.configuration.write_text(without, encoding="utf-8")
    portal = Portal.load(places.configuration)
    before = dt.datetime.now(LOCAL_ZONE).date()
    assert portal.sample_notice == ""
    assert before <= portal.day() <= dt.datetime.now(LOCAL_ZONE).date()


def test_configuration_cannot_be_changed_while_running(portal: Portal) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        portal.max_files = 99  # type: ignore[misc]
