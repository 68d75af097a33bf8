import csv
import datetime as dt
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from intake.configuration import LOCAL_ZONE, Places
from scripts import releases
from scripts.releases import (
    CannotRollBack,
    current,
    listed,
    manifest,
    prune,
    publications,
    publish,
    reasons,
    roll_back,
    source_commit,
)

ABOUT = {"counts": {"pages": 2}}
NO_DAYS: dict[dt.date, str] = {}


def built_site(places: Places, text: str = "một") -> Path:
    built = places.cache / "site"
    (built / "a").mkdir(parents=True)
    (built / "index.html").write_text(text, encoding="utf-8")
    (built / "a" / "index.html").write_text("a", encoding="utf-8")
    return built


def put(places: Places, text: str = "một", days: dict[dt.date, str] = NO_DAYS) -> Path:
    return publish(places, built_site(places, text), ABOUT, days)


def names(places: Places) -> list[str]:
    return sorted(path.name for path in places.releases.iterdir())


# Publishing a built site


def test_a_release_is_published_through_a_link(tmp_path: Path) -> None:
    places = Places(tmp_path)
    release = put(places)
    assert release.parent == places.releases
    assert places.current_site.is_symlink()
    assert not places.current_site.readlink().is_absolute(), "so that the folder can be moved"
    assert places.current_site.resolve() == release.resolve()
    assert (places.current_site / "a" / "index.html").read_text() == "a"


def test_the_same_content_is_the_same_release(tmp_path: Path) -> None:
    places = Places(tmp_path)
    first = put(places)
    again = built_site(places)
    assert publish(places, again, ABOUT, NO_DAYS) == first
    assert not again.exists()
    assert list(places.releases.iterdir()) == [first]
    assert len(publications(places)) == 1


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda built: (built / "index.html").write_text("hai"), id="a page"),
        pytest.param(lambda built: (built / "index.html").rename(built / "b.html"), id="a name"),
        pytest.param(lambda built: (built / "b.txt").write_text(""), id="one more"),
    ],
)
def test_other_content_is_another_release(tmp_path: Path, change: Callable[[Path], object]) -> None:
    places = Places(tmp_path)
    first = put(places)
    other = built_site(places)
    change(other)
    second = publish(places, other, ABOUT, NO_DAYS)
    assert second != first
    assert first.exists()
    assert places.current_site.resolve() == second.resolve()


def test_what_it_was_made_of_is_part_of_a_release(tmp_path: Path) -> None:
    places = Places(tmp_path)
    first = put(places)
    second = publish(places, built_site(places), {"registers": {"units.csv": "0"}}, NO_DAYS)
    assert second != first
    assert manifest(second)["registers"] == {"units.csv": "0"}


def test_a_release_can_be_published_again(tmp_path: Path) -> None:
    places = Places(tmp_path)
    first = put(places, "một")
    put(places, "hai")
    put(places, "một")
    assert places.current_site.resolve() == first.resolve()


def test_a_switch_that_was_broken_off_does_not_stop_the_next(tmp_path: Path) -> None:
    places = Places(tmp_path)
    places.releases.mkdir(parents=True)
    places.current_site.with_name(".next").symlink_to("releases/gone")
    release = put(places)
    assert places.current_site.resolve() == release.resolve()


def test_a_published_release_that_was_changed_is_mended_in_its_place(tmp_path: Path) -> None:
    places = Places(tmp_path)
    release = put(places)
    (release / "a" / "index.html").unlink()
    (release / "index.html").unlink()
    (release / "index.html").write_text("sửa tay", encoding="utf-8")
    (release / "thêm.html").write_text("x", encoding="utf-8")
    assert put(places) == release
    assert (release / "index.html").read_text(encoding="utf-8") == "một"
    assert sorted(path.name for path in release.rglob("*.html")) == ["index.html"] * 2


def test_what_did_not_change_is_shared_with_the_release_before(tmp_path: Path) -> None:
    places = Places(tmp_path)
    first, second = put(places, "một"), put(places, "hai")
    shared, changed = Path("a/index.html"), Path("index.html")
    assert (first / shared).samefile(second / shared)
    assert not (first / changed).samefile(second / changed)
    shutil.rmtree(first)
    assert (second / shared).read_text() == "a"


def test_a_file_that_was_changed_by_hand_is_not_shared(tmp_path: Path) -> None:
    places = Places(tmp_path)
    first = put(places, "một")
    (first / releases.MANIFEST).unlink()
    second = put(places, "hai")
    assert not (first / "a/index.html").samefile(second / "a/index.html")


# The log


def test_the_log_says_when_which_release_became_the_published_one(tmp_path: Path) -> None:
    places = Places(tmp_path)
    first, second = put(places, "một"), put(places, "hai")
    put(places, "hai")
    roll_back(places)
    history = publications(places)
    assert [(each.release, each.act) for each in history] == [
        (first.name, "publish"),
        (second.name, "publish"),
        (first.name, "rollback"),
    ]
    now = dt.datetime.now(LOCAL_ZONE)
    assert all(
        dt.timedelta() <= now - each.published_at < dt.timedelta(hours=1) for each in history
    )


def test_a_publication_killed_after_the_switch_is_written_down_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = Places(tmp_path)
    first = put(places, "một")
    with monkeypatch.context() as patched:
        patched.setattr(releases, "_note", lambda *_: None)
        second = put(places, "hai")
    switched = dt.datetime(2026, 11, 2, 8, tzinfo=LOCAL_ZONE).timestamp()
    os.utime(places.current_site, (switched, switched), follow_symlinks=False)
    third = put(places, "ba")
    assert [each.release for each in publications(places)] == [
        first.name,
        second.name,
        third.name,
    ]
    assert publications(places)[1].published_at == dt.datetime(2026, 11, 2, 8, tzinfo=LOCAL_ZONE)


def test_the_log_names_the_commit_and_the_manifest_does_not(tmp_path: Path) -> None:
    places = Places(tmp_path)
    assert source_commit(tmp_path) == ""
    git(tmp_path, "init", "--quiet")
    (tmp_path / ".gitignore").write_text("/site/\n/.cache/\n")
    git(tmp_path, "add", ".gitignore")
    git(tmp_path, "commit", "--quiet", "--message", "x")
    release = put(places)
    (commit,) = [each.commit for each in publications(places)]
    assert len(commit) == 12
    assert commit == git(tmp_path, "rev-parse", "HEAD")[:12]
    assert commit not in (release / releases.MANIFEST).read_text()
    (tmp_path / ".gitignore").write_text("")
    assert source_commit(tmp_path) == f"{commit}+"
    below = tmp_path / "below"
    below.mkdir()
    assert source_commit(below) == "", "another project's commit says nothing of this one"


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    done = subprocess.run(
        ["git", "-C", str(folder), *identity, *arguments],
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


# Going back


def test_rollback_goes_to_the_one_before_and_further_back(tmp_path: Path) -> None:
    places = Places(tmp_path)
    first, second, _ = (put(places, text) for text in ("một", "hai", "ba"))
    assert roll_back(places) == second
    assert places.current_site.resolve() == second.resolve()
    assert roll_back(places) == first
    with pytest.raises(CannotRollBack, match="không còn bản nào"):
        roll_back(places)
    assert places.current_site.resolve() == first.resolve()


def test_rollback_to_a_named_release(tmp_path: Path) -> None:
    places = Places(tmp_path)
    first, _, third = (put(places, text) for text in ("một", "hai", "ba"))
    roll_back(places, first.name)
    roll_back(places, third.name)
    assert places.current_site.resolve() == third.resolve()


@pytest.mark.parametrize("to", ["0123456789abcdef", "../releases", "..", "x"])
def test_rollback_to_what_is_no_release_is_refused(tmp_path: Path, to: str) -> None:
    places = Places(tmp_path)
    release = put(places)
    with pytest.raises(CannotRollBack, match="không có bản"):
        roll_back(places, to)
    assert places.current_site.resolve() == release.resolve()


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda release: (release / "index.html").write_text("x"), id="changed"),
        pytest.param(lambda release: (release / "index.html").unlink(), id="lost"),
        pytest.param(lambda release: (release / "x.html").write_text("x"), id="added"),
        pytest.param(lambda release: forge(release), id="with its manifest"),
        pytest.param(lambda release: (release / releases.MANIFEST).unlink(), id="unknown"),
    ],
)
def test_rollback_to_a_release_that_is_not_whole_is_refused(
    tmp_path: Path, spoil: Callable[[Path], object]
) -> None:
    places = Places(tmp_path)
    first, second = put(places, "một"), put(places, "hai")
    spoil(first)
    with pytest.raises(CannotRollBack, match="không còn nguyên vẹn"):
        roll_back(places)
    assert places.current_site.resolve() == second.resolve()


def forge(release: Path) -> None:
    (release / "index.html").write_text("x")
    files = releases.digests(release)
    (release / releases.MANIFEST).write_text(json.dumps({**ABOUT, "files": files}))


# What is kept


def at(day: int, hour: int = 12) -> dt.datetime:
    """Return a moment of September 2026, or that many days from its beginning."""
    return dt.datetime(2026, 9, 1, hour, tzinfo=LOCAL_ZONE) + dt.timedelta(days=day - 1)


def history(places: Places, *moments: dt.datetime) -> list[str]:
    """Publish a release at each moment, the last being the published one; return their ids."""
    made = [put(places, f"bản {number}").name for number in range(len(moments))]
    written = zip(moments, made, strict=True)
    lines = [f"{moment.isoformat()},{name},publish," for moment, name in written]
    log = places.releases.parent / "published.csv"
    log.write_text("\n".join(["published_at,release,act,commit", *lines, ""]), encoding="utf-8")
    return made


@pytest.fixture
def keep_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let publishing remove nothing, so that a test can write down when it was."""
    monkeypatch.setattr(releases, "prune", lambda *_: None)


LATE = at(300)


@pytest.mark.usefixtures("keep_all")
def test_the_newest_releases_stay(tmp_path: Path) -> None:
    places = Places(tmp_path)
    made = history(places, *(at(1, hour) for hour in range(8)))
    prune(places, NO_DAYS, LATE)
    assert names(places) == sorted(made[-5:])


def test_publishing_removes_what_need_not_be_kept(tmp_path: Path) -> None:
    places = Places(tmp_path)
    made = [put(places, str(number)).name for number in range(7)]
    assert names(places) == sorted(made[-5:])


@pytest.mark.usefixtures("keep_all")
def test_the_published_release_stays_however_old(tmp_path: Path) -> None:
    places = Places(tmp_path)
    made = history(places, *(at(1, hour) for hour in range(8)))
    roll_back(places, made[0])
    log = places.releases.parent / "published.csv"
    log.write_text("".join(log.read_text().splitlines(keepends=True)[:-1]))
    prune(places, NO_DAYS, LATE)
    assert names(places) == sorted([made[0], *made[-5:]])


@pytest.mark.usefixtures("keep_all")
def test_what_stood_at_the_end_of_a_day_stays_a_while(tmp_path: Path) -> None:
    places = Places(tmp_path)
    made = history(places, at(1, 8), at(1, 9), at(3, 8), *(at(4, hour) for hour in range(8, 14)))
    kept = reasons(places, NO_DAYS, at(30))
    assert kept[made[1]] == "đứng đến cuối ngày 02/09/2026"
    assert kept[made[2]] == "đứng đến cuối ngày 03/09/2026"
    assert made[0] not in kept, "it was replaced on its own day"
    last_day = dt.timedelta(days=releases.KEEP_DAYS)
    assert made[1] in reasons(places, NO_DAYS, at(3) + last_day - dt.timedelta(days=1))
    assert made[1] not in reasons(places, NO_DAYS, at(3) + last_day)


@pytest.mark.usefixtures("keep_all")
@pytest.mark.parametrize(
    ("day", "evidence"),
    [
        pytest.param(1, [0], id="published on the day"),
        pytest.param(2, [0], id="published before, and standing"),
        pytest.param(5, [0, 1, 2], id="replaced on the day: before, within and at its end"),
        pytest.param(6, [2], id="the day after"),
    ],
)
def test_what_stood_on_a_day_of_evidence_stays_for_ever(
    tmp_path: Path, day: int, evidence: list[int]
) -> None:
    places = Places(tmp_path)
    made = history(places, at(1), at(5, 9), at(5, 15), *(at(8, hour) for hour in range(8, 14)))
    days = {at(day).date(): "đánh giá DGNB-2026-01"}
    known = reasons(places, days, LATE)
    assert all("DGNB-2026-01" in known[made[number]] for number in evidence), "known beforehand"
    prune(places, days, LATE)
    assert names(places) == sorted([made[number] for number in evidence] + made[-5:])
    prune(places, NO_DAYS, LATE)
    assert set(names(places)) >= {made[number] for number in evidence}, "the register forgot"
    assert f"đánh giá DGNB-2026-01, ngày {at(day):%d/%m/%Y}" in reasons(places, {}).values()


@pytest.mark.usefixtures("keep_all")
def test_days_begin_and_end_in_viet_nam(tmp_path: Path) -> None:
    places = Places(tmp_path)
    evening = dt.datetime(2026, 9, 4, 18, tzinfo=dt.UTC)  # the 5th in Viet Nam
    made = history(places, at(1), evening, *(at(9, hour) for hour in range(8, 14)))
    prune(places, {at(4).date(): "đánh giá"}, LATE)
    assert names(places) == sorted([made[0], *made[-5:]])


@pytest.mark.usefixtures("keep_all")
def test_a_line_written_by_hand_keeps_a_release(tmp_path: Path) -> None:
    places = Places(tmp_path)
    made = history(places, *(at(1, hour) for hour in range(8)))
    kept = places.releases.parent / "kept.csv"
    kept.write_bytes(f"\ufeffrelease,why\n{made[0]},thanh tra tháng 9\n".encode())
    prune(places, NO_DAYS, LATE)
    assert names(places) == sorted([made[0], *made[-5:]])
    assert reasons(places, NO_DAYS)[made[0]] == "thanh tra tháng 9"


@pytest.mark.usefixtures("keep_all")
def test_releases_of_which_nothing_is_known_are_left_alone(tmp_path: Path) -> None:
    places = Places(tmp_path)
    history(places, *(at(1, hour) for hour in range(8)))
    places.releases.joinpath("0123456789abcdef").mkdir()
    places.releases.joinpath("ghi-chú").mkdir()
    prune(places, NO_DAYS, LATE)
    assert {"0123456789abcdef", "ghi-chú"} < set(names(places))
    (places.releases.parent / "published.csv").unlink()
    before = names(places)
    prune(places, NO_DAYS, LATE)
    assert names(places) == before, "without the log nothing can be told to be needless"


def test_a_removal_that_was_broken_off_is_finished(tmp_path: Path) -> None:
    places = Places(tmp_path)
    (places.releases / ".gone-0123456789abcdef" / "a").mkdir(parents=True)
    release = put(places)
    assert names(places) == [release.name]


def test_nothing_that_is_being_removed_can_be_taken_for_a_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = Places(tmp_path)
    made = [put(places, str(number)).name for number in range(5)]

    def broken_off(path: Path) -> None:
        (path / "index.html").unlink()
        raise KeyboardInterrupt

    monkeypatch.setattr(releases.shutil, "rmtree", broken_off)
    with pytest.raises(KeyboardInterrupt):
        put(places, "mới")
    assert made[0] not in [each.id for each in listed(places, NO_DAYS)]


# The list


def test_the_list_tells_what_is_published_and_why_the_others_stay(tmp_path: Path) -> None:
    places = Places(tmp_path)
    assert listed(places, NO_DAYS) == []
    first, second = put(places, "một"), put(places, "hai")
    roll_back(places)
    top, other = listed(places, NO_DAYS)
    assert (top.id, top.current, top.pages, top.kept) == (first.name, True, 2, "đang công bố")
    assert (other.id, other.current, other.kept) == (
        second.name,
        False,
        "một trong 5 bản gần nhất",
    )
    assert top.publication
    assert top.publication.act == "rollback"
    assert current(places) == first.name


def test_the_log_is_a_table_that_a_spreadsheet_opens(tmp_path: Path) -> None:
    places = Places(tmp_path)
    put(places)
    with (places.releases.parent / "published.csv").open(encoding="utf-8") as rows:
        (row,) = csv.DictReader(rows)
    assert list(row) == ["published_at", "release", "act", "commit"]
