"""The group's reader on the real Kafka and MongoDB: every effect exactly once."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from libs.common import dead_letters
from libs.common.errors import UnavailableError
from libs.common.health import Health
from libs.common.kafka_records import PartitionBatch
from services.notifier.consumer import CopyWriter, build_consumer
from services.notifier.core.errands import Errand
from services.notifier.durable_copy import DurableCopy
from tests.integration.services.notifier.conftest import World
from tests.unit.services.notifier import builders as b

READ_TIMEOUT_S = 20


def ignore(_: Sequence[Errand]) -> None:
    """Nobody runs errands here."""


def writer_of(world: World, kind: type[CopyWriter] = CopyWriter) -> CopyWriter:
    """A writer of this test's durable copy."""
    copy = DurableCopy(world.database, retention_ms=3_600_000)
    return kind(
        copy, subscriptions=(), wake_deliveries=ignore, wake_webhooks=ignore, wake_alerts=ignore
    )


@asynccontextmanager
async def reading(world: World, writer: CopyWriter, group_id: str) -> AsyncIterator[Health]:
    """A member of this group at work."""
    health = Health()
    consumer = build_consumer(
        writer,
        bootstrap_servers=world.kafka,
        publisher=world.publisher,
        health=health,
        topic=world.names.decisions,
        group_id=group_id,
    )
    await consumer.start()
    try:
        yield health
    finally:
        await consumer.stop()


async def reached(world: World, partition: int, offset: int) -> None:
    """Wait until the durable copy holds the record at this offset."""
    copy = DurableCopy(world.database, retention_ms=3_600_000)
    async with asyncio.timeout(READ_TIMEOUT_S):
        while (await copy.place(partition)).position.offset < offset:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def put_aside(world: World) -> list[str]:
    """The reasons of all dead letters."""
    letters = dead_letters.read_all(world.kafka, world.names.decisions)
    return [letter.reason async for letter in letters]


async def counts(world: World) -> tuple[int, int]:
    """How many notifications and deliveries are stored."""
    return (
        await world.database["notifier_notifications"].count_documents({}),
        await world.database["notifier_deliveries"].count_documents({}),
    )


async def test_two_readers_of_one_partition_write_each_effect_once(world: World) -> None:
    """Two that both believe to own the partition are kept apart by the position alone."""
    log = world.writer()
    await log.begin()
    async with (
        reading(world, writer_of(world), f"{world.names.group_id}-a") as one,
        reading(world, writer_of(world), f"{world.names.group_id}-b") as two,
    ):
        for number in range(40):
            last = await log.decide(b.reply_filed(f"reply-{number}"))
        await reached(world, log.partition, last)

    # Each reply is told to its agent and to its customer.
    assert await counts(world) == (80, 40)
    assert await put_aside(world) == []
    assert not one.failed.is_set() or not two.failed.is_set()


class DiesAfterStoring(CopyWriter):
    """Stores, and then seems to have died before the group's offset was committed."""

    deaths = 0

    async def handle(self, batch: PartitionBatch) -> None:
        """As its parent, and then an outage twice."""
        await super().handle(batch)
        if self.deaths < 2:
            self.deaths += 1
            raise UnavailableError("died before the commit")


async def test_reader_that_dies_after_its_transaction_repeats_nothing(world: World) -> None:
    """What was stored before a death is not stored again when its records come again."""
    log = world.writer()
    await log.begin()
    last = await log.decide(b.reply_filed("reply-1"))
    writer = writer_of(world, DiesAfterStoring)

    async with reading(world, writer, world.names.group_id):
        await reached(world, log.partition, last)
        last = await log.decide(b.reply_filed("reply-2"))
        await reached(world, log.partition, last)
    # Another group begins at the topic's start, as after a lost offset.
    async with reading(world, writer_of(world), f"{world.names.group_id}-b"):
        last = await log.decide(b.reply_filed("reply-3"))
        await reached(world, log.partition, last)

    assert await counts(world) == (6, 3)
    assert await put_aside(world) == []


async def test_unreadable_record_is_put_aside_and_what_follows_counts(world: World) -> None:
    """A poison record that counts costs its own effects and nobody else's."""
    log = world.writer()
    await log.begin()
    async with reading(world, writer_of(world), world.names.group_id):
        await log.decide(b.reply_filed("reply-1"))
        poison = b.record(epoch=log.epoch, number=2, event_offset=1)
        await log.write(poison, value=b"{")
        log.step_over()
        last = await log.decide(b.reply_filed("reply-3"))
        await reached(world, log.partition, last)

    assert await counts(world) == (4, 2)
    assert len(await put_aside(world)) == 1


async def test_void_records_have_no_effects(world: World) -> None:
    """A frozen owner's reply is never delivered, and is not in the copy."""
    log = world.writer()
    old = await log.begin()
    async with reading(world, writer_of(world), world.names.group_id):
        await log.begin()
        await log.decide_as_frozen_owner(b.reply_filed("void"), epoch=old)
        last = await log.decide(b.reply_filed("true"))
        await reached(world, log.partition, last)

    stored = world.database["notifier_deliveries"].find({}, {"_id": True})
    assert [document["_id"] async for document in stored] == ["acme/true"]
