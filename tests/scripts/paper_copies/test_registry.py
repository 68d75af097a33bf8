"""What the paper check knows of every revision."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from scripts.paper_copies.checking import check_of
from scripts.paper_copies.copies import PaperCopy
from scripts.paper_copies.registry import REGISTRY, write_registry
from scripts.system import System


def written(site: Path, system: System, *copies: PaperCopy) -> list[dict[str, Any]]:
    (site / REGISTRY).parent.mkdir(parents=True, exist_ok=True)
    write_registry(site, system, copies)
    text = (site / REGISTRY).read_text(encoding="utf-8")
    found: list[dict[str, Any]] = json.loads(text.removeprefix("window.qmsPaper = ")[:-2])
    return found


def copy_of(system: System, text: str = "<p>Bước 3: trả lời.</p>") -> PaperCopy:
    document = next(each for each in system.documents.values() if each["current"])
    return PaperCopy(system, document, document["current"], document["address"], text)


def test_every_revision_of_every_document_is_known(paper_system: System, tmp_path: Path) -> None:
    copy = copy_of(paper_system)
    registry = written(tmp_path, paper_system, copy)
    known = {(each["code"], row["revision"]) for each in registry for row in each["revisions"]}
    assert known == {
        (code, row["revision"])
        for code, document in paper_system.documents.items()
        for row in document["revisions"]
    }
    checks = {
        (each["code"], row["revision"]): row["check"]
        for each in registry
        for row in each["revisions"]
        if row["check"]
    }
    own = (copy.document["code"], copy.revision["revision"])
    assert checks == {own: check_of(copy).code}


def test_a_site_without_the_page_gets_no_registry(paper_system: System, tmp_path: Path) -> None:
    write_registry(tmp_path, paper_system, [])
    assert not (tmp_path / REGISTRY).exists()


def test_a_check_code_follows_from_the_words_alone(paper_system: System) -> None:
    copy = copy_of(paper_system)
    code = check_of(copy).code
    superseded = replace(copy, revision={**copy.revision, "status": "superseded"}, address="x/")
    marked_up = copy_of(paper_system, '<p id="x">Bước 3:\n <a href="../y/">trả lời</a>.</p>')
    assert check_of(superseded).code == code
    assert check_of(marked_up).code == check_of(copy_of(paper_system, "Bước 3: trả lời .")).code
    other = {**copy.revision, "revision": "09"}
    assert len({code, check_of(replace(copy, revision=other)).code}) == 2
    assert check_of(copy_of(paper_system, "<p>Bước 3: không trả lời.</p>")).code != code
