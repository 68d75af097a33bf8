"""One writer at a time, many submissions in one sync.

Every write takes a turn first; the writer that has the turn drains its queue into one transaction.
"""

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from intake.errors import StorageStopped, StorageUnavailable

log = logging.getLogger(__name__)


class Cursor(Protocol):
    """What a statement found."""

    def fetchone(self) -> Any:
        """Return the next row, None after the last one."""

    def fetchall(self) -> list[Any]:
        """Return all rows."""


class Connection(Protocol):
    """A connection to a database. Values stand in a statement as `?`."""

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> Cursor:
        """Run one statement."""

    def close(self) -> None:
        """Let go of it."""


@dataclass(frozen=True)
class Engine:
    """How a writer works with a database."""

    connect: Callable[[], Connection]
    turn: Callable[[], AbstractContextManager[None]]
    """What is held while a transaction runs and while a connection is opened or closed."""
    begin: str
    """Begins a transaction in which nobody else writes."""
    failure: type[Exception]
    """What the database raises."""
    refusals: tuple[type[Exception], ...]
    """Those failures that are a job's own fault; its neighbours are kept."""
    is_lasting: Callable[[BaseException], bool]
    """Whether the store can't be trusted after a failure."""


Result = TypeVar("Result")
Job = Callable[[Connection], Result]
_Waiting = tuple[Job[Any], Future[Any]]

_BATCH = 256
_PATIENCE_SECONDS = 20.0
_NOT_KEPT = "Phiếu chưa được ghi nhận. Những gì bạn điền vẫn còn đây; hãy thử gửi lại sau ít phút."
_STOPPED = (
    "Nơi lưu phiếu gặp sự cố nên tạm dừng nhận. Những gì bạn điền vẫn còn đây; hãy giữ lại và "
    "báo cho bộ phận quản trị cổng."
)


class GroupWriter:
    """Runs jobs in the order they come, each all or nothing, many in one durable commit."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._jobs: queue.Queue[_Waiting | None] = queue.Queue(maxsize=4096)
        self._stopped: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="journal-writer", daemon=True)
        self._thread.start()

    def run(self, job: Job[Result], patience: float | None = None) -> Result:
        """Run a job and return its result once it is durable.

        Raises:
            StorageUnavailable: it was not kept, or it is not known whether it was.
            StorageStopped: the store can't be trusted until a restart.
        """
        self.check()
        outcome: Future[Result] = Future()
        seconds = _PATIENCE_SECONDS if patience is None else patience
        try:
            self._jobs.put((job, outcome), timeout=seconds)
            return outcome.result(timeout=seconds)
        except (queue.Full, TimeoutError):
            raise StorageUnavailable(_NOT_KEPT) from None
        except (self._engine.failure, OSError) as error:
            log.exception("journal: a submission was not kept")
            if self._stopped is not None:
                raise StorageStopped(_STOPPED) from error
            raise StorageUnavailable(_NOT_KEPT) from error

    def check(self) -> None:
        """Check that the store is still trusted.

        Raises:
            StorageStopped: it isn't, until a restart.
        """
        if self._stopped is not None:
            raise StorageStopped(_STOPPED)

    def close(self) -> None:
        """Finish what is queued and stop."""
        self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        connection: Connection | None = None
        while (first := self._jobs.get()) is not None:
            batch, last = [first], False
            if self._stopped is not None:
                self._give_up(None, batch, self._stopped)
                continue
            try:
                with self._engine.turn():
                    connection = self._begin_with(batch, connection)
                    last = self._drain(batch)
                    self._commit(connection, batch)
            except (self._engine.failure, OSError) as error:
                self._give_up(connection, batch, error)
                connection = None
            if last:
                break
        if connection is not None:
            with self._engine.turn():  # the last one to close writes a checkpoint
                connection.close()

    def _begin_with(self, batch: list[_Waiting], connection: Connection | None) -> Connection:
        """Begin a transaction; when that fails, all who wait are told and not one after another."""
        try:
            return self._begin(connection)
        except (self._engine.failure, OSError):
            if self._drain(batch):
                self._jobs.put(None)
            raise

    def _begin(self, connection: Connection | None) -> Connection:
        """Begin a transaction, over a new connection when the old one broke while it was idle."""
        if connection is not None:
            try:
                connection.execute(self._engine.begin)
            except self._engine.failure as error:
                connection.close()
                if self._engine.is_lasting(error):
                    raise
            else:
                return connection
        connection = self._engine.connect()
        try:
            connection.execute(self._engine.begin)
        except self._engine.failure:
            connection.close()
            raise
        return connection

    def _drain(self, batch: list[_Waiting]) -> bool:
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

    def _commit(self, connection: Connection, batch: list[_Waiting]) -> None:
        outcomes: list[tuple[Future[Any], Any, Exception | None]] = []
        for job, outcome in batch:
            connection.execute("SAVEPOINT job")
            try:
                outcomes.append((outcome, job(connection), None))
            except self._engine.refusals as refused:
                connection.execute("ROLLBACK TO job")
                outcomes.append((outcome, None, refused))
            except self._engine.failure:  # the store's trouble, not the job's
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
        connection: Connection | None,
        batch: list[_Waiting],
        error: BaseException,
    ) -> None:
        """Tell everyone of the batch; after an I/O error trust nothing until a restart."""
        if self._engine.is_lasting(error):
            self._stopped = error
        if connection is not None:
            connection.close()
        for _, outcome in batch:
            outcome.set_exception(error)
