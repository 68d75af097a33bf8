"""Rules on workflows: the procedure that people read is the one that the intake enforces."""

from collections.abc import Iterator

from intake.cases.workflow import STATES, TRANSITIONS, Workflow
from scripts.checks.material import Finding, Material, Place, Rule

Moves = set[tuple[str, str]]


def procedure_and_workflow_agree(material: Material) -> Iterator[Finding]:
    """What the flowchart draws from one state to another can be done, and the other way round."""
    for code in material.system.documents:
        workflow = material.system.workflow_of(code)
        if workflow is None:
            continue
        drawn, done = _drawn(material, code, workflow), _enforced(workflow)
        place = Place(f"data/forms/{workflow.kind}/{TRANSITIONS}")
        title = {name: state.title for name, state in workflow.states.items()}
        for source, target in sorted(done - _possible(drawn)):
            yield place.says(
                f"{code}: lưu đồ không có đường từ {title[source]} đến {title[target]}; sửa "
                f"step_links.csv hoặc bỏ dòng này"
            )
        for link, moves in drawn.items():
            if not any(source == target for source, target in moves) and not moves & done:
                yield place.says(
                    f"{code}: lưu đồ đi từ bước {link[0]} sang bước {link[1]} mà cổng không cho "
                    f"chuyển trạng thái như vậy; thêm dòng hoặc sửa {STATES}"
                )


def every_step_has_a_state(material: Material) -> Iterator[Finding]:
    """While a case is at a step of its procedure it is in a state, but before it is opened."""
    for code in material.system.documents:
        workflow = material.system.workflow_of(code)
        if workflow is None:
            continue
        place = Place(f"data/forms/{workflow.kind}/{STATES}")
        steps = {step["step"]: step for step in material.system.of_document("steps", code)}
        known = {number for state in workflow.states.values() for number in state.steps}
        for number in sorted(known - steps.keys()):
            yield place.says(f"{code} không có bước {number}")
        for number, step in steps.items():
            if number not in known and step["kind"] != "start":
                yield place.says(f"{code}: bước {number} chưa thuộc trạng thái nào")


def a_name_has_one_access(material: Material) -> Iterator[Finding]:
    """What is known of a case goes by field names, so a name is public in all forms or in none."""
    for kind, workflow in material.system.workflows.items():
        opening = material.system.forms[kind]
        access = {field.name: (field.access, f"{kind}.json") for field in opening.fields}
        for action, form in workflow.forms.items():
            for field in form.fields:
                before, where = access.setdefault(field.name, (field.access, f"{action}.json"))
                if before != field.access:
                    yield Place(f"data/forms/{kind}/{action}.json").says(
                        f"{field.name}: access là {field.access}, ở {where} là {before}; "
                        f"đổi cho giống hoặc đặt tên khác"
                    )


def _drawn(material: Material, code: str, workflow: Workflow) -> dict[tuple[int, int], Moves]:
    """Return between which states each link of the flowchart may lead."""
    states: dict[int, list[str]] = {}
    for state in workflow.states.values():
        for number in state.steps:
            states.setdefault(number, []).append(state.name)
    links = material.system.of_document("step_links", code)
    return {
        (link["from_step"], link["to_step"]): {
            (source, target)
            for source in states[link["from_step"]]
            for target in states[link["to_step"]]
        }
        for link in links
        if link["from_step"] in states and link["to_step"] in states
    }


def _possible(drawn: dict[tuple[int, int], Moves]) -> Moves:
    return {move for moves in drawn.values() for move in moves}


def _enforced(workflow: Workflow) -> Moves:
    return {
        (each.source, each.target) for each in workflow.transitions if each.source != each.target
    }


RULES: tuple[Rule, ...] = (
    every_step_has_a_state,
    procedure_and_workflow_agree,
    a_name_has_one_access,
)
