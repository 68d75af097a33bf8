"""What the published release and git hold the registers to, on real folders."""

import csv
import datetime as dt
import json
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.configuration import PROJECT_ROOT, Places
from scripts.history import check_history
from scripts.history.git import Git
from scripts.history.memory import committed, published, remembered
from scripts.history.model import Cells, Policies, Policy, State, policies_of
from scripts.manifest import SINCE, evidence_since
from scripts.stage import to_csv
from scripts.system import System
from tests.scripts.test_releases import git

FINDING = "PH-2020-033"
BY_WHOM = ("Chép sai.", "2020-09-29", "Thư ký ISO", "sample")
POLICY = Policy(
    "r",
    ("code",),
    numbered=("name",),
    frozen={"when": {"signed": True}, "once": ["closed"]},
    moves={"s": {"a": ["b"]}},
)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """The shipped registers, alone."""
    copied = Places(tmp_path)
    shutil.copytree(PROJECT_ROOT / "data/qms", copied.registers)
    return copied


def edit(places: Places, register: str, change: Callable[[list[Cells]], list[Cells]]) -> None:
    path = places.registers / f"{register}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(change(rows))


def set_cell(code: str, name: str, value: str) -> Callable[[list[Cells]], list[Cells]]:
    return lambda rows: [row | {name: value} if row["code"] == code else row for row in rows]


def without(code: str) -> Callable[[list[Cells]], list[Cells]]:
    return lambda rows: [row for row in rows if row["code"] != code]


def commit(places: Places) -> None:
    git(places.root, "add", "data")
    git(places.root, "commit", "--quiet", "--allow-empty", "--message", "x")


@pytest.fixture
def kept(places: Places) -> Places:
    """The same in git."""
    git(places.root, "init", "--quiet")
    commit(places)
    return places


def release(places: Places, since: str | None) -> None:
    """Publish the registers as a release carries them."""
    folder = places.releases / "r1"
    (folder / "du-lieu").mkdir(parents=True)
    for name, resource in System.load(Places(PROJECT_ROOT)).registers.items():
        (folder / "du-lieu" / f"{name}.csv").write_text(to_csv(resource), encoding="utf-8")
    about = {"day": "2020-09-30", SINCE: since}
    (folder / "release.json").write_text(json.dumps(about), encoding="utf-8")
    places.current_site.symlink_to(folder)


def told(places: Places) -> list[str]:
    return [str(found) for found in check_history(places)]


# Without a memory


def test_a_first_publication_has_no_history(places: Places) -> None:
    edit(places, "findings", set_cell(FINDING, "evidence", "Khác"))
    assert told(places) == []


def test_the_sample_agrees_with_its_own_history() -> None:
    assert told(Places(PROJECT_ROOT)) == []


def test_a_package_may_leave_history_alone(kept: Places) -> None:
    path = kept.registers / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    del package[SINCE]
    path.write_text(json.dumps(package), encoding="utf-8")
    edit(kept, "findings", set_cell(FINDING, "evidence", "Khác"))
    assert told(kept) == []


# The published release


def test_the_release_is_read_as_it_was_written(places: Places) -> None:
    release(places, evidence_since(places))
    policies = shipped_policies(places)
    stood = published(places, policies, evidence_since(places))
    assert stood is not None
    assert stood.day == dt.date(2020, 9, 30)
    assert {name: len(rows) for name, rows in stood.state.items()} == {
        name: len(resource.rows)
        for name, resource in System.load(Places(PROJECT_ROOT)).registers.items()
    }
    assert told(places) == []


def test_what_is_published_is_not_edited(places: Places) -> None:
    release(places, evidence_since(places))
    edit(places, "findings", set_cell(FINDING, "evidence", "Khác"))
    (line,) = told(places)
    assert line.startswith("data/qms/findings.csv:34: PH-2020-033: dòng đã ký")
    assert "data/qms/corrections.csv" in line


def test_a_release_under_another_mark_is_no_evidence(places: Places) -> None:
    release(places, "2020-01-01")
    edit(places, "findings", set_cell(FINDING, "evidence", "Khác"))
    assert told(places) == []


# Git


def test_an_edit_is_refused_before_it_is_committed_and_after(kept: Places) -> None:
    edit(kept, "findings", set_cell(FINDING, "evidence", "Khác"))
    assert len(told(kept)) == 1
    commit(kept)
    assert len(told(kept)) == 1
    edit(kept, "glossary", lambda rows: rows[1:])
    commit(kept)
    assert len(told(kept)) == 1, "another commit hides nothing"


def test_an_edit_that_was_undone_leaves_no_trace(kept: Places) -> None:
    path = kept.registers / "findings.csv"
    before = path.read_bytes()
    edit(kept, "findings", set_cell(FINDING, "evidence", "Khác"))
    commit(kept)
    path.write_bytes(before)
    assert told(kept) == []
    commit(kept)
    assert told(kept) == []


def test_a_correction_makes_a_committed_edit_good(kept: Places) -> None:
    old = System.load(Places(PROJECT_ROOT)).find("findings", (FINDING,))["evidence"]
    edit(kept, "findings", set_cell(FINDING, "evidence", "Khác"))
    commit(kept)
    assert len(told(kept)) == 1
    with (kept.registers / "corrections.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerow(
            ("DC-2020-099", "findings", FINDING, "evidence", old, "Khác", *BY_WHOM)
        )
    assert told(kept) == []


def test_a_number_that_was_given_up_long_ago_is_not_reused(kept: Places) -> None:
    edit(kept, "opportunities", without("CH-VP-02"))
    commit(kept)
    reused = {"code": "CH-VP-02", "identified_on": "2020-09-29"}
    edit(kept, "opportunities", lambda rows: [*rows, rows[-1] | reused])
    commit(kept)
    (line,) = told(kept)
    assert "không dùng lại số" in line


def test_commits_before_the_mark_are_not_judged(kept: Places) -> None:
    edit(kept, "findings", set_cell(FINDING, "evidence", "Khác"))
    path = kept.registers / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(package | {SINCE: "2021-01-01"}), encoding="utf-8")
    assert told(kept) == []
    commit(kept)
    assert told(kept) == []
    edit(kept, "findings", set_cell(FINDING, "evidence", "Lại khác"))
    assert len(told(kept)) == 1, "from the mark on they are"


def test_a_clone_without_history_and_no_git_at_all_work(
    kept: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(kept, "findings", set_cell(FINDING, "evidence", "Khác"))
    commit(kept)
    shallow = tmp_path / "shallow"
    subprocess.run(
        ["git", "clone", "--quiet", "--depth", "1", kept.root.as_uri(), str(shallow)], check=True
    )
    assert told(Places(shallow)) == []
    monkeypatch.setenv("PATH", "")
    assert told(kept) == []


def test_a_history_that_is_damaged_stops_nothing(kept: Places) -> None:
    edit(kept, "findings", set_cell(FINDING, "evidence", "Khác"))
    commit(kept)
    tree = git(kept.root, "rev-parse", "HEAD~1^{tree}").strip()
    (kept.root / ".git/objects" / tree[:2] / tree[2:]).unlink()
    assert told(kept) == []


def test_a_folder_inside_of_another_repository_is_not_that_one(kept: Places) -> None:
    inside = Places(kept.root / "inside")
    shutil.copytree(kept.registers, inside.registers)
    policies = shipped_policies(inside)
    assert committed(inside, policies, evidence_since(inside)) is None
    assert committed(kept, policies, evidence_since(kept)) is not None


def test_what_was_folded_is_not_folded_again_and_is_the_same(
    kept: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    since, policies = evidence_since(kept) or "", shipped_policies(kept)
    read: list[int] = []
    states = Git.states

    def counted(git: Git, commits: Iterable[str], promised: Policies) -> Iterator[State]:
        listed = list(commits)
        read.append(len(listed))
        return states(git, listed, promised)

    monkeypatch.setattr(Git, "states", counted)
    committed(kept, policies, since)
    for value in ("Khác", "Lại khác"):
        edit(kept, "findings", set_cell(FINDING, "evidence", value))
        edit(kept, "opportunities", set_cell("CH-VP-02", "benefit", value))
        commit(kept)
        step_by_step = committed(kept, policies, since)
    assert committed(kept, policies, since) == step_by_step
    assert read == [1, 1, 1, 0]
    (kept.cache / "history.json").unlink()
    assert committed(kept, policies, since) == step_by_step
    assert read[-1] == 3
    git(kept.root, "reset", "--quiet", "--hard", "HEAD~1")
    edit(kept, "glossary", lambda rows: rows[1:])
    commit(kept)
    rewritten = committed(kept, policies, since)
    assert read[-1] == 3, "what was kept is of commits that are no more"
    assert rewritten != step_by_step
    other = policies | {"findings": Policy("findings", ("code",))}
    assert committed(kept, other, since) != rewritten, "kept under other promises"


# What is remembered of a line of states


def line_of(*rows: Cells | None) -> Cells | None:
    states = [{"r": {("1",): row} if row else {}} for row in rows]
    return remembered(states, {"r": POLICY})["r"].get(("1",))


def row(**cells: str) -> Cells:
    return {"code": "1", "name": "n", "signed": "", "text": "t", "closed": "", "s": "a"} | cells


def test_a_row_is_remembered_as_it_was_when_it_was_signed() -> None:
    signed = row(signed="x", text="u")
    assert line_of(row(), signed, row(signed="x", text="v")) == signed
    assert line_of(row(), row(text="v")) == row(text="v")
    assert line_of(signed, None) == signed


def test_what_may_be_filled_once_is_remembered_as_it_was_filled() -> None:
    signed = row(signed="x")
    assert line_of(signed, signed | {"closed": "y"}, signed | {"closed": "z"}) == signed | {
        "closed": "y"
    }


def test_a_number_is_remembered_by_what_it_stood_for_first() -> None:
    assert line_of(row(), None, row(name="m")) == row()


def test_a_state_is_remembered_as_far_as_it_went() -> None:
    assert line_of(row(), row(s="b"), row()) == row(s="b")


rows = st.none() | st.builds(
    row,
    name=st.sampled_from("nm"),
    signed=st.sampled_from(["", "x"]),
    text=st.sampled_from("tu"),
    closed=st.sampled_from(["", "y", "z"]),
    s=st.sampled_from("ab"),
)


@given(st.lists(rows), st.lists(rows))
def test_a_line_may_be_remembered_in_parts(
    first: list[Cells | None], rest: list[Cells | None]
) -> None:
    before, after = (
        [{"r": {("1",): each} if each else {}} for each in part] for part in (first, rest)
    )
    policies = {"r": POLICY}
    whole = remembered(before + after, policies)
    assert remembered(after, policies, remembered(before, policies)) == whole


def shipped_policies(places: Places) -> dict[str, Policy]:
    package = json.loads((places.registers / "datapackage.json").read_text(encoding="utf-8"))
    schemas = {
        raw["name"]: json.loads((places.registers / raw["schema"]).read_text(encoding="utf-8"))
        for raw in package["resources"]
    }
    return policies_of(package, schemas)


def test_promises_name_fields_that_there_are(places: Places) -> None:
    package = json.loads((places.registers / "datapackage.json").read_text(encoding="utf-8"))
    for raw in package["resources"]:
        promised = raw.get("history", {})
        frozen = promised.get("frozen", {})
        schema = json.loads((places.registers / raw["schema"]).read_text(encoding="utf-8"))
        fields = {field["name"] for field in schema["fields"]}
        named = {
            *promised.get("numbered", ()),
            *promised.get("moves", ()),
            *promised.get("dates", ()),
            *promised.get("sequence", {}).values(),
            *frozen.get("when", {}),
            *frozen.get("but", ()),
            *frozen.get("once", ()),
            *([frozen["with"]] if "with" in frozen else ()),
        }
        assert named <= fields, raw["name"]
        assert set(promised) <= {"numbered", "frozen", "moves", "sequence", "dates"}
        assert set(frozen) <= {"when", "with", "but", "once"}
