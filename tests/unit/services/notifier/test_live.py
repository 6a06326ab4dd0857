"""Tests of reading every decision as it is published."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from typing import cast

import pytest

from libs.common.contracts.records import (
    DecisionRecord,
    EpochStarted,
    LogRecord,
    encode_record,
    headers_of,
)
from libs.common.errors import UnavailableError
from libs.common.health import Health
from libs.common.kafka_records import PartitionBatch, Record
from services.notifier import live as module
from services.notifier.copy_documents import Scope
from services.notifier.core import audiences
from services.notifier.durable_copy import DurableCopy
from services.notifier.hub import Hub, Listener
from services.notifier.live import LiveReader
from tests.unit.services.notifier import builders as b
from tests.unit.services.notifier.fakes import SCOPE, FakeCopy

EPOCH = EpochStarted(nonce="n", owner="o", engine_version="1", prior_epoch=-1)


def batch(first: int, *records: LogRecord, value: bytes | None = None) -> PartitionBatch:
    """These records from this offset on."""
    return PartitionBatch(
        topic="decisions",
        partition=0,
        records=tuple(
            Record(
                topic="decisions",
                partition=0,
                offset=first + index,
                key=None,
                value=encode_record(record) if value is None else value,
                headers=tuple(headers_of(record)),
            )
            for index, record in enumerate(records)
        ),
    )


class Log:
    """A topic that hands out its batches, fails where told, and then is silent."""

    def __init__(self, *batches: PartitionBatch | Exception) -> None:
        self._batches = list(batches)
        self.asked: list[dict[int, int]] = []

    async def follow(self, offsets: Mapping[int, int]) -> AsyncGenerator[PartitionBatch]:
        """The batches that are left."""
        self.asked.append(dict(offsets))
        while self._batches:
            found = self._batches.pop(0)
            if isinstance(found, Exception):
                raise found
            yield found
        await asyncio.Event().wait()


async def read(
    log: Log, *, until: int, ends: int = 0, scope: Scope = SCOPE
) -> tuple[LiveReader, Listener, Health]:
    """Read until this offset, or until the process is told to leave."""
    hub, health = Hub(queue_max=10, recent_max=10), Health()
    observed: list[DecisionRecord] = []
    reader = LiveReader(hub, follow=log.follow, observe=observed.append, health=health)
    await reader.begin(cast("DurableCopy", FakeCopy()), {0: ends})
    listener = hub.listen(scope)
    running = asyncio.create_task(reader.run())
    async with asyncio.timeout(5):
        while hub.live_at(0) < until and not health.failed.is_set():  # noqa: ASYNC110
            await asyncio.sleep(0)
    running.cancel()
    return reader, listener, health


async def test_counted_records_reach_the_listeners() -> None:
    """An offer that counts is on its way at once; a void one is not."""
    log = Log(batch(0, EPOCH, b.record(b.reservation_opened()), b.record(epoch=7, number=9)))

    # The last record names an epoch that never began: the log contradicts itself.
    _, listener, health = await read(log, until=2)

    told = await listener.next(1)
    assert told is not None
    assert health.failed.is_set()


async def test_customer_who_waits_hears_their_place_when_the_queue_is_measured() -> None:
    """The measure is for supervisors; what it means for one customer is for that customer."""
    visitor = audiences.customer("site", b.reply_address().contact_point_id)
    scope = Scope(
        tenant_id=SCOPE.tenant_id, desk_id=SCOPE.desk_id, partition=0, audiences=(visitor,)
    )
    log = Log(
        batch(
            0,
            EPOCH,
            b.record(b.message_filed(None), b.work_item_queued()),
            b.record(b.queue_measured((1, 5, b.NOW_MS)), number=2, event_offset=1),
        )
    )

    _, listener, _ = await read(log, until=2, scope=scope)

    told = await listener.next(1)
    assert told is not None
    assert told.notification.type == "queue.position"
    assert listener.is_empty


async def test_outage_is_waited_out_and_reading_goes_on_behind_the_last_record(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is read twice and nothing skipped."""
    monkeypatch.setattr(module, "RESTART_WAIT_S", 0)
    first = batch(0, EPOCH, b.record(b.reservation_opened()))
    again = batch(1, b.record(b.reservation_opened()))
    log = Log(first, UnavailableError("away"), again, batch(2, EPOCH))

    _, listener, health = await read(log, until=2)

    assert log.asked == [{0: 0}, {0: 2}]
    assert await listener.next(1) is not None
    assert listener.is_empty
    assert not health.failed.is_set()


async def test_unreadable_record_stops_nothing() -> None:
    """It is put aside by the durable reader; live streams go on."""
    poison = batch(1, b.record(), value=b"{")
    log = Log(
        batch(0, EPOCH), poison, batch(2, b.record(b.message_filed(), number=2, event_offset=1))
    )

    _, listener, _ = await read(log, until=2)

    told = await listener.next(1)
    assert told is not None
    assert told.notification.type == "message.filed"


async def test_replica_is_ready_when_it_has_caught_up_once() -> None:
    """Before that a stream might begin in the past; afterwards a slow moment is no reason."""
    behind, _, _ = await read(Log(batch(0, EPOCH)), until=0, ends=9)
    there, _, _ = await read(Log(batch(0, EPOCH)), until=0, ends=1)

    with pytest.raises(UnavailableError):
        await behind.check()
    await there.check()
    await there.check()
