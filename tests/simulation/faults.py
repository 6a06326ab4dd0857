"""How hard a simulated world is: its faults, drawn for each seed, and its narrow limits."""

import random
from collections.abc import Callable
from dataclasses import dataclass, fields, replace

from services.router.core.ownership_limits import Limits
from tests.simulation.broker import Fate

LIMITS = Limits(
    pipeline_records_max=6,
    events_waiting_max=8,
    decisions_max=32,
    save_every_records=3,
    save_every_ms=100,
    quiet_ms_max=3_000,
    epoch_ms_max=20_000,
    recovery_ms_max=2_000,
    read_back_ms_max=4_000,
    drain_ms_max=300,
    tick_lost_after_ms=800,
    dead_letters_waiting_max=4,
    dead_letters_in_flight_max=2,
)

# The real engine's records are larger: a configuration, a tick that many wait for.
DESK_LIMITS = replace(
    LIMITS,
    pipeline_records_max=12,
    events_waiting_max=32,
    save_every_records=12,
    save_every_ms=300,
    decisions_max=512,
    record_bytes_max=60_000,
    tick_lost_after_ms=400,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """Chances, each per step or per use. Drawn anew for each seed."""

    crash: float = 0.002
    crash_between_effects: float = 0.002
    freeze: float = 0.008
    freeze_at_start: float = 0.05
    freeze_under_way: float = 0.03
    move: float = 0.008
    ack_lost: float = 0.05
    failed_alone: float = 0.04
    failed_for_good: float = 0.02
    late_landing: float = 0.5
    outcome_lost: float = 0.05
    answer_lost: float = 0.01
    truncate: float = 0.002
    upgrade: float = 0.3
    kill_reader: float = 0.04

    def drawn(self, rng: random.Random) -> "Faults":
        """Each chance between nothing and three times itself: some seeds are calm, some wild."""
        scaled = {
            one.name: min(0.9, getattr(self, one.name) * rng.choice((0, 0.5, 1, 1, 2, 3)))
            for one in fields(self)
        }
        return Faults(**scaled)


FAULTS = Faults()
NO_FAULTS = Faults(**{one.name: 0.0 for one in fields(Faults)})

# A day at the desks goes on for hundreds of records: as many faults in all, fewer for each.
DESK_FAULTS = Faults(
    crash=0.001,
    crash_between_effects=0.0005,
    freeze=0.002,
    freeze_under_way=0.003,
    move=0.002,
    ack_lost=0.006,
    failed_alone=0.005,
    failed_for_good=0.002,
    answer_lost=0.005,
)


def draw_fate(faults: Faults, strikes: Callable[[float], bool]) -> Fate:
    """What becomes of the next record."""
    for fate, chance in (
        (Fate.LANDED_ACK_LOST, faults.ack_lost),
        (Fate.FAILED_ALONE, faults.failed_alone),
        (Fate.FAILED_FOR_GOOD, faults.failed_for_good),
    ):
        if strikes(chance):
            return fate
    return Fate.LANDED
