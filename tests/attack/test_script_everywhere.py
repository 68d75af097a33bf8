"""A script, a template and a formula are typed into every field of every form and of every
action; then everything that shows what was typed is looked at. The schemas say which fields
there are, so a new form is attacked with no change here."""

import io
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from intake.accounts.model import Account
from intake.app import create_app, notices_of
from intake.cases.people import Grant
from intake.cases.workflow import load_workflows
from intake.configuration import PROJECT_ROOT, Places
from intake.forms.checking import check
from intake.forms.rendering import FILES_FIELD
from intake.forms.schema import Form, load_forms
from intake.journal.model import Act, Actor, Attachment
from intake.journal.sqlite import SqliteJournal
from intake.logs import JsonLines
from intake.notices import run as notices_run
from intake.pages import slot
from intake.receipts import new_token, read_token, receipt_code
from intake.services import Services
from scripts.publish import publish
from scripts.sound_project import sound_project
from tests.attack.judging import (
    Page,
    formulas,
    formulas_of_workbook,
    runs_in_file,
    text_of_docx,
    text_of_workbook,
)
from tests.attack.payloads import ATTACK, PRODUCT, SHORT, Marks, answers, is_address, is_free
from tests.conftest import SetClock, built_page
from tests.intake.desk.conftest import PAGES

PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001")
FILE_NAME = "<img src=x onerror=qms(4)>{{ 91381*97713 }}.png"
NAME = f"Nguyễn {SHORT}"
SHIPPED = Places(PROJECT_ROOT)
FORMS, WORKFLOWS = load_forms(SHIPPED.forms), load_workflows(SHIPPED.forms)
_HEADERS = {"Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "MIME-Version"}
_HEADERS |= {"Content-Type"}


@dataclass
class Aftermath:
    """Everything that the portal said after the attack."""

    marks: Marks
    anonymous: Marks
    release: Path
    places: Places
    pages: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    mails: list[EmailMessage] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    log: str = ""


class Attacker:
    """Somebody who types the same into everything, from outside and at the desk."""

    def __init__(self, places: Places) -> None:
        self.clock = SetClock()
        self.clock.now = self.clock.now.replace(month=8, day=3)
        self.places = places
        self.journal = SqliteJournal(places.journal, self.clock)
        self.app = create_app(places, self.journal, lambda: self.clock.now.date())
        self.services: Services = self.app.extensions["qms"]
        self.result = Aftermath(Marks(), Marks("n"), Path(), places)
        self.notices = notices_of(places, self.journal, self.clock)
        self.notices.run()

    def desk(self, role: str) -> FlaskClient:
        """Return the browser of somebody with a role, whose name is an attack too."""
        account = Account(role, NAME, f"{role}@example.gov.vn", "KHCN", (Grant(role),))
        self.services.accounts.put(account)
        client = self.app.test_client()
        begun = self.services.accounts.begin_session(role).session
        client.set_cookie("qms_session", begun, path="/xu-ly/")
        return client

    def seen(self, what: str, answer: TestResponse, *expected: int) -> TestResponse:
        """Keep what was answered."""
        assert answer.status_code in (expected or (200,)), (what, answer.status_code, answer.text)
        self.result.pages[what] = answer.text
        return answer

    def send_forms(self) -> None:
        """Send every form: with a name, without one, and with nothing that it takes."""
        client = self.app.test_client()
        for name, form in self.services.forms().items():
            for anonymous in [False, True] if form.anonymous_field else [False]:
                marks = self.result.anonymous if anonymous else self.result.marks
                sent: dict[str, Any] = answers(form, self.services.registers, marks)
                sent |= {"_token": (token := new_token())}
                if anonymous:
                    sent[str(form.anonymous_field)] = "true"
                if form.takes_attachments:
                    sent[FILES_FIELD] = [(io.BytesIO(PNG), FILE_NAME)]
                what = f"receipt of {name}{' without a name' if anonymous else ''}"
                self.seen(what, client.post(f"/{name}/", data=sent), 201)
                self.result.codes.append(receipt_code(token))
                self.seen(f"status of {name} {anonymous}", self.look_up(client, token), 200)
            wrong = {asked.name: ATTACK for asked in form.asked} | {ATTACK: ATTACK}
            self.seen(f"errors of {name}", client.post(f"/{name}/", data=wrong), 422)
            again = answers(form, self.services.registers, self.result.marks)
            self.seen(f"last look at {name}", client.post(f"/{name}/", data=again), 200)
        self.seen("status of nothing", self.look_up(client, ATTACK), 404, 422)

    def look_up(self, client: FlaskClient, token: str) -> TestResponse:
        """Ask for the status of what was sent."""
        known = read_token(token)
        code = receipt_code(known) if known else token
        return client.post("/tra-cuu/", data={"_code": code})

    def act(self) -> None:
        """Keep every action of every kind in a case of its own, and ask for each of its forms."""
        opened = {each.form: each.number for each in self.journal.events()}
        self._act(opened["feedback"], "feedback", "answer", WORKFLOWS["feedback"].forms["answer"])
        for kind, workflow in self.services.workflows().items():
            number = next(each.number for each in self.journal.events() if each.form == kind)
            for action in dict.fromkeys(each.action for each in workflow.transitions):
                self._act(number, kind, action, workflow.forms[action])

    def _act(self, number: str, kind: str, action: str, form: Form) -> None:
        workflow = self.services.workflows()[kind]
        typed = answers(form, self.services.registers, self.result.marks)
        given = {name: [value] for name, value in typed.items()}
        checked = check(form, given, self.services.registers, self.clock.now.date())
        assert not checked.errors, (action, checked.errors)
        target = next(each.target for each in workflow.transitions if each.action == action)
        actor = Actor("secretariat", NAME, "KHCN", "secretariat")
        kept = self.journal.act(
            Act(
                number,
                kind,
                self.journal.case(number)[-1].seq,
                action,
                target,
                workflow.hash,
                actor,
                form,
                new_token(),
                checked.cells,
                (Attachment(FILE_NAME, "image/png", PNG),),
            )
        )
        assert kept

    def look_at_desk(self) -> None:
        """Ask for every page and file of the desk that shows what was typed."""
        desk = self.desk("secretariat")
        self.seen("list", desk.get("/xu-ly/", query_string={"xem": "tat-ca"}))
        for name in ("tim", "xem", "loai", "don-vi", "trang-thai"):
            self.seen(f"list by {name}", desk.get("/xu-ly/", query_string={name: ATTACK}))
        for kind in ("csv", "xlsx"):
            asked = {"xem": "tat-ca", "dang": kind}
            self.result.files[f"list.{kind}"] = desk.get("/xu-ly/xuat/", query_string=asked).data
            asked = {"tim": ATTACK, "dang": kind}
            self.result.files[f"none.{kind}"] = desk.get("/xu-ly/xuat/", query_string=asked).data
        for event in list(self.journal.events()):
            if event.kind == "submitted" and event.form in self.services.workflows():
                self._look_at_case(desk, event.number, event.form)
        self._look_at_the_rest(desk)

    def _look_at_case(self, desk: FlaskClient, number: str, kind: str) -> None:
        self.seen(f"case {number}", desk.get("/xu-ly/phieu/", query_string={"so": number}))
        for wanted in ("docx", "pdf"):
            asked = {"so": number, "dang": wanted}
            answer = desk.get("/xu-ly/in/", query_string=asked)
            assert answer.status_code == 200
            self.result.files[f"{number}.{wanted}"] = answer.data
        for action, form in self.services.workflows()[kind].forms.items():
            asked = {"so": number, "viec": action}
            self.seen(
                f"{action} on {number}", desk.get("/xu-ly/viec/", query_string=asked), 200, 403
            )
            wrong = {each.name: ATTACK for each in form.asked} | {"_version": ATTACK}
            answer = desk.post("/xu-ly/viec/", query_string=asked, data=wrong)
            self.seen(f"errors of {action} on {number}", answer, 422, 403)
            ended = self.app.test_client().post("/xu-ly/viec/", query_string=asked, data=wrong)
            self.seen(f"{action} on {number} without a session", ended, 401)

    def _look_at_the_rest(self, desk: FlaskClient) -> None:
        for page, name in (
            ("phieu", "so"),
            ("viec", "viec"),
            ("tep", "tep"),
            ("in", "dang"),
            ("nhap-phieu", "phieu"),
            ("xem-xet/tai-ve", "ky"),
            ("phat-hien", "so"),
            ("thu", "xong"),
        ):
            asked = {name: ATTACK}
            self.seen(page, desk.get(f"/xu-ly/{page}/", query_string=asked), 200, 404)
        wrong = {"name": ATTACK, "password": ATTACK, "tiep": ATTACK}
        stranger = self.app.test_client()
        self.seen("sign-in", stranger.post("/xu-ly/dang-nhap/", data=wrong), 401)
        for name, form in self.services.forms().items():
            typed = {each.name: ATTACK for each in form.asked} | {"written_on": ATTACK}
            answer = desk.post("/xu-ly/nhap-phieu/", query_string={"phieu": name}, data=typed)
            self.seen(f"typing in {name}", answer, 422)
        keeper = self.desk("administrator")
        self.seen("accounts", keeper.get("/xu-ly/tai-khoan/"))
        typed = {"name": "moi", "full_name": ATTACK, "email": ATTACK, "unit": ATTACK}
        self.seen("wrong account", keeper.post("/xu-ly/tai-khoan/", data=typed), 422)
        sound = {"name": "moi", "full_name": ATTACK, "email": "", "unit": "KHCN"}
        sound |= {"role": "secretariat", "role_unit": ""}
        self.seen("account", keeper.post("/xu-ly/tai-khoan/", data=sound))
        self.seen("own account", keeper.get("/xu-ly/toi/"))

    def publish(self) -> None:
        """Publish what was collected, in place of the pages that took it in."""
        self.places.current_site.unlink()
        self.result.release = publish(self.places).release


def slots(places: Places, forms: dict[str, Form]) -> None:
    """Write the pages that the intake fills."""
    site = places.releases / "r1"
    pages = {name: slot("form", name, "") for name in forms}
    pages |= {f"xu-ly/{name}".rstrip("/"): slot("desk", "", "") for name in PAGES}
    for name, content in (pages | {"tra-cuu": slot("lookup", "", "")}).items():
        page = site / name / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(built_page("Trang", content), encoding="utf-8")
    (site / "404.html").write_text(built_page("?", slot("message", "", "")), encoding="utf-8")
    places.current_site.symlink_to(site)


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aftermath]:
    root = tmp_path_factory.mktemp("attacked")
    places = sound_project(root)
    text = places.configuration.read_text(encoding="utf-8")
    mail = text.replace('host = ""', 'host = "127.0.0.1"', 1)
    places.configuration.write_text(mail, encoding="utf-8")
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("QMS_ROOT", str(root))
        before = logging.root.level
        logging.root.setLevel(logging.INFO)
        logging.root.addHandler(handler)
        attacker = Attacker(places)
        slots(places, attacker.services.forms())
        patched.setattr(notices_run, "send", lambda _, mail: attacker.result.mails.append(mail))
        attacker.send_forms()
        attacker.act()
        attacker.look_at_desk()
        attacker.notices.run()
        attacker.publish()
        logging.root.removeHandler(handler)
        logging.root.setLevel(before)
        attacker.result.log = written.getvalue()
        yield attacker.result
        attacker.journal.close()


def _asked_of_cases() -> Iterator[str]:
    for kind, workflow in WORKFLOWS.items():
        for form in (FORMS[kind], *workflow.forms.values()):
            yield from (each.name for each in form.asked if is_free(each) or is_address(each))


def published(after: Aftermath) -> Iterator[tuple[str, bytes]]:
    """Yield every file of the release that isn't packed or a picture, with its content."""
    for path in sorted(after.release.rglob("*")):
        if path.is_file() and path.suffix not in {".gz", ".woff2", ".png", ".docx"}:
            yield path.relative_to(after.release).as_posix(), path.read_bytes()


def test_nothing_typed_runs_on_any_page_that_answers(after: Aftermath) -> None:
    runs = {what: Page(html).runs for what, html in after.pages.items()}
    assert {what: found for what, found in runs.items() if found} == {}


def test_what_was_typed_is_there_as_it_was_typed(after: Aftermath) -> None:
    cases = [Page(html).text for what, html in after.pages.items() if what.startswith("case ")]
    shown = after.marks.found_in("".join(cases))
    assert {after.marks.fields[mark].name for mark in shown} == set(_asked_of_cases())
    assert all(ATTACK in Page(after.pages[f"errors of {form}"]).text for form in FORMS)
    assert any(ATTACK in case for case in cases)
    assert all(SHORT in case for case in cases), "the names of those who act"
    assert all(FILE_NAME in case for case in cases)


def test_nothing_typed_runs_on_the_published_site(after: Aftermath) -> None:
    runs = {name: runs_in_file(name, content) for name, content in published(after)}
    assert {name: found for name, found in runs.items() if found} == {}
    kinds = {name.rpartition(".")[2] for name in runs}
    assert kinds >= {"html", "csv", "json", "xml", "ics", "xlsx", "js"}


def test_the_published_site_shows_what_is_public_and_nothing_else(after: Aftermath) -> None:
    pages, sheets = "", ""
    for name, content in published(after):
        found = runs_in_file(name, content)
        assert not found
        text = text_of_workbook(content) if name.endswith("xlsx") else content.decode()
        assert not after.marks.found_in(text) - after.marks.of_access("public"), name
        assert not after.anonymous.found_in(text) - after.anonymous.of_access("public"), name
        pages += text if name.endswith("html") else ""
        sheets += text if name.startswith("du-lieu/") else ""
    shown = {after.marks.fields[mark].name for mark in after.marks.found_in(pages)}
    assert shown >= {"summary", "title", "basis", "public_answer", "response_reason"}
    assert after.marks.found_in(sheets), "the downloads hold what was typed, too"


def test_who_sends_without_a_name_is_kept_nowhere(after: Aftermath) -> None:
    who = after.anonymous.of_access("personal")
    assert who
    kept = [path for path in after.places.root.rglob("*") if path.is_file()]
    assert any(path.name.startswith("journal.sqlite3") for path in kept)
    for path in kept:
        content = path.read_bytes()
        assert not [mark for mark in who if mark.encode() in content], path


def test_no_sheet_of_the_desk_holds_a_formula(after: Aftermath) -> None:
    for name in ("list", "none"):
        assert formulas(after.files[f"{name}.csv"]) == []
        assert formulas_of_workbook(after.files[f"{name}.xlsx"]) == []
    assert f"'{ATTACK}" in after.files["list.csv"].decode().replace('""', '"')
    assert ATTACK in text_of_workbook(after.files["none.xlsx"]), "the filter is told, as text"


def test_slips_hold_it_as_text(after: Aftermath) -> None:
    slips = {name: content for name, content in after.files.items() if name.startswith(("K", "G"))}
    assert len(slips) == 8
    for name, content in slips.items():
        if name.endswith("docx"):
            text = text_of_docx(content)
        else:
            assert not re.search(rb"/(?:JavaScript|JS|Launch|OpenAction|EmbeddedFile)\b", content)
            pages = pypdfium2.PdfDocument(content)
            text = "".join(page.get_textpage().get_text_range() for page in pages)
        bare = re.sub(r"[\s\ufffe\u00ad\u0002]+", "", text)
        assert PRODUCT not in bare
        assert re.sub(r"\s", "", ATTACK) in bare, name


def test_mails_hold_it_as_text(after: Aftermath) -> None:
    assert len(after.mails) > 5
    shown = ""
    for mail in after.mails:
        html = mail.get_body(("html",))
        assert html
        page = Page(html.get_content())
        assert page.runs == []
        shown += page.text
        assert set(mail.keys()) <= _HEADERS
        who = after.marks.found_in(page.text) & after.marks.of_access("personal")
        assert who <= after.marks.found_in(mail["To"])
    assert ATTACK in shown


def test_no_log_line_holds_what_was_typed_or_a_code(after: Aftermath) -> None:
    assert after.log.count("\n") > 100
    for told in ("qms(", PRODUCT, "example.com", "Nguyễn", *after.codes, *after.marks.fields):
        assert told not in after.log


def test_no_code_stands_in_an_address(after: Aftermath) -> None:
    everything = "".join(after.pages.values())
    addresses = re.findall(r'(?:href|action|src)="([^"]*)"', everything)
    assert addresses
    assert not [each for each in addresses for code in after.codes if code in each]


def test_a_mark_is_found_when_something_runs() -> None:
    assert Page("<p>&lt;script&gt;qms(1)&lt;/script&gt;</p>").runs == []
    for html in (
        "<script>qms(1)</script>",
        "<img src=x>",
        "<a href='javascript:qms(3)'>x</a>",
        '<p onclick="y">',
        PRODUCT,
    ):
        assert Page(html).runs, html
    assert formulas(b'"=1+1",2\n') == ["=1+1"]
    assert formulas(b"'=1+1,-2.5\n") == []
    assert runs_in_file("a.js", b'take("<script>qms(1)</script>", [1]);') == []
    assert runs_in_file("a.js", b'take("");qms(1);("")')
    assert runs_in_file("a.ics", b"BEGIN:VEVENT\nUID:1\nBEGIN:VEVENT\n")
    assert runs_in_file("a.xml", b"<a><script/></a>")
