"""One writer at a time, many submissions in one sync.

SQLite's own busy handler sleeps and starves under load, and two connections that write or
checkpoint at the same instant can corrupt the WAL before SQLite 3.51.3. So every write takes a
turn lock first; the writer that has the turn drains its queue into one transaction.
"""

import fcntl
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from intake.errors import StorageStopped, StorageUnavailable

log = logging.getLogger(__name__)
Result = TypeVar("Result")
Job = Callable[[sqlite3.Connection], Result]

_BATCH = 256
_PATIENCE_SECONDS = 20.0
_NOT_KEPT = "Phiếu chưa được ghi nhận. Những gì bạn điền vẫn còn đây; hãy thử gửi lại sau ít phút."
_STOPPED = (
    "Nơi lưu phiếu gặp sự cố nên tạm dừng nhận. Những gì bạn điền vẫn còn đây; hãy giữ lại và "
    "báo cho bộ phận quản trị cổng."
)


class GroupWriter:
    """Runs jobs in the order they come, each all or nothing, many in one durable commit."""

    def __init__(self, connect: Callable[[], sqlite3.Connection], turn_file: Path) -> None:
        self._connect = connect
        self._turn_file = turn_file
        self._jobs: queue.Queue[tuple[Job[Any], Future[Any]] | None] = queue.Queue(maxsize=4096)
        self._stopped: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="journal-writer", daemon=True)
        self._thread.start()

    def run(self, job: Job[Result]) -> Result:
        """Run a job and return its result once it is durable.

        Raises:
            StorageUnavailable: it was not kept, or it is not known whether it was.
            StorageStopped: the store can't be trusted until a restart.
        """
        if self._stopped is not None:
            raise StorageStopped(_STOPPED)
        outcome: Future[Result] = Future()
        try:
            self._jobs.put((job, outcome), timeout=_PATIENCE_SECONDS)
            return outcome.result(timeout=_PATIENCE_SECONDS)
        except (queue.Full, TimeoutError):
            raise StorageUnavailable(_NOT_KEPT) from None
        except sqlite3.Error as error:
            log.exception("journal: a submission was not kept")
            if self._stopped is not None:
                raise StorageStopped(_STOPPED) from error
            raise StorageUnavailable(_NOT_KEPT) from error

    def close(self) -> None:
        """Finish what is queued and stop."""
        self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        connection: sqlite3.Connection | None = None
        while (first := self._jobs.get()) is not None:
            batch = [first]
            if self._stopped is not None:
                self._give_up(None, batch, self._stopped)
                continue
            try:
                with self._turn():
                    connection = connection or self._connect()
                    last = self._drain(batch)
                    self._commit(connection, batch)
            except (sqlite3.Error, OSError) as error:
                last = False
                self._give_up(connection, batch, error)
                connection = None
            if last:
                break
        if connection is not None:
            with self._turn():  # the last one to close writes a checkpoint
                connection.close()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        with self._turn_file.open("ab") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)  # also between two writers of one process
            yield

    def _drain(self, batch: list[tuple[Job[Any], Future[Any]]]) -> bool:
        """Add what waits to the batch; return whether the end of the queue was asked for."""
        while len(batch) < _BATCH:
            try:
                item = self._jobs.get_nowait()
            except queue.Empty:
                return False
            if item is None:
                return True
            batch.append(item)
        return False

    def _commit(
        self, connection: sqlite3.Connection, batch: list[tuple[Job[Any], Future[Any]]]
    ) -> None:
        outcomes: list[tuple[Future[Any], Any, Exception | None]] = []
        connection.execute("BEGIN IMMEDIATE")
        for job, outcome in batch:
            connection.execute("SAVEPOINT job")
            try:
                outcomes.append((outcome, job(connection), None))
            except sqlite3.IntegrityError as refused:
                connection.execute("ROLLBACK TO job")
                outcomes.append((outcome, None, refused))
            except sqlite3.Error:  # the store's trouble, not the job's
                raise
            except Exception as refused:  # the job's own verdict goes to whoever asked for it
                connection.execute("ROLLBACK TO job")
                outcomes.append((outcome, None, refused))
            connection.execute("RELEASE job")
        connection.execute("COMMIT")
        for outcome, result, refusal in outcomes:
            if refusal is None:
                outcome.set_result(result)
            else:
                outcome.set_exception(refusal)

    def _give_up(
        self,
        connection: sqlite3.Connection | None,
        batch: list[tuple[Job[Any], Future[Any]]],
        error: BaseException,
    ) -> None:
        """Tell everyone of the batch; after an I/O error trust nothing until a restart."""
        if getattr(error, "sqlite_errorname", "").startswith(("SQLITE_IOERR", "SQLITE_CORRUPT")):
            self._stopped = error
        failure = (
            error if isinstance(error, sqlite3.Error) else sqlite3.OperationalError(str(error))
        )
        if connection is not None:
            connection.close()
        for _, outcome in batch:
            outcome.set_exception(failure)
