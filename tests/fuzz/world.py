"""What inputs are thrown at: a small portal in memory-backed files, and people at its desk."""

import datetime as dt
import itertools
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import frictionless
from flask.testing import FlaskClient

from intake.accounts.model import Account
from intake.app import create_app
from intake.cases.people import Grant
from intake.cases.workflow import load_workflows
from intake.configuration import PROJECT_ROOT, Places, Portal
from intake.forms.schema import load_forms
from intake.journal.model import Submission
from intake.journal.sqlite import SqliteJournal
from intake.packages.projection import project
from intake.pages import slot
from intake.receipts import Token, new_token, receipt_code
from intake.registers import Registers

TODAY = dt.date(2020, 9, 30)
TOKEN = Token("0123456789abcdef0123456789abcdef")
ROLES = {
    "secretariat": ("KHCN", Grant("secretariat")),
    "coordinator": ("BC", Grant("coordinator", "BC")),
    "approver": ("VP", Grant("approver")),
    "administrator": ("VP", Grant("administrator")),
}
DESK = ("", "phieu", "viec", "mat-khau", "phat-hien", "thu", "tai-khoan", "toi", "nhap-phieu")
DESK += ("dang-nhap", "xem-xet", "tinh-trang")
_MOST_KEPT = 300
"""After so many accepted inputs what was kept is checked, and the journal begins anew."""
_PAGE = '<!doctype html><html lang="vi"><head><title>x</title></head><body>{}</body></html>'


class World:
    """A portal that takes inputs, and whose packages must stay valid."""

    summary = "Tóm tắt mà chỉ người giữ mã mới thấy"

    def __init__(self) -> None:
        memory = Path("/dev/shm")
        self._folder = Path(
            tempfile.mkdtemp(prefix="qms-fuzz-", dir=memory if memory.is_dir() else None)
        )
        self.places = Places(self._folder)
        shutil.copytree(
            PROJECT_ROOT / "data",
            self._folder / "data",
            ignore=shutil.ignore_patterns("intake"),
        )
        self.forms = load_forms(self.places.forms)
        self.workflows = load_workflows(self.places.forms)
        self.registers = Registers(self.places.registers)
        self.portal = Portal.load(self.places.configuration)
        self._pages()
        self._worlds = itertools.count()
        self._begin()

    def close(self) -> None:
        """Check what was kept last, and remove everything."""
        self.check_kept()
        self.journal.close()
        shutil.rmtree(self._folder)

    def seen(self) -> None:
        """Begin anew when enough was kept."""
        if self.journal.last_seq() > _MOST_KEPT:
            self.check_kept()
            self.journal.close()
            self._begin()

    def open(self, token: Token | None = None) -> str:
        """Open a case and return its number."""
        sent = {
            "summary": self.summary,
            "description": "Ba hồ sơ nộp trong tuần không kèm phiếu kiểm soát.",
            "unit": "BC",
            "found_on": "2020-09-10",
            "source": "self",
        }
        form = self.forms["nonconformity"]
        return self.journal.append(Submission(form, token or new_token(), sent)).number

    def check_kept(self) -> None:
        """Check that everything that was kept validates, with frictionless alone."""
        packages = self._folder / "packages"
        project(self.journal, self.forms, self.workflows, packages)
        for name in self.forms:
            report = frictionless.validate(str(packages / name / "datapackage.json"))
            assert report.valid, report.flatten(["message"])[:3]
        shutil.rmtree(packages)

    def _begin(self) -> None:
        path = self._folder / f"journal-{next(self._worlds)}.sqlite3"
        self.journal = SqliteJournal(path, lambda: dt.datetime(2020, 9, 30, 3, tzinfo=dt.UTC))
        app = create_app(self.places, self.journal, lambda: TODAY)
        app.testing = False
        self.client: FlaskClient = app.test_client()
        accounts = app.extensions["qms"].accounts
        self.desks: dict[str, FlaskClient] = {}
        for role, (unit, grant) in ROLES.items():
            accounts.put(Account(role, f"Người {role}", f"{role}@x.vn", unit, (grant,)))
            session = accounts.begin_session(role).session
            self.desks[role] = app.test_client()
            self.desks[role].set_cookie("qms_session", session, path="/xu-ly/")
        self.number = self.open(TOKEN)
        self.code = receipt_code(TOKEN)

    def _pages(self) -> None:
        for address, content in self._contents():
            page = self.places.current_site / address / "index.html"
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(_PAGE.format(content), encoding="utf-8")
        (self.places.current_site / "404.html").write_text(_PAGE.format(slot("message", "", "")))

    def _contents(self) -> Iterator[tuple[str, str]]:
        yield from ((name, slot("form", name, "")) for name in self.forms)
        yield "tra-cuu", slot("lookup", "", "")
        yield from ((f"xu-ly/{name}", slot("desk", "", "")) for name in DESK)
