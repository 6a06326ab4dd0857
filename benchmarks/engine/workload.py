"""A day at the big desk, as fast as the engine goes: what customers and agents say, in engine time.

The world hears the engine's decisions and answers them as people would: offers are accepted (some
rejected), some time later the work is closed, and for each item that leaves another arrives. Some
who arrive were here before. Time goes on with every arrival, so what falls due beside the events is
as much as at a desk of this size: steps, patience, escalations, promotions and measures.
"""

from collections import deque
from dataclasses import dataclass, field
from random import Random
from time import process_time

from benchmarks.engine.big_desk import (
    CHANNELS,
    DESK,
    TENANT,
    agent_name,
)
from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.content import Content, ReplyAddress
from libs.common.contracts.terms import AddressFamily, Presence
from libs.common.contracts.wire import Event
from services.router.core.engine import Engine

START_MS = 1_700_000_000_000
CHANNEL_NAMES = tuple(CHANNELS)
CHANNEL_SHARES = (70, 20, 10)
REJECTED_SHARE = 0.02
RETURNING_SHARE = 0.1
# How often the router's ticker looks, and its notifiers say that they live.
TICK_EVERY_MS = 50
REPLICA_EVERY_MS = 5_000
REPLICA = "n-0"


@dataclass(slots=True)
class Counts:
    """What was done: how long the engine took for each event (processor seconds), by type."""

    took_s: dict[str, list[float]] = field(default_factory=dict)
    fired: int = 0

    @property
    def events(self) -> dict[str, int]:
        """How many events there were of each type."""
        return {kind: len(took) for kind, took in self.took_s.items()}

    @property
    def spent_s(self) -> float:
        """The engine's processor time for all of them, without making the events."""
        return sum(sum(took) for took in self.took_s.values())

    @property
    def inputs(self) -> int:
        """Input events: all but the ticks."""
        return sum(self.events.values()) - self.events.get(TICK, 0)

    @property
    def steps(self) -> int:
        """Input events and fired deadlines (R3)."""
        return self.inputs + self.fired


TICK = e.ClockTicked.type


class Day:
    """One engine and the people around it."""

    def __init__(self, configuration: DeskConfiguration, *, seed: int = 1) -> None:
        self.engine = Engine()
        self.now_ms = START_MS
        self.counts = Counts()
        self._rng = Random(seed)  # noqa: S311 - no secret
        self._offset = 0
        self._offers: deque[d.ReservationOpened] = deque()
        self._owned: list[d.WorkItemAssigned] = []
        self._topics = [topic for rule in configuration.rules for topic in rule.when.topic]
        self._customers = 0
        self._customer_of: dict[str, int] = {}
        self._served: deque[int] = deque(maxlen=10_000)
        self._ticked_ms = self._lived_ms = self.now_ms
        self.hear(e.DeskConfigured(configuration=configuration))
        self.hear(e.ClockTicked(owner="bench"))

    def hear(self, data: e.EventData) -> tuple[d.AnyDecision, ...]:
        """The engine decides one event; its offers and assignments are remembered."""
        event_id = f"event-{self._offset}"
        is_for_desk = data.type not in e.PARTITION_EVENT_TYPES
        event = Event(
            id=event_id,
            type=data.type,
            tenant_id=TENANT if is_for_desk else "",
            desk_id=DESK if is_for_desk else "",
            time_ms=self.now_ms,
            traceparent=None,
            data=data,
        )
        begun_s = process_time()
        decisions = self.engine.decide(
            event, event_id=event_id, event_offset=self._offset, appended_at_ms=self.now_ms
        )
        self.counts.took_s.setdefault(data.type, []).append(process_time() - begun_s)
        self._offset += 1
        for decision in decisions:
            # Their exact types: to ask for a class costs as much as some decisions do.
            if type(decision) is d.ReservationOpened:
                self._offers.append(decision)
            elif type(decision) is d.WorkItemAssigned:
                self._owned.append(decision)
            elif type(decision) is d.ConversationOpened:
                self._customer_of[decision.conversation_id] = self._customers
        return decisions

    def advance_to(self, now_ms: int) -> None:
        """Time goes on: what falls due fires in ticks, as the router's ticker has them."""
        self.now_ms = now_ms
        if now_ms >= self._lived_ms + REPLICA_EVERY_MS:
            self._lived_ms = now_ms
            self.hear(e.NotifierAlive(replica_id=REPLICA))
        if now_ms >= self._ticked_ms + TICK_EVERY_MS:
            self._ticked_ms = now_ms
            self._tick()

    def _tick(self) -> None:
        engine = self.engine
        while (due_ms := engine.next_deadline_ms()) is not None and due_ms <= self.now_ms:
            self.hear(e.ClockTicked(owner="bench"))

    def customer_writes(self) -> None:
        """A customer, on any topic of any queue, over one of the channels."""
        self._customers += 1
        number = self._customers
        if self._served and self._rng.random() < RETURNING_SHARE:
            number = self._served.popleft()
        [channel] = self._rng.choices(CHANNEL_NAMES, CHANNEL_SHARES)
        self.hear(
            e.MessageReceived.model_construct(
                reply_to=ReplyAddress(
                    channel=channel,
                    endpoint_id="site",
                    contact_point_id=f"ctp_{number:020x}",
                    family=AddressFamily.WEB,
                    address=f"customer-{number}",
                ),
                provider_message_id=f"m-{self._customers}",
                content=Content(text="Hello?"),
                sender_name=None,
                language=None,
                labels={"topic": self._rng.choice(self._topics)},
            )
        )

    def agent_arrives(self, number: int) -> None:
        """An agent connects and is available."""
        name = agent_name(number)
        self.hear(e.AgentConnected(agent_id=name, connection_id=f"c-{number}", replica_id=REPLICA))
        self.hear(e.AgentPresenceSet(agent_id=name, presence=Presence.AVAILABLE))

    def answer_offers(self) -> None:
        """Everybody who is asked answers, nearly always with yes."""
        while self._offers:
            offer = self._offers.popleft()
            said = {"agent_id": offer.agent_id, "reservation_id": offer.reservation_id}
            if self._rng.random() < REJECTED_SHARE:
                self.hear(e.ReservationRejected(**said))
            else:
                self.hear(e.ReservationAccepted(**said))

    def someone_closes(self) -> None:
        """One of the conversations that somebody owns is over."""
        place = self._rng.randrange(len(self._owned))
        self._owned[place], self._owned[-1] = self._owned[-1], self._owned[place]
        owned = self._owned.pop()
        self._served.append(self._customer_of.pop(owned.conversation_id))
        self.hear(e.CloseRequested(agent_id=owned.agent_id, conversation_id=owned.conversation_id))

    @property
    def owned(self) -> int:
        """How many conversations somebody owns."""
        return len(self._owned)

    @property
    def waiting(self) -> int:
        """How many items wait in lines."""
        return sum(1 for item in self.engine.state.work_items() if item.agent_id is None)
