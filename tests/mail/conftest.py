"""A real mail server on loopback, and a portal that writes to it."""

from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from intake.accounts.model import Account, Rules
from intake.accounts.store import AccountStore
from intake.app import notices_of
from intake.cases.case import Case
from intake.cases.decisions import decide
from intake.cases.people import Person
from intake.configuration import Places
from intake.journal.sqlite import SqliteJournal
from intake.notices.run import Notices
from intake.receipts import new_token
from tests.conftest import MakeSubmission, SetClock
from tests.intake.cases.slips import (
    ANSWERS,
    CHAIR,
    COORDINATOR,
    HEAD,
    SECRETARY,
    VERIFIER,
    WORKFLOW,
)
from tests.intake.cases.test_feedback import ANSWERS as ANSWERS_TO_COMMENTS
from tests.intake.cases.test_feedback import WORKFLOW as COMMENTS
from tests.ports import free_port

BY_KIND = {"nonconformity": (WORKFLOW, ANSWERS), "feedback": (COMMENTS, ANSWERS_TO_COMMENTS)}
SENDER = {"sender_email": "an@example.gov.vn", "contact_back": "true"}


class MailServer:
    """Takes mail, unless told to refuse it."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.refuses: dict[str, str] = {}
        self._controller: Controller | None = None
        self.port = free_port()

    async def handle_RCPT(self, *given: Any) -> str:  # noqa: N802 (the library's name)
        _, _, envelope, address, _ = given
        if answer := self.refuses.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, *given: Any) -> str:  # noqa: N802 (likewise)
        *_, envelope = given
        parsed = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        self.taken.append(parsed)
        return "250 OK"

    def start(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        assert self._controller
        self._controller.stop()

    def told(self) -> list[tuple[str, str]]:
        """Return to whom what was written since the last look."""
        found = [(mail["To"], mail["Subject"]) for mail in self.taken]
        self.taken.clear()
        return sorted(found)


@pytest.fixture
def server() -> Iterator[MailServer]:
    started = MailServer()
    started.start()
    yield started
    started.stop()


class Office:
    """Slips, people with addresses, and the notices about them."""

    def __init__(
        self, places: Places, journal: SqliteJournal, make: MakeSubmission, clock: SetClock
    ) -> None:
        self.places, self.journal, self.clock = places, journal, clock
        self._make = make
        rules = Rules(60, 10, 5, 15, 12)
        self.accounts = AccountStore(places.accounts, rules, clock)
        for person in (SECRETARY, COORDINATOR, HEAD, CHAIR, VERIFIER):
            self.add(person)
        self.run()

    def add(self, person: Person, *, digest: bool = False) -> None:
        self.accounts.put(
            Account(
                person.account,
                person.name,
                person.email,
                person.unit,
                person.grants,
                digest=digest,
            )
        )

    def notices(self) -> Notices:
        return notices_of(self.places, self.journal, self.clock)

    def run(self) -> int:
        return self.notices().run()

    def open(self, form: str = "nonconformity", **cells: Any) -> str:
        return self.journal.append(self._make(form, **cells)).number

    def through(self, number: str, *steps: tuple[Any, ...]) -> None:
        for who, action, *changes in steps:
            case = Case(tuple(self.journal.case(number)))
            workflow, known = BY_KIND[case.kind]
            given = {**known[action], **(changes or [{}])[0]}
            today = self.clock.now.date()
            self.journal.act(decide(workflow, case, who, action, given, today).act(new_token()))


@pytest.fixture
def write_settings(places: Places, server: MailServer) -> Callable[[], None]:
    def write() -> None:
        path: Path = places.configuration
        text = path.read_text(encoding="utf-8")
        text = text.replace('host = ""', 'host = "127.0.0.1"', 1)
        path.write_text(text.replace("port = 25\n", f"port = {server.port}\n"), encoding="utf-8")

    return write


@pytest.fixture
def office(
    places: Places,
    journal: SqliteJournal,
    make_submission: MakeSubmission,
    clock: SetClock,
    write_settings: Callable[[], None],
) -> Office:
    write_settings()
    return Office(places, journal, make_submission, clock)
