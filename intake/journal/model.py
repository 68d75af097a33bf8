"""What goes into the journal and what comes out of it."""

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import Protocol

from intake.forms.schema import Form
from intake.receipts import Token

NEW = "new"
"""The state of a case that was only just opened; every workflow begins with it."""


@dataclass(frozen=True)
class Attachment:
    """A file sent with a form; its content is known by its SHA-256."""

    name: str
    media_type: str
    content: bytes

    @property
    def sha256(self) -> str:
        """The hash of the content, which is also its name in the store."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Actor:
    """Who acts on a case, in which role."""

    account: str
    """The name of the account; empty for the holder of a receipt code."""
    name: str
    unit: str
    """The code of the unit that the person works in."""
    role: str
    role_unit: str = ""
    """The unit to which the role is bound; empty when it is for all."""


@dataclass(frozen=True)
class OnPaper:
    """How a slip that was written on paper came in: typed in for its sender by somebody else."""

    typed_by: Actor
    written_on: str
    """The day that stands on the paper, ISO."""
    received_on: str
    """The day on which the paper came in, ISO."""


@dataclass(frozen=True)
class Submission:
    """A checked form on its way into the journal."""

    form: Form
    token: Token
    cells: dict[str, str]
    attachments: tuple[Attachment, ...] = ()
    paper: OnPaper | None = None

    @property
    def content_hash(self) -> str:
        """Tells whether the same token came with the same content."""
        days = [self.paper.written_on, self.paper.received_on] if self.paper else []
        return _content_hash([self.form.name, *days], self.cells, self.attachments)


@dataclass(frozen=True)
class Receipt:
    """The proof that a submission was kept."""

    number: str
    recorded_at: str
    """UTC, ISO 8601, to the second."""


@dataclass(frozen=True)
class AttachedFile:
    """What an event says of a file."""

    sha256: str
    name: str
    media_type: str
    size: int


@dataclass(frozen=True)
class Act:
    """A checked and allowed action on a case, on its way into the journal."""

    number: str
    kind: str
    """The name of the form that opened the case."""
    version: int
    """The newest event of the case that the actor knew of."""
    action: str
    state: str
    """The state to which it leads."""
    workflow_hash: str
    actor: Actor
    form: Form
    token: Token
    cells: dict[str, str]
    attachments: tuple[Attachment, ...] = ()

    @property
    def content_hash(self) -> str:
        """Tells whether the same token came with the same content."""
        return _content_hash([self.number, self.action], self.cells, self.attachments)


@dataclass(frozen=True)
class Disposal:
    """What is left of a case whose time is over, on its way into the journal."""

    number: str
    kind: str
    version: int
    """The newest event of the case when it was decided."""
    skeletons: dict[int, dict[str, str]]
    """What stays of the answers of each of its events, by their numbers."""
    state: str
    actor: Actor
    action: str
    form: Form
    cells: dict[str, str]
    """What the last event says."""


@dataclass(frozen=True)
class Event:
    """One fact of the journal, in the order in which it was kept."""

    seq: int
    kind: str
    """`submitted` opens a case, `acted` is what was done on it."""
    number: str
    form: str
    """The name of the form that opened the case."""
    form_hash: str
    """Of the form that was filled."""
    recorded_at: str
    cells: dict[str, str]
    files: tuple[AttachedFile, ...]
    action: str = ""
    state: str = NEW
    """The state of the case from then on."""
    actor: Actor | None = None
    paper: OnPaper | None = None
    """Only of what opened a case, when it came in on paper."""


class Journal(Protocol):
    """What the service and the projection ask of a store."""

    def append(self, submission: Submission) -> Receipt:
        """Keep a submission durably, once.

        Raises:
            ContentConflict: the token was used for another content.
            StorageUnavailable: it could not be kept; it may be sent again.
        """

    def act(self, act: Act) -> Receipt:
        """Keep an action on a case durably, once.

        Raises:
            CaseMoved: somebody else acted on the case since; nothing was kept.
            ContentConflict: the token was used for another content.
            StorageUnavailable: it could not be kept; it may be sent again.
        """

    def acted(self, token: Token) -> Event | None:
        """Return the action that was kept with a token, if there is one."""

    def case(self, number: str) -> list[Event]:
        """Return the events of a case; none when there is no such number."""

    def hold(self, token: Token, attachments: tuple[Attachment, ...]) -> None:
        """Keep files of a form that was not accepted yet, for whoever holds the token."""

    def held(self, token: Token) -> tuple[Attachment, ...]:
        """Return the files held for a token."""

    def find(self, code_hash: str) -> Event | None:
        """Return the submission that a receipt code opens."""

    def events(self, form: str | None = None) -> list[Event]:
        """Return the events, of one form or of all, in their order."""

    def numbers_since(self, seq: int) -> list[str]:
        """Return the numbers of the cases that have events after one, in no order."""

    def last_seq(self) -> int:
        """Return the number of the newest event, 0 when there is none."""

    def recorded_after(self, seq: int) -> dt.datetime | None:
        """Return when the first event after one was kept; None when there is none."""

    def check(self) -> None:
        """Check that the writer still trusts the store.

        Raises:
            StorageStopped: it doesn't, until a restart.
        """

    def attachment(self, sha256: str) -> bytes:
        """Return the content of a file."""

    def form_descriptor(self, form_hash: str) -> str:
        """Return the form schema, as JSON text, that answers were given under."""


def _content_hash(
    about: list[str], cells: dict[str, str], attachments: tuple[Attachment, ...]
) -> str:
    files = sorted(attachment.sha256 for attachment in attachments)
    content = json.dumps([*about, cells, files], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()
