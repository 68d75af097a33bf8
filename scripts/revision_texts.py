"""The texts of a document's revisions: the present one, and those frozen beside it.

A text is written once, as the page of its document. Before it is changed for a new revision it is
frozen: written out with its steps, forms and records, which change with the registers. A draft has
a text of the same kind. These texts lie in `content/tai-lieu/cac-lan/`.
"""

import re
from collections.abc import Callable
from html import escape
from pathlib import Path

from intake.cases.gates import GATES
from scripts.registers import Row
from scripts.revisions import REVISION_TEXTS
from scripts.slugs import slug
from scripts.system import System

HEAD = "{{ revision_head() }}"
_MACRO = re.compile(r"\{\{ (\w+)\(\) \}\}")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_LINK = re.compile(r"\]\((?=[a-z0-9./-]+\.md)")


class CannotFreeze(ValueError):
    """A text can't be frozen; the message says why."""


def frozen_name(code: str, revision: str) -> str:
    """Return the name of the file that keeps the text of a revision."""
    return f"{slug(code)}-{revision}.md"


def frozen_path(content: Path, code: str, revision: str) -> Path:
    """Return where the text of a revision lies when it is not the present one."""
    return content / REVISION_TEXTS / frozen_name(code, revision)


def text_of(system: System, content: Path, code: str, revision: str) -> str | None:
    """Return the text of a revision as Markdown without macros; None when the portal has none."""
    frozen = frozen_path(content, code, revision)
    if frozen.exists():
        return body_of(frozen.read_text(encoding="utf-8"))
    current = system.documents[code]["current"]
    page = content / f"{system.documents[code]['address'].rstrip('/')}.md"
    if current and current["revision"] == revision and page.exists():
        return expanded(system, code, body_of(page.read_text(encoding="utf-8")))
    return None


def body_of(page: str) -> str:
    """Return what follows the head of a page, with links as the present texts have them."""
    text = page.replace("](../", "](") if HEAD in page else page
    return re.split(r"\{\{ (?:document|revision)_head\(\) \}\}\n", text, maxsplit=1)[-1].strip()


def freeze(content: Path, system: System, code: str) -> Path:
    """Write the present text of a document beside it, and return where.

    Raises:
        CannotFreeze: there is no such text, or another one is frozen already.
    """
    if code not in system.documents:
        raise CannotFreeze(f"không có tài liệu {code}")
    current = system.documents[code]["current"]
    text = text_of(system, content, code, current["revision"]) if current else None
    if current is None or text is None:
        raise CannotFreeze(f"{code} chưa có lời văn đang hiệu lực trên cổng")
    frozen = frozen_path(content, code, current["revision"])
    if frozen.exists():
        raise CannotFreeze(f"lần {current['revision']} của {code} đã được lưu ở {frozen.name}")
    frozen.parent.mkdir(exist_ok=True)
    head = (
        f'---\nrevision_of: {code}\nrevision: "{current["revision"]}"\n'
        f"title: {code}, lần {current['revision']}\n---\n{HEAD}\n\n"
    )
    frozen.write_text(head + _LINK.sub("](../", text) + "\n", encoding="utf-8")
    return frozen


def expanded(system: System, code: str, markdown: str) -> str:
    """Return a text with its macros written out as tables; what is only drawn is left out."""
    tables: dict[str, Callable[[], str]] = {
        "steps": lambda: _steps(system, code),
        "workflow": lambda: _workflow(system, code),
        "forms": lambda: _forms(system, code),
        "records": lambda: _records(system, code),
        "objectives": lambda: _objectives(system),
        "flowchart": lambda: "Vẽ theo bảng các bước dưới đây.",
        "document_head": lambda: "",
    }
    return _MACRO.sub(lambda macro: tables[macro[1]](), markdown).strip()


def _steps(system: System, code: str) -> str:
    links: dict[int, list[Row]] = {}
    for link in system.of_document("step_links", code):
        links.setdefault(link["from_step"], []).append(link)
    rows = []
    for step in system.of_document("steps", code):
        branches = "".join(
            f" → {link['condition']}: bước {link['to_step']}."
            for link in links.get(step["step"], [])
            if link["condition"]
        )
        days = f"{step['days']:g} ngày làm việc".replace(".", ",") if step["days"] else ""
        time = "; ".join(part for part in (days, step["time_note"]) if part)
        result = "; ".join(part for part in (step["form"], step["result"]) if part)
        title = f"**{step['title']}** {step['description']}{branches}"
        rows.append([str(step["step"]), title, step["actor"], time, result])
    return _table(["Bước", "Trình tự", "Trách nhiệm", "Thời hạn", "Biểu mẫu, kết quả"], rows)


def _workflow(system: System, code: str) -> str:
    workflow = system.workflow_of(code)
    if workflow is None:
        return ""
    rows = [
        [
            workflow.states[each.source].title,
            workflow.forms[each.action].title,
            ", ".join(workflow.roles[role].title for role in each.roles),
            "; ".join(GATES[gate].condition for gate in each.gates),
            workflow.states[each.target].title if each.target != each.source else "",
        ]
        for each in workflow.transitions
    ]
    return _table(["Trạng thái", "Việc", "Ai làm", "Điều kiện", "Chuyển sang"], rows)


def _forms(system: System, code: str) -> str:
    rows = [[form["code"], form["title"]] for form in system.forms_of(code)]
    if not rows:
        return "Quy trình này không có biểu mẫu riêng."
    return _table(["Mã hiệu", "Tên biểu mẫu"], rows)


def _records(system: System, code: str) -> str:
    rows = [
        [
            record["title"],
            record["keeper"],
            record["place"],
            f"{record['retention_years']} năm" if record["retention_years"] else "Vĩnh viễn",
        ]
        for record in system.of_document("records", code)
    ]
    return _table(["Hồ sơ", "Người lập, lưu", "Nơi lưu", "Thời hạn lưu"], rows)


def _objectives(system: System) -> str:
    rows = [
        [each["code"], each["title"], f"{each['target']:g} {each['measure_unit']}"]
        for each in system.objectives()
    ]
    return _table(["Mã", "Mục tiêu", "Mức cần đạt"], rows)


def _table(titles: list[str], rows: list[list[str]]) -> str:
    """Return a table as HTML, a row a line, in a frame that can be scrolled with the keyboard."""
    return "\n".join(
        [
            '<div class="qms-table" tabindex="0" role="region" aria-label="' + titles[0] + '">',
            '<table class="qms">',
            f"<thead><tr>{''.join(f'<th>{escape(title)}</th>' for title in titles)}</tr></thead>",
            "<tbody>",
            *(f"<tr>{''.join(f'<td>{_cell(cell)}</td>' for cell in row)}</tr>" for row in rows),
            "</tbody>",
            "</table>",
            "</div>",
        ]
    )


def _cell(text: str) -> str:
    """Return a cell as HTML; what stands between double asterisks is bold."""
    return _BOLD.sub(r"<strong>\1</strong>", escape(text, quote=False))
