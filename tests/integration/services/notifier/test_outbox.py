"""The outbox on the real MongoDB: leases, order within a thread, and crashes at every step."""

import asyncio
from collections.abc import Sequence

import pytest

from libs.channels.endpoints import load_endpoints
from libs.channels.transport import OutgoingRequest, StreamResponse, TransportResponse
from libs.common import mongo
from libs.common.contracts.terms import AddressFamily
from libs.common.contracts.wire import Event, decode_event
from libs.common.decision_log import LogPosition
from libs.common.errors import UnavailableError
from libs.common.kafka_records import RecordPlace, SendHeaders
from services.notifier.core.errands import Errand, replies_of
from services.notifier.core.retries import RetryPolicy
from services.notifier.deliveries import Deliveries
from services.notifier.durable_copy import CopyPlace, DurableCopy, Effects
from services.notifier.outbox import ErrandState, LeasedErrand, Outbox
from services.notifier.outbox_documents import DELIVERIES
from tests.unit.services.notifier import builders as b

LEASE_S = 0.4
SITE = '[{"endpoint_id": "site", "channel": "web_chat", "tenant_id": "acme", "desk_id": "support"}]'
POLICY = RetryPolicy(base_s=0.01, cap_s=0.01, attempts_max=3)


def errands(*reply_ids: str, conversation_id: str = "cnv_1") -> tuple[Errand, ...]:
    """The errands of these replies, in one conversation and one record."""
    replies = [b.reply_filed(name, conversation_id=conversation_id) for name in reply_ids]
    return replies_of(b.record(*replies), 5)


async def stored(database: mongo.Database, found: Sequence[Errand]) -> Outbox:
    """An outbox that holds these errands, written as the consumer does."""
    copy = DurableCopy(database, retention_ms=1_000_000)
    before = CopyPlace(position=LogPosition())
    position = LogPosition(offset=5)
    await copy.store(0, before=before, position=position, effects=Effects(deliveries=found))
    outbox = Outbox(database[DELIVERIES], lease_s=LEASE_S)
    await outbox.prepare()
    return outbox


async def taken(outbox: Outbox, lane: str = "site") -> LeasedErrand:
    """The next errand of the lane; there is one soon."""
    async with asyncio.timeout(5):
        while (leased := await outbox.take(lane)) is None:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return leased


async def test_errands_of_one_conversation_are_run_one_after_the_other(
    database: mongo.Database,
) -> None:
    """The second reply is not to be had before the first is finished, and then at once."""
    outbox = await stored(database, errands("r-1", "r-2"))

    first = await taken(outbox)
    none = await outbox.take("site")
    await outbox.finish(first, state=ErrandState.DONE)
    second = await outbox.take("site")

    assert first.errand.id == "acme/r-1"
    assert none is None
    assert second is not None
    assert second.errand.id == "acme/r-2"


async def test_conversations_do_not_wait_for_each_other(database: mongo.Database) -> None:
    """Two conversations of one endpoint are run side by side."""
    one, two = errands("r-1"), errands("s-1", conversation_id="cnv_2")
    outbox = await stored(database, [*one, *two])

    both = {(await taken(outbox)).errand.id, (await taken(outbox)).errand.id}

    assert both == {"acme/r-1", "acme/s-1"}


async def test_failed_errand_lets_the_next_one_go(database: mongo.Database) -> None:
    """A reply that was given up does not hold its conversation for ever."""
    outbox = await stored(database, errands("r-1", "r-2"))

    await outbox.finish(await taken(outbox), state=ErrandState.FAILED, detail="status 403")

    assert (await taken(outbox)).errand.id == "acme/r-2"


async def test_only_the_latest_lease_may_write(database: mongo.Database) -> None:
    """A runner that was frozen past its lease can't overwrite what another one did."""
    outbox = await stored(database, errands("r-1"))
    frozen = await taken(outbox)
    latest = await taken(outbox)

    is_written = await outbox.postpone(frozen, wait_s=9, detail="late")

    assert latest.errand == frozen.errand
    assert not is_written
    assert await outbox.part_done(latest, 1)


async def test_postponed_errand_is_due_again_with_its_attempts(database: mongo.Database) -> None:
    """A failed attempt is counted and the errand comes back after its wait."""
    outbox = await stored(database, errands("r-1"))
    await outbox.postpone(await taken(outbox), wait_s=0.1, detail="status 503")

    assert await outbox.take("site") is None
    assert (await taken(outbox)).attempts == 1


async def test_due_lanes_are_found_by_looking(database: mongo.Database) -> None:
    """A replica that was not woken finds the lanes that have work."""
    outbox = await stored(database, errands("r-1"))

    assert await outbox.due_lanes() == ["site"]
    await taken(outbox)
    assert await outbox.due_lanes() == []


async def test_errand_that_is_stored_again_stays_as_it_is(database: mongo.Database) -> None:
    """The same reply in the log again changes nothing about its delivery."""
    outbox = await stored(database, errands("r-1"))
    await outbox.finish(await taken(outbox), state=ErrandState.DONE)
    copy = DurableCopy(database, retention_ms=1_000_000)

    place = await copy.place(0)
    again = Effects(deliveries=errands("r-1"))
    await copy.store(0, before=place, position=LogPosition(offset=6), effects=again)

    assert await outbox.take("site") is None


class FakeStream:
    """Carries everything out, and remembers how often."""

    def __init__(self) -> None:
        self.requests: list[OutgoingRequest] = []

    async def carry_out(self, request: OutgoingRequest) -> TransportResponse:
        """It is stored already."""
        self.requests.append(request)
        return StreamResponse()


class FakePublisher:
    """Takes events, except while it is told to fail."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.events: list[Event] = []

    async def publish(
        self,
        topic: str,
        *,
        key: bytes | None,
        value: bytes,
        headers: SendHeaders = (),
        partition: int | None = None,
    ) -> RecordPlace:
        """Acknowledge, or fail as in an outage."""
        del topic, key, headers, partition
        if self.failures:
            self.failures -= 1
            raise UnavailableError("Kafka is away")
        self.events.append(decode_event(value))
        return RecordPlace(partition=0, offset=len(self.events))


class DyingOutbox(Outbox):
    """Dies between the sending and the storing, once."""

    has_died = False

    async def settle(self, leased: LeasedErrand, outcome: mongo.Document) -> bool:
        """As its parent, from the second time on."""
        if not self.has_died:
            self.has_died = True
            raise UnavailableError("died")
        return await super().settle(leased, outcome)


def deliveries(outbox: Outbox, transports: FakeStream, publisher: FakePublisher) -> Deliveries:
    """Deliveries over these parts."""
    return Deliveries(
        outbox=outbox,
        endpoints=load_endpoints(SITE),
        transports=transports,
        publisher=publisher,
        policy=POLICY,
        draw=lambda: 0.5,
    )


async def test_crash_between_sending_and_storing_sends_again_under_the_same_ids(
    database: mongo.Database,
) -> None:
    """Nobody can know whether it went out: it goes out again, and is reported as one event."""
    await stored(database, errands("r-1"))
    outbox = DyingOutbox(database[DELIVERIES], lease_s=LEASE_S)
    transports, publisher = FakeStream(), FakePublisher()
    runner = deliveries(outbox, transports, publisher)

    with pytest.raises(UnavailableError):
        await runner.run(await taken(outbox))
    await runner.run(await taken(outbox))

    assert len(transports.requests) == 2
    assert [event.data.attempt for event in publisher.events] == [1]  # type: ignore[attr-defined]
    assert await database[DELIVERIES].find_one({}, {"state": True, "_id": False}) == {
        "state": "done"
    }


async def test_outage_of_the_log_repeats_the_report_and_not_the_message(
    database: mongo.Database,
) -> None:
    """A certain outcome is stored before it is told, so a customer gets one message."""
    outbox = await stored(database, errands("r-1"))
    transports, publisher = FakeStream(), FakePublisher(failures=1)
    runner = deliveries(outbox, transports, publisher)

    with pytest.raises(UnavailableError):
        await runner.run(await taken(outbox))
    await runner.run(await taken(outbox))

    assert len(transports.requests) == 1
    assert len(publisher.events) == 1


async def test_crash_after_the_report_reports_the_same_event_again(
    database: mongo.Database,
) -> None:
    """A repeat of the report has the id of the first, so the router takes it once."""
    outbox = await stored(database, errands("r-1"))
    transports, publisher = FakeStream(), FakePublisher()
    runner = deliveries(outbox, transports, publisher)
    leased = await taken(outbox)

    await runner.run(leased)
    settled = await database[DELIVERIES].find_one({})
    assert settled is not None
    await runner.run(LeasedErrand(errand=leased.errand, lease="gone", outcome=settled["outcome"]))

    assert len(transports.requests) == 1
    assert len({event.id for event in publisher.events}) == 1


async def test_reply_of_an_endpoint_that_is_gone_is_given_up_after_its_attempts(
    database: mongo.Database,
) -> None:
    """A removed endpoint may come back with the next rollout; not for ever."""
    address = b.reply_address(
        channel="telegram", endpoint_id="gone", family=AddressFamily.TELEGRAM, address="7"
    )
    found = replies_of(b.record(b.reply_filed(reply_to=address)), 5)
    outbox = await stored(database, found)
    publisher = FakePublisher()
    runner = deliveries(outbox, FakeStream(), publisher)

    for _ in range(POLICY.attempts_max):
        await runner.run(await taken(outbox, "gone"))

    assert [event.data.outcome for event in publisher.events] == ["failed"]  # type: ignore[attr-defined]
