from pathlib import Path

import pytest

from scripts.paper_copies import keeping
from scripts.paper_copies.copies import PaperCopy
from scripts.paper_copies.keeping import Kept, UnmadeCopy


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
    changed = PaperCopy(
        copies[0].system,
        copies[0].document,
        copies[0].revision,
        copies[0].address,
        "<p>Lời văn mới.</p>",
    )
    assert kept.make([changed, copies[1]], lambda *_: None) == 1
    assert kept.path(copies[1]).stat().st_mtime_ns == made[kept.path(copies[1]).name]
    assert kept.path(changed).read_bytes().startswith(b"%PDF-")
    assert kept.make([changed, copies[1]], lambda *_: None) == 0
    kept.prune([changed])
    assert [path.name for path in kept.folder.iterdir()] == [kept.path(changed).name]


def test_a_copy_that_cannot_be_made_is_named(
    wanted: dict[str, PaperCopy], kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "_base", lambda _: 3)
    with pytest.raises(UnmadeCopy, match=r"^qt-bc-02-lan-01\.pdf: "):
        kept.make([wanted["qt-bc-02-lan-01.pdf"]], lambda *_: None)
    assert not list(kept.folder.glob("*.pdf"))
