"""Saves in MongoDB: one document for each entity, and one that says as of which record.

A save is written in one transaction on the condition that `Save` states, so it is true whoever
writes it and however late. A load reads everything as of one moment.
"""

from dataclasses import asdict

import orjson

from libs.common.decision_log import LogPosition
from libs.common.mongo import (
    Collection,
    Database,
    DeleteOne,
    Document,
    ReplaceOne,
    Session,
    in_transaction,
    translated,
)
from services.router.core.ownership_effects import Save, StoredSave
from services.router.core.state import Change

NO_SAVE = -1
LOAD_BATCH_DOCUMENTS = 2_000


class SaveStore:
    """The saves of all partitions."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._positions: Collection = database["router_saves"]
        self._state: Collection = database["router_state"]

    async def load(self, partition: int) -> StoredSave | None:
        """The newest save, all of it in one consistent look; None when there is none.

        Raises UnavailableError when MongoDB does not answer.
        """
        with translated():
            async with await self._database.client.start_session(snapshot=True) as session:
                found = await self._positions.find_one({"_id": partition}, session=session)
                if found is None:
                    return None
                cursor = self._state.find(
                    {"_id": _of_partition(partition)},
                    session=session,
                    batch_size=LOAD_BATCH_DOCUMENTS,
                )
                documents = tuple([_change(document) async for document in cursor])
        return StoredSave(position=LogPosition(**found["position"]), documents=documents)

    async def write(self, partition: int, save: Save) -> int:
        """Store the save if its condition holds.

        Returns the offset that is stored afterwards: the save's own, or the one in its way (-1:
        there is none). Raises UnavailableError when the outcome is unknown.
        """

        async def work(session: Session) -> int:
            found = await self._positions.find_one({"_id": partition}, session=session)
            stored: int = found["position"]["offset"] if found else NO_SAVE
            if not save.base <= stored < save.position.offset:
                return stored
            await self._positions.replace_one(
                {"_id": partition}, _position(partition, save), upsert=True, session=session
            )
            if save.changes:
                await self._state.bulk_write(
                    [_operation(partition, change) for change in save.changes],
                    ordered=False,
                    session=session,
                )
            return save.position.offset

        return await in_transaction(self._database, work)


def _position(partition: int, save: Save) -> Document:
    return {"_id": partition, "position": asdict(save.position)}


def _operation(partition: int, change: Change) -> ReplaceOne[Document] | DeleteOne:
    key = f"{partition:05d}/{change.kind}/{change.id}"
    if change.document is None:
        return DeleteOne({"_id": key})
    # As bytes: names that people chose may hold dots, which field names of MongoDB may not.
    document = {"_id": key, "kind": change.kind, "document": orjson.dumps(change.document)}
    return ReplaceOne({"_id": key}, document, upsert=True)


def _change(document: Document) -> Change:
    _, kind, entity_id = document["_id"].split("/", 2)
    return Change(kind, entity_id, orjson.loads(document["document"]))


def _of_partition(partition: int) -> Document:
    """All keys that begin with the partition: "0" follows "/" in the order of characters."""
    return {"$gte": f"{partition:05d}/", "$lt": f"{partition:05d}0"}
