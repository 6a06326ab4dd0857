"""What the owner of a decision log needs of Kafka: an ordered pipeline, a group member that can
seek and prove its membership, and a tail without a group.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError

from libs.common.kafka_consumer import (
    CONSUMER_TIMEOUT_S,
    SESSION_TIMEOUT_MS,
    new_consumer,
    record_of,
    translated,
)
from libs.common.kafka_log_producer import LogProducer, ToSend
from libs.common.kafka_records import Record

__all__ = ["LogConsumer", "LogProducer", "PartitionsCallback", "RecordsByPartition", "ToSend"]

START_TIMEOUT_S = 20.0
STOP_TIMEOUT_S = 10.0
# A partition that was just sought waits until the fetch under way returns, and that one is held
# open for so long while the other partitions are quiet.
GROUP_FETCH_WAIT_MS_MAX = 100
# A member hears of a rebalance with its heartbeat, and who heard first stands still until the last
# one has heard too.
GROUP_HEARTBEAT_INTERVAL_MS = 1_000

PartitionsCallback = Callable[[frozenset[int]], Awaitable[None]]
RecordsByPartition = dict[int, list[Record]]


class LogConsumer:
    """Reads one topic, either as a member of a group or as a tail of given partitions.

    Records come in the order of each partition, never earlier than the last seek. In group mode
    `on_revoked` runs before the group moves on, `on_assigned` after it; neither is a barrier for
    `get_many`, so start reading a partition by seeking it.
    """

    def __init__(
        self,
        bootstrap_servers: str,
        topic: str,
        *,
        group_id: str | None = None,
        group_instance_id: str | None = None,
        client_id: str = "switchboard-log",
        session_timeout_ms: int = SESSION_TIMEOUT_MS,
    ) -> None:
        self._topic = topic
        self._group_id = group_id
        if group_id is None:
            self._consumer: AIOKafkaConsumer = new_consumer(bootstrap_servers, client_id=client_id)
            self._lookup = self._consumer
            return
        self._consumer = new_consumer(
            bootstrap_servers,
            group_id=group_id,
            group_instance_id=group_instance_id,
            client_id=client_id,
            fetch_wait_ms_max=GROUP_FETCH_WAIT_MS_MAX,
            session_timeout_ms=session_timeout_ms,
            heartbeat_interval_ms=GROUP_HEARTBEAT_INTERVAL_MS,
        )
        # A broker answers one request of a connection after the other: asked on the connection
        # that fetches, a question about offsets waits for the fetch.
        self._lookup = new_consumer(bootstrap_servers, client_id=f"{client_id}-lookup")

    async def start(
        self,
        *,
        on_assigned: PartitionsCallback | None = None,
        on_revoked: PartitionsCallback | None = None,
    ) -> None:
        """Connect, and in group mode join. Raises UnavailableError within 20 s."""
        if self._group_id is not None:
            listener = _Listener(on_assigned=on_assigned, on_revoked=on_revoked)
            self._consumer.subscribe([self._topic], listener=listener)
        async with translated(START_TIMEOUT_S):
            await self._consumer.start()
            if self._lookup is not self._consumer:
                await self._lookup.start()

    async def stop(self) -> None:
        """Disconnect within 10 s. A static member keeps its place in the group."""
        async with asyncio.TaskGroup() as group:
            for consumer in {self._consumer, self._lookup}:
                group.create_task(_stop(consumer))

    def assign(self, partitions: Iterable[int]) -> None:
        """Tail mode: read exactly these partitions; seek each before the first `get_many`."""
        self._consumer.assign([self._place(partition) for partition in partitions])

    def assignment(self) -> frozenset[int]:
        """The partitions held now, as far as this process knows."""
        return frozenset(place.partition for place in self._consumer.assignment())

    def seek(self, partition: int, offset: int) -> bool:
        """Go on at this offset; False when the partition is not held any more."""
        try:
            self._consumer.seek(self._place(partition), offset)
        except IllegalStateError:
            return False
        return True

    def pause(self, partition: int) -> None:
        """Fetch nothing more of this partition until `resume`; a lost one is ignored."""
        with suppress(IllegalStateError):
            self._consumer.pause(self._place(partition))

    def resume(self, partition: int) -> None:
        """Fetch this partition again; a lost one is ignored."""
        with suppress(IllegalStateError):
            self._consumer.resume(self._place(partition))

    async def get_many(
        self,
        partitions: Iterable[int] = (),
        *,
        timeout_ms: int = 200,
        max_records: int | None = None,
    ) -> RecordsByPartition:
        """The next records, of these partitions or of all that are held; empty when none came.

        Raises UnavailableError when the consumer is stopped or the broker refuses.
        """
        wanted = [self._place(partition) for partition in partitions]
        async with translated(CONSUMER_TIMEOUT_S + timeout_ms / 1000):
            found = await self._consumer.getmany(
                *wanted, timeout_ms=timeout_ms, max_records=max_records
            )
        return {
            place.partition: [record_of(raw) for raw in records]
            for place, records in found.items()
            if records
        }

    async def beginning_offsets(self, partitions: Iterable[int]) -> dict[int, int]:
        """The first offset that each partition still holds."""
        places = [self._place(partition) for partition in partitions]
        async with translated(CONSUMER_TIMEOUT_S):
            found: Mapping[TopicPartition, int] = await self._lookup.beginning_offsets(places)
        return {place.partition: offset for place, offset in found.items()}

    async def end_offsets(self, partitions: Iterable[int]) -> dict[int, int]:
        """The offset that the next record of each partition will have."""
        places = [self._place(partition) for partition in partitions]
        async with translated(CONSUMER_TIMEOUT_S):
            found: Mapping[TopicPartition, int] = await self._lookup.end_offsets(places)
        return {place.partition: offset for place, offset in found.items()}

    async def position(self, partition: int) -> int:
        """The offset of the next record that `get_many` will return."""
        async with translated(CONSUMER_TIMEOUT_S):
            return int(await self._consumer.position(self._place(partition)))

    async def confirm_assignment(self) -> bool:
        """Ask the coordinator now whether this member still belongs to the group's present
        generation and no rebalance is under way: True only then (protocol, rule 15).
        """
        coordinator = self._consumer._coordinator  # noqa: SLF001 - see below
        generation = getattr(coordinator, "generation", -1)
        if generation < 0 or coordinator.coordinator_id is None:
            return False
        # The regular heartbeat comes in its own time and tells nobody that it was answered; this
        # is the same request, sent at once. During a rebalance it succeeds too, but asks to join
        # anew.
        try:
            async with asyncio.timeout(CONSUMER_TIMEOUT_S):
                is_known = await coordinator._do_heartbeat()  # noqa: SLF001
        except (TimeoutError, KafkaError):
            return False
        subscription = self._consumer._subscription.subscription  # noqa: SLF001
        return bool(
            is_known
            and coordinator.generation == generation
            and not coordinator.need_rejoin(subscription)
        )

    async def commit(self, offsets: Mapping[int, int]) -> bool:
        """Tell the group these next offsets; False when refused. To the owner of a decision log
        they are for the display of lag only.
        """
        try:
            async with asyncio.timeout(CONSUMER_TIMEOUT_S):
                await self._consumer.commit(
                    {self._place(partition): offset for partition, offset in offsets.items()}
                )
        except (TimeoutError, KafkaError, IllegalStateError):
            return False
        return True

    def _place(self, partition: int) -> TopicPartition:
        return TopicPartition(self._topic, partition)


async def _stop(consumer: AIOKafkaConsumer) -> None:
    with suppress(TimeoutError, KafkaError):
        async with asyncio.timeout(STOP_TIMEOUT_S):
            await consumer.stop()


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]
    def __init__(
        self, *, on_assigned: PartitionsCallback | None, on_revoked: PartitionsCallback | None
    ) -> None:
        self._on_assigned = on_assigned
        self._on_revoked = on_revoked

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        if self._on_revoked:
            await self._on_revoked(frozenset(place.partition for place in revoked))

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        if self._on_assigned:
            await self._on_assigned(frozenset(place.partition for place in assigned))
