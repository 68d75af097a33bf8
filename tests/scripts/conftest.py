"""A small quality system of invented rows, whole enough to be validated, staged and rendered."""

import copy
import csv
import datetime as dt
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from intake.cases.workflow import load_workflows
from intake.configuration import PROJECT_ROOT, Places, Portal
from intake.forms.schema import Form, form_from_descriptor, load_forms
from intake.journal.model import AttachedFile, Event
from intake.packages import tables
from intake.paper.slips import load_plans
from scripts.registers import Row, load_package
from scripts.system import System, form_pages
from scripts.views import Views

CONFIGURATION = """
[agency]
name = "Cơ quan thử"
short_name = "CQT"
superior = "Bộ thử"
contact = "Thư ký ISO"
denunciation_body = "Thanh tra"

[standard]
name = "TCVN ISO 9001:2015"
edition = "2015"

[site]
title = "Cổng thử"
description = "Cổng của bộ thử"
url = "http://127.0.0.1:8000/"

[colours]
primary = "#123456"
primary_dark = "#abcdef"
accent = "#654321"

[sample]
day = 2020-09-30
notice = "Nội dung thử"

[accounts]
idle_minutes = 60
session_hours = 10
attempts = 5
pause_minutes = 15
password_length = 12

[sign_on]
issuer = ""
client_id = "qms"
scope = "openid"
name_claim = "name"
unit_claim = "unit"
roles_claim = "roles"
roles = {}

[backup]
folder = "sao-luu"
keep = 3

[mail]
host = ""
port = 25
starttls = false
user = ""
sender = "cong@example.gov.vn"

[intake]
behind_proxy = false
hosts = []
max_files = 2
max_file_bytes = 1000
"""

MKDOCS = """
site_name: small
docs_dir: content
theme: {name: mkdocs}
plugins: []
nav:
  - index.md
  - Đơn vị: ["@units"]
"""

PAGES = {
    "index.md": "# Trang chủ\n",
    "bao-cao/gop-y.md": "---\nform: feedback\nhide: [toc]\n---\n# Góp ý\n",
    "bao-cao/khong-phu-hop.md": "---\nform: nonconformity\n---\n# Báo\n",
    "tai-lieu/qt-ht-01.md": "---\ndocument: QT-HT-01\n---\n# Viết tay\n",
    "templates/main.html": "<p>khung</p>\n",
}

REGISTERS: dict[str, list[Row]] = {
    "units": [
        {"code": "BC", "name": "Vụ Bưu chính", "slug": "buu-chinh", "position": 2, "focal": False},
        {"code": "KHCN", "name": "Vụ Khoa học", "slug": "khoa-hoc", "position": 1, "focal": True},
    ],
    "documents": [
        {"code": "TL-HT-01", "kind": "system_document", "title": "Chính sách", "unit": "KHCN"},
        {"code": "QT-HT-01", "kind": "system_procedure", "title": "Tài liệu", "unit": "KHCN"},
        {
            "code": "QT-BC-01",
            "kind": "operational_procedure",
            "title": "Cấp phép",
            "unit": "BC",
            "total_days": 7.5,
        },
        {"code": "QT-BC-02", "kind": "operational_procedure", "title": "Dự thảo", "unit": "BC"},
        {"code": "QT-BC-03", "kind": "operational_procedure", "title": "Đã bỏ", "unit": "BC"},
        {
            "code": "BM-BC01.01",
            "kind": "form_template",
            "title": "Phiếu thẩm định",
            "unit": "BC",
            "parent": "QT-BC-01",
        },
        {"code": "BM-HT04.01", "kind": "form_template", "title": "Phiếu KPH", "unit": "KHCN"},
        {"code": "BM-HT06.01", "kind": "form_template", "title": "Phiếu góp ý", "unit": "KHCN"},
    ],
    "revisions": [
        {"document": "TL-HT-01", "revision": "01", "effective_on": "2019-02-19"},
        {"document": "QT-HT-01", "revision": "01", "effective_on": "2020-02-19"},
        {
            "document": "QT-BC-01",
            "revision": "01",
            "status": "superseded",
            "effective_on": "2019-12-01",
            "ended_on": "2020-06-01",
        },
        {"document": "QT-BC-01", "revision": "02", "effective_on": "2020-06-01"},
        {"document": "QT-BC-02", "revision": "01", "status": "draft"},
        {
            "document": "QT-BC-03",
            "revision": "01",
            "status": "withdrawn",
            "effective_on": "2018-01-01",
            "ended_on": "2020-01-31",
        },
        {"document": "BM-BC01.01", "revision": "01", "effective_on": "2020-06-01"},
        {"document": "BM-HT04.01", "revision": "01", "effective_on": "2020-06-01"},
        {"document": "BM-HT06.01", "revision": "01", "effective_on": "2020-06-01"},
    ],
    "steps": [
        {"document": "QT-BC-01", "step": 1, "kind": "start", "title": "Nhận hồ sơ", "days": 0.5},
        {"document": "QT-BC-01", "step": 2, "kind": "decision", "title": "Đủ & đúng <hồ sơ>?"},
        {"document": "QT-BC-01", "step": 3, "kind": "action", "title": "Thẩm định"},
        {"document": "QT-BC-01", "step": 4, "kind": "end", "title": "Trả kết quả"},
    ],
    "step_links": [
        {"document": "QT-BC-01", "from_step": 1, "to_step": 2},
        {"document": "QT-BC-01", "from_step": 2, "to_step": 3, "condition": "Đủ"},
        {"document": "QT-BC-01", "from_step": 2, "to_step": 1, "condition": "Thiếu"},
        {"document": "QT-BC-01", "from_step": 3, "to_step": 4},
    ],
    "clauses": [
        {"edition": "2015", "clause": "4", "position": 1, "auditable": False},
        {"edition": "2015", "clause": "4.2", "position": 3, "auditable": True},
        {"edition": "2015", "clause": "4.1", "position": 2, "auditable": True},
        {"edition": "2026", "clause": "4.1", "position": 4, "auditable": True},
    ],
    "clause_documents": [{"edition": "2015", "clause": "4.1", "document": "TL-HT-01"}],
    "objectives": [
        {"code": "MT-2020-01", "title": "Đúng hạn", "target": 95.0, "direction": "min"},
        {"code": "MT-2020-BC-01", "unit": "BC", "target": 2.5, "direction": "max"},
    ],
    "measurements": [
        {
            "objective": "MT-2020-01",
            "period": "2020-Q3",
            "value": 99.0,
            "measured_on": "2020-10-05",
        },
        {
            "objective": "MT-2020-01",
            "period": "2020-Q2",
            "value": 96.5,
            "measured_on": "2020-07-05",
        },
        {
            "objective": "MT-2020-01",
            "period": "2020-Q1",
            "value": 90.0,
            "measured_on": "2020-04-05",
        },
    ],
    "risk_levels": [
        {"level": "low", "title": "Thấp", "minimum": 1, "maximum": 8, "review_days": 360},
        {"level": "high", "title": "Cao", "minimum": 9, "maximum": 25, "review_days": 90},
    ],
    "risks": [
        {
            "code": "RR-BC-01",
            "unit": "BC",
            "likelihood": 2,
            "severity": 4,
            "reviewed_on": "2020-01-01",
        },
        {
            "code": "RR-BC-02",
            "unit": "BC",
            "likelihood": 3,
            "severity": 3,
            "reviewed_on": "2020-01-01",
        },
        {
            "code": "RR-KHCN-01",
            "unit": "KHCN",
            "likelihood": 5,
            "severity": 5,
            "reviewed_on": "2020-01-01",
        },
    ],
    "likelihood_levels": [{"value": value} for value in range(1, 6)],
    "milestones": [{"code": "M-2020-01"}],
    "glossary": [{"term": "=KPH", "expansion": "không phù hợp"}],
}
"""Rows by register; what a row leaves out is the schema's example if required, else empty."""


def text_of(value: Any) -> str:
    """Return a cell as a register writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def complete(schema: dict[str, Any], row: Row) -> dict[str, str]:
    """Return a row with a text for every field of the schema."""
    usual = {
        field["name"]: field["example"] if field["constraints"].get("required") else None
        for field in schema["fields"]
    }
    assert set(row) <= set(usual), f"no such field: {set(row) - set(usual)}"
    return {name: text_of(value) for name, value in (usual | row).items()}


def write_registers(folder: Path, rows: dict[str, list[Row]]) -> None:
    """Write registers of the shipped schemas with rows of one's own."""
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        schema = json.loads((folder / resource["schema"]).read_text(encoding="utf-8"))
        with (folder / resource["path"]).open("w", encoding="utf-8", newline="") as file:
            names = [field["name"] for field in schema["fields"]]
            writer = csv.DictWriter(file, names, lineterminator="\n")
            writer.writeheader()
            writer.writerows(complete(schema, row) for row in rows.get(resource["name"], []))


@pytest.fixture
def small_places(tmp_path: Path) -> Places:
    """A project folder with the shipped schemas and forms, and the rows and pages above."""
    places = Places(tmp_path / "small")
    shipped = Places(PROJECT_ROOT)
    shutil.copytree(shipped.registers / "schemas", places.registers / "schemas")
    shutil.copy(shipped.registers / "datapackage.json", places.registers)
    shutil.copytree(shipped.forms, places.forms)
    write_registers(places.registers, REGISTERS)
    places.configuration.write_text(CONFIGURATION, encoding="utf-8")
    (places.root / "mkdocs.yml").write_text(MKDOCS, encoding="utf-8")
    for path, text in PAGES.items():
        page = places.content / path
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, encoding="utf-8")
    return places


@pytest.fixture
def small_system(small_places: Places) -> System:
    """The system of the small project, before anything was collected."""
    return System.load(small_places)


@pytest.fixture
def small_views(small_system: System) -> Views:
    """The views of the small system for a page two folders deep."""
    return Views(small_system, "../../")


WithRows = Callable[..., System]


@pytest.fixture
def with_rows(small_places: Places, small_system: System) -> WithRows:
    """Return the small system with other rows in one register, on another day if asked."""

    def change(register: str, *rows: Row, day: dt.date | None = None) -> System:
        write_registers(small_places.registers, {register: list(rows)})
        changed = load_package(small_places.registers / "datapackage.json")[register]
        registers = {**small_system.registers, register: changed}
        return replace(small_system, registers=registers, day=day or small_system.day)

    return change


ANSWERS: dict[str, dict[str, str]] = {
    "file_entry": {
        "unit": "BC",
        "record": "HS-BC01-01",
        "title": "Hồ sơ cấp phép năm 2020",
        "opened_on": "2020-01-02",
        "keeper_post": "Chuyên viên",
    },
    "feedback": {
        "kind": "document",
        "document": "QT-BC-01",
        "summary": "Nêu rõ thời hạn ở bước 3",
        "content": "Bước 3 chưa nói rõ thời hạn.",
    },
    "read_confirmation": {
        "document": "QT-HT-01",
        "document_revision": "01",
        "scope": "unit",
        "unit": "BC",
    },
    "objective_measurement": {
        "objective": "MT-2020-01",
        "period": "2020-Q4",
        "value": "97.5",
        "measured_on": "2020-09-29",
        "evidence": "Báo cáo một cửa",
        "unit": "BC",
    },
    "nonconformity": {
        "summary": "Hồ sơ thiếu phiếu kiểm soát",
        "description": "Ba hồ sơ không kèm phiếu.",
        "unit": "BC",
        "found_on": "2020-09-10",
        "source": "self",
    },
}


def event_of(form: Form, number: int, recorded_at: str, cells: dict[str, str]) -> Event:
    """Return the journal's event of a form that was sent with the usual answers and `cells`."""
    year = recorded_at[:4]
    return Event(
        seq=number,
        kind="submitted",
        number=f"{form.prefix}-{year}-{number:03}",
        form=form.name,
        form_hash=form.hash,
        recorded_at=recorded_at,
        cells={**ANSWERS[form.name], **cells},
        files=(AttachedFile("0" * 64, "ảnh.png", "image/png", 3),),
    )


Collect = Callable[..., System]


@pytest.fixture
def collect(small_places: Places) -> Collect:
    """Write the package of a form as the intake does; return the system that reads it.

    Each submission is a pair of the time it was recorded and its answers; `earlier` are those
    given under the version of the form that `before` makes out of today's schema.
    """

    def write(
        name: str,
        *submissions: tuple[str, dict[str, str]],
        earlier: tuple[tuple[str, dict[str, str]], ...] = (),
        before: Callable[[dict[str, Any]], None] | None = None,
    ) -> System:
        form = load_forms(small_places.forms)[name]
        descriptor = copy.deepcopy(form.descriptor)
        if before:
            before(descriptor)
        past = form_from_descriptor(name, descriptor)
        events = [
            event_of(version, number, at, cells)
            for number, (version, (at, cells)) in enumerate(
                [(past, each) for each in earlier] + [(form, each) for each in submissions], 1
            )
        ]
        present = [event for event in events if event.form_hash == form.hash]
        projected = [
            tables.submission_table(name, form, present),
            tables.file_table(f"{name}_files", name, form, present),
        ]
        if earlier:
            given = events[: len(earlier)]
            projected.append(tables.submission_table(f"{name}-{past.hash[:12]}", past, given))
        folder = small_places.packages / name
        folder.mkdir(parents=True)
        text = tables.package_descriptor(name, form.title, len(events), projected)
        (folder / "datapackage.json").write_text(text, encoding="utf-8")
        for part in (part for table in projected for part in table.parts):
            (folder / part.path).write_text(part.text, encoding="utf-8", newline="")
        return System.load(small_places)

    return write


@pytest.fixture(scope="session")
def shipped_system() -> System:
    """The system as shipped, with nothing collected."""
    places = Places(PROJECT_ROOT)
    portal = Portal.load(places.configuration)
    registers = load_package(places.registers / "datapackage.json")
    forms = load_forms(places.forms)
    pages, workflows = form_pages(places.content), load_workflows(places.forms)
    plans = load_plans(places.forms)
    return System(
        portal, registers, {}, forms, pages, portal.day(), workflows=workflows, plans=plans
    )
