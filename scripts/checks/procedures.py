"""Rules on procedures: steps that lead from a start to an end, in the time that is stated."""

from collections.abc import Iterator

from scripts.checks.material import Finding, Material, Place, Rule
from scripts.registers import Row
from scripts.revisions import is_in_force
from scripts.system import main_path

_KINDS = ("system_procedure", "operational_procedure")


def procedure_is_complete(material: Material) -> Iterator[Finding]:
    """A procedure in force has a text, steps and records."""
    for document, place in _procedures(material):
        code = document["code"]
        if code not in material.page_of:
            yield place.says(f"{code}: chưa có bài viết; tạo content/{_page_name(material, code)}")
        for register, what in (("steps", "các bước"), ("records", "hồ sơ cần lưu")):
            if not material.system.of_document(register, code):
                yield place.says(f"{code}: chưa có {what} trong {register}.csv")


def steps_are_numbered(material: Material) -> Iterator[Finding]:
    """Steps count 1, 2, 3 … and begin with a start."""
    for code, steps in _steps(material).items():
        numbers = [step["step"] for step, _ in steps]
        if numbers != list(range(1, len(numbers) + 1)):
            yield steps[0][1].says(f"{code}: số bước phải là 1, 2, 3 … liên tục; đang là {numbers}")
        if steps[0][0]["kind"] != "start":
            yield steps[0][1].says(f"{code}: bước đầu tiên phải có loại “start”")


def steps_lead_on(material: Material) -> Iterator[Finding]:
    """An end has no next step, any other step has one, only a decision has several, each named."""
    links = _links(material)
    for code, steps in _steps(material).items():
        for step, place in steps:
            following = links.get((code, step["step"]), [])
            name = f"{code} bước {step['step']}"
            conditions = [link["condition"] for link in following]
            if step["kind"] == "end":
                if following:
                    yield place.says(f"{name}: bước kết thúc mà còn bước sau; sửa step_links.csv")
            elif not following:
                yield place.says(f"{name}: chưa có bước tiếp theo trong step_links.csv")
            elif step["kind"] == "decision":
                if len(following) < 2 or not all(conditions):
                    yield place.says(
                        f"{name}: quyết định phải có ít nhất hai nhánh, đều có điều kiện"
                    )
            elif len(following) > 1 or any(conditions):
                yield place.says(f"{name}: chỉ bước quyết định mới rẽ nhánh và có điều kiện")


def every_step_is_reached(material: Material) -> Iterator[Finding]:
    """From the first step every other one can be reached."""
    links = _links(material)
    for code, steps in _steps(material).items():
        reached: set[int] = set()
        waiting = [1]
        while waiting:
            number = waiting.pop()
            if number not in reached:
                reached.add(number)
                waiting += [link["to_step"] for link in links.get((code, number), [])]
        for step, place in steps:
            if step["step"] not in reached:
                yield place.says(f"{code} bước {step['step']}: không có đường nào dẫn tới bước này")


def times_add_up(material: Material) -> Iterator[Finding]:
    """The days of the main path add up to the stated total."""
    for document, place in _procedures(material):
        stated = document["total_days"]
        steps = material.system.of_document("steps", document["code"])
        if stated is None or not steps:
            continue
        path = main_path(steps, material.system.of_document("step_links", document["code"]))
        total = sum(step["days"] or 0 for step in path)
        if total != stated:
            yield place.says(
                f"{document['code']}: các bước theo dòng chính cộng lại {total:g} ngày, "
                f"tổng thời hạn ghi {stated:g} ngày; sửa một trong hai"
            )


def administrative_procedures_state_a_time(material: Material) -> Iterator[Finding]:
    """An administrative procedure has a total time limit."""
    for document, place in _procedures(material):
        if document["administrative"] and document["total_days"] is None:
            yield place.says(f"{document['code']}: thủ tục hành chính phải có tổng thời hạn")


def forms_belong_to_procedures(material: Material) -> Iterator[Finding]:
    """A form template names its procedure, another document names none."""
    for document, place in material.rows("documents"):
        is_form = document["kind"] == "form_template"
        if is_form and not document["parent"]:
            yield place.says(f"{document['code']}: biểu mẫu phải ghi quy trình mà nó thuộc về")
        if not is_form and document["parent"]:
            yield place.says(f"{document['code']}: chỉ biểu mẫu mới thuộc một quy trình")


def every_unit_has_a_procedure(material: Material) -> Iterator[Finding]:
    """Every unit owns at least one operational procedure."""
    owners = {
        document["unit"]
        for document, _ in _procedures(material)
        if document["kind"] == "operational_procedure"
    }
    for unit, place in material.rows("units"):
        if unit["code"] not in owners:
            yield place.says(f"{unit['code']}: chưa có quy trình nghiệp vụ nào đang hiệu lực")


def _procedures(material: Material) -> Iterator[tuple[Row, Place]]:
    for document, place in material.rows("documents"):
        current = material.system.documents[document["code"]]["current"]
        if document["kind"] in _KINDS and is_in_force(current):
            yield document, place


def _steps(material: Material) -> dict[str, list[tuple[Row, Place]]]:
    steps: dict[str, list[tuple[Row, Place]]] = {}
    for row, place in material.rows("steps"):
        steps.setdefault(row["document"], []).append((row, place))
    return steps


def _links(material: Material) -> dict[tuple[str, int], list[Row]]:
    links: dict[tuple[str, int], list[Row]] = {}
    for row, _ in material.rows("step_links"):
        links.setdefault((row["document"], row["from_step"]), []).append(row)
    return links


def _page_name(material: Material, code: str) -> str:
    return f"{material.system.documents[code]['address'].rstrip('/')}.md"


RULES: tuple[Rule, ...] = (
    procedure_is_complete,
    steps_are_numbered,
    steps_lead_on,
    every_step_is_reached,
    times_add_up,
    administrative_procedures_state_a_time,
    forms_belong_to_procedures,
    every_unit_has_a_procedure,
)
