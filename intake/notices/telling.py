"""Which notices the journal calls for: a pure function of cases, people and the day."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from intake.accounts.model import Account
from intake.cases.case import Case
from intake.cases.deadlines import due_on
from intake.cases.decisions import waits_for
from intake.cases.workflow import Workflow
from intake.journal.model import Event

_SOON = ((1, "due-1"), (7, "due-7"))
"""Days before the due day from which on a notice is due, and what its key says."""


@dataclass(frozen=True)
class Notice:
    """Something that somebody is to be told."""

    key: str
    """The same for the same thing: it is told once, whenever the run comes."""
    kind: str
    recipient: str
    """Address of the mail."""
    account: str
    """The name of the account; empty for whoever sent the case."""
    number: str
    summary: str
    text: str
    """What the template of the kind adds: an answer, a comment, a day."""
    due: dt.date | None = None


@dataclass(frozen=True)
class Audience:
    """Who may be told something."""

    accounts: tuple[Account, ...]
    workflows: Mapping[str, Workflow]
    today: dt.date

    def of(self, case: Case) -> list[Account]:
        """Return those for whom a case waits: who it was assigned to, else who can lead it on."""
        handler = case.facts.get("handler", "")
        able = [
            account
            for account in self.accounts
            if account.email
            and not account.disabled
            and waits_for(self.workflows[case.kind], case, account.person, self.today)
        ]
        assigned = [account for account in able if account.name == handler]
        return assigned or able

    def named(self, name: str) -> list[Account]:
        """Return the account of a name, if it can be written to."""
        return [
            each for each in self.accounts if each.name == name and each.email and not each.disabled
        ]


def of_events(case: Case, events: Iterable[Event], audience: Audience) -> Iterator[Notice]:
    """Return what the events of a case since the last run call for.

    Args:
        case: as it stands now.
        events: of it, that are new.
        audience: who may be told.
    """
    last = case.events[-1].seq
    for event in events:
        if not event.action:
            yield from _to_sender(case, event, "receipt", "")
        elif answer := event.cells.get("public_answer"):
            yield from _to_sender(case, event, "answer", answer)
        elif notice := event.cells.get("notice"):
            yield from _to_sender(case, event, "later", notice)
        if event.action == "assign" and (handler := event.cells.get("handler")):
            told = audience.named(handler)
            yield from (_notice(case, event, "assigned", each, audience) for each in told)
        elif event.seq == last:
            kind = "returned" if event.action in {"return", "reopen"} else "waiting"
            text = event.cells.get("comment", "")
            told = _newly_waited_for(case, audience)
            yield from (_notice(case, event, kind, each, audience, text) for each in told)


def _newly_waited_for(case: Case, audience: Audience) -> list[Account]:
    """Return those for whom a case waits since its last event, and did not before in this state."""
    waiting = audience.of(case)
    if case.version == case.entered_at:
        return waiting
    before = audience.of(Case(case.events[:-1]))
    return [account for account in waiting if account not in before]


def of_days(case: Case, audience: Audience) -> Iterator[Notice]:
    """Return what the due day of a case calls for: the most urgent of what is due by now.

    A day that was near already when the case came to its state was told then.
    """
    due = due_on(audience.workflows[case.kind], case)
    if due is None:
        return
    left, given = (due - audience.today).days, (due - case.entered_on).days
    soon = (name for days, name in _SOON if left <= days < given)
    kind = "overdue" if left < 0 else next(soon, "")
    if not kind:
        return
    for account in audience.of(case):
        key = f"{kind}:{case.number}:{due.isoformat()}:{account.name}"
        summary = case.facts.get("summary", "")
        yield Notice(key, kind, account.email, account.name, case.number, summary, "", due)


def _notice(
    case: Case, event: Event, kind: str, account: Account, audience: Audience, text: str = ""
) -> Notice:
    key = f"{kind}:{case.number}:{event.seq}:{account.name}"
    summary = case.facts.get("summary", "")
    due = due_on(audience.workflows[case.kind], case)
    return Notice(key, kind, account.email, account.name, case.number, summary, text, due)


def _to_sender(case: Case, event: Event, kind: str, text: str) -> Iterator[Notice]:
    sent = case.events[0].cells
    address = sent.get("sender_email", "")
    if address and sent.get("contact_back") == "true":
        key = f"{kind}:{case.number}:{event.seq}"
        yield Notice(key, kind, address, "", case.number, sent.get("summary", ""), text)
