"""What a simulated world decides with, and what it hears: the tiny engine, or the real one."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from services.router.core.engine import Engine
from services.router.core.ownership_limits import Limits
from services.router.core.state import Change
from tests.simulation import desk_workload, workload
from tests.simulation.faults import DESK_LIMITS, LIMITS
from tests.simulation.oracle import HashedDecider
from tests.simulation.tiny_engine import TinyEngine
from tests.simulation.upgraded import UpgradedEngine, VulnerableEngine


class Talk(Protocol):
    """Whoever says the next event."""

    def next(self, now_ms: int) -> bytes:
        """The next event's bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """An engine in two versions with its workload.

    `settle_ms` bounds how long everything may take once the faults have ended; a deadline that is
    overdue by `overdue_ms` was missed.
    """

    limits: Limits
    restore: Callable[[Iterable[Change], int, int], HashedDecider]
    talk: Callable[[random.Random, HashedDecider], Talk]
    settle_ms: int
    overdue_ms: int


def _tiny(documents: Iterable[Change], now_ms: int, version: int) -> HashedDecider:
    return TinyEngine.restore(documents, now_ms, version)


def _real(documents: Iterable[Change], now_ms: int, version: int) -> HashedDecider:
    engine = VulnerableEngine if version == 1 else UpgradedEngine
    return engine.restore(documents, now_ms=now_ms)


def _desk_talk(rng: random.Random, shadow: HashedDecider) -> Talk:
    assert isinstance(shadow, Engine)
    return desk_workload.DeskTalk(rng, shadow)


TINY = Kit(
    limits=LIMITS,
    restore=_tiny,
    talk=lambda rng, _: workload.Workload(rng),
    settle_ms=60_000,
    overdue_ms=500,
)
REAL = Kit(limits=DESK_LIMITS, restore=_real, talk=_desk_talk, settle_ms=60_000, overdue_ms=2_000)
KITS = {"tiny": TINY, "real": REAL}
