"""What the intake writes about itself: lines of JSON, with request ids and no personal data.

A message of an exception may hold what somebody typed, so only messages of disk, network and
databases are written; of any other exception its type and where it came from.
"""

import contextlib
import datetime as dt
import json
import logging
import os
import smtplib
import sqlite3
import sys
import traceback
from typing import Any

import psycopg
from flask import g, has_request_context

_TELLING: tuple[type[BaseException], ...] = (OSError, sqlite3.Error, psycopg.OperationalError)
"""Exceptions that speak of machines; an `SMTPException`, though an `OSError`, names recipients."""
_FIELDS = ("method", "route", "status", "milliseconds")


def set_up() -> None:
    """Write to standard error: sentences for a person at a terminal, else a line of JSON each."""
    handler: logging.Handler
    if sys.stderr.isatty():
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    else:
        handler = WholeLines(sys.stderr.fileno())
        handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])


class WholeLines(logging.Handler):
    """Writes each line at one go.

    So lines stay whole without the lock of a stream, for which threads that answer requests would
    queue up behind each other.
    """

    def __init__(self, file: int) -> None:
        super().__init__()
        self._file = file

    def handle(self, record: logging.LogRecord) -> bool:
        """Write a record, holding no lock."""
        passed = bool(self.filter(record))
        if passed:
            self.emit(record)
        return passed

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record; what can't be written stops no request."""
        line = self.format(record) + "\n"
        with contextlib.suppress(OSError):
            os.write(self._file, line.encode("utf-8", "backslashreplace"))


class JsonLines(logging.Formatter):
    """Makes one line of JSON of a record."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {
            "at": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(
                timespec="milliseconds"
            ),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if has_request_context() and "request_id" in g:
            line["request"] = g.request_id
        line |= {name: getattr(record, name) for name in _FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = _told(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def _told(error: BaseException) -> dict[str, Any]:
    """Return what may be written of an exception and of those that led to it."""
    told: dict[str, Any] = {
        "type": type(error).__qualname__,
        "frames": [
            f"{frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)
        ],
    }
    if isinstance(error, _TELLING) and not isinstance(error, smtplib.SMTPException):
        told["message"] = str(error)
    cause = error.__cause__ or error.__context__
    if cause is not None:
        told["cause"] = _told(cause)
    return told
