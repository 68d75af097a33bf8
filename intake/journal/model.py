"""What goes into the journal and what comes out of it."""

import hashlib
import json
from dataclasses import dataclass
from typing import Protocol

from intake.forms.schema import Form
from intake.receipts import Token


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
class Submission:
    """A checked form on its way into the journal."""

    form: Form
    token: Token
    cells: dict[str, str]
    attachments: tuple[Attachment, ...] = ()

    @property
    def content_hash(self) -> str:
        """Tells whether the same token came with the same content."""
        files = sorted(attachment.sha256 for attachment in self.attachments)
        content = json.dumps([self.form.name, self.cells, files], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()


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
class Event:
    """One fact of the journal, in the order in which it was kept."""

    seq: int
    kind: str
    number: str
    form: str
    form_hash: str
    recorded_at: str
    cells: dict[str, str]
    files: tuple[AttachedFile, ...]


class Journal(Protocol):
    """What the service and the projection ask of a store."""

    def append(self, submission: Submission) -> Receipt:
        """Keep a submission durably, once.

        Raises:
            ContentConflict: the token was used for another content.
            StorageUnavailable: it could not be kept; it may be sent again.
        """

    def hold(self, token: Token, attachments: tuple[Attachment, ...]) -> None:
        """Keep files of a form that was not accepted yet, for whoever holds the token."""

    def held(self, token: Token) -> tuple[Attachment, ...]:
        """Return the files held for a token."""

    def find(self, code_hash: str) -> Event | None:
        """Return the submission that a receipt code opens."""

    def events(self, form: str | None = None) -> list[Event]:
        """Return the events, of one form or of all, in their order."""

    def last_seq(self) -> int:
        """Return the number of the newest event, 0 when there is none."""

    def attachment(self, sha256: str) -> bytes:
        """Return the content of a file."""

    def form_descriptor(self, form_hash: str) -> str:
        """Return the form schema, as JSON text, that answers were given under."""
