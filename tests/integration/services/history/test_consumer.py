"""What history promises about its topics: poison, restarts, void records."""

from dataclasses import replace

import pytest

from libs.common import dead_letters
from tests.integration.services.history.replica import World
from tests.unit.services.history.builders import message, opened
from tests.unit.services.history.logs import decided, epoch, order_event

TRIES_MAX = 3
STALL_S_MAX = 5.0


def tries_of(letters: list[dead_letters.DeadLetter]) -> list[int]:
    """How often each was tried."""
    return [letter.attempts for letter in letters]


async def test_unreadable_decision_is_put_aside_and_the_next_one_counts(world: World) -> None:
    """Three tries at most, and the partition goes on within 5 s."""
    async with world.replica():
        await world.decide(epoch(), decided(1, opened()))
        await world.until_kept("decision/evt-1.0")

        await world.decide(decided(2, message(1)), values=[b"\xff{"])
        await world.decide(decided(3, message(2)))
        waited_s = await world.until_kept("decision/evt-1.0", "message/msg-2")

    letters = await world.letters(world.decisions)
    assert waited_s < STALL_S_MAX
    assert [letter.origin for letter in letters] == [f"{world.decisions}/0/2"]
    assert all(1 <= tries <= TRIES_MAX for tries in tries_of(letters))


@pytest.mark.parametrize("poison", [b"", b"\xff\xfe", b"[" * 100_000, b'{"specversion": "1.0"}'])
async def test_poison_among_customer_events_is_put_aside(world: World, poison: bytes) -> None:
    """Whatever it is, what stands beside it in the batch is kept."""
    await world.tell(order_event("a"), poison, order_event("b"))

    async with world.replica():
        await world.until_kept("event/a", "event/b")
        await world.tell(poison, order_event("c"))
        waited_s = await world.until_kept("event/a", "event/b", "event/c")

    letters = await world.letters(world.customers)
    assert waited_s < STALL_S_MAX
    assert len(letters) == 2
    assert all(1 <= tries <= TRIES_MAX for tries in tries_of(letters))


async def test_void_records_are_neither_kept_nor_put_aside(world: World) -> None:
    """A frozen owner can write what it likes, and so can a stranger."""
    async with world.replica():
        await world.decide(epoch("a"), decided(1, opened()), epoch("b"))
        await world.decide(decided(2, message(1)), decided(3, message(2)), values=[b"garbage"])
        await world.publisher.publish(world.decisions, key=None, value=b"a stranger's")
        await world.decide(replace(decided(1, message(3), epoch=2), event_offset=1, now_ms=2**41))
        await world.until_kept("decision/evt-1.0", "message/msg-3")

    assert await world.letters(world.decisions) == []


async def test_replica_that_comes_back_goes_on_where_it_was(world: World) -> None:
    """What was published meanwhile is kept, what was kept is not kept again."""
    async with world.replica():
        await world.decide(epoch(), decided(1, opened()))
        await world.tell(order_event("a"))
        await world.until_kept("decision/evt-1.0", "event/a")
    await world.decide(decided(2, message(1)))
    await world.tell(order_event("b"), order_event("a"))

    async with world.replica():
        await world.until_kept("decision/evt-1.0", "message/msg-1", "event/a", "event/b")


async def test_lost_memory_is_made_again_from_the_log(world: World) -> None:
    """The stored position decides, not what the group committed."""
    async with world.replica():
        await world.decide(epoch(), decided(1, opened()))
        await world.until_kept("decision/evt-1.0")
    for name in await world.database.list_collection_names():
        await world.database[name].delete_many({})

    async with world.replica():
        await world.until_kept("decision/evt-1.0")


async def test_record_delivered_under_another_offset_is_kept_once(world: World) -> None:
    """A decision that its owner's client sent twice has a number that no longer counts."""
    record = decided(1, opened())

    async with world.replica():
        await world.decide(epoch(), record, record, decided(2, message(1)))
        await world.until_kept("decision/evt-1.0", "message/msg-1")
