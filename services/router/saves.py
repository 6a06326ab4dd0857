"""Saves in MongoDB: one document for each entity, and one that says as of which record.

A save is written in one transaction on the condition that `Save` states, so it is true whoever
writes it and however late. A load reads everything as of one moment.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

import orjson

from libs.common.decision_log import LogPosition
from libs.common.errors import UnavailableError
from libs.common.mongo import (
    BlockingDatabase,
    BlockingSession,
    Collection,
    Database,
    DeleteOne,
    Document,
    ReplaceOne,
    Session,
    at_one_moment,
    in_transaction,
    streaming,
    translated,
)
from services.router.core.entities import DeskKey
from services.router.core.ownership_effects import Save, StoredSave
from services.router.core.state import Change

POSITIONS, STATE = "router_saves", "router_state"
NO_SAVE = -1
LOAD_BATCH_DOCUMENTS = 2_000
# What questions about a desk's open work need; its memory of customers and events they don't.
KINDS_OF_A_DESK = (
    "desk",
    "replica",
    "agent",
    "work_item",
    "queue_pace",
    "desk_promises",
    "sla_instance",
    "escalation",
    "alert_window",
)


# What becomes of a save's documents as they come, at the engine time of the save.
Reading = Callable[[Iterator[Change], int], Iterable[Change]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundEntity:
    """One saved entity, whichever partition has it."""

    partition: int
    document: dict[str, Any]


def _as_they_are(documents: Iterator[Change], _: int) -> tuple[Change, ...]:
    return tuple(documents)


class SaveStore:
    """The saves of all partitions."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._positions: Collection = database[POSITIONS]
        self._state: Collection = database[STATE]

    async def load(self, partition: int, reading: Reading = _as_they_are) -> StoredSave | None:
        """The newest save, all of it in one consistent look; None when there is none.

        `reading` goes through the documents as they come, in the thread that reads them.
        Raises UnavailableError when MongoDB does not answer, and what `reading` raises.
        """
        return await self._read(partition, {}, reading)

    async def find(self, kind: str, entity_id: str, *, partitions: int) -> FoundEntity | None:
        """A saved entity by its kind and id, in any of the partitions; None when there is none.

        Raises UnavailableError when MongoDB does not answer.
        """
        keys = [_key(partition, kind, entity_id) for partition in range(partitions)]
        with translated():
            found = await self._state.find_one({"_id": {"$in": keys}})
        if found is None:
            return None
        partition = int(found["_id"].split("/", 1)[0])
        return FoundEntity(partition=partition, document=orjson.loads(found["document"]))

    async def position(self, partition: int) -> LogPosition | None:
        """As of which record the newest save is. Raises UnavailableError."""
        with translated():
            found = await self._positions.find_one({"_id": partition})
        return _position_of(found) if found is not None else None

    async def load_desk(
        self, partition: int, desk: DeskKey, *, entities_max: int
    ) -> StoredSave | None:
        """One desk of the newest save in one consistent look; None when there is no save.

        Raises UnavailableError when MongoDB does not answer, or when the desk has more than
        `entities_max` saved parts.
        """
        wanted = {
            "kind": {"$in": KINDS_OF_A_DESK},
            "desk": {"$in": ["/".join(desk), ""]},
        }

        def reading(documents: Iterator[Change], _: int) -> tuple[Change, ...]:
            found = tuple(islice(documents, entities_max + 1))
            if len(found) > entities_max:
                raise UnavailableError(f"desk {desk[1]} has more than {entities_max} saved parts")
            return found

        return await self._read(partition, wanted, reading)

    async def write(self, partition: int, save: Save) -> int:
        """Store the save if its condition holds.

        Returns the offset that is stored afterwards: the save's own, or the one in its way (-1:
        there is none). Raises UnavailableError when the outcome is unknown.
        """
        # Thousands of them: not between two events.
        operations = await asyncio.to_thread(_operations, partition, save)

        async def work(session: Session) -> int:
            found = await self._positions.find_one({"_id": partition}, session=session)
            stored: int = found["position"]["offset"] if found else NO_SAVE
            if not save.base <= stored < save.position.offset:
                return stored
            await self._positions.replace_one(
                {"_id": partition}, _position(partition, save), upsert=True, session=session
            )
            if operations:
                await self._state.bulk_write(operations, ordered=False, session=session)
            return save.position.offset

        return await in_transaction(self._database, work)

    async def _read(self, partition: int, wanted: Document, reading: Reading) -> StoredSave | None:
        """These entities of the newest save."""

        def work(database: BlockingDatabase, session: BlockingSession) -> StoredSave | None:
            found = database[POSITIONS].find_one({"_id": partition}, session=session)
            if found is None:
                return None
            position = _position_of(found)
            with database[STATE].find(
                {"_id": _of_partition(partition), **wanted},
                {"document": 1},
                session=session,
                batch_size=LOAD_BATCH_DOCUMENTS,
                cursor_type=streaming(database),
            ) as cursor:
                documents = reading(map(_change, cursor), position.now_ms)
            return StoredSave(position=position, documents=documents)

        return await at_one_moment(self._database, work)


def _position_of(found: Document) -> LogPosition:
    """Its numbers as Python's own: BSON has a kind of its own for great ones, which would get into
    entities and records, where no encoder knows it.
    """
    return LogPosition(**{name: int(value) for name, value in found["position"].items()})


def _position(partition: int, save: Save) -> Document:
    return {"_id": partition, "position": asdict(save.position)}


def _operations(partition: int, save: Save) -> list[ReplaceOne[Document] | DeleteOne]:
    return [_operation(partition, change) for change in save.changes]


def _operation(partition: int, change: Change) -> ReplaceOne[Document] | DeleteOne:
    key = _key(partition, change.kind, change.id)
    if change.document is None:
        return DeleteOne({"_id": key})
    # As bytes: names that people chose may hold dots, which field names of MongoDB may not.
    document = {
        "_id": key,
        "kind": change.kind,
        "desk": change.desk,
        "document": change.document,
    }
    return ReplaceOne({"_id": key}, document, upsert=True)


def _key(partition: int, kind: str, entity_id: str) -> str:
    return f"{partition:05d}/{kind}/{entity_id}"


def _change(document: Document) -> Change:
    _, kind, entity_id = document["_id"].split("/", 2)
    return Change(kind, entity_id, document["document"])


def _of_partition(partition: int) -> Document:
    """All keys that begin with the partition: "0" follows "/" in the order of characters."""
    return {"$gte": f"{partition:05d}/", "$lt": f"{partition:05d}0"}
