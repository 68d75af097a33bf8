"""The releases of the site: stored by what they contain, switched to, listed, gone back to, kept.

A release is a folder named by the hash of its manifest, and the manifest holds the hash of every
file; so nothing in a release can change unseen, and the same content is the same release. What is
not content stands beside the releases:

- `published.csv`: each time another release became the published one, and from which commit;
- `kept.csv`: releases that are never removed, and why. The rule adds to it, people may as well.
"""

import csv
import datetime as dt
import hashlib
import io
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from intake.configuration import LOCAL_ZONE, Places
from scripts.tree import files_below

MANIFEST = "release.json"
KEEP_LAST = 5
"""How many releases stay in any case, to go back to."""
KEEP_DAYS = 90
"""How long what stood at the end of a day stays: so late may a day be entered as evidence."""
_ID_LENGTH = 16
_GONE = ".gone-"
_COLUMNS = ("published_at", "release", "act", "commit")

Manifest = dict[str, Any]


class CannotRollBack(ValueError):
    """There is no release to go back to; the message says why."""


@dataclass(frozen=True)
class Publication:
    """A release became the published one."""

    published_at: dt.datetime
    release: str
    act: str
    """`publish` or `rollback`."""
    commit: str
    """The commit of the sources; empty where they don't come from git."""


@dataclass(frozen=True)
class Release:
    """A release as `make releases` lists it."""

    id: str
    publication: Publication | None
    """The newest one of it; None when it never was the published one."""
    pages: int | None
    current: bool
    kept: str
    """Why it stays; empty when the next publication removes it."""


def publish(
    places: Places, built: Path, about: Mapping[str, Any], days: Mapping[dt.date, str]
) -> Path:
    """Move a built site among the releases, switch to it, and remove what needn't be kept.

    Args:
        places: where the releases are.
        built: the built site; it is moved.
        about: what the manifest says beside the files; nothing that another build would change.
        days: the days whose releases are evidence, and of what.
    """
    release = _store(places, built, about)
    _switch(places, release, "publish", source_commit(places.root))
    prune(places, days)
    return release


def roll_back(places: Places, to: str = "") -> Path:
    """Switch to an earlier release, by default the one before the published one.

    Raises:
        CannotRollBack: there is none, or it isn't whole.
    """
    _note(places)
    name = to or _before(places)
    release = places.releases / name
    if not _is_id(name) or not release.is_dir():
        raise CannotRollBack(f"không có bản {name}; xem make releases")
    if broken := list(_broken(release)):
        raise CannotRollBack(f"bản {name} không còn nguyên vẹn: {', '.join(broken[:3])}")
    commits = [each.commit for each in publications(places) if each.release == name]
    _switch(places, release, "rollback", commits[-1] if commits else "")
    return release


def listed(places: Places, days: Mapping[dt.date, str]) -> list[Release]:
    """Return the releases, the last published one first."""
    _note(places)
    newest = {each.release: each for each in publications(places)}
    kept = reasons(places, days)
    found = [
        Release(
            id=name,
            publication=newest.get(name),
            pages=manifest(places.releases / name).get("counts", {}).get("pages"),
            current=name == current(places),
            kept=kept.get(name, ""),
        )
        for name in _stored(places)
    ]
    return sorted(found, key=_when, reverse=True)


def _when(release: Release) -> tuple[bool, str]:
    at = release.publication.published_at.isoformat() if release.publication else ""
    return release.current, at


def current(places: Places) -> str | None:
    """Return the id of the published release, None when nothing was published yet."""
    link = places.current_site
    return link.readlink().name if link.is_symlink() else None


def manifest(release: Path) -> Manifest:
    """Return the manifest of a release; empty when it has none."""
    path = release / MANIFEST
    read: Manifest = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return read


def publications(places: Places) -> list[Publication]:
    """Return what was published when, the oldest first."""
    return [
        Publication(
            dt.datetime.fromisoformat(row["published_at"]),
            row["release"],
            row["act"],
            row["commit"],
        )
        for row in _rows(places.publications)
    ]


def source_commit(root: Path) -> str:
    """Return the commit that a project is at, `+` behind it when something isn't committed."""
    git = ["git", "-C", str(root)]
    try:
        top = subprocess.run([*git, "rev-parse", "--show-toplevel"], capture_output=True, text=True)
        if top.returncode or Path(top.stdout.strip()).resolve() != root.resolve():
            return ""
        described = subprocess.run(
            [*git, "describe", "--always", "--dirty=+", "--abbrev=12", "--exclude=*"],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return described.stdout.strip()


# Storing and switching


def digests(folder: Path) -> dict[str, str]:
    """Return the hash of every file of a folder but its manifest, by path."""
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files_below(folder)
        if (name := path.relative_to(folder).as_posix()) != MANIFEST
    }


def _store(places: Places, built: Path, about: Mapping[str, Any]) -> Path:
    files = digests(built)
    text = json.dumps({**about, "files": files}, ensure_ascii=False, indent=1, sort_keys=True)
    release = places.releases / hashlib.sha256(text.encode()).hexdigest()[:_ID_LENGTH]
    (built / MANIFEST).write_text(text, encoding="utf-8")
    if release.exists():
        _mend(release, built)
        shutil.rmtree(built)
        return release
    _share_files(built, files, places.current_site)
    places.releases.mkdir(parents=True, exist_ok=True)
    built.rename(release)
    os.sync()  # what the link is about to name must outlast a power failure
    return release


def _share_files(built: Path, files: Mapping[str, str], published: Path) -> None:
    """Let files that the published release has as well be the same ones, times included.

    A release costs only what changed, and a reader's browser keeps what did not.
    """
    before = manifest(published).get("files", {})
    link = built.with_name(f"{built.name}.link")
    for name, digest in files.items():
        if before.get(name) == digest and (published / name).is_file():
            link.unlink(missing_ok=True)
            os.link(published / name, link)
            link.replace(built / name)


def _mend(release: Path, built: Path) -> None:
    """Bring a release that someone changed back to what it was, file by file: it may be in use."""
    for name in list(_broken(release)):
        if (built / name).is_file():
            (release / name).parent.mkdir(parents=True, exist_ok=True)
            (built / name).replace(release / name)
        else:
            (release / name).unlink()


def _broken(release: Path) -> Iterator[str]:
    """Yield the files of a release that aren't as the manifest says, or its name does not fit."""
    path = release / MANIFEST
    if not path.is_file():
        yield MANIFEST
        return
    if hashlib.sha256(path.read_bytes()).hexdigest()[:_ID_LENGTH] != release.name:
        yield MANIFEST
    wanted, found = manifest(release).get("files", {}), digests(release)
    yield from sorted(
        name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name)
    )


def _switch(places: Places, release: Path, act: str, commit: str) -> None:
    _note(places)
    if current(places) != release.name:
        switch = places.current_site.with_name(".next")
        switch.unlink(missing_ok=True)
        switch.symlink_to(release.relative_to(places.current_site.parent))
        switch.replace(places.current_site)
    _note(places, act, commit)


def _note(places: Places, act: str = "publish", commit: str = "") -> None:
    """Write down which release is published, and since when, unless that was done.

    The link itself tells the time; so a publication that was broken off after the switch is
    written down by the next command.
    """
    name, written = current(places), _rows(places.publications)
    if name is None or (written and written[-1]["release"] == name):
        return
    switched = dt.datetime.fromtimestamp(places.current_site.lstat().st_mtime, LOCAL_ZONE)
    row = (switched.isoformat(timespec="seconds"), name, act, commit)
    _write(places.publications, _COLUMNS, [*written, dict(zip(_COLUMNS, row, strict=True))])


def _before(places: Places) -> str:
    """Return the release that was published before the published one, by whoever published it."""
    history = publications(places)
    ways = [at for at, each in enumerate(history) if each.release == current(places)]
    published = [at for at in ways if history[at].act == "publish"] or ways
    earlier = history[: published[-1]] if published else []
    for each in reversed(earlier):
        if each.release != current(places) and each.release in _stored(places):
            return each.release
    raise CannotRollBack("không còn bản nào trước bản đang công bố; xem make releases")


# What is kept


def prune(places: Places, days: Mapping[dt.date, str], now: dt.datetime | None = None) -> None:
    """Remove the releases that nothing asks to keep, and write down which are evidence."""
    proven = _evidence(places, days, now or _now())
    written = _rows(_kept(places))
    known = {row["release"] for row in written}
    found = [
        {"release": name, "why": why}
        for name, why in proven.items()
        if name not in known and name in _stored(places)
    ]
    if found:
        _write(_kept(places), ("release", "why"), [*written, *found])
    stay = reasons(places, days, now)
    for name in _stored(places):
        if name not in stay:
            _remove(places.releases / name)
    for left in places.releases.glob(f"{_GONE}*"):
        shutil.rmtree(left)


def reasons(
    places: Places, days: Mapping[dt.date, str], now: dt.datetime | None = None
) -> dict[str, str]:
    """Return why each release that stays does; those that aren't named may go."""
    moment = now or _now()
    history = publications(places)
    logged = {each.release for each in history}
    never = {name: "chưa từng công bố" for name in _stored(places) if name not in logged}
    newest = list(dict.fromkeys(each.release for each in reversed(history)))[:KEEP_LAST]
    last = dict.fromkeys(newest, f"một trong {KEEP_LAST} bản gần nhất")
    by_hand = {row["release"]: row["why"] for row in _rows(_kept(places))}
    published = current(places)
    return (
        never
        | _at_ends_of_days(history, moment)
        | last
        | _evidence(places, days, moment)
        | by_hand
        | ({published: "đang công bố"} if published else {})
    )


def _evidence(places: Places, days: Mapping[dt.date, str], now: dt.datetime) -> dict[str, str]:
    """Return the releases that stood at any moment of a day that is evidence, and of what.

    The first of them is the one published before the day began.
    """
    return {
        name: f"{of}, ngày {day:%d/%m/%Y}"
        for name, first, last in _stood(publications(places), now)
        for day, of in sorted(days.items(), reverse=True)
        if first <= day <= last
    }


def _at_ends_of_days(history: list[Publication], now: dt.datetime) -> dict[str, str]:
    oldest = _local_day(now) - dt.timedelta(days=KEEP_DAYS)
    return {
        name: f"đứng đến cuối ngày {last - dt.timedelta(days=1):%d/%m/%Y}"
        for name, first, last in _stood(history, now)
        if last > first and last > oldest
    }


def _stood(history: list[Publication], now: dt.datetime) -> Iterator[tuple[str, dt.date, dt.date]]:
    """Yield each release with the first and the last day on which it was the published one."""
    ends = [each.published_at for each in history[1:]] + [now]
    for each, end in zip(history, ends, strict=True) if history else ():
        yield each.release, _local_day(each.published_at), _local_day(end)


def _local_day(moment: dt.datetime) -> dt.date:
    return moment.astimezone(LOCAL_ZONE).date()


def _now() -> dt.datetime:
    return dt.datetime.now(LOCAL_ZONE)


# Files


def _stored(places: Places) -> list[str]:
    found = places.releases.iterdir() if places.releases.is_dir() else ()
    return sorted(path.name for path in found if path.is_dir() and _is_id(path.name))


def _is_id(name: str) -> bool:
    return len(name) == _ID_LENGTH and set(name) <= set("0123456789abcdef")


def _remove(release: Path) -> None:
    """Remove a release; what is left when this is broken off can't be taken for one."""
    if release.exists():
        gone = release.with_name(f"{_GONE}{release.name}")
        if gone.exists():
            shutil.rmtree(gone)
        release.rename(gone)
        shutil.rmtree(gone)


def _kept(places: Places) -> Path:
    return places.releases.parent / "kept.csv"


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as rows:
        return list(csv.DictReader(rows))


def _write(path: Path, columns: tuple[str, ...], rows: list[dict[str, str]]) -> None:
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    aside = path.with_name(f".{path.name}")
    with aside.open("w", encoding="utf-8", newline="") as file:
        file.write(sheet.getvalue())
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
