"""One desk floods: nothing is lost, order holds, and its partition's other desks hardly notice.

Real processes on the real Kafka, also with the draining one killed in the middle.
"""

import asyncio
from collections.abc import Sequence

import httpx
import pytest

from libs.common.contracts.topics import ROUTING_EVENTS, ROUTING_SPILLED
from libs.common.contracts.wire import decode_event
from services.ingest.core.spilled import SPILL_REASON
from tests.integration.eventually import eventually
from tests.integration.services.ingest.flood_traffic import (
    FLOOD_MESSAGES,
    Arrivals,
    Sent,
    endpoints,
    flood,
    neighbour_desk,
    write,
)
from tests.integration.services.ingest.processes import START_TIMEOUT_S, Process, Starter
from tests.integration.services.ingest.topic_reader import TopicReader

# What docs/adr/0015 promises while the drain lives, and when the draining replica is killed: its
# session ends after 10 s, and the group moves on within some seconds.
DELAY_S_MAX = 1.0
TAKEOVER_S_MAX = 20.0
ARRIVAL_TIMEOUT_S = 60.0
# Small, so that 3,000 messages are a flood that takes ten seconds to drain.
RATES = {
    "DESK_RATE_PER_S": "20",
    "DESK_BURST": "100",
    "SPILL_DESK_RATE_PER_S": "300",
    "SPILL_RATE_PER_S": "600",
}


async def ready(processes: Sequence[Process]) -> list[str]:
    """The addresses of processes that take requests."""
    for process in processes:
        await eventually(lambda one=process: one.is_ready, within_s=START_TIMEOUT_S)  # type: ignore[misc]
    return [process.url for process in processes]


async def play(urls: Sequence[str], arrivals: Arrivals) -> tuple[list[Sent], Sent]:
    """The flood, with a customer of the flooded desk and one of its neighbour who write all the
    while; returns when all has arrived: the flooded desk's customers, and the neighbour's.
    """

    def is_over() -> bool:
        return flooding.done() and all(one in arrivals.firsts for one in flood_ids())

    def flood_ids() -> list[str]:
        return [event_id for sent in flooding.result() for event_id in sent.event_ids]

    async with httpx.AsyncClient(timeout=20) as client:
        flooding = asyncio.create_task(flood(client, urls))
        mixed, neighbour = await asyncio.gather(
            write(client, urls, desk="support", pause_s=0.02, is_over=is_over),
            write(client, urls, desk=neighbour_desk(), pause_s=0.1, is_over=is_over),
        )
    late = [*mixed.event_ids, *neighbour.event_ids]
    await eventually(
        lambda: all(one in arrivals.firsts for one in late), within_s=ARRIVAL_TIMEOUT_S
    )
    return [*flooding.result(), mixed], neighbour


@pytest.mark.timeout(180)
async def test_flood_delays_the_partitions_other_desk_by_the_bound_at_most(
    start: Starter, topics: str
) -> None:
    """3,000 messages at two replicas: all arrive once, each customer's in order, the bytes as they
    were acknowledged; the neighbour's messages arrive within the bound.
    """
    arrivals = Arrivals()
    spilled = await TopicReader.from_now(topics, ROUTING_SPILLED)
    events = await TopicReader.from_now(topics, ROUTING_EVENTS)
    urls = await ready([start(endpoints=endpoints(), **RATES) for _ in range(2)])

    async with arrivals.following(events):
        flooded, neighbour = await play(urls, arrivals)

    waited = await spilled.read(await spilled.count())
    delay_s = neighbour.delay_s_max(arrivals)
    print(f"\n{len(waited)} spilled, {len(neighbour.event_ids)} beside them, {delay_s:.3f} s late")
    assert len(waited) > FLOOD_MESSAGES / 2
    assert len(arrivals.records) == len(arrivals.firsts)
    assert all(one.is_in_order(arrivals) for one in (*flooded, neighbour))
    for record in waited:
        arrived = arrivals.firsts[decode_event(record.value).id]
        assert (arrived.key, arrived.value) == (record.key, record.value)
        assert SPILL_REASON not in dict(arrived.headers)
    assert delay_s < DELAY_S_MAX


@pytest.mark.timeout(240)
async def test_drain_that_is_killed_in_the_middle_loses_nothing(
    start: Starter, topics: str
) -> None:
    """Another replica drains on from what was committed: all arrive, each customer's first arrivals
    in order; the neighbour waits for the takeover once, at most.
    """
    arrivals = Arrivals()
    events = await TopicReader.from_now(topics, ROUTING_EVENTS)
    processes = [start(endpoints=endpoints(), **RATES) for _ in range(2)]
    urls = await ready(processes)

    async def kill() -> None:
        # Whichever of the two drains the flooded partition: it says so, and dies of it.
        await eventually(lambda: any("desk.held_back" in one.said for one in processes))
        await asyncio.sleep(1)
        next(one for one in processes if "desk.held_back" in one.said).child.kill()

    async with arrivals.following(events):
        killing = asyncio.create_task(kill())
        flooded, neighbour = await play(urls, arrivals)
        await killing

    repeated = len(arrivals.records) - len(arrivals.firsts)
    delay_s = neighbour.delay_s_max(arrivals)
    print(f"\n{repeated} repeated, neighbour's {delay_s:.3f} s late")
    assert all(one.is_in_order(arrivals) for one in (*flooded, neighbour))
    assert delay_s < TAKEOVER_S_MAX + DELAY_S_MAX
