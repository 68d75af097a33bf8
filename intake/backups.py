"""Backups: one archive of everything that people sent and that can't be made again.

It holds the journal (SQLite's online backup, or `pg_dump` of PostgreSQL), accounts and outbox,
each as it stood at one instant while the service ran, and a manifest with the hash of every file
and of all that the journal holds. Restoring proves that it is the same.
"""

import contextlib
import dataclasses
import datetime as dt
import hashlib
import json
import os
import sqlite3
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import conninfo

from intake.configuration import Places
from intake.journal.sql import utc_now
from intake.journal.store import SETTING, database_url

_MANIFEST = "backup.json"
_DUMP = "journal.pgdump"
_FORMAT = 1
_TABLES = {
    "form_schema": "hash, form, descriptor",
    "event": "seq, kind, number, form, form_hash, recorded_at, data",
    "submission": "token_hash, content_hash, number, code_hash, seq",
    "act": "token_hash, content_hash, seq",
    "counter": "prefix, year, last",
    "attachment": "sha256, media_type, {content}",
}
"""The tables of the journal with their columns; files held for a day are no part of it."""
_CONTENT = {
    "sqlite": "sha256_of(content)",
    "postgres": "encode(sha256(content), 'hex')",
}


class BadBackup(ValueError):
    """It can't be made or restored; the message says why."""


@dataclass(frozen=True)
class Backup:
    """What is known of a backup."""

    made_at: dt.datetime
    path: str
    events: int
    """The number of the newest event in it."""
    digest: str
    """Of all that the journal holds, the same whatever database it is in."""


def last_backup(places: Places) -> Backup | None:
    """Return what is known of the last backup that was made here; None before the first."""
    try:
        written = json.loads(places.last_backup.read_text(encoding="utf-8"))
        return Backup(**{**written, "made_at": dt.datetime.fromisoformat(written["made_at"])})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def back_up(places: Places, folder: Path, keep: int) -> Backup:
    """Write a backup while the service runs, and remove those that are no longer kept.

    Args:
        places: the project.
        folder: where backups lie; best on another disk.
        keep: how many stay, from 1.

    Raises:
        BadBackup: no backup was written.
    """
    at = utc_now()
    target = folder / f"qms-{at:%Y%m%dT%H%M%SZ}.tar.gz"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".qms-") as work:
            whole = Path(work) / "whole"
            whole.mkdir()
            events, digest = _gather(places, whole)
            if not database_url() and events == 0 and not places.journal.exists():
                raise BadBackup("Chưa có gì để sao lưu: cổng chưa nhận phiếu nào.")
            _write_manifest(whole, at, events, digest)
            packed = Path(work) / target.name
            _pack(whole, packed)
            packed.replace(target)
        _sync(folder)
    except (OSError, sqlite3.Error, psycopg.Error, subprocess.CalledProcessError) as error:
        raise BadBackup(f"Chưa sao lưu được: {_why(error)}") from error
    backup = Backup(at, str(target), events, digest)
    _note(places, backup)
    for old in sorted(folder.glob("qms-*.tar.gz"))[:-keep]:
        old.unlink()
    return backup


def restore(places: Places, archive: Path) -> Backup:
    """Put a backup into a portal that holds nothing yet.

    Raises:
        BadBackup: it is not whole, or the portal holds something.
    """
    _refuse_over_something(places)
    try:
        places.packages.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=places.packages, prefix=".restore-") as work:
            made = _unpack(archive, Path(work))
            in_postgres = (Path(work) / _DUMP).exists()
            if in_postgres != bool(database_url()):
                raise BadBackup(
                    f"Bản sao lưu này là của {'PostgreSQL' if in_postgres else 'SQLite'}: "
                    f"{'đặt' if in_postgres else 'bỏ'} biến môi trường {SETTING} rồi chạy lại."
                )
            found = (
                _restored_postgres(Path(work))
                if in_postgres
                else _sqlite_digest(Path(work) / places.journal.name)
            )
            if found != (made["events"], made["digest"]):
                raise BadBackup("Nơi lưu phiếu sau khi mở ra không giống lúc sao lưu.")
            for path in _databases(places):
                if (Path(work) / path.name).exists():
                    (Path(work) / path.name).replace(path)
        _sync(places.packages)
    except (
        *(OSError, EOFError, sqlite3.Error, psycopg.Error, tarfile.TarError),
        subprocess.CalledProcessError,
    ) as error:
        raise BadBackup(f"Chưa khôi phục được: {_why(error)}") from error
    at = dt.datetime.fromisoformat(made["made_at"])
    return Backup(at, str(archive), made["events"], made["digest"])


def _refuse_over_something(places: Places) -> None:
    files = [path.name for path in _databases(places) if path.exists()]
    if files:
        raise BadBackup(
            f"Cổng này đang có dữ liệu ({', '.join(files)}), không ghi đè. "
            "Dừng cổng, dời thư mục data/intake đi nơi khác, rồi chạy lại."
        )
    if url := database_url():
        with contextlib.closing(psycopg.connect(url)) as database:
            there = _first(database.execute("SELECT to_regclass('event')"))
        if there:
            raise BadBackup(
                "Cơ sở dữ liệu PostgreSQL này đã có bảng, không ghi đè; dùng cái trống."
            )


def _databases(places: Places) -> list[Path]:
    return [places.journal, places.accounts, places.outbox]


def _gather(places: Places, whole: Path) -> tuple[int, str]:
    """Copy everything into a folder; return how far the journal goes and its hash."""
    for path in _databases(places):
        if path.exists():
            _copy_database(path, whole / path.name)
    if url := database_url():
        return _dump_postgres(url, whole / _DUMP)
    journal = whole / places.journal.name
    return _sqlite_digest(journal) if journal.exists() else (0, "")


def _copy_database(path: Path, copy: Path) -> None:
    """Copy a database in use; the reader never writes, so it disturbs no turn of a writer."""
    address = f"{path.resolve().as_uri()}?mode=ro"
    with (
        contextlib.closing(sqlite3.connect(address, uri=True)) as source,
        contextlib.closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")


def _sqlite_digest(path: Path) -> tuple[int, str]:
    """Return how far a journal goes and its hash.

    Raises:
        sqlite3.DatabaseError: it is damaged.
    """
    with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database:
        (sound,) = database.execute("PRAGMA integrity_check").fetchone()
        if sound != "ok":
            raise sqlite3.DatabaseError(sound)
        database.create_function("sha256_of", 1, lambda held: hashlib.sha256(held).hexdigest())
        return _digest(database, "sqlite")


def _dump_postgres(url: str, dump: Path) -> tuple[int, str]:
    """Dump what one snapshot shows, and return how far it goes and its hash."""
    with contextlib.closing(psycopg.connect(url)) as database:
        database.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        snapshot = str(_first(database.execute("SELECT pg_export_snapshot()")))
        schema = str(_first(database.execute("SELECT current_schema()")))
        of_schema = [] if schema == "public" else [f"--schema={schema}"]
        options = ["--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={dump}"]
        _run_on_postgres(url, "pg_dump", *options, *of_schema)
        return _digest(database, "postgres")


def _restored_postgres(work: Path) -> tuple[int, str]:
    url = database_url()
    options = ["--no-owner", "--single-transaction", "--exit-on-error"]
    _run_on_postgres(url, "pg_restore", *options, str(work / _DUMP))
    with contextlib.closing(psycopg.connect(url)) as database:
        return _digest(database, "postgres")


def _run_on_postgres(url: str, program: str, *options: str) -> None:
    """Run a program of PostgreSQL; the password stays out of the list of processes."""
    address = conninfo.conninfo_to_dict(url)
    password = str(address.pop("password", "") or "")
    environment = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    command = [program, *options, f"--dbname={conninfo.make_conninfo('', **address)}"]
    subprocess.run(command, check=True, capture_output=True, env=environment)


def _digest(database: Any, engine: str) -> tuple[int, str]:
    found, last = hashlib.sha256(), 0
    for table, columns in _TABLES.items():
        chosen = columns.format(content=_CONTENT[engine])
        rows = [
            [table, *row]
            for row in database.execute(f"SELECT {chosen} FROM {table}").fetchall()  # noqa: S608 (names of this module)
        ]
        for row in sorted(rows, key=repr):  # databases sort text each in their own way
            found.update(json.dumps(row, ensure_ascii=False).encode())
        if table == "event":
            last = max((row[1] for row in rows), default=0)
    return last, found.hexdigest()


def _write_manifest(whole: Path, at: dt.datetime, events: int, digest: str) -> None:
    files = {path.name: _file_hash(path) for path in sorted(whole.iterdir())}
    manifest = {
        "format": _FORMAT,
        "made_at": at.isoformat(),
        "events": events,
        "digest": digest,
        "files": files,
    }
    (whole / _MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")


def _pack(whole: Path, packed: Path) -> None:
    handle = os.open(packed, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as archive:
            for path in sorted(whole.iterdir()):
                archive.add(path, path.name)
        file.flush()
        os.fsync(file.fileno())


def _unpack(archive: Path, work: Path) -> dict[str, Any]:
    """Unpack an archive into a folder and return its manifest.

    Raises:
        BadBackup: a file is missing, changed or too much.
    """
    with tarfile.open(archive) as packed:
        packed.extractall(work, filter="data")
    try:
        made: dict[str, Any] = json.loads((work / _MANIFEST).read_text(encoding="utf-8"))
        files, form = dict(made["files"]), made["format"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadBackup(f"{archive} không phải là bản sao lưu của cổng.") from error
    if form != _FORMAT:
        raise BadBackup(f"Bản sao lưu thuộc dạng {form}; cổng này chỉ đọc dạng {_FORMAT}.")
    there = {path.name: _file_hash(path) for path in work.iterdir() if path.name != _MANIFEST}
    if there != files:
        wrong = sorted(name for name, _ in there.items() ^ files.items())
        raise BadBackup(f"Bản sao lưu không còn nguyên vẹn: {', '.join(dict.fromkeys(wrong))}.")
    return made


def _file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _note(places: Places, backup: Backup) -> None:
    written = {**dataclasses.asdict(backup), "made_at": backup.made_at.isoformat()}
    places.packages.mkdir(parents=True, exist_ok=True)
    aside = places.last_backup.with_suffix(".tmp")
    aside.write_text(json.dumps(written), encoding="utf-8")
    aside.replace(places.last_backup)


def _first(cursor: Any) -> Any:
    return cursor.fetchone()[0]


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _why(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        return str(error.stderr.decode("utf-8", "replace")).strip()
    return str(error)
