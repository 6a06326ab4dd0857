"""Which partitions this process owns: the group assigns them, each is taken over again and again.

Every revocation ends the epoch, and a partition that comes back means a full takeover. After an
end that nobody planned the next attempt waits a little, with jitter; after one that needs a person
the partition stays stopped while the others go on.
"""

import asyncio
import random
from collections.abc import Callable

from libs.common.errors import UnavailableError
from libs.common.health import require
from services.router import observation
from services.router.core.engine import ENGINE_VERSION
from services.router.core.ownership import Takeover
from services.router.core.ownership_effects import EndReason, Oversize
from services.router.core.ownership_limits import Limits
from services.router.restoring import restore
from services.router.takeover import Surroundings, TakeoverRunner

BACKOFF_S = 0.1
BACKOFF_S_MAX = 5.0
STOP_TIMEOUT_S = 8.0
_PLANNED = {EndReason.STOPPED, EndReason.REVOKED}

NewTakeover = Callable[[int, Oversize | None], Takeover]


def takeover_factory(*, owner: str, limits: Limits) -> NewTakeover:
    """Makes the machine of each takeover of this process."""

    def new_takeover(partition: int, oversize: Oversize | None) -> Takeover:
        return Takeover(
            partition=partition,
            owner=owner,
            engine_version=ENGINE_VERSION,
            restore=restore,
            limits=limits,
            trace=observation.decide_span,
            oversize=oversize,
        )

    return new_takeover


class PartitionOwner:
    """Takes one assigned partition over until it is told to stop."""

    def __init__(
        self, partition: int, *, new_takeover: NewTakeover, surroundings: Surroundings
    ) -> None:
        self.partition = partition
        self._new_takeover = new_takeover
        self._around = surroundings
        self._runner: TakeoverRunner | None = None
        self._stopped = asyncio.Event()
        self._stop_reason = EndReason.STOPPED
        self.is_waiting_for_a_person = False

    @property
    def is_deciding(self) -> bool:
        """Whether an epoch of this owner is running."""
        return self._runner is not None and self._runner.is_deciding

    def stop(self, reason: EndReason) -> None:
        """End the epoch in order, and take over no more."""
        self._stop_reason = reason
        self._stopped.set()
        if self._runner is not None:
            self._runner.stop(reason)

    async def run(self) -> None:
        """Take over again and again. Raises what is a bug of ours: the process must restart."""
        prior_epoch, tries, oversize = -1, 0, None
        while not self._stopped.is_set():
            machine = self._new_takeover(self.partition, oversize)
            self._runner = TakeoverRunner(self.partition, machine, self._around)
            end = await self._runner.run(prior_epoch=prior_epoch)
            self._around.collector.ended()
            observation.epoch_ended(self.partition, end)
            tries = 0 if machine.has_counted else tries + 1
            oversize, prior_epoch = end.oversize, machine.epoch
            if end.is_paging:
                self.is_waiting_for_a_person = True
                await self._stopped.wait()
            elif end.reason not in _PLANNED:
                await self._wait(tries)

    async def _wait(self, tries: int) -> None:
        delay_s = min(BACKOFF_S * 2**tries, BACKOFF_S_MAX) * random.uniform(0.5, 1)  # noqa: S311 - jitter
        try:
            async with asyncio.timeout(delay_s):
                await self._stopped.wait()
        except TimeoutError:
            return


class Partitions:
    """All partitions of this process. `on_failure` hears of what needs a restart."""

    def __init__(
        self,
        *,
        new_takeover: NewTakeover,
        surroundings: Surroundings,
        on_failure: Callable[[str], None],
    ) -> None:
        self._new_takeover = new_takeover
        self._around = surroundings
        self._on_failure = on_failure
        self._owners: dict[PartitionOwner, asyncio.Task[None]] = {}
        self._has_joined = False

    async def start(self) -> None:
        """Join the group. Raises UnavailableError when Kafka does not answer."""
        await self._around.events.start(on_assigned=self._assigned, on_revoked=self._revoked)
        self._has_joined = True

    async def stop(self) -> None:
        """End all epochs in order, then leave the group's consumer."""
        await self._stop_owners(EndReason.STOPPED)
        await self._around.events.stop()

    async def check(self) -> None:
        """For readiness: raises UnavailableError unless every assigned partition is decided."""
        require(self._has_joined, "not a member of the group yet")
        stopped = [owner.partition for owner in self._owners if owner.is_waiting_for_a_person]
        require(not stopped, f"partitions that wait for a person: {stopped}")
        idle = [owner.partition for owner in self._owners if not owner.is_deciding]
        if idle:
            raise UnavailableError(f"partitions being taken over: {idle}")

    async def _assigned(self, partitions: frozenset[int]) -> None:
        await self._stop_owners(EndReason.REVOKED)
        for partition in sorted(partitions):
            # What stands there is read only after a takeover has said from where.
            self._around.events.pause(partition)
            owner = PartitionOwner(
                partition, new_takeover=self._new_takeover, surroundings=self._around
            )
            task = asyncio.create_task(owner.run())
            self._owners[owner] = task
            task.add_done_callback(self._ended)

    async def _revoked(self, _partitions: frozenset[int]) -> None:
        await self._stop_owners(EndReason.REVOKED)

    async def _stop_owners(self, reason: EndReason) -> None:
        owners, self._owners = self._owners, {}
        for owner in owners:
            owner.stop(reason)
        if owners:
            _, late = await asyncio.wait(owners.values(), timeout=STOP_TIMEOUT_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            observation.owner_failed(error)
            self._on_failure(f"a partition's owner failed: {type(error).__name__}")
