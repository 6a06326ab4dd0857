"""Holds a desk's flood back: which events go straight to the router, and which wait in the spill.

The rule, and all that order rests on: **an event goes straight only if everything that was in its
partition's spill at some moment after its arrival has gone on.** Whatever any replica acknowledged
before the event arrived is then ahead of it, on either way (docs/adr/0015).
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum

from libs.common import clock
from libs.common.errors import UnavailableError
from libs.common.kafka_records import partition_of
from services.ingest.core.desk_rates import DeskRates
from services.ingest.core.outgoing import OutgoingEvent
from services.ingest.spill_watch import SpillWatch, Stretch

# Over this multiple of its limit the spill takes nothing more, not even of desks within their rate.
SPILL_LIMITS_MAX = 2


class SpillReason(StrEnum):
    """Why an event waits: its desk sends too much, or others of its partition are ahead of it."""

    RATE = "rate"
    ORDER = "order"


@dataclass(frozen=True, slots=True, kw_only=True)
class GateLimits:
    """`spill_events_max` may wait in a partition. An event within its desk's rate waits for up to
    `catch_up_s` if at most `catch_up_events_max` are ahead; then it is spilled as well.
    """

    spill_events_max: int
    catch_up_s: float
    catch_up_events_max: int


class FloodGate:
    """One replica's gate; the replicas agree through the spill's own offsets alone."""

    def __init__(
        self, watch: SpillWatch, *, rates: DeskRates, limits: GateLimits, partitions: int
    ) -> None:
        self._watch = watch
        self._rates = rates
        self._limits = limits
        self._partitions = partitions
        self._landing: dict[bytes, set[asyncio.Future[None]]] = {}

    @asynccontextmanager
    async def passing(
        self, events: Sequence[OutgoingEvent]
    ) -> AsyncIterator[Mapping[bytes, SpillReason]]:
        """The desks, by their events' key, whose spillable events of this request are to wait, and
        why. Publish inside the block.

        Raises UnavailableError when Kafka does not say what waits, or too much does.
        """
        desks = Counter(event.key for event in events if event.may_be_spilled)
        if not desks:
            yield {}
            return
        reasons = self._above_rate(desks)
        landing = [self._begin(desk) for desk in reasons]
        try:
            if not reasons:
                await self._landed(desks)
            waiting = await self._watch.waiting({self._partition(desk) for desk in desks})
            self._require_room(waiting, reasons)
            for desk in desks.keys() - reasons.keys():
                if not await self._may_go_straight(desk, waiting):
                    reasons[desk] = SpillReason.ORDER
                    landing.append(self._begin(desk))
            yield reasons
        finally:
            for future in landing:
                future.set_result(None)

    def _above_rate(self, desks: Mapping[bytes, int]) -> dict[bytes, SpillReason]:
        now_s = clock.monotonic_s()
        above = {
            desk for desk, sent in desks.items() if not self._rates.is_within(desk, sent, now_s)
        }
        if not above:
            return {}
        # A request that makes others wait may not wait for others itself: its other desks' events,
        # if it has any, are spilled with these.
        return {desk: SpillReason.RATE if desk in above else SpillReason.ORDER for desk in desks}

    async def _may_go_straight(self, desk: bytes, waiting: Mapping[int, Stretch]) -> bool:
        partition = self._partition(desk)
        stretch = waiting[partition]
        if stretch.events > self._limits.catch_up_events_max:
            return False
        # Waiting a moment rather than spilling: else a busy partition that fell into the spill
        # once would stay there, each of its events being behind another one.
        deadline_s = clock.monotonic_s() + self._limits.catch_up_s
        return await self._watch.has_passed(partition, stretch.end, deadline_s=deadline_s)

    def _require_room(
        self, waiting: Mapping[int, Stretch], reasons: Mapping[bytes, SpillReason]
    ) -> None:
        limit = self._limits.spill_events_max
        above = (desk for desk, reason in reasons.items() if reason is SpillReason.RATE)
        if any(waiting[self._partition(desk)].events >= limit for desk in above):
            raise UnavailableError("the desk sends more than its rate, and its spill is full")
        if any(stretch.events >= limit * SPILL_LIMITS_MAX for stretch in waiting.values()):
            raise UnavailableError("the spill is full")

    def _partition(self, desk: bytes) -> int:
        return partition_of(desk, self._partitions)

    def _begin(self, desk: bytes) -> asyncio.Future[None]:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        under_way = self._landing.setdefault(desk, set())
        under_way.add(future)
        future.add_done_callback(lambda done: self._end(desk, done))
        return future

    def _end(self, desk: bytes, done: asyncio.Future[None]) -> None:
        under_way = self._landing[desk]
        under_way.discard(done)
        if not under_way:
            del self._landing[desk]

    async def _landed(self, desks: Iterable[bytes]) -> None:
        """Wait until this replica's own spilled events of these desks stand in the spill: what
        arrived here first stays first, though nobody was told yet that it is safe.
        """
        under_way = [future for desk in desks for future in self._landing.get(desk, ())]
        if under_way:
            await asyncio.wait(under_way)
