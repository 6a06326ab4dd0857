"""What waits in the spill, asked for as seldom as can be."""

import asyncio

import pytest

from libs.common import clock
from libs.common.errors import UnavailableError
from services.ingest.spill_watch import SpillWatch
from tests.unit.services.ingest.front_door import FakeProgress


class CountingProgress(FakeProgress):
    """Counts the questions about what has gone on, too."""

    asked_done: int = 0

    async def done_to(self, partition: int) -> int:
        """As set, counted."""
        CountingProgress.asked_done += 1
        if self.failure is not None:
            raise self.failure
        return await super().done_to(partition)


async def test_where_the_spill_ends_is_asked_anew_and_what_is_done_only_when_needed() -> None:
    """What has gone on stays so: a spill that is known to be empty costs one question."""
    progress = CountingProgress(end={2: 7}, done={2: 7})
    watch = SpillWatch(progress)
    CountingProgress.asked_done = 0

    waiting = [(await watch.waiting([2]))[2].events for _ in range(3)]

    assert waiting == [0, 0, 0]
    assert progress.asked == 3
    assert CountingProgress.asked_done == 1


async def test_known_progress_never_goes_back() -> None:
    """A committed offset that expired is no news."""
    progress = FakeProgress(end={2: 7}, done={2: 7})
    watch = SpillWatch(progress)
    await watch.waiting([2])

    progress.end[2], progress.done[2] = 9, 0

    assert (await watch.waiting([2]))[2].events == 2


async def test_deadline_ends_the_wait() -> None:
    """False when it was not reached by then."""
    watch = SpillWatch(FakeProgress(done={2: 3}))

    assert await watch.has_passed(2, 3, deadline_s=clock.monotonic_s() + 5)
    assert not await watch.has_passed(2, 4, deadline_s=clock.monotonic_s() + 0.01)


async def test_waiters_are_told_in_the_order_of_asking() -> None:
    """Also one who comes when the news is there already, and finds nothing to wait for."""
    progress = FakeProgress()
    watch = SpillWatch(progress)
    told: list[str] = []

    async def wait(name: str) -> None:
        await watch.has_passed(2, 4, deadline_s=clock.monotonic_s() + 5)
        told.append(name)

    early = [asyncio.create_task(wait(f"early {number}")) for number in range(3)]
    await asyncio.sleep(0.01)
    progress.end[2] = progress.done[2] = 4
    await watch.waiting([2])
    await wait("late")
    await asyncio.gather(*early)

    assert told == ["early 0", "early 1", "early 2", "late"]


async def test_nobody_waits_for_a_kafka_that_does_not_answer() -> None:
    """All who wait hear of it at once; the next one asks anew."""
    progress = CountingProgress(failure=UnavailableError("away"))
    watch = SpillWatch(progress)
    deadline_s = clock.monotonic_s() + 5

    outcomes = await asyncio.gather(
        *(watch.has_passed(2, 4, deadline_s=deadline_s) for _ in range(2)), return_exceptions=True
    )
    progress.failure, progress.done[2] = None, 4

    assert [type(outcome) for outcome in outcomes] == [UnavailableError] * 2
    assert await watch.has_passed(2, 4, deadline_s=deadline_s)


async def test_sender_that_leaves_while_it_waits_leaves_nothing_behind() -> None:
    """The others are told, and when nobody waits nobody asks."""
    progress = FakeProgress()
    watch = SpillWatch(progress)
    deadline_s = clock.monotonic_s() + 5
    leaving, staying = (
        asyncio.create_task(watch.has_passed(2, 4, deadline_s=deadline_s)) for _ in range(2)
    )
    await asyncio.sleep(0.01)

    leaving.cancel()
    progress.done[2] = 4

    assert await staying
    with pytest.raises(asyncio.CancelledError):
        await leaving
