"""A small portal in a temporary folder: its data, a journal, a built site and the application."""

import datetime as dt
import io
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import configuration, settings
from playwright.sync_api import Browser, sync_playwright

from intake.app import create_app
from intake.configuration import PROJECT_ROOT, Places, Portal
from intake.forms.rendering import FormRenderer
from intake.forms.schema import Form, load_forms
from intake.journal.model import Attachment, Submission
from intake.journal.sqlite import SqliteJournal
from intake.pages import slot
from intake.receipts import Token, new_token
from intake.registers import Registers
from scripts.browser import installed_browser
from tests.postgres import Postgres, postgres

configuration.set_hypothesis_home_dir(PROJECT_ROOT / ".cache" / "hypothesis")
settings.register_profile("portal", database=None, deadline=None, derandomize=True)
settings.load_profile("portal")

MakeSubmission = Callable[..., Submission]


class SetClock:
    """A clock that stands where a test puts it."""

    def __init__(self) -> None:
        self.now = dt.datetime(2020, 9, 10, 2, 15, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def places(tmp_path: Path) -> Places:
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(PROJECT_ROOT / "data" / "portal.toml", data)
    for name in ("forms", "qms"):
        shutil.copytree(PROJECT_ROOT / "data" / name, data / name)
    return Places(tmp_path)


@pytest.fixture
def portal() -> Portal:
    return Portal.load(Places(PROJECT_ROOT).configuration)


@pytest.fixture
def forms() -> dict[str, Form]:
    """The shipped forms, read once: their cell readers take a while to make."""
    return load_forms(Places(PROJECT_ROOT).forms)


@pytest.fixture
def registers() -> Registers:
    return Registers(Places(PROJECT_ROOT).registers)


@pytest.fixture
def renderer(portal: Portal, registers: Registers) -> FormRenderer:
    return FormRenderer(portal, registers)


@pytest.fixture
def today() -> dt.date:
    return dt.date(2020, 9, 30)


@pytest.fixture
def answers() -> dict[str, dict[str, str]]:
    """What a person types into each form when all is well; unticked boxes are not sent."""
    return {
        "nonconformity": {
            "summary": "Hồ sơ đề nghị xác nhận thiếu phiếu kiểm soát",
            "description": "Ba hồ sơ nộp trong tuần không kèm phiếu kiểm soát quá trình.",
            "unit": "BC",
            "found_on": "10/09/2020",
            "source": "self",
        },
        "feedback": {
            "kind": "document",
            "summary": "Đề nghị nêu rõ thời hạn trả lời ở bước 3",
            "content": "Bước 3 chưa nói rõ đơn vị phải trả lời trong mấy ngày làm việc.",
        },
        "file_entry": {
            "unit": "KHCN",
            "record": "HS-HT01-01",
            "title": "Phiếu yêu cầu sửa đổi tài liệu năm 2020",
            "opened_on": "02/01/2020",
            "keeper_post": "Thư ký ISO",
        },
        "read_confirmation": {
            "document": "QT-HT-01",
            "document_revision": "02",
            "scope": "unit",
            "unit": "BC",
        },
        "change_request": {
            "kind": "amend",
            "document": "QT-HT-06",
            "summary": "Ghi thời hạn trả lời vào bước 3",
            "reason": "feedback",
            "basis": "Góp ý GY-2020-001",
            "content": "Bước 3 ghi thêm: trả lời trong 3 ngày làm việc.",
            "requesting_unit": "BC",
        },
        "objective_measurement": {
            "objective": "MT-2020-01",
            "period": "2020-Q3",
            "value": "96,5",
            "measured_on": "30/09/2020",
            "evidence": "Báo cáo một cửa quý III",
            "unit": "VP",
        },
    }


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def journal(places: Places, clock: SetClock) -> Iterator[SqliteJournal]:
    opened = SqliteJournal(places.journal, clock)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    with postgres() as server:
        yield server


@pytest.fixture
def make_submission(forms: dict[str, Form], answers: dict[str, dict[str, str]]) -> MakeSubmission:
    """Make a checked submission; a cell given as None is left out."""

    def make(
        form: str | Form = "nonconformity",
        token: Token | None = None,
        attachments: tuple[Attachment, ...] = (),
        **cells: str | None,
    ) -> Submission:
        asked = form if isinstance(form, Form) else forms[form]
        given = {**answers[asked.name], **cells}
        if "found_on" in given and "found_on" not in cells:
            given["found_on"] = "2020-09-10"
        kept = {name: cell for name, cell in given.items() if cell is not None}
        return Submission(asked, token or new_token(), kept, attachments)

    return make


@pytest.fixture
def samples() -> dict[str, bytes]:
    """Small real files, by what they are."""
    png = bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
        "0000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
    )
    return {
        "png": png,
        "jpg": bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9"),
        "webp": b"RIFF\x12\x00\x00\x00WEBPVP8L\x05\x00\x00\x00/\x00\x00\x00\x00",
        "pdf": b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n",
        "docx": office_file("word/document.xml"),
        "xlsx": office_file("xl/workbook.xml"),
        "pptx": office_file("ppt/presentation.xml"),
        "docm": office_file("word/document.xml", "word/vbaProject.bin"),
        "zip": office_file("word/document.xml", types=False),
        "other office": office_file("visio/document.xml"),
        "broken docx": office_file("word/document.xml")[:60],
        "exe": b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00",
        "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        "html": b"<!doctype html><title>x</title><script>alert(1)</script>",
        "text": "Một tệp chữ".encode(),
        "wave": b"RIFF\x24\x00\x00\x00WAVEfmt ",
    }


def office_file(*parts: str, types: bool = True) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        if types:
            archive.writestr("[Content_Types].xml", "<Types/>")
        for part in parts:
            archive.writestr(part, "<x/>")
    return packed.getvalue()


def built_page(title: str, content: str) -> str:
    return (
        f'<!doctype html><html lang="vi"><head><title>{title} – Cổng</title></head>'
        f'<body><h1 id="top">{title}</h1>{content}<footer>cuối trang</footer></body></html>'
    )


@pytest.fixture
def built_site(places: Places, forms: dict[str, Form], renderer: FormRenderer) -> Path:
    """A release as small as one can be: two forms, the look-up, a page to read and the 404."""
    release = places.releases / "r1"
    pages = {
        "index.html": built_page("Trang chủ", "<p>Xin chào</p>"),
        "404.html": built_page("Không tìm thấy", slot("message", "", "<p>Không có trang</p>")),
        "doc/index.html": built_page("Tài liệu", "<p>Chỉ để đọc</p>"),
        "tra-cuu/index.html": built_page("Tra cứu", slot("lookup", "", renderer.lookup())),
        "cu/index.html": built_page("Biểu mẫu cũ", slot("form", "retired", "")),
    }
    for address, name in {"bao": "nonconformity", "gop-y": "feedback"}.items():
        html = slot("form", name, renderer.form(forms[name]))
        pages[f"{address}/index.html"] = built_page(forms[name].title, html)
    for path, html in pages.items():
        target = release / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(html, encoding="utf-8")
    places.current_site.symlink_to(release)
    return release


@pytest.fixture
def app(places: Places, journal: SqliteJournal, built_site: Path, today: dt.date) -> Flask:
    return create_app(places, journal, lambda: today)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = installed_browser()
    assert path, "no Chromium or Chrome: run `make test`, which installs one"
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-background-networking", "--disable-sync"]
        launched = playwright.chromium.launch(executable_path=path, args=flags)
        yield launched
        launched.close()
