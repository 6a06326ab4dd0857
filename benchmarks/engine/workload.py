"""A day at the big desk, as fast as the engine goes: what customers and agents say, in engine time.

The world hears the engine's decisions and answers them as people would: offers are accepted (some
rejected), some time later the work is closed, and for each item that leaves another arrives.
"""

from collections import deque
from dataclasses import dataclass, field
from random import Random

from benchmarks.engine.big_desk import (
    CHANNELS,
    DESK,
    QUEUES,
    TENANT,
    TOPICS_PER_QUEUE,
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


@dataclass(slots=True)
class Counts:
    """What was done: input events, and decisions by type."""

    events: int = 0
    ticks: int = 0
    decisions: dict[str, int] = field(default_factory=dict)

    @property
    def fired(self) -> int:
        """Deadlines that fired: each of these decisions is one deadline's first effect."""
        return sum(self.decisions.get(kind, 0) for kind in FIRED)


FIRED = (
    "work_item_relaxed",
    "work_item_promoted",
    "work_item_passed_over",
    "escalation_fired",
    "queue_measured",
    "refusals_forgotten",
)


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
        self._customers = 0
        self.hear(e.DeskConfigured(configuration=configuration))
        self.tick()

    def hear(self, data: e.EventData) -> None:
        """The engine decides one event; its decisions are remembered."""
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
        decisions = self.engine.decide(
            event, event_id=event_id, event_offset=self._offset, appended_at_ms=self.now_ms
        )
        self._offset += 1
        self.counts.events += 1
        counted = self.counts.decisions
        for decision in decisions:
            counted[decision.type] = counted.get(decision.type, 0) + 1
            if isinstance(decision, d.ReservationOpened):
                self._offers.append(decision)
            elif isinstance(decision, d.WorkItemAssigned):
                self._owned.append(decision)

    def tick(self) -> None:
        """Fire what is due, as the ticker would."""
        while (due_ms := self.engine.next_deadline_ms()) is not None and due_ms <= self.now_ms:
            self.hear(e.ClockTicked(owner="bench"))
            self.counts.events -= 1
            self.counts.ticks += 1

    def customer_writes(self) -> None:
        """A new customer, on any topic of any queue, over one of the channels."""
        self._customers += 1
        queue, topic = self._rng.randrange(QUEUES), self._rng.randrange(TOPICS_PER_QUEUE)
        [channel] = self._rng.choices(CHANNEL_NAMES, CHANNEL_SHARES)
        self.hear(
            e.MessageReceived.model_construct(
                reply_to=ReplyAddress(
                    channel=channel,
                    endpoint_id="site",
                    contact_point_id=f"ctp_{self._customers:020x}",
                    family=AddressFamily.WEB,
                    address=f"customer-{self._customers}",
                ),
                provider_message_id=f"m-{self._customers}",
                content=Content(text="Hello?"),
                sender_name=None,
                language=None,
                labels={"topic": f"topic-{queue:02d}-{topic}"},
            )
        )

    def agent_arrives(self, number: int) -> None:
        """An agent connects and is available."""
        name = agent_name(number)
        self.hear(e.AgentConnected(agent_id=name, connection_id=f"c-{number}", replica_id="n-0"))
        self.hear(e.AgentPresenceSet(agent_id=name, presence=Presence.AVAILABLE))

    def replica_lives(self) -> None:
        """The notifier says that its connections live."""
        self.hear(e.NotifierAlive(replica_id="n-0"))

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
        self.hear(e.CloseRequested(agent_id=owned.agent_id, conversation_id=owned.conversation_id))

    @property
    def owned(self) -> int:
        """How many conversations somebody owns."""
        return len(self._owned)
