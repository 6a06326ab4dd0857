"""MongoDB: connecting, transactions that retry, and which failures mean "try again later"."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias, TypeVar

from motor.motor_asyncio import (
    AsyncIOMotorClient,
    AsyncIOMotorClientSession,
    AsyncIOMotorCollection,
    AsyncIOMotorDatabase,
)
from pydantic import SecretStr
from pymongo import (
    ASCENDING,
    DESCENDING,
    CursorType,
    DeleteOne,
    IndexModel,
    InsertOne,
    ReplaceOne,
    ReturnDocument,
    UpdateMany,
    UpdateOne,
    WriteConcern,
)
from pymongo.client_session import ClientSession
from pymongo.database import Database as PymongoDatabase
from pymongo.errors import BulkWriteError, ConnectionFailure, DuplicateKeyError, PyMongoError

from libs.common.errors import UnavailableError

__all__ = [
    "ASCENDING",
    "DESCENDING",
    "BlockingDatabase",
    "BlockingSession",
    "BulkWriteError",
    "Collection",
    "Database",
    "DeleteOne",
    "Document",
    "DuplicateKeyError",
    "IndexModel",
    "InsertOne",
    "PyMongoError",
    "ReplaceOne",
    "ReturnDocument",
    "Session",
    "UpdateMany",
    "UpdateOne",
    "at_one_moment",
    "check",
    "close",
    "connect",
    "in_transaction",
    "is_transient",
    "streaming",
    "translated",
]

Document: TypeAlias = dict[str, Any]
Database: TypeAlias = "AsyncIOMotorDatabase[Document]"
Collection: TypeAlias = "AsyncIOMotorCollection[Document]"
Session: TypeAlias = AsyncIOMotorClientSession
BlockingDatabase: TypeAlias = "PymongoDatabase[Document]"
BlockingSession: TypeAlias = ClientSession
T = TypeVar("T")

SERVER_SELECTION_TIMEOUT_MS = 5_000
CONNECT_TIMEOUT_MS = 5_000
SOCKET_TIMEOUT_MS = 20_000
WRITE_CONCERN_TIMEOUT_MS = 10_000
POOL_SIZE_MAX = 50
POOL_WAIT_TIMEOUT_MS = 5_000
CHECK_TIMEOUT_S = 1.5
TRANSACTION_TRIES_MAX = 5
TRANSACTION_BACKOFF_S = 0.1

# Codes of failures that pass by themselves and that the driver does not label: a transaction that
# the server forgot across a restart, an interrupted operation, a primary that steps down, a
# snapshot that is too old (239) or older than its collection (246), a transaction for which the
# cache has no room now (388).
_TRANSIENT_CODES = frozenset(
    {6, 7, 89, 91, 112, 189, 239, 246, 251, 388, 9001, 10107, 11600, 11602, 13435, 13436}
)
# Of these, the moment that is looked at is the trouble: another one, a little later, is not.
_OTHER_MOMENT_CODES = frozenset({239, 246})
_TRANSIENT_LABELS = ("TransientTransactionError", "RetryableWriteError", "NetworkError")


def connect(uri: str | SecretStr, database: str) -> Database:
    """The database, with majority writes, journaled, and named timeouts. Connects lazily."""
    address = uri.get_secret_value() if isinstance(uri, SecretStr) else uri
    client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(
        address,
        tz_aware=True,
        retryWrites=True,
        retryReads=True,
        serverSelectionTimeoutMS=SERVER_SELECTION_TIMEOUT_MS,
        connectTimeoutMS=CONNECT_TIMEOUT_MS,
        socketTimeoutMS=SOCKET_TIMEOUT_MS,
        maxPoolSize=POOL_SIZE_MAX,
        waitQueueTimeoutMS=POOL_WAIT_TIMEOUT_MS,
        appname="switchboard",
    )
    concern = WriteConcern(w="majority", wtimeout=WRITE_CONCERN_TIMEOUT_MS, j=True)
    return client.get_database(database, write_concern=concern)


def close(database: Database) -> None:
    """Close the connections that `connect` opened."""
    database.client.close()


async def check(database: Database) -> None:
    """For readiness: raises UnavailableError unless the server answers now."""
    try:
        async with asyncio.timeout(CHECK_TIMEOUT_S):
            await database.command("ping")
    except (TimeoutError, PyMongoError) as error:
        raise UnavailableError(f"MongoDB does not answer: {type(error).__name__}") from error


async def in_transaction(
    database: Database, work: Callable[[Session], Coroutine[Any, Any, T]]
) -> T:
    """Run `work` in one transaction, all or nothing, and repeat it when the server asks for that.

    `work` may run up to 5 times, so it must hold no state of its own; give its session to every
    operation. After an unclear commit it may run again although it had succeeded: guard it by a
    compare-and-set. Raises UnavailableError when the last try failed for a passing reason.
    """
    for attempt in range(1, TRANSACTION_TRIES_MAX + 1):
        try:
            async with await database.client.start_session() as session:
                return await session.with_transaction(work)
        except PyMongoError as error:
            if not is_transient(error):
                raise
            if attempt == TRANSACTION_TRIES_MAX:
                raise UnavailableError(
                    f"MongoDB transaction failed: {type(error).__name__}"
                ) from error
        await asyncio.sleep(TRANSACTION_BACKOFF_S * 2 ** (attempt - 1))
    raise AssertionError("unreachable")  # pragma: no cover


async def at_one_moment(
    database: Database, work: Callable[[BlockingDatabase, BlockingSession], T]
) -> T:
    """Run `work` in a thread on the driver's own blocking client: what it reads with its session
    is all as of one moment.

    For much data: handing each document over to the event loop costs seven times what reading it
    does, and holds the loop up. Raises UnavailableError for a failure that passes by itself. When
    the caller is cancelled, `work` still runs to its end.
    """
    blocking: BlockingDatabase = database.delegate

    def run() -> T:
        with blocking.client.start_session(snapshot=True) as session:
            return work(blocking, session)

    for attempt in range(1, TRANSACTION_TRIES_MAX + 1):
        with translated():
            try:
                return await asyncio.to_thread(run)
            except PyMongoError as error:
                is_last = attempt == TRANSACTION_TRIES_MAX
                if is_last or getattr(error, "code", None) not in _OTHER_MOMENT_CODES:
                    raise
        await asyncio.sleep(TRANSACTION_BACKOFF_S * 2 ** (attempt - 1))
    raise AssertionError("unreachable")  # pragma: no cover


def streaming(blocking: BlockingDatabase) -> int:
    """The type of a cursor for much data: the server sends on without being asked for each batch,
    where it can (behind a mongos it can't).
    """
    return CursorType.NON_TAILABLE if blocking.client.is_mongos else CursorType.EXHAUST


@contextmanager
def translated() -> Iterator[None]:
    """Raise UnavailableError for a failure inside that passes by itself; others stay."""
    try:
        yield
    except PyMongoError as error:
        if is_transient(error):
            raise UnavailableError(f"MongoDB does not answer: {type(error).__name__}") from error
        raise


def is_transient(error: BaseException) -> bool:
    """Whether the same operation may succeed later: the server, not the operation, is at fault."""
    if not isinstance(error, PyMongoError):
        return False
    code = getattr(error, "code", None)
    details = getattr(error, "details", None) or {}
    return (
        error.timeout
        or any(error.has_error_label(label) for label in _TRANSIENT_LABELS)
        or code in _TRANSIENT_CODES
        or isinstance(error, ConnectionFailure)
        or bool(isinstance(error, BulkWriteError) and details.get("writeConcernErrors"))
    )
