"""All that is said to one partition's desks: late, repeated, out of order between people."""

import random
from collections import deque
from datetime import UTC, datetime

from libs.common.contracts import events as e
from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.events import PARTITION_EVENT_TYPES
from libs.common.contracts.wire import encode_event
from services.router.core.engine import Engine
from tests.simulation.routing.agents import REPLICAS, Agents
from tests.simulation.routing.customers import Customers
from tests.simulation.routing.desks import DESKS, DeskKey, a_configuration, changed
from tests.simulation.upgraded import POISON

DELAY_MS_MAX = 60_000
REPEATED_FROM = 50
TRIES = 8
BURST = 10


class PartitionTalk:
    """Says the next event. Each person's words keep their order; nothing else does."""

    def __init__(self, rng: random.Random, shadow: Engine) -> None:
        self._rng = rng
        self._desks = DESKS[: rng.choice((1, 2, 3))]
        self._agents = {desk: Agents(rng, desk, shadow) for desk in self._desks}
        self._customers = {desk: Customers(rng, desk) for desk in self._desks}
        self._configurations: dict[DeskKey, DeskConfiguration] = {}
        self._repeats = rng.choice((0, 0.02, 0.1, 0.2))
        self._delays = rng.choice((0, 0.02, 0.1))
        self._reconfigures = rng.choice((0, 0.003, 0.015))
        self._crowd = rng.choice((0.2, 0.35, 0.5))
        self._poison_at = rng.randrange(20, 120)
        self._count = 0
        self._burst_left = 0
        self._sent: deque[bytes] = deque(maxlen=REPEATED_FROM)
        self._lanes: dict[str, deque[tuple[int, bytes]]] = {}

    def next(self, now_ms: int) -> bytes:
        """The next event at this time of the log's clock; sometimes a repeat, or nonsense."""
        if self._sent and self._rng.random() < self._repeats:
            return self._rng.choice(self._sent)
        value = self._late(now_ms) or self._new(now_ms)
        self._sent.append(value)
        return value

    def _new(self, now_ms: int) -> bytes:
        """Somebody's words that are not late; when all are, those that waited longest come."""
        for _ in range(TRIES):
            lane, value = self._say(now_ms)
            if lane not in self._lanes and self._rng.random() >= self._delays:
                return value
            due_ms = now_ms + self._rng.randrange(DELAY_MS_MAX)
            self._lanes.setdefault(lane, deque()).append((due_ms, value))
        return self._first_of(min(self._lanes, key=lambda name: (self._lanes[name][0][0], name)))

    def calm(self, now_ms: int) -> bytes | None:
        """What was said before and is still on its way, then only useful work; None when done."""
        for lane in sorted(self._lanes):
            return self._first_of(lane)
        self._count += 1
        for desk in sorted(self._configurations):
            said = self._agents[desk].come_and_work()
            if said is not None:
                return self._encode(said[1], desk, now_ms)
        return None

    def alive(self, now_ms: int) -> list[bytes]:
        """Every notifier replica says that it lives."""
        self._count += 1
        return [
            self._encode(e.NotifierAlive(replica_id=name), self._desks[0], now_ms, mark=name)
            for name in REPLICAS
        ]

    def _late(self, now_ms: int) -> bytes | None:
        ready = [lane for lane, words in sorted(self._lanes.items()) if words[0][0] <= now_ms]
        return self._first_of(self._rng.choice(ready)) if ready else None

    def _first_of(self, lane: str) -> bytes:
        _, value = self._lanes[lane].popleft()
        if not self._lanes[lane]:
            del self._lanes[lane]
        return value

    def _say(self, now_ms: int) -> tuple[str, bytes]:
        self._count += 1
        desk = self._rng.choice(self._desks)
        chance = self._rng.random()
        if desk not in self._configurations or chance < self._reconfigures:
            return f"desk/{desk}", self._configure(desk, now_ms)
        if chance < self._reconfigures + 0.01:
            return "nobody", b"{" + str(self._count).encode()
        if self._count == self._poison_at:
            lane, data = self._customers[desk].speak(f"message-{self._count}", POISON)
        else:
            lane, data = self._speak(desk)
        return f"{desk}/{lane}", self._encode(data, desk, now_ms)

    def _speak(self, desk: DeskKey) -> tuple[str, e.EventData]:
        if self._burst_left:
            self._burst_left -= 1
        elif self._rng.random() < 0.004:
            # Ten times the customers, for a while.
            self._burst_left = self._rng.randrange(3, 10) * BURST
        crowd = BURST * self._crowd if self._burst_left else self._crowd
        if self._rng.random() * (crowd + 1 - self._crowd) < crowd:
            return self._customers[desk].speak(f"message-{self._count}")
        return self._agents[desk].speak()

    def _configure(self, desk: DeskKey, now_ms: int) -> bytes:
        before = self._configurations.get(desk)
        new = changed(self._rng, before) if before is not None else a_configuration(self._rng)
        self._configurations[desk] = new
        value = self._encode(e.DeskConfigured(configuration=new), desk, now_ms)
        if before is not None and self._rng.random() < 0.1:
            # A document that contradicts itself: its default leads to no queue of its own.
            return value.replace(b'"default":{"queue":"', b'"default":{"queue":"not-')
        return value

    def _encode(self, data: e.EventData, desk: DeskKey, now_ms: int, *, mark: str = "") -> bytes:
        is_for_desk = data.type not in PARTITION_EVENT_TYPES
        return encode_event(
            data,
            event_id=f"event-{self._count}{mark}",
            source="simulation",
            time=datetime.fromtimestamp(now_ms / 1000, UTC),
            tenant_id=desk[0] if is_for_desk else "",
            desk_id=desk[1] if is_for_desk else "",
        )
