"""Straight or through the spill: no event overtakes one that was acknowledged before it came."""

import asyncio
import random

import pytest

from libs.common.contracts.wire import decode_event
from libs.common.errors import UnavailableError
from libs.common.kafka_records import partition_of
from services.ingest.core.desk_rates import DeskRates
from services.ingest.core.outgoing import OutgoingEvent
from services.ingest.flood_gate import FloodGate, GateLimits, SpillReason
from services.ingest.publisher import EventPublisher
from services.ingest.spill_watch import SpillWatch
from tests.integration.eventually import eventually
from tests.unit.services.ingest.front_door import FakeProgress, gate
from tests.unit.services.ingest.spill_world import PARTITIONS, Replica, World, drain_of
from tests.unit.services.ingest.test_publisher import LINKED, event

DESK = b"acme/support"
PARTITION = partition_of(DESK, PARTITIONS)
WRITERS, MESSAGES = 6, 25


def message(name: str = "1") -> OutgoingEvent:
    """An event that a flood may consist of."""
    return event(name, data=LINKED)


def other_desk(name: str = "1") -> OutgoingEvent:
    """The same on another desk."""
    made = message(name)
    return OutgoingEvent(
        event_id=made.event_id, tenant_id="acme", desk_id="sales", time=made.time, data=made.data
    )


async def reasons_for(passing: FloodGate, *events: OutgoingEvent) -> dict[bytes, SpillReason]:
    """What the gate says to a request."""
    async with passing.passing(events) as reasons:
        return dict(reasons)


async def test_desk_within_its_rate_goes_straight_while_nothing_waits() -> None:
    """The common case, also after a flood that has drained."""
    drained = FakeProgress(end={PARTITION: 500}, done={PARTITION: 500})

    assert await reasons_for(gate(drained), message()) == {}


async def test_desk_above_its_rate_is_spilled() -> None:
    """Beyond the burst; another desk is not concerned."""
    one = gate(burst=1)
    await reasons_for(one, message("1"))

    assert await reasons_for(one, message("2")) == {DESK: SpillReason.RATE}
    assert await reasons_for(one, other_desk()) == {}


async def test_desk_behind_a_long_spill_waits_in_it() -> None:
    """Within its rate, but others of its partition are ahead: nothing overtakes."""
    busy = FakeProgress(end={PARTITION: 50}, done={PARTITION: 20})

    assert await reasons_for(gate(busy), message()) == {DESK: SpillReason.ORDER}


async def test_desk_behind_a_short_spill_waits_for_it_to_run_empty() -> None:
    """Spilling it would keep a busy partition in the spill for ever."""
    progress = FakeProgress(end={PARTITION: 9}, done={PARTITION: 4})
    asking = asyncio.create_task(reasons_for(gate(progress), message()))
    await asyncio.sleep(0.01)
    was_done = asking.done()

    progress.done[PARTITION] = 9

    assert not was_done
    assert await asking == {}


async def test_short_spill_that_does_not_move_is_not_waited_for_long() -> None:
    """Its drain may have died: the sender is answered after the named time at most."""
    stuck = FakeProgress(end={PARTITION: 9}, done={PARTITION: 4})

    assert await reasons_for(gate(stuck), message()) == {DESK: SpillReason.ORDER}


async def test_request_that_spills_one_desk_spills_all_its_desks() -> None:
    """A batch over several desks never waits for other requests while these wait for it."""
    one = gate(burst=1)
    await reasons_for(one, message("1"))

    reasons = await reasons_for(one, message("2"), other_desk())

    assert reasons == {DESK: SpillReason.RATE, b"acme/sales": SpillReason.ORDER}


async def test_own_spilled_event_under_way_is_waited_for() -> None:
    """What came first stays first, though its sender has not been answered yet."""
    progress = FakeProgress()
    one = gate(progress, burst=2)
    flooding = one.passing([message("1"), message("2"), message("3")])
    await flooding.__aenter__()
    later = asyncio.create_task(reasons_for(one, message("4")))
    await asyncio.sleep(0.01)
    was_done = later.done()

    progress.end[PARTITION] = 3
    await flooding.__aexit__(None, None, None)

    assert not was_done
    assert await later == {DESK: SpillReason.ORDER}


@pytest.mark.parametrize(("waiting", "is_refused"), [(99, False), (100, True)])
async def test_full_spill_refuses_floods(waiting: int, is_refused: bool) -> None:  # noqa: FBT001
    """At the limit the flooded desk's sender hears 503; desks within their rate do not."""
    progress = FakeProgress(end={PARTITION: waiting})
    one = gate(progress, burst=1)
    assert await reasons_for(one, message("1")) == {DESK: SpillReason.ORDER}

    if is_refused:
        with pytest.raises(UnavailableError, match="more than its rate"):
            await reasons_for(one, message("2"))
    else:
        assert await reasons_for(one, message("2")) == {DESK: SpillReason.RATE}


async def test_spill_at_twice_its_limit_refuses_everyone() -> None:
    """The last limit: beyond it nothing is taken that could not be kept."""
    with pytest.raises(UnavailableError, match="spill is full"):
        await reasons_for(gate(FakeProgress(end={PARTITION: 200})), message())


async def test_without_an_answer_from_kafka_nothing_passes() -> None:
    """Who can't know what waits takes nothing, and the sender repeats; nothing stays behind."""
    progress = FakeProgress(failure=UnavailableError("away"))
    one = gate(progress, burst=1)
    for name in ("1", "2"):
        with pytest.raises(UnavailableError):
            await reasons_for(one, message(name))

    progress.failure = None

    assert await reasons_for(one, message("3")) == {DESK: SpillReason.RATE}
    await asyncio.sleep(0)
    assert one._landing == {}


@pytest.mark.parametrize("seed", range(12))
async def test_order_holds_over_replicas_while_floods_come_and_go(seed: int) -> None:
    """Three replicas, each with a rate so small that events change between the two ways all the
    time; customers who write each message after the last one's acknowledgement, at any replica;
    two drains one after the other, the first killed in the middle.
    """
    world = World(chance=random.Random(seed))
    publishers = [publisher_of(Replica(world)) for _ in range(3)]

    async def write(writer: int) -> None:
        for number in range(MESSAGES):
            sent = message(f"{writer}-{number:02d}")
            await world.chance.choice(publishers).accept([sent], door="test")

    writing = asyncio.gather(*(write(writer) for writer in range(WRITERS)))
    draining = asyncio.create_task(drain_twice(world, dies_at=150 + 20 * seed))
    await writing
    await eventually(lambda: is_drained(world))
    draining.cancel()
    await asyncio.wait([draining])

    order = [decode_event(value).id for value in world.arrived(DESK)]
    straight = len(order) - len(world.spilled(PARTITION))
    assert len(order) == WRITERS * MESSAGES
    assert 0 < straight < len(order)
    for writer in range(WRITERS):
        mine = [name for name in order if name.startswith(f"{writer}-")]
        assert mine == sorted(mine)


def publisher_of(replica: Replica) -> EventPublisher:
    """A replica's publisher behind its own gate."""
    limits = GateLimits(spill_events_max=1_000, catch_up_s=0.02, catch_up_events_max=20)
    return EventPublisher(
        replica,
        gate=FloodGate(
            SpillWatch(replica),
            rates=DeskRates(rate_per_s=200, burst=2),
            limits=limits,
            partitions=PARTITIONS,
        ),
        in_flight_max=100,
    )


async def drain_twice(world: World, *, dies_at: int) -> None:
    """A drain that dies, and its successor."""
    for replica in (Replica(world, dies_at=dies_at), Replica(world)):
        drain = drain_of(replica)
        await drain.start()
        await asyncio.gather(drain.run(), return_exceptions=True)


def is_drained(world: World) -> bool:
    """Whether everything that was spilled has gone on."""
    return world.committed.get(PARTITION, 0) == len(world.spilled(PARTITION))
