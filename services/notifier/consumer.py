"""Writes what counted records tell and ask for: the durable copy and the errands, by partition."""

from collections.abc import Callable, Sequence

from libs.common.contracts.envelope import Envelope
from libs.common.contracts.records import DecisionRecord
from libs.common.contracts.topics import ROUTING_DECISIONS
from libs.common.decision_log import LogPosition
from libs.common.health import Health
from libs.common.kafka import Publisher
from libs.common.kafka_consumers import BatchConsumer, Reader
from libs.common.kafka_consumers import Subscription as GroupSubscription
from libs.common.kafka_records import PartitionBatch, Record
from services.notifier.core.alerts import alerts_of
from services.notifier.core.errands import Errand, Subscription, replies_of, webhooks_of
from services.notifier.core.notifications import Notification, notifications_of
from services.notifier.core.reading import Reading, read
from services.notifier.durable_copy import DurableCopy, Effects
from services.notifier.promise_counts import count_promises

GROUP_ID = "notifier"

Wake = Callable[[Sequence[Errand]], None]


class CopyWriter:
    """Turns each batch into one transaction, and wakes the errands' runners after it."""

    def __init__(
        self,
        copy: DurableCopy,
        *,
        subscriptions: Sequence[Subscription],
        wake_deliveries: Wake,
        wake_webhooks: Wake,
        wake_alerts: Wake,
    ) -> None:
        self._copy = copy
        self._subscriptions = subscriptions
        self._wake_deliveries = wake_deliveries
        self._wake_webhooks = wake_webhooks
        self._wake_alerts = wake_alerts

    async def next_offset(self, _topic: str, partition: int) -> int | None:
        """Where to go on reading the partition; None for its beginning."""
        place = await self._copy.place(partition)
        return place.position.offset + 1 if place.is_stored else None

    async def handle(self, batch: PartitionBatch) -> None:
        """Store all effects of the batch, or none.

        Raises UnprocessableError when a record that counts can't be read, LogContradictionError,
        StalePositionError, UnavailableError.
        """
        before = await self._copy.place(batch.partition)
        position = before.position
        notifications: list[Notification] = []
        deliveries: list[Errand] = []
        webhooks: list[Errand] = []
        counted: list[DecisionRecord] = []
        alerts: list[Errand] = []
        for record in _unread(batch, position):
            reading = _read(position, record)
            if reading.error:
                raise reading.error
            position = reading.position
            if reading.record:
                counted.append(reading.record)
                notifications += notifications_of(reading.record, record.offset)
                deliveries += replies_of(reading.record, record.offset)
                webhooks += webhooks_of(reading.record, record.offset, self._subscriptions)
                alerts += alerts_of(reading.record, record.offset)
        await self._copy.store(
            batch.partition,
            before=before,
            position=position,
            effects=Effects(
                notifications=notifications,
                deliveries=deliveries,
                webhooks=webhooks,
                alerts=alerts,
            ),
        )
        count_promises(counted)
        self._wake_deliveries(deliveries)
        self._wake_webhooks(webhooks)
        self._wake_alerts(alerts)

    async def skip(self, record: Record) -> None:
        """Step over a record that was put aside: what comes behind it still counts."""
        before = await self._copy.place(record.partition)
        if record.offset > before.position.offset:
            await self._copy.store(
                record.partition,
                before=before,
                position=_read(before.position, record).position,
                effects=Effects(),
            )


def build_consumer(
    writer: CopyWriter,
    *,
    bootstrap_servers: str,
    publisher: Publisher,
    health: Health,
    topic: str = ROUTING_DECISIONS,
    group_id: str = GROUP_ID,
    group_instance_id: str | None = None,
) -> BatchConsumer:
    """The group's member on this replica; without an instance id it is a dynamic one."""
    return BatchConsumer(
        bootstrap_servers,
        subscription=GroupSubscription(
            topics=[topic],
            group_id=group_id,
            group_instance_id=group_instance_id,
            describes=Envelope,
        ),
        reader=Reader(handle=writer.handle, skip=writer.skip, position_of=writer.next_offset),
        publisher=publisher,
        health=health,
    )


def _unread(batch: PartitionBatch, position: LogPosition) -> list[Record]:
    return [record for record in batch.records if record.offset > position.offset]


def _read(position: LogPosition, record: Record) -> Reading:
    return read(position, offset=record.offset, headers=record.headers, value=record.value)
