"""A broker that stops answering for a while: deadlines hold, and work goes on afterwards."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from deploy.local.servers import LocalServers
from libs.common import clock
from libs.common.errors import UnavailableError
from libs.common.kafka import Publisher
from libs.common.kafka_log import LogProducer, ToSend
from libs.common.kafka_records import PartitionBatch
from tests.integration.conftest import TopicMaker
from tests.integration.eventually import eventually
from tests.integration.libs.common.conftest import ConsumerMaker

Freezer = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def frozen_broker(local_servers: LocalServers) -> Freezer:
    """Stops the broker's process inside a block; needs a broker of our own."""
    if local_servers.kafka is None or local_servers.kafka.pid is None:
        pytest.skip("the broker is not ours to stop")
    pid = local_servers.kafka.pid

    @contextmanager
    def freeze() -> Iterator[None]:
        os.kill(pid, signal.SIGSTOP)
        _until_stopped(pid)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    return freeze


def _until_stopped(pid: int) -> None:
    """A signal to a busy process takes effect a little later, thread by thread.

    Until then the broker still answers, and a test would blame us for it.
    """
    for _ in range(500):
        states = [
            stat.read_text().rpartition(")")[2].split()[0]
            for stat in Path(f"/proc/{pid}/task").glob("*/stat")
        ]
        if set(states) == {"T"}:
            return
        time.sleep(0.01)
    pytest.fail("the broker does not stop")


async def test_publish_ends_at_its_deadline_and_works_again(
    kafka: str, make_topic: TopicMaker, frozen_broker: Freezer
) -> None:
    """The client itself would wait for ever; afterwards the same publisher publishes."""
    topic = await make_topic("events")
    publisher = Publisher(kafka, publish_timeout_s=0.5)
    await publisher.start()
    await publisher.publish(topic, key=b"k", value=b"0")

    with frozen_broker():
        began_s = clock.monotonic_s()
        with pytest.raises(UnavailableError, match="in time"):
            await publisher.publish(topic, key=b"k", value=b"1")
        assert clock.monotonic_s() - began_s < 1.5
        with pytest.raises(UnavailableError, match="does not answer"):
            await publisher.check()

    await eventually_publishes(publisher, topic)
    await publisher.check()
    await publisher.stop()


async def eventually_publishes(publisher: Publisher, topic: str) -> None:
    """Within 15 s."""
    async with asyncio.timeout(15):
        while True:
            try:
                await publisher.publish(topic, key=b"k", value=b"2")
            except UnavailableError:
                continue
            return


async def test_pipeline_is_dropped_at_once_while_the_broker_is_away(
    kafka: str, make_topic: TopicMaker, frozen_broker: Freezer
) -> None:
    """An owner that gives up waits for nobody."""
    topic = await make_topic("decisions")
    producer = LogProducer(kafka)
    await producer.start()
    await producer.send(topic, partition=0, records=[ToSend(None, b"0")])

    with frozen_broker():
        records = [ToSend(None, b"%d" % n) for n in range(1, 10)]
        sending = asyncio.create_task(producer.send(topic, partition=0, records=records))
        await asyncio.sleep(0.05)
        began_s = clock.monotonic_s()
        await producer.close_now()
        assert clock.monotonic_s() - began_s < 2.5

    with pytest.raises(UnavailableError):
        await sending


async def test_consumer_goes_on_after_the_broker_came_back(
    publisher: Publisher,
    make_topic: TopicMaker,
    make_consumer: ConsumerMaker,
    frozen_broker: Freezer,
) -> None:
    """Nothing is lost, nothing needs a restart."""
    topic = await make_topic("events")
    seen: list[int] = []

    async def handle(batch: PartitionBatch) -> None:
        seen.extend(record.offset for record in batch.records)

    await publisher.publish(topic, key=None, value=b"0")
    await make_consumer([topic], handle=handle).start()
    await eventually(lambda: seen == [0])

    with frozen_broker():
        await asyncio.sleep(1)
    await eventually_publishes(publisher, topic)

    await eventually(lambda: len(set(seen)) >= 2)
    assert sorted(set(seen)) == list(range(len(set(seen))))
