"""Workflow tables: what they may say, and what is told when they don't."""

import shutil
from pathlib import Path

import pytest

from intake.cases.workflow import BadWorkflow, load_workflows
from intake.configuration import PROJECT_ROOT, Places

SHIPPED = Places(PROJECT_ROOT).forms


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(SHIPPED / "roles.csv", tmp_path)
    return Path(shutil.copytree(SHIPPED / "nonconformity", tmp_path / "nonconformity"))


def change(path: Path, here: str, there: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert here in text
    path.write_text(text.replace(here, there, 1), encoding="utf-8")


def test_the_shipped_workflow_begins_new_and_has_three_ends() -> None:
    workflow = load_workflows(SHIPPED)["nonconformity"]
    assert next(iter(workflow.states)) == "new"
    ends = [state.title for state in workflow.states.values() if state.ended]
    assert ends == ["Đóng", "Không tiếp nhận", "Hủy"]
    assert all(
        each.target == each.source
        for state in workflow.states.values()
        if state.ended
        for each in workflow.from_state(state.name)
    )


def test_a_star_stands_for_every_state_that_is_no_end() -> None:
    workflow = load_workflows(SHIPPED)["nonconformity"]
    notes = [each for each in workflow.transitions if each.action == "note"]
    assert [each.source for each in notes] == [
        state.name for state in workflow.states.values() if not state.ended
    ]
    assert all(each.source == each.target for each in notes)


def test_another_table_has_another_hash(folder: Path) -> None:
    before = load_workflows(folder.parent)["nonconformity"].hash
    change(folder / "states.csv", "2.5", "3")
    assert load_workflows(folder.parent)["nonconformity"].hash != before


@pytest.mark.parametrize(
    ("file", "here", "there", "said"),
    [
        ("workflow.csv", "from,action", "form,action", "workflow.csv:1: các cột"),
        ("states.csv", "waits_for,ended", "ended,waits_for", "states.csv:1: các cột"),
        (
            "workflow.csv",
            "secretariat,not_reporter",
            "boss,not_reporter",
            ":2: không có vai trò boss",
        ),
        ("workflow.csv", "not_reporter", "no_gate", ":2: không có điều kiện no_gate"),
        ("workflow.csv", "accept,accepted", "accept,agreed", ":2: không có trạng thái agreed"),
        ("workflow.csv", "accepted,correct", "closed,correct", ":4: không đi tiếp được từ"),
        ("workflow.csv", "new,reject,rejected", "new,accept,rejected", "accept có hai lần từ new"),
        ("workflow.csv", "new,accept,", "new,take_in,", "thiếu biểu mẫu take_in.json"),
        ("workflow.csv", "accepted,cancel,cancelled,", "accepted,cancel,cancelled,x,", ":6: thừa"),
        ("states.csv", "2.5", "hai", "states.csv:3: steps, days"),
        ("states.csv", "secretariat", "boss", "states.csv:2: không có vai trò boss"),
        ("states.csv", "true", "có", "ended phải là true hoặc false"),
        ("states.csv", "ended\n", "ended\nidle,Chờ,,,,false\n", "trạng thái đầu phải là new"),
        (
            "states.csv",
            "closed,",
            "lost,Lạc,,,,true\nclosed,",
            "không đường nào đến trạng thái lost",
        ),
    ],
)
def test_a_broken_table_is_refused_with_its_line(
    folder: Path, file: str, here: str, there: str, said: str
) -> None:
    change(folder / file, here, there)
    with pytest.raises(BadWorkflow, match=said):
        load_workflows(folder.parent)


def test_a_form_that_no_action_uses_is_refused(folder: Path) -> None:
    shutil.copy(folder / "note.json", folder / "remark.json")
    with pytest.raises(BadWorkflow, match=r"remark\.json không có trong"):
        load_workflows(folder.parent)
