"""One run: make the notices that the journal calls for, then send what is due."""

import datetime as dt
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from intake.accounts.store import AccountStore
from intake.cases.case import Case
from intake.cases.casebook import Casebook
from intake.cases.workflow import Workflow
from intake.configuration import LOCAL_ZONE
from intake.journal.model import Journal
from intake.notices.mail import Refused, Server, Unreachable, Writer, send
from intake.notices.outbox import Outbox
from intake.notices.telling import Audience, Notice, of_days, of_events

log = logging.getLogger(__name__)

_DIGEST_HOUR = 7
"""The hour, in Viet Nam, from which on a day's digest is sent."""


@dataclass(frozen=True)
class Notices:
    """What a run works with."""

    journal: Journal
    casebook: Casebook
    accounts: AccountStore
    outbox: Outbox
    writer: Writer
    server: Server
    clock: Callable[[], dt.datetime]
    workflows: Callable[[], Mapping[str, Workflow]]

    def run(self) -> int:
        """Make and send notices; return how many mails were sent.

        A run that was missed costs nothing: what is due is asked of the journal again, and what
        was told has its key in the outbox.
        """
        if not self.server.host:
            return 0
        with self.outbox.turn() as mine:
            if not mine:
                return 0
            self._make()
            return self._send_all()

    def _make(self) -> None:
        seen, newest = self.outbox.seen(), self.journal.last_seq()
        audience = Audience(tuple(self.accounts.all()), self.workflows(), self._today())
        notices: list[Notice] = []
        if seen is not None and newest > seen:
            for number in sorted(self.journal.numbers_since(seen)):
                case = Case(tuple(self.journal.case(number)))
                if case.kind in audience.workflows:
                    events = [event for event in case.events if event.seq > seen]
                    notices += of_events(case, events, audience)
        for line in self.casebook.lines(audience.workflows):
            if line.case is not None:
                notices += of_days(line.case, audience)
        self.outbox.put(notices, newest)

    def _mails(self) -> Iterator[list[Notice]]:
        """Return the notices of each mail: one, or all for somebody who wants a digest."""
        digests = {each.name for each in self.accounts.all() if each.digest}
        collected: dict[str, list[Notice]] = {}
        for notice in self.outbox.due():
            if notice.account in digests:
                collected.setdefault(notice.account, []).append(notice)
            else:
                yield [notice]
        if self._now().hour < _DIGEST_HOUR:
            return
        today = self._today()
        for account, notices in collected.items():
            if self.outbox.digest_sent_on(account) < today.isoformat():
                yield notices

    def _send_all(self) -> int:
        count = 0
        for notices in self._mails():
            keys = [notice.key for notice in notices]
            try:
                send(self.server, self.writer.mail(notices, self._now()))
            except Refused as refused:
                log.warning("a mail could not be sent: %s", type(refused).__name__)
                self.outbox.failed(keys, str(refused), for_good=refused.for_good)
                if isinstance(refused, Unreachable):
                    break
            else:
                self.outbox.sent(keys)
                self.outbox.digest_sent(notices[0].account, self._today())
                count += 1
        return count

    def _now(self) -> dt.datetime:
        return self.clock().astimezone(LOCAL_ZONE)

    def _today(self) -> dt.date:
        return self._now().date()
