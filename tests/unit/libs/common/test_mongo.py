"""Which failures of MongoDB pass by themselves, and how often a transaction is repeated."""

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import pytest
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    DuplicateKeyError,
    NotPrimaryError,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
    WaitQueueTimeoutError,
    WTimeoutError,
)

from libs.common import mongo
from libs.common.errors import UnavailableError


@pytest.mark.parametrize(
    "error",
    [
        AutoReconnect("x"),
        NotPrimaryError("x"),
        ServerSelectionTimeoutError("x"),
        WaitQueueTimeoutError("x"),
        WTimeoutError("x"),
        OperationFailure("given transaction number does not match", 251),
        OperationFailure("snapshot is too old", 239),
        OperationFailure("pending collection catalog changes", 246),
        OperationFailure("transaction is too large for the cache", 388),
        OperationFailure("x", 50, {"errorLabels": ["TransientTransactionError"]}),
        BulkWriteError({"writeErrors": [], "writeConcernErrors": [{"code": 64}]}),
    ],
    ids=lambda error: type(error).__name__,
)
def test_passing_failures_are_outages(error: PyMongoError) -> None:
    """The same operation may succeed later."""
    assert mongo.is_transient(error)
    with pytest.raises(UnavailableError, match="MongoDB does not answer"), mongo.translated():
        raise error


@pytest.mark.parametrize(
    "error",
    [
        DuplicateKeyError("x", 11_000),
        OperationFailure("not authorized", 13),
        BulkWriteError({"writeErrors": [{"code": 11_000}], "writeConcernErrors": []}),
        KeyError("x"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_lasting_failures_stay_what_they_are(error: Exception) -> None:
    """Repeating them would change nothing."""
    assert not mongo.is_transient(error)
    with pytest.raises(type(error)), mongo.translated():
        raise error


class FakeSession:
    """A session whose transaction fails as often as planned."""

    def __init__(self, failures: list[Exception]) -> None:
        self.failures = failures
        self.runs = 0

    async def with_transaction(self, work: Callable[[Any], Coroutine[Any, Any, str]]) -> str:
        """Run the work, then fail as planned."""
        self.runs += 1
        result = await work(self)
        if self.failures:
            raise self.failures.pop(0)
        return result

    async def __aenter__(self) -> Self:
        """As a session does."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """As a session does."""


class FakeDatabase:
    """A database with that one session."""

    def __init__(self, *failures: Exception) -> None:
        self.session = FakeSession(list(failures))
        self.client = self

    async def start_session(self) -> FakeSession:
        """The session."""
        return self.session


async def work(_session: mongo.Session) -> str:
    """Something to do."""
    return "done"


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mongo, "TRANSACTION_BACKOFF_S", 0)


async def test_transaction_that_the_server_forgot_is_run_again() -> None:
    """The driver gives up there; we don't."""
    database = FakeDatabase(OperationFailure("forgotten", 251), AutoReconnect("x"))

    assert await mongo.in_transaction(database, work) == "done"  # type: ignore[arg-type]
    assert database.session.runs == 3


async def test_repeats_of_a_transaction_are_bounded() -> None:
    """After five tries it is an outage."""
    database = FakeDatabase(*[AutoReconnect("x")] * 100)

    with pytest.raises(UnavailableError, match="transaction failed: AutoReconnect"):
        await mongo.in_transaction(database, work)  # type: ignore[arg-type]

    assert database.session.runs == mongo.TRANSACTION_TRIES_MAX


async def test_lasting_failure_of_a_transaction_is_not_repeated() -> None:
    """It is the work's own."""
    database = FakeDatabase(DuplicateKeyError("x", 11_000))

    with pytest.raises(DuplicateKeyError):
        await mongo.in_transaction(database, work)  # type: ignore[arg-type]

    assert database.session.runs == 1


class FakeReading:
    """A database that is read at one moment, which it refuses as often as planned."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.delegate = self.client = self
        self.runs = 0

    @contextmanager
    def start_session(self, *, snapshot: bool) -> Iterator[None]:
        """The session."""
        assert snapshot
        yield

    def read(self, _database: object, _session: object) -> str:
        """Read, or fail as planned."""
        self.runs += 1
        if self.failures:
            raise self.failures.pop(0)
        return "all of it"


async def test_another_moment_is_looked_at_when_there_is_no_snapshot_of_one() -> None:
    """A collection that was made a moment ago has none; so does nothing after five tries."""
    soon, never = (FakeReading(*[OperationFailure("x", 246)] * number) for number in (2, 100))
    down = FakeReading(AutoReconnect("x"))

    assert await mongo.at_one_moment(soon, soon.read) == "all of it"  # type: ignore[arg-type]
    for database, runs in ((never, mongo.TRANSACTION_TRIES_MAX), (down, 1)):
        with pytest.raises(UnavailableError):
            await mongo.at_one_moment(database, database.read)  # type: ignore[arg-type]
        assert database.runs == runs
