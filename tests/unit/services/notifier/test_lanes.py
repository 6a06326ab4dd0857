"""Tests of running errands: side by side, bounded, never lost."""

import asyncio
from collections import defaultdict, deque

import pytest

from libs.common.errors import UnavailableError
from libs.common.health import Health
from services.notifier import lanes as module
from services.notifier.core.errands import replies_of
from services.notifier.lanes import Lanes, RunErrand
from services.notifier.outbox import LeasedErrand
from tests.unit.services.notifier import builders as b

(ERRAND,) = replies_of(b.record(b.reply_filed()), 1)
LEASED = LeasedErrand(errand=ERRAND, lease="lease")


class DueErrands:
    """So many errands are due in each lane."""

    def __init__(self, **due: int) -> None:
        self.due = defaultdict(
            deque, {lane: deque([LEASED] * count) for lane, count in due.items()}
        )
        self.outages = 0

    async def due_lanes(self) -> list[str]:
        """The lanes with work."""
        if self.outages:
            self.outages -= 1
            raise UnavailableError("MongoDB is away")
        return [lane for lane, errands in self.due.items() if errands]

    async def take(self, lane: str) -> LeasedErrand | None:
        """The next of the lane."""
        await asyncio.sleep(0)
        return self.due[lane].popleft() if self.due[lane] else None


class Runs:
    """Counts what runs, and holds it while `gate` is closed."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.now = 0
        self.most = 0
        self.done = 0

    async def run(self, leased: LeasedErrand) -> None:
        """One errand."""
        del leased
        self.now += 1
        self.most = max(self.most, self.now)
        await self.gate.wait()
        self.now -= 1
        self.done += 1


def lanes_of(
    errands: DueErrands, run: RunErrand, *, health: Health | None = None, poll_s: float = 60
) -> Lanes:
    """Lanes with at most two at once."""
    return Lanes(
        "errands",
        errands=errands,
        run=run,
        health=health or Health(),
        per_lane_max=2,
        poll_s=poll_s,
    )


async def settle() -> None:
    """Let everything run that can."""
    for _ in range(50):
        await asyncio.sleep(0)


async def test_woken_lane_runs_up_to_its_bound_and_then_all() -> None:
    """One wake is enough for all that is due, at most two at once."""
    runs, errands = Runs(), DueErrands(site=5)
    lanes = lanes_of(errands, runs.run)

    lanes.wake("site")
    await settle()
    assert (runs.now, runs.most) == (2, 2)
    runs.gate.set()
    await settle()

    assert (runs.done, runs.most) == (5, 2)


async def test_lane_that_hangs_holds_up_nobody_else() -> None:
    """Each lane has its own bound."""
    hanging, quick = Runs(), Runs()
    quick.gate.set()
    lanes = lanes_of(DueErrands(slow=9), hanging.run)
    others = lanes_of(DueErrands(quick=9), quick.run)

    for each, lane in ((lanes, "slow"), (others, "quick")):
        each.wake(lane)
    await settle()

    assert hanging.now == 2
    assert quick.done == 9


async def test_work_that_comes_while_all_are_busy_is_not_missed() -> None:
    """A wake during the last look makes a runner look once more."""
    runs, errands = Runs(), DueErrands(site=2)
    lanes = lanes_of(errands, runs.run)
    lanes.wake("site")
    await settle()
    errands.due["site"].append(LEASED)

    lanes.wake("site")
    runs.gate.set()
    await settle()

    assert runs.done == 3


async def test_due_errands_are_found_by_looking_through_an_outage() -> None:
    """Nobody woke this replica, and MongoDB was away: the work is found all the same."""
    runs, errands = Runs(), DueErrands(site=1)
    runs.gate.set()
    errands.outages = 2
    lanes = lanes_of(errands, runs.run, poll_s=0.001)

    lanes.start()
    async with asyncio.timeout(5):
        while not runs.done:  # noqa: ASYNC110 - the fake sets no event
            await asyncio.sleep(0.001)
    await lanes.stop()

    assert runs.done == 1


async def test_outage_lets_go_of_the_errand() -> None:
    """Its lease runs out and it is due again; the process goes on."""
    health = Health()

    async def away(leased: LeasedErrand) -> None:
        del leased
        raise UnavailableError("Kafka is away")

    lanes = lanes_of(DueErrands(site=1), away, health=health)
    lanes.wake("site")
    await settle()

    assert not health.failed.is_set()


async def test_mistake_of_ours_ends_the_process() -> None:
    """An errand that breaks its runner is not hidden."""
    health = Health()

    async def broken(leased: LeasedErrand) -> None:
        raise ZeroDivisionError(leased.lease)

    lanes = lanes_of(DueErrands(site=1), broken, health=health)
    lanes.wake("site")
    await settle()

    assert health.failed.is_set()


async def test_stop_waits_for_what_runs_and_takes_nothing_new() -> None:
    """What is at hand is finished; a wake afterwards does nothing."""
    runs = Runs()
    lanes = lanes_of(DueErrands(site=5), runs.run)
    lanes.wake("site")
    await settle()

    stopping = asyncio.create_task(lanes.stop())
    await settle()
    runs.gate.set()
    await stopping
    lanes.wake("site")
    await settle()

    assert runs.done == 2


async def test_stop_cuts_off_what_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A leaving process waits a bounded time."""
    monkeypatch.setattr(module, "STOP_TIMEOUT_S", 0.01)
    runs = Runs()
    lanes = lanes_of(DueErrands(site=1), runs.run)
    lanes.wake("site")
    await settle()

    async with asyncio.timeout(5):
        await lanes.stop()

    assert runs.done == 0
