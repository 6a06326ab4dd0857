"""Questions about the saved state of a desk, whichever replica owns its partition.

A desk's part of the newest save is restored into an engine that decides nothing. Restoring and
asking are done by one thread beside the router's loop, one question after the other: engines
change a little when asked (a requirement that nobody had yet), and the loop goes on deciding.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol, TypeVar

from libs.common import clock
from libs.common.decision_log import LogPosition
from libs.common.errors import NotFoundError, UnavailableError
from libs.common.metrics import ROUTER_INQUIRIES
from services.router.core.engine import Engine
from services.router.core.entities import DeskKey
from services.router.core.ownership_effects import StoredSave
from services.router.saves import FoundEntity
from services.router.settings import RouterSettings

T = TypeVar("T")
Place = tuple[int, DeskKey]


class Saves(Protocol):
    """What questions need of the saves; SaveStore is the real one."""

    async def find(self, kind: str, entity_id: str, *, partitions: int) -> FoundEntity | None:
        """A saved entity, in any of the partitions."""

    async def position(self, partition: int) -> LogPosition | None:
        """As of which record the newest save is."""

    async def load_desk(
        self, partition: int, desk: DeskKey, *, entities_max: int
    ) -> StoredSave | None:
        """One desk of the newest save."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A restored desk, as of the save at `position`."""

    position: LogPosition
    engine: Engine
    entities: int


@dataclass(frozen=True, slots=True)
class InquiryLimits:
    """The bounds of all questions of one process."""

    partitions: int
    entities_max: int
    desks_kept: int
    waiting_max: int
    timeout_s: float

    @classmethod
    def of(cls, settings: RouterSettings) -> "InquiryLimits":
        """As the settings say."""
        return cls(
            partitions=settings.kafka_partitions,
            entities_max=settings.router_inquiry_entities_max,
            desks_kept=settings.router_inquiry_desks_kept,
            waiting_max=settings.router_inquiry_waiting_max,
            timeout_s=settings.router_inquiry_timeout_s,
        )


class Inquiries:
    """Answers from saved states, one question at a time."""

    def __init__(self, saves: Saves, limits: InquiryLimits) -> None:
        self._saves = saves
        self._limits = limits
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="inquiry")
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._kept: OrderedDict[Place, _Kept] = OrderedDict()

    def stop(self) -> None:
        """Take no more questions; the one under way is not waited for."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def find(self, kind: str, entity_id: str) -> FoundEntity | None:
        """Where an entity is saved. Raises UnavailableError when MongoDB does not answer."""
        return await self._saves.find(kind, entity_id, partitions=self._limits.partitions)

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Do this beside the loop, after what is asked already.

        Raises what the work raises, and UnavailableError when too many wait.
        """
        with self._admitted():
            return await self._run(work)

    async def ask(
        self,
        partition: int,
        desk: DeskKey,
        question: Callable[[Engine, LogPosition], T],
        *,
        is_spending: bool = False,
    ) -> tuple[T, LogPosition]:
        """Ask the desk's newest saved state; one that the question spends is its own copy.

        Raises NotFoundError when the desk is not saved, UnavailableError when too many wait, the
        desk is too large, or there was no answer in time.
        """
        with self._admitted():
            async with asyncio.timeout(self._limits.timeout_s), self._turn:
                known = None if is_spending else await self._known(partition, desk)
                with ROUTER_INQUIRIES.labels(restored="no" if known else "yes").time():
                    kept = known or await self._restored(partition, desk, is_kept=not is_spending)
                    answer = await self._run(lambda: question(kept.engine, kept.position))
                    return answer, kept.position

    @contextmanager
    def _admitted(self) -> Iterator[None]:
        if self._waiting >= self._limits.waiting_max:
            raise UnavailableError("too many questions wait for an answer")
        self._waiting += 1
        try:
            yield
        except TimeoutError as error:
            raise UnavailableError(f"no answer within {self._limits.timeout_s:g} s") from error
        finally:
            self._waiting -= 1

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def _known(self, partition: int, desk: DeskKey) -> _Kept | None:
        """The kept state, while it is the newest save's."""
        kept = self._kept.get((partition, desk))
        if kept is None or kept.position != await self._saves.position(partition):
            return None
        self._kept.move_to_end((partition, desk))
        return kept

    async def _restored(self, partition: int, desk: DeskKey, *, is_kept: bool) -> _Kept:
        self._kept.pop((partition, desk), None)
        limit = self._limits.entities_max
        saved = await self._saves.load_desk(partition, desk, entities_max=limit)
        if saved is None:
            raise NotFoundError("no such desk in the saved state")
        documents = tuple(saved.documents)
        # Make room before there are two.
        self._make_room(len(documents))
        position = saved.position
        engine = await self._run(lambda: Engine.restore(documents, now_ms=position.now_ms))
        kept = _Kept(position, engine, len(documents))
        if is_kept and self._limits.desks_kept:
            self._kept[partition, desk] = kept
        return kept

    def _make_room(self, entities: int) -> None:
        """Forget the states that were asked longest ago, until there is room for one more."""
        while self._kept and (
            len(self._kept) >= self._limits.desks_kept
            or sum(one.entities for one in self._kept.values()) + entities
            > self._limits.entities_max
        ):
            self._kept.popitem(last=False)


def age_s(position: LogPosition) -> float:
    """How long ago the state was the newest, in seconds."""
    return max(0.0, (clock.now_ms() - position.now_ms) / 1_000)
