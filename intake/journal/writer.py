"""One writer at a time, many submissions in one sync.

Every write takes a turn first; the writer that has the turn drains its queue into one transaction.
"""

import contextlib
import logging
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Generic, Protocol, TypeVar

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

    def executemany(self, statement: str, rows: Sequence[Sequence[Any]], /) -> object:
        """Run one statement for each row of values, and look at nothing that it finds."""

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
    check_room: Callable[[], None] = lambda: None
    """Raises an `OSError` when so little room is left that nothing should be begun."""


Result = TypeVar("Result")
Job = Callable[[Connection], Result]
_Waiting = tuple[Job[Any], Future[Any]]
_Outcome = tuple[Future[Any], Any, Exception | None]


@dataclass(frozen=True)
class Alike(Generic[Result]):
    """A job that is run as one with its neighbours of the same kind, where that can be."""

    about: Any
    one: Callable[[Connection, Any], Result]
    """Runs a job by what it is about."""
    together: Callable[[Connection, Sequence[Any]], list[Result]]
    """Runs several in their order with the same results, or raises and has them run one by one."""

    def __call__(self, connection: Connection) -> Result:
        """Run it by itself."""
        return self.one(connection, self.about)


_Together = Callable[[Connection, Sequence[Any]], list[Any]]

_BATCH = 256
_PATIENCE_SECONDS = 20.0
_NOT_KEPT = (
    "Cổng tạm thời chưa lưu được nên phiếu chưa được ghi nhận; không phải do bạn. Những gì bạn "
    "điền vẫn còn đây; ít phút nữa hãy bấm gửi lại. Gửi lại nhiều lần vẫn chỉ thành một phiếu."
)
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
        self._left: Connection | None = None
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
                self._give_up(batch, self._stopped)
                continue
            try:
                with self._engine.turn():
                    self._engine.check_room()
                    try:
                        connection = self._begin_with(batch, connection)
                        last = self._drain(batch)
                        self._commit(connection, batch)
                    except (self._engine.failure, OSError) as error:
                        self._let_go(connection, error)
                        connection = None
                        raise
            except (self._engine.failure, OSError) as error:
                self._give_up(batch, error)
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
                self._let_go(connection, error)
                if self._engine.is_lasting(error):
                    raise
            else:
                return connection
        connection = self._engine.connect()
        try:
            connection.execute(self._engine.begin)
        except self._engine.failure as error:
            self._let_go(connection, error)
            raise
        return connection

    def _let_go(self, connection: Connection | None, error: BaseException) -> None:
        """Close a connection that failed while the turn is held: closing may write a checkpoint.

        For the same reason it stays open, without its locks, where nothing is trusted any more.
        """
        if connection is None:
            return
        if not self._engine.is_lasting(error):
            connection.close()
            return
        with contextlib.suppress(self._engine.failure):
            connection.execute("ROLLBACK")
        self._left = connection

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
        outcomes: list[_Outcome] = []
        for together, members in groupby(batch, key=lambda waiting: _together(waiting[0])):
            waiting = list(members)
            if together is not None and len(waiting) > 1:
                outcomes += self._as_one(connection, together, waiting)
            else:
                outcomes += [self._by_itself(connection, *each) for each in waiting]
        connection.execute("COMMIT")
        for outcome, result, refusal in outcomes:
            if refusal is None:
                outcome.set_result(result)
            else:
                outcome.set_exception(refusal)

    def _as_one(
        self, connection: Connection, together: _Together, waiting: list[_Waiting]
    ) -> list[_Outcome]:
        """Run jobs as one; when that can't be, undo what was done of them and run each."""
        connection.execute("SAVEPOINT jobs")
        try:
            results = together(connection, [job.about for job, _ in waiting])  # type: ignore[attr-defined]
        except Exception as reason:  # whose verdict it is shows when each is run by itself
            if self._is_the_stores(reason):
                raise
            connection.execute("ROLLBACK TO jobs")
            outcomes = [self._by_itself(connection, *each) for each in waiting]
        else:
            pairs = zip(waiting, results, strict=True)
            outcomes = [(outcome, result, None) for (_, outcome), result in pairs]
        connection.execute("RELEASE jobs")
        return outcomes

    def _by_itself(self, connection: Connection, job: Job[Any], outcome: Future[Any]) -> _Outcome:
        connection.execute("SAVEPOINT job")
        result, refusal = None, None
        try:
            result = job(connection)
        except Exception as refused:  # the job's own verdict goes to whoever asked for it
            if self._is_the_stores(refused):
                raise
            connection.execute("ROLLBACK TO job")
            refusal = refused
        connection.execute("RELEASE job")
        return outcome, result, refusal

    def _is_the_stores(self, error: Exception) -> bool:
        """Tell whether a failure is the store's trouble and not a job's own."""
        return isinstance(error, self._engine.failure) and not isinstance(
            error, self._engine.refusals
        )

    def _give_up(self, batch: list[_Waiting], error: BaseException) -> None:
        """Tell everyone of the batch; after an I/O error trust nothing until a restart."""
        if self._engine.is_lasting(error):
            self._stopped = error
        for _, outcome in batch:
            outcome.set_exception(error)


def _together(job: Job[Any]) -> _Together | None:
    """Return what runs a job as one with its neighbours, which is the same for all of a kind."""
    return job.together if isinstance(job, Alike) else None
