"""The write side of the memory: a partition's batch with the reader's position, all or nothing.

The position stands in the same transaction as its effects, guarded by a compare-and-set. So every
record takes effect exactly once, whoever else believes to own the partition, and plain inserts
are enough: what was kept before never reaches them, save an event that its sender repeated.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Self

import structlog

from libs.common.decision_log import LogPosition
from libs.common.errors import UnprocessableError
from libs.common.kafka_records import StalePositionError
from libs.common.mongo import (
    BulkWriteError,
    Database,
    Document,
    DuplicateKeyError,
    Session,
    UpdateOne,
    in_transaction,
    translated,
)
from services.history import documents
from services.history.core.changes import Writes
from services.history.documents import CONVERSATIONS, LINKS, POSITIONS, TIMELINE

_DUPLICATE_KEY_CODE = 11_000
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A partition's step: from the position that was read (None: none) to the one after it."""

    topic: str
    partition: int
    old: LogPosition | None
    new: LogPosition


class HistoryStore:
    """Keeps entries, conversations, links and positions in MongoDB."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def position(self, topic: str, partition: int) -> LogPosition | None:
        """The position after the last batch that was kept, or None when there was none.

        Raises UnavailableError when MongoDB does not answer.
        """
        key = documents.position_key(topic, partition)
        with translated():
            found = await self._database[POSITIONS].find_one({"_id": key})
        return documents.position_from(found) if found else None

    async def write(self, move: Move, writes: Writes) -> None:
        """Keep the changes and the new position together, or nothing.

        Raises StalePositionError when the stored position is not `move.old`, UnavailableError
        when MongoDB does not answer, UnprocessableError when it refuses a document for good.
        """
        operations = _Operations.of(writes)
        try:
            await self._keep(move, operations, keep=self._insert)
        except BulkWriteError as error:
            if not _is_duplicate(error):
                # Not "from" the error: that quotes the documents, which end up in logs.
                raise UnprocessableError("MongoDB refuses the documents") from None
            # A duplicate key ends its transaction, so looking first is left to the rare case.
            await self._keep(move, operations, keep=self._insert_unknown)

    async def _keep(
        self,
        move: Move,
        operations: "_Operations",
        *,
        keep: Callable[["_Operations", Session], Awaitable[None]],
    ) -> None:
        async def work(session: Session) -> None:
            await self._move(move, session)
            await keep(operations, session)
            await self._update(operations, session)

        await in_transaction(self._database, work)

    async def _move(self, move: Move, session: Session) -> None:
        positions = self._database[POSITIONS]
        key = documents.position_key(move.topic, move.partition)
        fields = documents.position_document(move.new)
        if move.old is None:
            try:
                await positions.insert_one({"_id": key, **fields}, session=session)
            except DuplicateKeyError as error:
                raise StalePositionError(f"{key}: there is a position already") from error
            return
        moved = await positions.update_one(
            {"_id": key, "offset": move.old.offset}, {"$set": fields}, session=session
        )
        if not moved.matched_count:
            raise StalePositionError(f"{key}: the position is not {move.old.offset}")

    async def _insert(self, operations: "_Operations", session: Session) -> None:
        for collection, fresh in operations.inserts.items():
            if fresh:
                await self._database[collection].insert_many(fresh, ordered=False, session=session)

    async def _insert_unknown(self, operations: "_Operations", session: Session) -> None:
        for collection, fresh in operations.inserts.items():
            ids = [document["_id"] for document in fresh]
            cursor = self._database[collection].find(
                {"_id": {"$in": ids}}, {"_id": 1}, session=session
            )
            known = {document["_id"] async for document in cursor}
            log.warning("entries.repeated", collection=collection, repeated=len(known))
            unknown = [document for document in fresh if document["_id"] not in known]
            if unknown:
                await self._database[collection].insert_many(
                    unknown, ordered=False, session=session
                )

    async def _update(self, operations: "_Operations", session: Session) -> None:
        for collection, updates in operations.updates.items():
            if updates:
                await self._database[collection].bulk_write(updates, ordered=False, session=session)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Operations:
    """A batch's changes as MongoDB takes them, by collection; built once, tried several times."""

    inserts: dict[str, list[Document]]
    updates: dict[str, list[UpdateOne]]

    @classmethod
    def of(cls, writes: Writes) -> Self:
        conversations = writes.conversations.values()
        return cls(
            inserts={
                TIMELINE: [documents.entry_document(entry) for entry in writes.entries.values()],
                CONVERSATIONS: [
                    documents.conversation_document(change)
                    for change in conversations
                    if change.is_new
                ],
            },
            updates={
                TIMELINE: [documents.delivery_update(c) for c in writes.deliveries.values()],
                CONVERSATIONS: [
                    documents.conversation_update(change)
                    for change in conversations
                    if not change.is_new
                ],
                LINKS: [documents.link_update(change) for change in writes.links.values()],
            },
        )


def _is_duplicate(error: BulkWriteError) -> bool:
    failures = (error.details or {}).get("writeErrors", [])
    return bool(failures) and all(
        failure.get("code") == _DUPLICATE_KEY_CODE for failure in failures
    )
