"""The errands in MongoDB: leased to one replica at a time, in order within a thread, until done.

`due_at` is also the lease: whoever takes an errand moves it ahead by the lease's length, so an
errand whose runner died is due again by itself. Only the holder of the latest lease may write.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from libs.common import clock
from libs.common.identifiers import fresh_nonce
from libs.common.mongo import ASCENDING, Collection, Document, ReturnDocument, translated
from services.notifier.core.errands import Errand
from services.notifier.outbox_documents import INDEXES, errand_of

# A process that dies at each try must not go on for ever.
LEASES_MAX = 1_000
DUE_LANES_MAX = 1_000
# Errands behind others of their thread that are looked at in one go; the rest comes later.
TAKES_MAX = 100
KEPT_DAYS = 30
BLOCKED_WAIT_S_MIN = 0.2
_IN_ORDER = [("offset", ASCENDING), ("index", ASCENDING)]


class ErrandState(StrEnum):
    """`settled`: the outcome is certain and stored, and still has to be told."""

    WAITING = "waiting"
    SETTLED = "settled"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeasedErrand:
    """An errand in our hands. `attempts` failed before; `parts_done` of the present one are
    through; `outcome` is what `settle` stored, whoever ran it then.
    """

    errand: Errand
    lease: str
    attempts: int = 0
    leases: int = 1
    parts_done: int = 0
    outcome: Document | None = field(default=None, repr=False)


class ErrandLedger(Protocol):
    """Where a runner writes what became of its errand; False means that the lease is lost."""

    async def part_done(self, leased: LeasedErrand, parts_done: int) -> bool:
        """Remember that so many parts are through."""

    async def settle(self, leased: LeasedErrand, outcome: Document) -> bool:
        """Store the certain outcome and keep the lease."""

    async def postpone(self, leased: LeasedErrand, *, wait_s: float, detail: str) -> bool:
        """Another attempt failed: try again after so many seconds."""

    async def finish(self, leased: LeasedErrand, *, state: ErrandState, detail: str = "") -> bool:
        """The errand is over."""


class Outbox:
    """The errands of one kind. Every method raises UnavailableError when MongoDB is away."""

    def __init__(self, errands: Collection, *, lease_s: float) -> None:
        self._errands = errands
        self._lease = timedelta(seconds=lease_s)

    async def prepare(self) -> None:
        """Create the indexes; repeating it does nothing."""
        with translated():
            await self._errands.create_indexes(list(INDEXES))

    async def due_lanes(self) -> list[str]:
        """The lanes that have an errand due now, at most 1,000."""
        pipeline: list[Document] = [
            {"$match": {"is_open": True, "due_at": {"$lte": clock.now()}}},
            {"$group": {"_id": "$lane"}},
            {"$limit": DUE_LANES_MAX},
        ]
        with translated():
            return [found["_id"] async for found in self._errands.aggregate(pipeline)]

    async def take(self, lane: str) -> LeasedErrand | None:
        """The lane's errand that is due first and not behind another of its thread, or None."""
        for _ in range(TAKES_MAX):
            lease = fresh_nonce()
            now = clock.now()
            with translated():
                found = await self._errands.find_one_and_update(
                    {"is_open": True, "lane": lane, "due_at": {"$lte": now}},
                    {"$set": {"lease": lease, "due_at": now + self._lease}, "$inc": {"leases": 1}},
                    sort=[("due_at", ASCENDING), *_IN_ORDER],
                    return_document=ReturnDocument.AFTER,
                )
            if found is None:
                return None
            leased = LeasedErrand(
                errand=errand_of(found),
                lease=lease,
                attempts=found["attempts"],
                leases=found["leases"],
                parts_done=found["parts_done"],
                outcome=found.get("outcome"),
            )
            if not await self._is_blocked(leased):
                return leased
        return None

    async def part_done(self, leased: LeasedErrand, parts_done: int) -> bool:
        """Remember that so many parts are through; False when the lease is lost."""
        return await self._write(leased, {"parts_done": parts_done})

    async def settle(self, leased: LeasedErrand, outcome: Document) -> bool:
        """Store the certain outcome and keep the lease; False when it is lost."""
        return await self._write(leased, {"state": ErrandState.SETTLED.value, "outcome": outcome})

    async def postpone(self, leased: LeasedErrand, *, wait_s: float, detail: str) -> bool:
        """Another attempt failed: try again after so many seconds; False when the lease is lost."""
        return await self._write(
            leased,
            {
                "attempts": leased.attempts + 1,
                "due_at": clock.now() + timedelta(seconds=wait_s),
                "detail": detail,
            },
        )

    async def finish(self, leased: LeasedErrand, *, state: ErrandState, detail: str = "") -> bool:
        """The errand is over, and the next of its thread is due; False when the lease is lost."""
        now = clock.now()
        is_ours = await self._write(
            leased,
            {
                "state": state.value,
                "is_open": False,
                "detail": detail,
                "finished_at": now,
                "expires_at": now + timedelta(days=KEPT_DAYS),
            },
        )
        if leased.errand.thread:
            with translated():
                await self._errands.find_one_and_update(
                    {"is_open": True, **_thread(leased.errand), "due_at": {"$gt": now}},
                    {"$set": {"due_at": now}},
                    sort=_IN_ORDER,
                )
        return is_ours

    async def _is_blocked(self, leased: LeasedErrand) -> bool:
        """Put the errand back if one of its thread is before it, until about when that is due."""
        earlier = await self._earlier(leased.errand)
        if earlier is None:
            return False
        soonest = clock.now() + timedelta(seconds=BLOCKED_WAIT_S_MIN)
        with translated():
            await self._errands.update_one(
                {"_id": leased.errand.id, "lease": leased.lease},
                {
                    "$set": {"due_at": max(soonest, _due_at(earlier)), "lease": ""},
                    "$inc": {"leases": -1},
                },
            )
        # The earlier one may have finished between our look and our write, and found nobody.
        if await self._earlier(leased.errand) is None:
            with translated():
                await self._errands.update_one(
                    {"_id": leased.errand.id, "lease": ""}, {"$set": {"due_at": clock.now()}}
                )
        return True

    async def _earlier(self, errand: Errand) -> Document | None:
        if not errand.thread:
            return None
        before = [
            {"offset": {"$lt": errand.offset}},
            {"offset": errand.offset, "index": {"$lt": errand.index}},
        ]
        with translated():
            return await self._errands.find_one(
                {"is_open": True, **_thread(errand), "$or": before},
                {"due_at": True},
                sort=_IN_ORDER,
            )

    async def _write(self, leased: LeasedErrand, changes: Document) -> bool:
        with translated():
            written = await self._errands.update_one(
                {"_id": leased.errand.id, "lease": leased.lease}, {"$set": changes}
            )
        return bool(written.matched_count)


def _thread(errand: Errand) -> Document:
    return {"tenant_id": errand.tenant_id, "thread": errand.thread, "lane": errand.lane}


def _due_at(document: Document) -> datetime:
    due_at: datetime = document["due_at"]
    return due_at
