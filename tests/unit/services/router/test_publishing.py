"""Records leave in order, together, one request at a time."""

import asyncio
from collections.abc import Sequence
from typing import cast

import pytest

from libs.common.contracts.records import EpochStarted
from libs.common.errors import UnavailableError
from libs.common.kafka_log import LogProducer, ToSend
from services.router.core.ownership_effects import PublishRecord
from services.router.publishing import RecordPublisher

FITTING = 2


class Requests:
    """A producer whose requests hold two records and are answered when the test says so."""

    def __init__(self) -> None:
        self.sent: list[list[bytes]] = []
        self.answers: list[asyncio.Future[None]] = []

    async def send(self, _topic: str, *, partition: int, records: Sequence[ToSend]) -> int:
        """As the real one does."""
        assert partition == 3
        fitting = [record.value for record in records[:FITTING]]
        self.sent.append(fitting)
        self.answers.append(asyncio.get_running_loop().create_future())
        await self.answers[-1]
        return len(fitting)


class Publishing:
    """A publisher at work, and what it said was published."""

    def __init__(self) -> None:
        self.requests = Requests()
        self.published: list[int] = []
        producer = cast("LogProducer", self.requests)
        self.publisher = RecordPublisher(producer, 3, on_published=self._note)
        self.running = asyncio.create_task(self.publisher.run())

    def _note(self, effects: list[PublishRecord]) -> None:
        self.published += [effect.number for effect in effects]

    async def add(self, *numbers: int) -> None:
        """Records to publish, and time for whatever follows at once."""
        for number in numbers:
            record = EpochStarted(nonce="n", owner="o", engine_version="2", prior_epoch=-1)
            value = b"%d" % number
            effect = PublishRecord(number=number, record=record, value=value, headers=[])
            self.publisher.add(effect)
        await asyncio.sleep(0)

    async def answer(self, error: Exception | None = None) -> None:
        """The request under way is acknowledged, or fails."""
        future = self.requests.answers[-1]
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)
        for _ in range(3):
            await asyncio.sleep(0)


async def test_what_waits_while_a_request_is_under_way_leaves_in_the_next() -> None:
    """In order, as much as a request holds; a record is told of once it is acknowledged."""
    publishing = Publishing()

    await publishing.add(1)
    await publishing.add(2, 3, 4)
    told_before = list(publishing.published)
    for _ in range(3):
        await publishing.answer()
    publishing.running.cancel()

    assert told_before == []
    assert publishing.requests.sent == [[b"1"], [b"2", b"3"], [b"4"]]
    assert publishing.published == [1, 2, 3, 4]


async def test_nothing_leaves_after_a_failure() -> None:
    """What would follow is void, whether or not the failed request lands."""
    publishing = Publishing()
    await publishing.add(1)
    await publishing.add(2)

    await publishing.answer(UnavailableError("Kafka does not answer"))

    with pytest.raises(UnavailableError):
        await publishing.running
    assert publishing.requests.sent == [[b"1"]]
    assert publishing.published == []
