"""A third form is a schema and a Markdown page: no code."""

import json
from pathlib import Path

import frictionless
import pytest

from intake.app import create_app
from intake.journal.sqlite import SqliteJournal
from intake.receipts import new_token
from scripts.publish import publish
from scripts.sound_project import sound_project

SCHEMA = {
    "title": "Đăng ký tập huấn",
    "description": "Đăng ký dự lớp tập huấn về hệ thống quản lý chất lượng.",
    "prefix": "TH",
    "submit": "Gửi đăng ký",
    "retention": "1 năm",
    "next": ["Đơn vị đầu mối báo lịch học."],
    "sections": [{"name": "what", "title": "Lớp học"}],
    "fields": [
        {
            "name": "unit",
            "title": "Đơn vị",
            "description": "Đơn vị cử người học.",
            "type": "string",
            "constraints": {"required": True},
            "example": "KHCN",
            "section": "what",
            "access": "public",
            "choices": {"label": "name"},
        },
        {
            "name": "people",
            "title": "Số người",
            "description": "Số người dự học.",
            "type": "integer",
            "constraints": {"required": True, "minimum": 1, "maximum": 50},
            "example": 3,
            "section": "what",
            "access": "public",
        },
    ],
    "primaryKey": ["number"],
    "foreignKeys": [{"fields": ["unit"], "reference": {"resource": "units", "fields": ["code"]}}],
}
PAGE = "---\nform: training\n---\n# Đăng ký tập huấn\n\n{{ web_form() }}\n"
REGISTER = '# Sổ đăng ký\n\n{{ submissions("training") }}\n'


def test_form_from_a_schema_and_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = sound_project(tmp_path)
    monkeypatch.setenv("QMS_ROOT", str(tmp_path))
    (places.forms / "training.json").write_text(json.dumps(SCHEMA), encoding="utf-8")
    (places.content / "bao-cao" / "tap-huan.md").write_text(PAGE, encoding="utf-8")
    (places.content / "so" / "tap-huan.md").write_text(REGISTER, encoding="utf-8")
    publish(places)

    journal = SqliteJournal(places.journal)
    client = create_app(places, journal).test_client()
    with client.get("/bao-cao/tap-huan/") as page:
        assert "Số người" in page.text
    refused = client.post("/bao-cao/tap-huan/", data={"unit": "KHCN", "people": "51"})
    assert refused.status_code == 422
    assert "từ 1 đến 50" in refused.text
    kept = client.post(
        "/bao-cao/tap-huan/", data={"unit": "KHCN", "people": "3", "_token": new_token()}
    )
    assert kept.status_code == 201
    journal.close()

    release = publish(places).release
    assert frictionless.validate(str(places.packages / "training" / "datapackage.json")).valid
    assert 'id="th-' in (release / "so" / "tap-huan" / "index.html").read_text(encoding="utf-8")
    assert (release / "tu-dien" / "training" / "index.html").exists()
    assert ",KHCN,3" in (release / "du-lieu" / "training.csv").read_text(encoding="utf-8")
