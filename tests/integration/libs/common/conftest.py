"""What the plumbing's tests share: a publisher, and a consumer that is stopped whatever happens."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest

from libs.common.health import Health
from libs.common.kafka import Publisher
from libs.common.kafka_batches import ProcessingLimits
from libs.common.kafka_consumers import BatchConsumer, Reader, Subscription
from libs.common.kafka_records import BatchHandler, PositionReader, SkipHandler

ConsumerMaker = Callable[..., BatchConsumer]


@pytest.fixture
async def publisher(kafka: str) -> AsyncIterator[Publisher]:
    """A started publisher."""
    started = Publisher(kafka)
    await started.start()
    yield started
    await started.stop()


@pytest.fixture
def health() -> Health:
    """The health that a consumer reports to."""
    return Health()


@pytest.fixture
async def make_consumer(
    kafka: str, topic_prefix: str, publisher: Publisher, health: Health
) -> AsyncIterator[ConsumerMaker]:
    """Makes consumers of one group, `make_consumer([topic], handle=...)`; start them yourself."""
    async with AsyncExitStack() as stack:

        def make(
            topics: list[str],
            *,
            handle: BatchHandler,
            skip: SkipHandler | None = None,
            position_of: PositionReader | None = None,
            limits: ProcessingLimits | None = None,
        ) -> BatchConsumer:
            consumer = BatchConsumer(
                kafka,
                subscription=Subscription(topics=topics, group_id=f"{topic_prefix}.group"),
                reader=Reader(handle=handle, skip=skip, position_of=position_of),
                publisher=publisher,
                health=health,
                limits=limits,
            )
            stack.push_async_callback(consumer.stop)
            return consumer

        yield make
