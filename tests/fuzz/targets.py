"""What is fuzzed: each target takes any bytes, and whatever they are its rules hold.

No answer is a failure of the server, nothing hangs, what is refused leaves nothing, what is
acknowledged is in the journal, what is kept validates.
"""

import io
import re
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from intake.attachments import RefusedFile, read_attachments
from intake.forms.checking import cell_notes, check, stored_cell
from intake.forms.rendering import FILES_FIELD
from intake.forms.schema import Field, Form
from intake.receipts import code_hash, new_token, read_token
from intake.text import escape_formula, has_control_characters, unescape_formula
from scripts.registers import BadRegister
from scripts.sheets.importing import RefusedSheet, difference
from scripts.sheets.reading import UnreadableSheet
from tests.fuzz.choices import Choices
from tests.fuzz.world import DESK, TODAY, TOKEN, World

SLOWEST_SECONDS = 2.0
"""Of the processor, for one input."""
_NUMBER = re.compile(r'qms-number">([^<]+)')
_OURS = {200, 201, 303, 308, 400, 401, 403, 404, 405, 409, 413, 422}
_KINDS = (
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=b",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "text/plain",
    "application/json",
    "",
)
_HEADS = (
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    b"RIFF\x00\x00\x00\x00WEBP",
    b"%PDF-1.4\n",
    b"PK\x03\x04",
    b"<svg><script>",
    b"GIF89a",
    b"",
)
_SOUND = {
    "date": "10/09/2020",
    "boolean": "true",
    "integer": "3",
    "number": "96,5",
    "string": "Hồ sơ thiếu phiếu kiểm soát quá trình",
}

Target = Callable[[World, bytes, Counter[str]], None]


def cells(world: World, data: bytes, outcomes: Counter[str]) -> None:
    """Check the answers to a form."""
    choices = Choices(data)
    form = choices.one(list(world.forms.values()))
    sent = {name: [text] for name, text in _answers(world, form, choices).items()}
    checked = check(form, sent, world.registers, TODAY)
    outcomes["refused" if checked.errors else "accepted"] += 1
    if checked.errors:
        assert all(isinstance(told, str) and told for told in checked.errors.values())
        return
    for name, cell in checked.cells.items():
        field = form.by_name[name]
        assert cell_notes(form, field, cell) == {}, (name, cell)
        assert not has_control_characters(cell), (name, cell)
        assert unescape_formula(escape_formula(cell)) == cell
        assert not stored_cell(field, cell).startswith(("=", "+", "@")) or field.type != "string"


def http_form(world: World, data: bytes, outcomes: Counter[str]) -> None:
    """Send a form, well made or not, to any page."""
    choices = Choices(data)
    form = choices.one(list(world.forms.values()))
    path = f"/{form.name}/" if choices.often(8) else f"/{choices.raw(60).decode('latin-1')}"
    before = world.journal.last_seq()
    if choices.often(6):
        answer = _send_answers(world, form, path, choices)
    else:
        kind = choices.one(_KINDS)
        answer = _post(world, path, choices.rest(), kind)
    _judge(world, answer, before, outcomes)


def _send_answers(world: World, form: Form, path: str, choices: Choices) -> TestResponse:
    fields: dict[str, object] = dict(_answers(world, form, choices))
    token = choices.one([new_token(), TOKEN, choices.text()])
    if choices.often():
        fields["_token"] = token
    if not choices.often():
        fields[choices.one(["_edit", "_keep", "_x", "summary", choices.text()])] = choices.text()
    files = [
        (io.BytesIO(choices.one(_HEADS) + choices.raw()), _header(choices.text()))
        for _ in range(choices.number(4))
    ]
    if files:
        fields[FILES_FIELD] = files
    kind = "multipart/form-data" if files or choices.number(2) else None
    encoded = {_encodable(name): _encodable(value) for name, value in fields.items()}
    return _post(world, path, encoded, kind)


def _post(world: World, path: str, data: object, kind: str | None) -> TestResponse:
    """Send to a path as it is: the client of the tests would read `//x` as a host."""
    return world.client.post(
        "/",
        data=data,
        content_type=kind,
        environ_overrides={"PATH_INFO": path},
    )


def _judge(world: World, answer: TestResponse, before: int, outcomes: Counter[str]) -> None:
    outcomes[str(answer.status_code)] += 1
    assert answer.status_code in _OURS, answer.status_code
    if answer.status_code == 308:  # doubled slashes are told as one, on this host
        assert urlsplit(answer.headers["Location"]).netloc in {"", "localhost"}
    added = world.journal.last_seq() - before
    if answer.status_code == 201:
        (number,) = _NUMBER.findall(answer.text)
        assert world.journal.case(number), number
        assert added in {0, 1}
    elif answer.status_code != 303:
        assert added == 0, "what was refused left something"
    world.seen()


def attachment(world: World, data: bytes, outcomes: Counter[str]) -> None:
    """Read an attached file of any name and content."""
    choices = Choices(data)
    name = choices.text()
    content = choices.one(_HEADS) + choices.rest()
    if content.startswith(b"PK") and content[4:5] == b"z":
        content = _zipped(content[5:])
    upload = FileStorage(io.BytesIO(content), filename=name)
    try:
        taken = read_attachments([upload], (), world.portal)
    except RefusedFile:
        outcomes["refused"] += 1
        return
    outcomes["taken" if taken else "nothing"] += 1
    for file in taken:
        assert 0 < len(file.name) <= 120
        assert not re.search(r"[/\\\x00-\x1f\u202e]", file.name), file.name
        assert file.content == content


def _zipped(names: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names.split(b"|")[:20]:
            archive.writestr(name.decode("latin-1").replace("\x00", "") or "x", b"<x/>")
    return packed.getvalue()


def receipt_code(world: World, data: bytes, outcomes: Counter[str]) -> None:
    """Look a case up with any code, and add to it."""
    choices = Choices(data)
    typed = world.code if choices.number(3) == 2 else choices.text()
    assert re.fullmatch(r"[0-9a-f]{64}", code_hash(typed.encode("utf-8", "replace").decode()))
    token = read_token(typed)
    assert token is None or token == typed
    fields = {"_code": typed}
    if choices.number(2):
        fields |= {"_action": choices.one(["inform", "rate", "accept", choices.text()])}
        fields |= {"text": choices.text(), "helped": choices.one(["yes", "no", "partly", ""])}
        fields |= {"_token": choices.one([new_token(), TOKEN, choices.text()])}
    before = world.journal.last_seq()
    encoded = {_encodable(name): _encodable(value) for name, value in fields.items()}
    answer = world.client.post("/tra-cuu/", data=encoded)
    outcomes[str(answer.status_code)] += 1
    assert answer.status_code in _OURS, answer.status_code
    opened = world.summary in answer.text
    assert not opened or code_hash(_clean(typed)) == code_hash(world.code), typed
    assert answer.status_code == 201 or world.journal.last_seq() == before
    world.seen()


def desk_action(world: World, data: bytes, outcomes: Counter[str]) -> None:
    """Act at the desk as somebody, with any query and any answers."""
    choices = Choices(data)
    desk = world.desks[choices.one(list(world.desks))]
    page = choices.one(["viec", "viec", "viec", *DESK, "xuat", "tep", "in", "tai-khoan"])
    workflow = world.workflows["nonconformity"]
    action = choices.one([*workflow.forms, choices.text()])
    number = world.open() if choices.often() else world.number
    query = {
        "so": choices.one([number, choices.text()]),
        "viec": action,
        "phieu": choices.one([*world.forms, choices.text()]),
        "dang": choices.one(["docx", "xlsx", choices.text()]),
        "tep": choices.text(),
        "tim": choices.text(),
        "xem": choices.text(),
        "ky": choices.text(),
        "tiep": choices.text(),
    }
    asked = {name: _encodable(value) for name, value in query.items() if choices.number(3) != 2}
    asked |= {"so": _encodable(query["so"]), "viec": _encodable(action)}
    before = world.journal.last_seq()
    if page in {"viec", "nhap-phieu", "phat-hien", "tai-khoan", "toi"} and choices.often():
        form = workflow.forms.get(action, next(iter(world.forms.values())))
        version = world.journal.case(number)[-1].seq
        fields = _answers(world, form, choices) | {
            "_token": choices.one([new_token(), choices.text()]),
            "_version": choices.one([str(version), choices.text()]),
        }
        if page == "tai-khoan":
            fields |= {choices.one(["name", "roles", "unit", "email"]): choices.text()}
        encoded = {_encodable(name): _encodable(value) for name, value in fields.items()}
        answer = desk.post(f"/xu-ly/{page}/", query_string=asked, data=encoded)
    else:
        answer = desk.get(f"/xu-ly/{page}/".replace("//", "/"), query_string=asked)
    outcomes[f"{page or 'list'} {answer.status_code}"] += 1
    assert answer.status_code in _OURS, (page, answer.status_code)
    added = world.journal.last_seq() - before
    assert added == 0 or answer.status_code in {201, 303}, (page, action, answer.status_code)
    world.seen()


def import_table(world: World, data: bytes, outcomes: Counter[str]) -> None:
    """Take a sheet into a register, of any content; nothing is written by looking."""
    choices = Choices(data)
    name = choices.one(["risks", "units", "glossary", "objectives", choices.text()[:20]])
    ending = choices.one(["csv", "xlsx"])
    with tempfile.TemporaryDirectory(prefix="qms-fuzz-") as folder:
        path = Path(folder) / f"{re.sub(r'[^A-Za-z0-9_.-]', '', name) or 'x'}.{ending}"
        path.write_bytes(_sheet(world, name, ending, choices))
        try:
            found = difference(world.places, path, remove=bool(choices.number(2)))
            outcomes["changes" if found.changes else "same"] += 1
        except (UnreadableSheet, RefusedSheet, BadRegister):
            outcomes["refused"] += 1


def _sheet(world: World, name: str, ending: str, choices: Choices) -> bytes:
    if ending == "xlsx":
        return choices.one(_HEADS) + choices.rest()
    register = world.places.registers / f"{name}.csv"
    text = register.read_bytes() if _is_name(name) and register.exists() else b"code,name\n"
    for _ in range(choices.number(6)):
        at = choices.number(60_000) % (len(text) + 1)
        length = choices.number(40)
        word = choices.text().encode("utf-8", "surrogatepass")
        text = text[:at] + word + text[at + length :]
    return text if choices.often() else choices.rest()


def _is_name(name: str) -> bool:
    return re.fullmatch(r"[a-z_]+", name) is not None


def _answers(world: World, form: Form, choices: Choices) -> dict[str, str]:
    answers = {}
    for field in form.asked:
        if not choices.often(12):
            answers[field.name] = choices.text()
        elif field.required or choices.number(3) == 2:
            offered = world.registers.choices(form, field)
            answers[field.name] = choices.one(offered).value if offered else _sound(field)
    return answers


def _sound(field: Field) -> str:
    """Return an answer that is taken: the example of what must look so and not otherwise."""
    patterned = "pattern" in field.constraints
    return str(field.example) if patterned else _SOUND.get(field.type, str(field.example))


def _encodable(value: object) -> object:
    """Return text as a browser would send it: a lone surrogate is no UTF-8."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def _clean(typed: str) -> str:
    return typed.encode("utf-8", "replace").decode()[:100]


def _header(name: str) -> str:
    """Return a file's name as it can stand in a header."""
    return re.sub(r"[\r\n\x00]", "", name.encode("utf-8", "replace").decode()) or "x"


TARGETS: dict[str, Target] = {
    each.__name__: each
    for each in (cells, http_form, attachment, receipt_code, desk_action, import_table)
}
SHARES = {
    "cells": 0.5,
    "attachment": 0.3,
    "receipt_code": 0.08,
    "http_form": 0.07,
    "desk_action": 0.045,
    "import_table": 0.005,
}
"""Of the inputs of a long run; what goes through the whole service is slower."""


def run(target: Target, world: World, data: bytes, outcomes: Counter[str]) -> None:
    """Run a target once, and see that it did not hang."""
    begun = time.process_time()
    target(world, data, outcomes)
    spent = time.process_time() - begun
    assert spent < SLOWEST_SECONDS, f"an input took {spent:.1f} s"
