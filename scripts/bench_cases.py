"""The part of `make bench` about cases: all rebuilt from the journal, and the desk among them."""

import contextlib
import http.client
import multiprocessing
import random
import sqlite3
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import waitress

from intake.accounts.model import Account
from intake.app import account_store, create_app
from intake.cases.case import Case, fold
from intake.cases.decisions import decide
from intake.cases.people import Grant, Person
from intake.cases.workflow import load_workflows
from intake.configuration import Places, Portal
from intake.forms.schema import load_forms
from intake.journal.model import Submission
from intake.journal.sqlite import SqliteJournal
from intake.packages.projection import project
from intake.receipts import new_token

_CASES = 10_000
_MONTHS, _FIRST_YEAR = 36, 2018
"""Over how long they came in."""
_OPEN_SHARE = 5
"""One case in so many is still open, the others are closed."""
_LOOKS = 200
_PORT = 8767
_KIND = "nonconformity"
_SENT = {
    "summary": "Hồ sơ thiếu phiếu kiểm soát quá trình giải quyết",
    "description": "Ba hồ sơ nộp trong tuần không kèm phiếu kiểm soát như bước 2 yêu cầu. " * 4,
    "unit": "BC",
    "found_on": "2020-09-10",
    "source": "self",
}
_FAR = "2099-12-15"


def _person(name: str, role: str, unit: str = "", home: str = "KHCN") -> Person:
    return Person(name, f"Người {name}", "", unit or home, (Grant(role, unit),))


_SECRETARY, _UNIT = _person("thuky", "secretariat"), _person("dauviec", "coordinator", "BC")
_HEAD = _person("truong", "approver", "BC")
_VERIFIER = _person("xacminh", "verifier", home="TTra")
_WAY: list[tuple[Person, str, dict[str, str]]] = [
    (_SECRETARY, "accept", {"category": "corrective", "grade": "minor", "unit": "BC"}),
    (_SECRETARY, "confirm", {"grade": "minor", "analysis_needed": "yes"}),
    (
        _UNIT,
        "record_cause",
        {
            "method": "five_whys",
            "why_1": "Vì sao trễ? Vì chờ ý kiến.",
            "undetected": "Sổ theo dõi không có cột ngày nhận.",
            "root_cause": "Mẫu văn bản lấy ý kiến không có hạn trả lời.",
            "cause_group": "procedure",
        },
    ),
    (
        _UNIT,
        "plan_action",
        {
            "action_kind": "corrective",
            "task": "Bổ sung hạn trả lời vào mẫu",
            "owner_unit": "BC",
            "deadline": _FAR,
            "evidence_expected": "Mẫu mới",
        },
    ),
    (_UNIT, "submit", {"criterion": "30 hồ sơ liên tiếp đúng hạn", "check_on": _FAR}),
    (_HEAD, "approve", {}),
    (
        _UNIT,
        "finish_action",
        {"planned_action": "1", "done_on": "2020-09-29", "evidence": "Mẫu mới"},
    ),
    (_UNIT, "hand_over", {}),
    (_VERIFIER, "check", {"conclusion": "effective", "evidence": "Xem 30 hồ sơ, đều đúng hạn."}),
    (
        _UNIT,
        "decide_documents",
        {
            "change_needed": "no",
            "no_change_reason": "Quy trình đã đúng.",
            "similar_units": "Không có",
            "risk_review": "Không phải chấm lại",
        },
    ),
    (_SECRETARY, "close", {"public_answer": "Mẫu văn bản đã có hạn trả lời."}),
]


def bench_cases(places: Places) -> None:
    """Print how long all cases take to rebuild, and a page of the desk among them.

    Args:
        places: of a published portal whose journal may be filled.
    """
    path = places.root / "bench-cases.sqlite3"
    numbers = fill_cases(places, path, _CASES)
    journal = SqliteJournal(path)
    events = journal.last_seq()
    print(f"\nCases: {len(numbers)} in {events} events")
    _report("fold of every case", lambda: sum(1 for _ in fold(journal.events())))
    forms, workflows = load_forms(places.forms), load_workflows(places.forms)
    target = places.root / "bench-packages"
    _report("packages from nothing", lambda: project(journal, forms, workflows, target))
    journal.append(Submission(forms[_KIND], new_token(), _SENT))
    _report("packages after one more slip", lambda: project(journal, forms, workflows, target))
    journal.close()
    for words, page in (
        ("a case", lambda: f"phieu/?so={random.choice(numbers)}"),  # noqa: S311 (no secret)
        ("what waits for the secretariat", lambda: ""),
        ("all cases, filtered", lambda: "?xem=tat-ca&tim=KPH-2020-09"),
    ):
        times = _looked(places, path, page)
        print(
            f"  {words:34}{statistics.median(times):8.1f} ms median"
            f"{times[len(times) * 95 // 100]:8.1f} ms at 95 %"
        )


def _report(words: str, work: Callable[[], object]) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"  {words:34}{wall:8.1f} s        {cpu:8.1f} CPU s")


def fill_cases(places: Places, path: Path, cases: int) -> list[str]:
    """Fill a journal: one case goes through every step, each other has a part of its events.

    Returns:
        The numbers of the copied cases.
    """
    journal = SqliteJournal(path)
    forms, workflows = load_forms(places.forms), load_workflows(places.forms)
    first = journal.append(Submission(forms[_KIND], new_token(), _SENT)).number
    portal = Portal.load(places.configuration)
    for who, action, answers in _WAY:
        case = Case(tuple(journal.case(first)))
        decision = decide(workflows[_KIND], case, who, action, answers, portal.day())
        journal.act(decision.act(new_token()))
    journal.close()
    numbers = [f"KPH-2020-{ordinal:05}" for ordinal in range(1, cases + 1)]
    with contextlib.closing(sqlite3.connect(path)) as database:
        columns = "kind, number, form, form_hash, recorded_at, data"
        steps = database.execute(
            f"SELECT kind, form, form_hash, recorded_at, data FROM event WHERE number = '{first}'"  # noqa: S608 (our own number)
        ).fetchall()
        chance = random.Random(2020)  # noqa: S311 (no secret)
        for at, number in enumerate(numbers):
            year, month = divmod(at * _MONTHS // len(numbers), 12)
            day = f"{_FIRST_YEAR + year}-{month + 1:02}-10"
            length = chance.randrange(1, len(steps)) if chance.randrange(_OPEN_SHARE) == 0 else None
            database.executemany(
                f"INSERT INTO event ({columns}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608 (likewise)
                [
                    (kind, number, form, form_hash, f"{day}{recorded_at[10:]}", data)
                    for kind, form, form_hash, recorded_at, data in steps[:length]
                ],
            )
        database.commit()
    return numbers


def _looked(places: Places, path: Path, page: Callable[[], str]) -> list[float]:
    """Return the milliseconds of looks at the desk over HTTP, sorted, the first one left out."""
    session = secretary_session(places)
    server = multiprocessing.get_context("fork").Process(target=_serve, args=(places, path))
    server.start()
    try:
        connection = http.client.HTTPConnection("127.0.0.1", _PORT, timeout=120)
        _wait(connection)
        times = []
        for _ in range(_LOOKS + 1):
            begun = time.perf_counter()
            connection.request("GET", f"/xu-ly/{page()}", headers={"Cookie": session})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"/xu-ly/: {answer.status}")
            times.append((time.perf_counter() - begun) * 1000)
        return sorted(times[1:])
    finally:
        server.terminate()
        server.join()


def secretary_session(places: Places) -> str:
    """Let a member of the secretariat sign in; return the cookie."""
    store = account_store(places, Portal.load(places.configuration))
    who = _SECRETARY
    store.put(Account(who.account, who.name, who.email, who.unit, who.grants))
    return f"qms_session={store.begin_session(who.account).session}"


def _serve(places: Places, path: Path) -> None:
    app = create_app(places, SqliteJournal(path))
    waitress.serve(app, host="127.0.0.1", port=_PORT, threads=4, _quiet=True)


def _wait(connection: http.client.HTTPConnection) -> None:
    for _ in range(200):
        try:
            connection.connect()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the server did not start")
