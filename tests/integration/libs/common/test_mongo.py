"""Transactions on a real replica set, and what an absent server looks like."""

import asyncio

import pytest

from libs.common import mongo
from libs.common.errors import UnavailableError


async def test_transaction_is_all_or_nothing(database: mongo.Database) -> None:
    """What was written before the failure is gone after it."""

    async def work(session: mongo.Session) -> None:
        await database.things.insert_one({"_id": 1}, session=session)
        raise KeyError("stop")

    with pytest.raises(KeyError):
        await mongo.in_transaction(database, work)

    assert await database.things.count_documents({}) == 0


async def test_transaction_returns_what_the_work_returns(database: mongo.Database) -> None:
    """And everything it wrote is there."""

    async def work(session: mongo.Session) -> int:
        await database.things.insert_one({"_id": 1}, session=session)
        await database.things.insert_one({"_id": 2}, session=session)
        return 2

    assert await mongo.in_transaction(database, work) == 2
    assert await database.things.count_documents({}) == 2


async def test_contending_transactions_are_repeated_until_each_succeeds(
    database: mongo.Database,
) -> None:
    """Write conflicts are the driver's and our own to repeat: no increment is lost."""
    await database.counters.insert_one({"_id": "c", "n": 0})

    async def work(session: mongo.Session) -> None:
        found = await database.counters.find_one({"_id": "c"}, session=session)
        assert found is not None
        await database.counters.update_one(
            {"_id": "c"}, {"$set": {"n": found["n"] + 1}}, session=session
        )

    await asyncio.gather(*(mongo.in_transaction(database, work) for _ in range(8)))

    counter = await database.counters.find_one({"_id": "c"})
    assert counter is not None
    assert counter["n"] == 8


async def test_duplicate_key_is_not_an_outage(database: mongo.Database) -> None:
    """A repeat is the reader's own business."""
    await database.things.insert_one({"_id": 1})

    with pytest.raises(mongo.DuplicateKeyError) as raised, mongo.translated():
        await database.things.insert_one({"_id": 1})

    assert not mongo.is_transient(raised.value)


async def test_much_is_read_as_of_one_moment(database: mongo.Database) -> None:
    """What is written meanwhile belongs to the next one; the event loop goes on."""
    await database.things.insert_many([{"_id": number} for number in range(3)])
    loop = asyncio.get_running_loop()

    async def add() -> None:
        await database.things.insert_one({"_id": 3})

    def work(blocking: mongo.BlockingDatabase, session: mongo.BlockingSession) -> list[int]:
        before = blocking.things.count_documents({}, session=session)
        asyncio.run_coroutine_threadsafe(add(), loop).result(timeout=10)
        return [before, len(list(blocking.things.find({}, session=session)))]

    assert await mongo.at_one_moment(database, work) == [3, 3]
    assert await database.things.count_documents({}) == 4


async def test_reading_much_of_an_absent_server_is_unavailable() -> None:
    """As any other operation."""
    lost = mongo.connect("mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200", "x")

    with pytest.raises(UnavailableError):
        await mongo.at_one_moment(lost, lambda blocking, _: blocking.things.find_one({}))
    mongo.close(lost)


async def test_absent_server_is_unavailable() -> None:
    """Readiness and translated operations tell the same thing."""
    lost = mongo.connect("mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200", "x")

    with pytest.raises(UnavailableError):
        await mongo.check(lost)
    mongo.close(lost)
