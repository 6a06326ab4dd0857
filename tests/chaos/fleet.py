"""The router replicas of a run: does to them what a fault says, and notes when."""

import asyncio
import signal
from collections.abc import Callable
from dataclasses import dataclass

from libs.common import clock
from tests.chaos.schedule import Fault, Kind
from tests.chaos.waiting import until
from tests.integration.services.router.router_process import RouterProcess

# How much longer than a session a frozen or late replica is away, so that others take over first.
LONGER_THAN_SESSION_S = 3.0
EPOCH_STARTED = "epoch.started"
DECIDING_S_MAX = 60.0
DID_NOT_END = -1

MakeRouter = Callable[[str], RouterProcess]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something was done to a replica at this time of the wall clock."""

    at_ms: int
    done: str
    replica_id: str


class Fleet:
    """All replicas by id, also those that are gone."""

    def __init__(self, make: MakeRouter, *, session_timeout_s: float) -> None:
        self._make = make
        self._away_s = session_timeout_s + LONGER_THAN_SESSION_S
        self._routers: dict[str, RouterProcess] = {}
        self._gone: set[str] = set()
        self.marks: list[Mark] = []

    async def start(self, *replica_ids: str) -> None:
        """Start these; they join the group by themselves."""
        for replica_id in replica_ids:
            self._routers[replica_id] = self._make(replica_id)
        await asyncio.gather(*(self._routers[replica_id].start() for replica_id in replica_ids))

    async def until_all_deciding(self) -> None:
        """Wait until each has its share: the group forms in several steps."""
        for replica_id in self._routers:
            await self._until_deciding(replica_id)

    async def suffer(self, fault: Fault) -> None:
        """Do it, and everything that belongs to it (a restart, a thaw)."""
        replica_id = fault.replica_id
        match fault.kind:
            case Kind.KILL | Kind.KILL_TWO:
                await asyncio.gather(*map(self._kill_and_restart, fault.victims))
            case Kind.KILL_LATE:
                await self._kill(replica_id)
                await asyncio.sleep(self._away_s)
                await self._restart(replica_id)
            case Kind.FREEZE:
                await self._freeze(replica_id)
            case Kind.FREEZE_AND_KILL:
                later = self._kill_and_restart(fault.other, after_s=LONGER_THAN_SESSION_S)
                await asyncio.gather(self._freeze(replica_id), later)
            case Kind.END:
                await self._end(replica_id)
                await self._restart(replica_id)
            case Kind.ADD:
                self._mark("added", replica_id)
                await self.start(replica_id)
                await self._until_deciding(replica_id)
            case Kind.REMOVE:
                await self._end(replica_id)
                self._gone.add(replica_id)

    async def stop(self) -> dict[str, int]:
        """End all that are left in order, at the same time; their exit codes, 0 for who obeyed."""
        left = [replica_id for replica_id in self._routers if replica_id not in self._gone]
        codes = await asyncio.gather(*(_stopped(self._routers[one]) for one in left))
        return dict(zip(left, codes, strict=True))

    async def abandon(self) -> None:
        """Make sure that none outlives the run."""
        await asyncio.gather(*(router.abandon() for router in self._routers.values()))

    def said(self, words: str) -> dict[str, int]:
        """Whose log has these words, and how often."""
        counts = {replica_id: router.said(words) for replica_id, router in self._routers.items()}
        return {replica_id: count for replica_id, count in counts.items() if count}

    async def _kill(self, replica_id: str) -> None:
        self._mark("killed", replica_id)
        self._routers[replica_id].send(signal.SIGKILL)
        await self._routers[replica_id].ended()

    async def _kill_and_restart(self, replica_id: str, *, after_s: float = 0) -> None:
        await asyncio.sleep(after_s)
        await self._kill(replica_id)
        await self._restart(replica_id)

    async def _restart(self, replica_id: str) -> None:
        self._mark("restarted", replica_id)
        before = self._epochs(replica_id)
        await self._routers[replica_id].start()
        await self._until_deciding(replica_id, more_than=before)

    async def _freeze(self, replica_id: str) -> None:
        self._mark("frozen", replica_id)
        self._routers[replica_id].send(signal.SIGSTOP)
        await asyncio.sleep(self._away_s)
        self._mark("thawed", replica_id)
        before = self._epochs(replica_id)
        self._routers[replica_id].send(signal.SIGCONT)
        await self._until_deciding(replica_id, more_than=before)

    async def _end(self, replica_id: str) -> None:
        self._mark("ended", replica_id)
        code = await self._routers[replica_id].stop()
        assert code == 0, f"{replica_id} ended with {code}"

    def _epochs(self, replica_id: str) -> int:
        return self._routers[replica_id].said(EPOCH_STARTED)

    async def _until_deciding(self, replica_id: str, *, more_than: int = 0) -> None:
        """Wait until it has its share again: only then the next fault has its own consequences."""
        await until(
            f"an epoch of {replica_id}",
            lambda: self._epochs(replica_id) > more_than,
            within_s=DECIDING_S_MAX,
        )

    def _mark(self, done: str, replica_id: str) -> None:
        self.marks.append(Mark(at_ms=clock.now_ms(), done=done, replica_id=replica_id))


async def _stopped(router: RouterProcess) -> int:
    try:
        return await router.stop()
    except ProcessLookupError:
        # It ended by itself, which no replica should.
        return await router.ended() or DID_NOT_END
    except TimeoutError:
        return DID_NOT_END
