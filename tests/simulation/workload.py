"""Events for the tiny engine: good ones, repeats, and each kind of bad one."""

import random
from datetime import UTC, datetime

from libs.common.contracts.events import ClockTicked, NotifierAlive
from libs.common.contracts.wire import encode_event

KINDS = ("good",) * 32 + ("idle",) * 6 + ("refuse", "refuse", "huge", "undecodable", "old")


class Workload:
    """Draws the next event's bytes. One `poison` event comes once in a run."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._count = 0
        self._sent: list[bytes] = []
        self._poison_at = rng.randrange(5, 60)

    def next(self, now_ms: int) -> bytes:
        """The next event; sometimes one that was there before."""
        self._count += 1
        if self._sent and self._rng.random() < 0.15:
            return self._rng.choice(self._sent[-50:])
        kind = "poison" if self._count == self._poison_at else self._rng.choice(KINDS)
        if kind == "undecodable":
            return b"{" + str(self._count).encode()
        name = f"{kind}-{self._rng.randrange(5)}"
        time_ms = now_ms if kind != "old" else now_ms - 3_600_000
        value = encode_event(
            NotifierAlive(replica_id=name),
            event_id=f"event-{self._count}",
            source="simulation",
            time=_at(time_ms),
        )
        self._sent.append(value)
        return value

    def calm(self, now_ms: int) -> list[bytes]:
        """Nothing is left to say."""
        del now_ms
        return []


def tick(event_id: str, owner: str, now_ms: int) -> bytes:
    """An owner's tick, as the shell publishes it."""
    return encode_event(
        ClockTicked(owner=owner), event_id=event_id, source="simulation", time=_at(now_ms)
    )


def _at(time_ms: int) -> datetime:
    return datetime.fromtimestamp(time_ms / 1000, UTC)
