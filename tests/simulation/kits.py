"""What a simulated world decides with, and what it hears: the tiny engine, or the real one."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from libs.common.contracts.records import DecisionRecord
from services.router.core.ownership_limits import Limits
from services.router.core.state import Change
from tests.simulation import workload
from tests.simulation.faults import DESK_FAULTS, DESK_LIMITS, FAULTS, LIMITS, Faults
from tests.simulation.oracle import HashedDecider
from tests.simulation.routing.promising_talk import PromisingTalk
from tests.simulation.routing.referee import Referee
from tests.simulation.routing.talk import PartitionTalk
from tests.simulation.routing.timed_talk import STARTS_MS, TimedTalk
from tests.simulation.tiny_engine import TinyEngine
from tests.simulation.upgraded import UpgradedEngine, VulnerableEngine

START_MS = 1_700_000_000_000


class Talk(Protocol):
    """Whoever says the next event."""

    def next(self, now_ms: int) -> bytes:
        """The next event's bytes."""

    def calm(self, now_ms: int) -> list[bytes]:
        """After the faults: what is left to say so that all work gets done."""


# Folds a counted record into the shadow: (record, its event's bytes, the release that decided it).
Fold = Callable[[DecisionRecord, bytes | None, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """An engine in two versions with its workload.

    `works` things happen in a step, and the owner of the partition comes first as often as
    `diligence` says. An event comes with `event_chance`; a producer sends up to `deliveries`
    records at once. The log's clock runs `pace` times as fast as the owners' while there are
    faults, and jumps by up to `jump_ms_max`. One of `saves_checked_every` saves is restored and
    compared. `settle_ms` bounds how long everything may take once the faults have ended; a
    deadline that is overdue by `overdue_ms` was missed. A world begins at one of `starts_ms`.
    """

    limits: Limits
    faults: Faults = FAULTS
    restore: Callable[[Iterable[Change], int, int], HashedDecider]
    talk: Callable[[random.Random, HashedDecider], Talk]
    fold: Callable[[HashedDecider], Fold]
    pace: int = 1
    jump_ms_max: int = 0
    jump_chance: float = 0.0
    diligence: float = 0.0
    works: int = 1
    event_chance: float = 0.05
    deliveries: int = 1
    saves_checked_every: int = 1
    settle_ms: int
    overdue_ms: int
    starts_ms: tuple[int, ...] = (START_MS,)


def _tiny(documents: Iterable[Change], now_ms: int, version: int) -> HashedDecider:
    return TinyEngine.restore(documents, now_ms, version)


def _real(documents: Iterable[Change], now_ms: int, version: int) -> HashedDecider:
    engine = VulnerableEngine if version == 1 else UpgradedEngine
    return engine.restore(documents, now_ms=now_ms)


def _desk_talk(rng: random.Random, shadow: HashedDecider) -> Talk:
    assert isinstance(shadow, VulnerableEngine)
    return PartitionTalk(rng, shadow)


def _promising_talk(rng: random.Random, shadow: HashedDecider) -> Talk:
    assert isinstance(shadow, VulnerableEngine)
    return PromisingTalk(rng, shadow)


def _timed_talk(rng: random.Random, shadow: HashedDecider) -> Talk:
    assert isinstance(shadow, VulnerableEngine)
    return TimedTalk(rng, shadow)


def _judged(shadow: HashedDecider) -> Fold:
    assert isinstance(shadow, VulnerableEngine)
    return Referee(shadow).hear


TINY = Kit(
    limits=LIMITS,
    restore=_tiny,
    talk=lambda rng, _: workload.Workload(rng),
    fold=lambda shadow: lambda record, *_: shadow.fold(record),
    settle_ms=60_000,
    overdue_ms=500,
)
REAL = Kit(
    limits=DESK_LIMITS,
    faults=DESK_FAULTS,
    restore=_real,
    talk=_desk_talk,
    fold=_judged,
    pace=10,
    jump_ms_max=60_000,
    jump_chance=0.01,
    diligence=0.6,
    works=2,
    event_chance=0.09,
    deliveries=4,
    saves_checked_every=10,
    settle_ms=60_000,
    overdue_ms=2_000,
)
PROMISING = replace(REAL, talk=_promising_talk)
TIMED = replace(REAL, talk=_timed_talk, starts_ms=STARTS_MS)
KITS = {"tiny": TINY, "real": REAL, "promising": PROMISING, "timed": TIMED}
