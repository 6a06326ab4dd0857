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
ALIVE_EVERY_MS = 4_000
BURST = 10


class PartitionTalk:
    """Says the next event. Each person's words keep their order; nothing else does."""

    def __init__(self, rng: random.Random, shadow: Engine) -> None:
        self._rng = rng
        self._shadow = shadow
        # Customers who see that many before them stay away.
        self._patience = rng.choice((6, 12, 12, 30))
        self._desks = DESKS[: rng.choice((1, 2, 3))]
        self._agents = {desk: Agents(rng, desk, shadow) for desk in self._desks}
        self._customers = {desk: Customers(rng, desk) for desk in self._desks}
        self._configurations: dict[DeskKey, DeskConfiguration] = {}
        self._repeats = rng.choice((0, 0.02, 0.1, 0.2))
        self._delays = rng.choice((0, 0.02, 0.1))
        self._reconfigures = rng.choice((0, 0.003, 0.015))
        self._crowd = rng.choice((0.15, 0.25, 0.4))
        self._dies = rng.choice((0, 0, 0.3))
        self._alive_ms: dict[str, int] = {}
        self._poison_at = rng.randrange(20, 120)
        self._count = 0
        self._burst_left = 0
        self._sent: deque[bytes] = deque(maxlen=REPEATED_FROM)
        self._lanes: dict[str, deque[tuple[int, bytes]]] = {}

    def next(self, now_ms: int) -> bytes:
        """The next event at this time of the log's clock; sometimes a repeat, or nonsense."""
        if self._sent and self._rng.random() < self._repeats:
            return self._rng.choice(self._sent)
        value = self._alive(now_ms) or self._late(now_ms) or self._new(now_ms)
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

    def calm(self, now_ms: int) -> list[bytes]:
        """What was said before and is still on its way, then only useful work; none when done."""
        late = [value for _, lane in sorted(self._lanes.items()) for _, value in lane]
        self._lanes.clear()
        alive = self._alive(now_ms)
        if alive is not None:
            late.append(alive)
        for desk in sorted(self._configurations):
            for data in self._agents[desk].come_and_work():
                self._count += 1
                late.append(self._encode(data, desk, now_ms))
        return late

    def _alive(self, now_ms: int) -> bytes | None:
        """Every few seconds each notifier says that it lives; in some worlds one may forget to."""
        for replica_id in REPLICAS:
            if abs(now_ms - self._alive_ms.get(replica_id, 0)) > ALIVE_EVERY_MS:
                self._alive_ms[replica_id] = now_ms
                if self._rng.random() >= self._dies:
                    self._count += 1
                    return self._encode(
                        e.NotifierAlive(replica_id=replica_id), self._desks[0], now_ms
                    )
        return None

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
        is_patient = len(self._shadow.state.tables["work_item"]) < self._patience
        if is_patient and self._rng.random() * (crowd + 1 - self._crowd) < crowd:
            return self._customers[desk].speak(f"message-{self._count}")
        said = self._agents[desk].speak()
        return said or self._customers[desk].speak(f"message-{self._count}")

    def _configure(self, desk: DeskKey, now_ms: int) -> bytes:
        before = self._configurations.get(desk)
        new = changed(self._rng, before) if before is not None else a_configuration(self._rng)
        self._configurations[desk] = new
        value = self._encode(e.DeskConfigured(configuration=new), desk, now_ms)
        if before is not None and self._rng.random() < 0.1:
            # A document that contradicts itself: its default leads to no queue of its own.
            return value.replace(b'"default":{"queue":"', b'"default":{"queue":"not-')
        return value

    def _encode(self, data: e.EventData, desk: DeskKey, now_ms: int) -> bytes:
        is_for_desk = data.type not in PARTITION_EVENT_TYPES
        return encode_event(
            data,
            event_id=f"event-{self._count}",
            source="simulation",
            time=datetime.fromtimestamp(now_ms / 1000, UTC),
            tenant_id=desk[0] if is_for_desk else "",
            desk_id=desk[1] if is_for_desk else "",
        )
