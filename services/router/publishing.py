"""Publishes the records of one takeover in their order: all that wait together go in one request.

One request is under way at a time, and what is decided meanwhile is the next one. So a quiet
partition's record leaves at once, and a busy one's cost a fraction of what each alone would.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from itertools import islice

from libs.common.contracts.topics import ROUTING_DECISIONS
from libs.common.kafka_log import LogProducer, ToSend
from services.router.core.ownership_effects import PublishRecord

RECORDS_PER_REQUEST_MAX = 512

Published = Callable[[list[PublishRecord]], None]


class RecordPublisher:
    """What is to be published and was not acknowledged yet; bounded by the takeover's pipeline."""

    def __init__(self, producer: LogProducer, partition: int, *, on_published: Published) -> None:
        self._producer = producer
        self._partition = partition
        self._on_published = on_published
        self._waiting: deque[PublishRecord] = deque()
        self._is_waiting = asyncio.Event()

    def add(self, effect: PublishRecord) -> None:
        """Publish this record behind all earlier ones."""
        self._waiting.append(effect)
        self._is_waiting.set()

    async def run(self) -> None:
        """Publish what is added, for ever. Raises UnavailableError at the first failure: what was
        not acknowledged by then may still land, and nothing is sent after it.
        """
        while True:
            await self._is_waiting.wait()
            self._is_waiting.clear()
            while self._waiting:
                records = [
                    ToSend(one.key, one.value, one.headers)
                    for one in islice(self._waiting, RECORDS_PER_REQUEST_MAX)
                ]
                sent = await self._producer.send(
                    ROUTING_DECISIONS, partition=self._partition, records=records
                )
                self._on_published([self._waiting.popleft() for _ in range(sent)])
