"""How far a group has come with a topic, asked from outside the group."""

from collections.abc import Mapping

from aiokafka import TopicPartition

from libs.common.kafka_consumer import new_consumer, translated

START_TIMEOUT_S = 20.0
STOP_TIMEOUT_S = 10.0


class GroupProgress:
    """Asks where a topic's partitions end and which offsets the group has committed.

    It is no member of the group and reads no record. Each call that asks raises UnavailableError
    when Kafka does not answer within `ask_timeout_s`.
    """

    def __init__(
        self,
        bootstrap_servers: str,
        topic: str,
        *,
        group_id: str,
        partitions: int,
        client_id: str,
        ask_timeout_s: float,
    ) -> None:
        # It subscribes to nothing, so it never joins: the group's name is for asking only.
        self._consumer = new_consumer(bootstrap_servers, client_id=client_id, group_id=group_id)
        self._places = [TopicPartition(topic, number) for number in range(partitions)]
        self._ask_timeout_s = ask_timeout_s

    async def start(self) -> None:
        """Connect. Raises UnavailableError when no broker answers within 20 s."""
        async with translated(START_TIMEOUT_S):
            await self._consumer.start()

    async def stop(self) -> None:
        """Disconnect. Raises UnavailableError when that takes more than 10 s."""
        async with translated(STOP_TIMEOUT_S):
            await self._consumer.stop()

    async def ends(self) -> dict[int, int]:
        """The offset that the next record of each partition will have. Every record that was
        acknowledged before the call stands below it.
        """
        async with translated(self._ask_timeout_s):
            found: Mapping[TopicPartition, int] = await self._consumer.end_offsets(self._places)
        return {place.partition: offset for place, offset in found.items()}

    async def done_to(self, partition: int) -> int:
        """Every record of the partition below this offset is done with, or expired."""
        place = self._places[partition]
        async with translated(self._ask_timeout_s):
            committed: int | None = await self._consumer.committed(place)
            begins: int = (await self._consumer.beginning_offsets([place]))[place]
        return max(begins, committed or 0)
