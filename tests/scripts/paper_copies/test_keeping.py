"""Made once for what it shows, kept, and made again only when that changes."""

import os
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from scripts.paper_copies import keeping
from scripts.paper_copies.copies import PaperCopy
from scripts.paper_copies.keeping import Kept, UnmadeCopy
from tests.scripts.paper_copies.reading import UNCLOSED_BY_WEASYPRINT

pytestmark = UNCLOSED_BY_WEASYPRINT


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path / "kept")


def test_only_what_changed_is_made_again(wanted: dict[str, PaperCopy], kept: Kept) -> None:
    copies = [wanted["qt-bc-02-lan-01.pdf"], wanted["qt-bc-03-lan-01.pdf"]]
    told: list[tuple[int, int]] = []
    assert kept.make(copies, lambda made, of: told.append((made, of))) == 2
    assert told == [(1, 2), (2, 2)]
    made = {path.name: path.stat().st_mtime_ns for path in kept.folder.iterdir()}
    assert len(made) == 2
    changed = replace(copies[0], text="<p>Lời văn mới.</p>")
    assert kept.make([changed, copies[1]], lambda *_: None) == 1
    assert kept.path(copies[1]).stat().st_mtime_ns == made[kept.path(copies[1]).name]
    assert kept.path(changed).read_bytes().startswith(b"%PDF-")
    assert kept.make([changed, copies[1]], lambda *_: None) == 0
    kept.prune([changed])
    assert [path.name for path in kept.folder.iterdir()] == [kept.path(changed).name]


def test_many_copies_are_made_by_processes_few_are_not_worth_their_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    kinds = [type(keeping._workers(copies)) for copies in (1, 7, 8)]
    assert kinds == [ThreadPoolExecutor, ThreadPoolExecutor, ProcessPoolExecutor]


def test_a_copy_that_cannot_be_made_is_named_and_the_others_stay(
    wanted: dict[str, PaperCopy], kept: Kept
) -> None:
    good = wanted["qt-bc-02-lan-01.pdf"]
    kept.make([good], lambda *_: None)
    broken = replace(good, text='<img alt="" src="http://127.0.0.1:9/x.png">')
    with pytest.raises(UnmadeCopy, match=r"^qt-bc-02-lan-01\.pdf: .*127\.0\.0\.1:9"):
        kept.make([broken, good], lambda *_: None)
    assert kept.path(good).exists()
    assert not kept.path(broken).exists()
