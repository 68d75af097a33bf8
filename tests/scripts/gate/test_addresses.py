from pathlib import Path

import pytest

from intake.configuration import Places
from scripts.gate.addresses import check_addresses
from scripts.releases import publish
from tests.scripts.test_releases import built_site


@pytest.fixture
def places(tmp_path: Path) -> Places:
    places = Places(tmp_path)
    built = built_site(places)
    (built / "tai-ngay" / "2020-06-20").mkdir(parents=True)
    (built / "tai-ngay" / "2020-06-20" / "index.html").write_text("x")
    (built / "a.csv").write_text("x")
    publish(places, built, {}, {})
    return places


def test_a_site_with_all_pages_passes(places: Places) -> None:
    built = built_site(places, "khác")
    (built / "b").mkdir()
    (built / "b" / "index.html").write_text("b")
    assert list(check_addresses(built, places.current_site)) == []


def test_a_lost_page_is_named_with_what_to_do(places: Places) -> None:
    built = built_site(places)
    (built / "a" / "index.html").unlink()
    (line,) = check_addresses(built, places.current_site)
    assert line.startswith("a/index.html: trang đang công bố bị mất;")
    assert "thêm dòng a/ vào data/qms/old_addresses.csv" in line


def test_many_lost_pages_are_counted(tmp_path: Path) -> None:
    places = Places(tmp_path)
    built = built_site(places)
    for number in range(30):
        (built / f"p{number}.html").write_text("x")
    publish(places, built, {}, {})
    lines = list(check_addresses(built_site(places), places.current_site))
    assert len(lines) == 11
    assert lines[-1] == "… và 20 trang khác bị mất"


def test_the_first_release_loses_nothing(tmp_path: Path) -> None:
    places = Places(tmp_path)
    assert list(check_addresses(built_site(places), places.current_site)) == []
