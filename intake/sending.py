"""What is posted with a form: its token, its answers, its files; and files for the next try."""

from dataclasses import dataclass

from flask import request

from intake import receipts
from intake.attachments import RefusedFile, read_attachments
from intake.errors import StorageUnavailable
from intake.forms.checking import Checked, check
from intake.forms.rendering import FILES_FIELD, FormState
from intake.forms.schema import Form
from intake.journal.model import Attachment
from intake.receipts import Token
from intake.services import services


@dataclass(frozen=True)
class Sent:
    """A posted form, checked."""

    form: Form
    token: Token | None
    checked: Checked
    files: tuple[Attachment, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing in it must be mended."""
        return not self.checked.errors

    def again(self, problem: str = "", token: Token | None = None) -> FormState:
        """Return what shows the form again: everything typed is there, files are held.

        Args:
            problem: why it could not be kept although nothing in it is wrong.
            token: for the next try; that of this one when None.
        """
        token = token or self.token or receipts.new_token()
        held = hold(token, self.files)
        return FormState(self.checked.typed, self.checked.errors, token, held, problem)


def read_sent(form: Form, *, takes_files: bool | None = None) -> Sent:
    """Read and check what the present request sends of a form; names with `_` aren't its own.

    Args:
        form: that was filled.
        takes_files: whether files may come along; as the form says when None.
    """
    token = receipts.read_token(request.form.get("_token", ""))
    given = {name: values for name, values in request.form.lists() if _is_its_own(name)}
    checked = check(form, given, services().registers, services().today())
    takes_files = form.takes_attachments if takes_files is None else takes_files
    return Sent(form, token, checked, _files(checked, token) if takes_files else ())


def _is_its_own(name: str | None) -> bool:
    """Tell whether a name may be a form's own; a part of a multipart body may come without one."""
    return bool(name) and not str(name).startswith("_")


def hold(token: Token, files: tuple[Attachment, ...]) -> tuple[Attachment, ...]:
    """Hold files for the next try; when that can't be done the sender chooses them again."""
    try:
        services().journal.hold(token, files)
    except StorageUnavailable:
        return ()
    return files


def _files(checked: Checked, token: Token | None) -> tuple[Attachment, ...]:
    """Return the files that go with the form, or note why one can't."""
    kept = set(request.form.getlist("_keep"))
    held = _held(token, kept) if token and kept else ()
    try:
        return read_attachments(request.files.getlist(FILES_FIELD), held, services().portal)
    except RefusedFile as refused:
        checked.errors[FILES_FIELD] = str(refused)
        return held


def _held(token: Token, kept: set[str]) -> tuple[Attachment, ...]:
    """Return the files held for the sender that were not unticked; none when they can't be read."""
    try:
        return tuple(file for file in services().journal.held(token) if file.sha256 in kept)
    except StorageUnavailable:
        return ()
