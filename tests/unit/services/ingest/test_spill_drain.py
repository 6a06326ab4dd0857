"""Whenever the draining process dies: nothing is lost, and first arrivals are in order."""

import asyncio

import pytest
from prometheus_client import REGISTRY

from libs.common.contracts.topics import ROUTING_EVENTS, ROUTING_SPILLED, dead_letter_topic
from libs.common.errors import UnavailableError, UnprocessableError
from libs.common.kafka_records import partition_of
from services.ingest import spill_drain
from services.ingest.core.desk_line import DrainLimits
from tests.integration.eventually import eventually
from tests.unit.services.ingest.spill_world import (
    PARTITIONS,
    KilledError,
    Replica,
    World,
    drain_of,
)

DESKS = (b"acme/support", b"acme/sales", b"globex/support")
TRACE = ("traceparent", b"00-" + b"1" * 32 + b"-" + b"2" * 16 + b"-01")


def world_with(events: int) -> World:
    """A spill in which the desks' events stand mixed."""
    world = World()
    for number in range(events):
        desk = DESKS[number * number % len(DESKS)]
        value = b"%s %d" % (desk, number)
        world.append(ROUTING_SPILLED, (desk, value, [TRACE, ("spill-reason", b"rate")]))
    return world


def expected(world: World, desk: bytes) -> list[bytes]:
    """What the router has to find of a desk, in order."""
    spilled = world.spilled(partition_of(desk, PARTITIONS))
    return [record.value or b"" for record in spilled if record.key == desk]


def is_drained(world: World) -> bool:
    """Whether everything has gone on and that is committed."""
    return all(
        world.committed.get(partition, 0) == len(world.spilled(partition))
        for partition in range(PARTITIONS)
    )


async def drain_all(replica: Replica, *, limits: DrainLimits | None = None) -> None:
    """Drain until nothing is left, or until the process dies."""
    drain = drain_of(replica, **({"limits": limits} if limits else {}))
    await drain.start()
    running = asyncio.create_task(drain.run())
    try:
        await eventually(lambda: running.done() or is_drained(replica.world))
    finally:
        drain.stop()
        await running
        await drain.close()


async def test_everything_goes_on_as_it_was_acknowledged() -> None:
    """Same key, same bytes, same trace; only the reason for waiting is left behind."""
    world = world_with(60)

    await drain_all(Replica(world))

    for desk in DESKS:
        assert world.arrived(desk) == expected(world, desk)
    arrived = [
        record
        for (topic, _), log in world.logs.items()
        if topic == ROUTING_EVENTS
        for record in log
    ]
    assert len(arrived) == 60
    assert {record.headers for record in arrived} == {(TRACE,)}


async def test_process_may_die_at_any_moment() -> None:
    """Killed at each of its calls in turn, before or after the effect: the next owner goes on from
    what was committed, and no desk's first arrivals are out of order or missing.
    """
    deaths = 0
    while True:
        world = world_with(20)
        try:
            await drain_all(Replica(world, dies_at=deaths + 1))
            break
        except KilledError:
            deaths += 1
        await drain_all(Replica(world))
        for desk in DESKS:
            assert world.arrived(desk) == expected(world, desk), f"died at call {deaths}"

    assert deaths > 50


async def test_outage_is_waited_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The round that Kafka did not acknowledge is sent again, in its place."""
    monkeypatch.setattr(spill_drain, "OUTAGE_PAUSE_S", 0.01)
    world = world_with(30)
    replica = Replica(world, refusals=[UnavailableError("away"), UnavailableError("away")])

    await drain_all(replica)

    assert replica.refusals == []
    for desk in DESKS:
        assert world.arrived(desk) == expected(world, desk)


async def test_record_that_is_refused_for_good_goes_to_the_dead_letters() -> None:
    """The others of its round go on, and the partition does not stand still."""
    world = world_with(6)
    refusal = UnprocessableError("too large")

    await drain_all(Replica(world, refusals=[refusal, refusal]))

    letters = [
        record
        for (topic, _), log in world.logs.items()
        if topic == dead_letter_topic(ROUTING_SPILLED)
        for record in log
    ]
    arrived = [value for desk in DESKS for value in world.arrived(desk)]
    assert len(letters) == 1
    assert len(arrived) == 5
    assert letters[0].value not in arrived


async def test_partition_that_moves_away_is_let_go_of() -> None:
    """Its gauges fall to zero here; when it comes back it is read from what was committed."""
    world = world_with(40)
    replica = Replica(world, has_assignment=False)
    drain = drain_of(replica)
    await drain.start()
    running = asyncio.create_task(drain.run())
    await asyncio.sleep(0.05)
    before = dict(world.committed)

    replica.has_assignment = True
    await eventually(lambda: is_drained(world))
    await drain._on_revoked(frozenset(range(PARTITIONS)))
    await drain._on_assigned(frozenset(range(PARTITIONS)))
    world.append(ROUTING_SPILLED, (DESKS[0], b"late", []))
    await eventually(lambda: is_drained(world))
    drain.stop()
    await running

    assert before == {}
    assert world.arrived(DESKS[0])[-1] == b"late"
    partition = str(partition_of(DESKS[0], PARTITIONS))
    gauge = "switchboard_ingest_spill_backlog_events"
    assert REGISTRY.get_sample_value(gauge, {"partition": partition}) == 0
