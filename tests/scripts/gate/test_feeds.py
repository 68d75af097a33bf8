from pathlib import Path

import pytest

from scripts.feeds import FEED, atom_feed, unit_calendar
from scripts.gate.feeds import check_feeds
from scripts.system import System


@pytest.fixture
def fed(tmp_path: Path, shipped_system: System) -> Path:
    (tmp_path / FEED).write_text(atom_feed(shipped_system), encoding="utf-8")
    calendar = unit_calendar(shipped_system, shipped_system.units[0])
    (tmp_path / "unit.ics").write_bytes(calendar.encode())
    return tmp_path


def test_the_feed_and_the_calendars_pass(fed: Path) -> None:
    assert list(check_feeds(fed)) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        pytest.param(FEED, "</feed>", "", "XML không đọc được", id="not well formed"),
        pytest.param(FEED, "</title>", " & </title>", "XML không đọc được", id="not escaped"),
        pytest.param(FEED, "<updated>", "<updated>hôm nay", "updated không phải", id="no time"),
        pytest.param(FEED, "<entry>", "<entry><id/>", "thiếu id", id="entry without id"),
        pytest.param("unit.ics", "END:VCALENDAR", "", "lịch không đọc được", id="no end"),
        pytest.param("unit.ics", "\r\nDTSTART;", "\r\nX-START;", "DTSTART", id="no start"),
        pytest.param("unit.ics", "\r\nUID:", "\r\nX-UID:", "UID", id="no uid"),
        pytest.param("unit.ics", "\r\nSUMMARY:", "\r\nSUMMARY:" + "x" * 90, "dài hơn", id="long"),
        pytest.param("unit.ics", "\r\n", "\n", "CRLF", id="line ends"),
    ],
)
def test_what_other_programs_could_not_read_is_found(
    fed: Path, name: str, old: str, new: str, problem: str
) -> None:
    content = (fed / name).read_bytes()
    assert old.encode() in content
    (fed / name).write_bytes(content.replace(old.encode(), new.encode()))
    found = list(check_feeds(fed))
    assert any(line.startswith(f"{name}: ") and problem in line for line in found), found


def test_an_id_that_stands_twice_is_found(fed: Path) -> None:
    text = (fed / FEED).read_text(encoding="utf-8")
    entry = text[text.index("<entry>") : text.index("</entry>") + len("</entry>")]
    (fed / FEED).write_text(text.replace("</feed>", f"{entry}</feed>"), encoding="utf-8")
    assert any("id trùng nhau" in line for line in check_feeds(fed))
    content = (fed / "unit.ics").read_bytes()
    event = content[content.index(b"BEGIN:VEVENT") : content.index(b"END:VEVENT") + 12]
    (fed / "unit.ics").write_bytes(content.replace(b"END:VCALENDAR", event + b"END:VCALENDAR"))
    assert any("UID trùng nhau" in line for line in check_feeds(fed))


def test_what_passed_before_is_not_read_again(fed: Path) -> None:
    beside = fed / "tai-ngay" / "2020-06-20"
    beside.mkdir(parents=True)
    (beside / FEED).write_text("<feed", encoding="utf-8")
    assert list(check_feeds(fed, (beside,))) == []
    assert list(check_feeds(fed)) != []
