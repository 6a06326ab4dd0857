"""Runs due errands: lanes side by side, a bounded number at once in each, none waits for another.

An errand is run at once when this replica is woken, and otherwise found by looking now and then.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

import structlog

from libs.common.errors import UnavailableError
from libs.common.health import Health
from services.notifier.outbox import LeasedErrand

STOP_TIMEOUT_S = 10.0
log = structlog.get_logger(__name__)


class DueErrands(Protocol):
    """Where due errands come from."""

    async def due_lanes(self) -> list[str]:
        """The lanes that have an errand due now."""

    async def take(self, lane: str) -> LeasedErrand | None:
        """The next due errand of the lane, leased."""


RunErrand = Callable[[LeasedErrand], Awaitable[None]]


class Lanes:
    """At most `per_lane_max` errands of one lane at once; looks for due ones every `poll_s`."""

    def __init__(
        self,
        kind: str,
        *,
        errands: DueErrands,
        run: RunErrand,
        health: Health,
        per_lane_max: int,
        poll_s: float,
    ) -> None:
        self._kind = kind
        self._errands = errands
        self._run = run
        self._health = health
        self._per_lane_max = per_lane_max
        self._poll_s = poll_s
        self._runners: dict[str, int] = {}
        self._woken: set[str] = set()
        self._running: set[asyncio.Task[None]] = set()
        self._poll: asyncio.Task[None] | None = None
        self._is_stopping = False

    def start(self) -> None:
        """Begin to look for due errands."""
        self._poll = asyncio.create_task(self._look())
        self._poll.add_done_callback(self._ended)

    async def stop(self) -> None:
        """Take nothing more; let what runs finish for 10 s. What is cut off is run again later."""
        self._is_stopping = True
        running = set(self._running)
        if self._poll:
            self._poll.cancel()
            await asyncio.wait([self._poll])
        if running:
            _, left = await asyncio.wait(running, timeout=STOP_TIMEOUT_S)
            for runner in left:
                runner.cancel()
            if left:
                await asyncio.wait(left)

    def wake(self, lane: str) -> None:
        """The lane has work: take it up now, as far as its bound allows."""
        if self._is_stopping:
            return
        if self._runners.get(lane, 0) >= self._per_lane_max:
            # A runner may have looked just before the work came: let it look once more.
            self._woken.add(lane)
            return
        self._runners[lane] = self._runners.get(lane, 0) + 1
        runner = asyncio.create_task(self._drain(lane))
        self._running.add(runner)
        runner.add_done_callback(self._ended)

    async def _look(self) -> None:
        while True:
            try:
                for lane in await self._errands.due_lanes():
                    self.wake(lane)
            except UnavailableError as error:
                log.warning("errands.not_looked_for", kind=self._kind, error=str(error))
            await asyncio.sleep(self._poll_s)

    async def _drain(self, lane: str) -> None:
        try:
            while not self._is_stopping:
                leased = await self._errands.take(lane)
                if leased is not None:
                    # Each start brings one more runner while there is work, up to the bound.
                    self.wake(lane)
                    await self._run(leased)
                elif lane in self._woken:
                    self._woken.discard(lane)
                else:
                    return
        except UnavailableError as error:
            # The lease runs out and the errand is due again: nothing is lost by letting go.
            log.warning("errand.put_off", kind=self._kind, error=str(error))
        finally:
            self._runners[lane] -= 1
            if not self._runners[lane]:
                del self._runners[lane]
                self._woken.discard(lane)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._health.fail(f"{self._kind}: an errand's runner broke")
            log.error("errand.runner_broke", kind=self._kind, exc_info=task.exception())
