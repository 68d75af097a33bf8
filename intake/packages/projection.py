"""Projects the journal into one data package a form.

The parts of a package are named by the hash of their content and never change; the one file that
changes is `datapackage.json`, which names the parts and is replaced by a rename. So a reader sees
a whole package at every instant, and the same journal gives the same bytes.
"""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from intake.cases.workflow import Workflow
from intake.forms.schema import Form, form_from_descriptor
from intake.journal.model import Event, Journal
from intake.packages import tables
from intake.packages.case_tables import case_tables
from intake.packages.validation import InvalidPackage, validate

DESCRIPTOR = "datapackage.json"
_GRACE_SECONDS = 3600
"""How long a part that is no longer named stays, for readers that are slow."""


def project(
    journal: Journal, forms: dict[str, Form], workflows: dict[str, Workflow], folder: Path
) -> None:
    """Bring the package of every form up to the journal, its cases included.

    Raises:
        InvalidPackage: frictionless found an error in what was projected; the packages of the
            other forms are up to date all the same.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _turn(folder):
        invalid = []
        for form in forms.values():
            try:
                _project_form(journal, form, workflows.get(form.name), folder / form.name)
            except InvalidPackage as error:
                invalid.append(str(error))
    if invalid:
        raise InvalidPackage("\n".join(invalid))


def projected_seq(folder: Path, form: str) -> int:
    """Return up to which event of the journal a form's package goes, -1 when there is none."""
    path = folder / form / DESCRIPTOR
    if not path.exists():
        return -1
    return int(json.loads(path.read_text(encoding="utf-8"))["journalSequence"])


def _project_form(journal: Journal, form: Form, workflow: Workflow | None, folder: Path) -> None:
    events = journal.events(form.name)
    projected = _tables(journal, form, [event for event in events if not event.action])
    if workflow:
        projected += case_tables(
            workflow, events, lambda action, version: _form_of(journal, workflow, action, version)
        )
    last_seq = events[-1].seq if events else 0
    text = tables.package_descriptor(form.name, form.title, last_seq, projected)
    target = folder / DESCRIPTOR
    stands = target.exists() and target.read_text(encoding="utf-8") == text
    if stands and _complete(folder, text, events):
        return
    folder.mkdir(exist_ok=True)
    (folder / "files").mkdir(exist_ok=True)
    for event in events:
        for file in event.files:
            path = folder / tables.file_path(file.sha256, file.media_type)
            if not path.exists():
                _write(path, journal.attachment(file.sha256))
    for table in projected:
        for part in table.parts:
            _write(folder / part.path, part.text.encode())
    _publish(target, text, projected)
    _forget_old_parts(folder, text)


def _tables(journal: Journal, form: Form, events: list[Event]) -> list[tables.Table]:
    """Return a pair of tables for each version of the form, the present one first."""
    by_version: dict[str, list[Event]] = {form.hash: []}
    for event in events:
        by_version.setdefault(event.form_hash, []).append(event)
    projected = []
    for version, given in by_version.items():
        suffix = "" if version == form.hash else f"-{version[:12]}"
        then = form if version == form.hash else _past_form(journal, form.name, version)
        rows, files = f"{form.name}{suffix}", f"{form.name}_files{suffix}"
        projected.append(tables.submission_table(rows, then, given))
        projected.append(tables.file_table(files, rows, then, given))
    return projected


def _form_of(journal: Journal, workflow: Workflow, action: str, version: str) -> Form:
    now = workflow.forms.get(action)
    return now if now and now.hash == version else _past_form(journal, action, version)


def _past_form(journal: Journal, name: str, version: str) -> Form:
    return form_from_descriptor(name, json.loads(journal.form_descriptor(version)))


def _publish(target: Path, text: str, projected: list[tables.Table]) -> None:
    """Validate the new package beside the standing one, then replace it in one step."""
    validate(target.parent, projected)
    _write(target, text.encode())
    _sync(target.parent)


def _complete(folder: Path, text: str, events: list[Event]) -> bool:
    """Tell whether every part and every attached file is there."""
    files = {
        tables.file_path(file.sha256, file.media_type) for event in events for file in event.files
    }
    return all((folder / path).exists() for path in (*_named_parts(text), *files))


def _named_parts(text: str) -> list[str]:
    resources = json.loads(text)["resources"]
    return [path for each in resources for path in (each["path"], *each.get("extrapaths", []))]


def _forget_old_parts(folder: Path, text: str) -> None:
    kept = set(_named_parts(text))
    for path in folder.glob("*.csv"):
        if path.name not in kept and time.time() - path.stat().st_mtime > _GRACE_SECONDS:
            path.unlink()


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; one that stands with the same name is the same."""
    if path.suffix == ".csv" and path.exists() and path.read_bytes() == content:
        os.utime(path)
        return
    aside = path.with_name(f".{path.name}.tmp")
    with aside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _turn(folder: Path) -> Iterator[None]:
    with (folder / ".projection.turn").open("ab") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield
