"""A small world around one engine: says events in few words and keeps the log of what followed."""

from datetime import UTC, datetime

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.content import Content, ReplyAddress
from libs.common.contracts.records import DecisionRecord, decode_record, encode_record
from libs.common.contracts.terms import AddressFamily, Presence, TenantId
from libs.common.contracts.wire import Event, decode_event, encode_event
from libs.common.identifiers import contact_point_id_of
from services.router.core.engine import Engine
from services.router.core.invariants import check_all

TENANT, DESK = "acme", "support"
START_MS = 1_700_000_000_000


def contact_point(name: str) -> str:
    """The contact point of a web customer of this name."""
    return contact_point_id_of(TenantId(TENANT), AddressFamily.WEB, name)


def a_desk(**changes: object) -> DeskConfiguration:
    """Two queues (billing needs the skill `billing`), three agents, weight 2 for a web chat."""
    document: dict[str, object] = {
        "skills": ["billing", "russian"],
        "queues": [
            {"queue_id": "general", "escalation": {"after_s": 60}},
            {"queue_id": "billing", "requires": {"billing": 2}, "wrap_up_s": 30},
        ],
        "agents": [
            {"agent_id": "ann", "queues": {"general": 1}, "capacity_units": 4},
            {
                "agent_id": "bob",
                "queues": {"general": 1, "billing": 2},
                "skills": {"billing": 3},
                "capacity_units": 4,
            },
            {"agent_id": "cem", "queues": {"general": 1}, "capacity_units": 2},
        ],
        "rules": [
            {
                "rule_id": "bills",
                "when": {"labels": {"topic": ["billing"]}},
                "then": {"queue": "billing", "credit_s": 90, "strict_class": 3},
            }
        ],
        "default": {"queue": "general"},
        "capacity_weights": {"web_chat": 2},
    }
    return DeskConfiguration.model_validate({**document, **changes})


class World:
    """One partition's engine, driven event by event; time stands still unless it is moved."""

    def __init__(self, configuration: DeskConfiguration | None = None) -> None:
        self.engine = Engine()
        self.twin: Engine | None = None
        self.now_ms = START_MS
        self.offset = 0
        self.records: list[DecisionRecord] = []
        if configuration is not None:
            self.hear(e.DeskConfigured(configuration=configuration))
            self.tick()

    def hear(
        self, data: e.EventData, *, event_id: str | None = None, time_ms: int | None = None
    ) -> tuple[d.AnyDecision, ...]:
        """Let the engine decide an event that went over the wire; returns its decisions."""
        event_id = event_id or f"event-{self.offset}"
        is_for_desk = data.type not in e.PARTITION_EVENT_TYPES
        value = encode_event(
            data,
            event_id=event_id,
            source="test",
            time=datetime.fromtimestamp((time_ms or self.now_ms) / 1000, UTC),
            tenant_id=TENANT if is_for_desk else "",
            desk_id=DESK if is_for_desk else "",
        )
        return self.hear_event(decode_event(value), event_id=event_id)

    def hear_event(self, event: Event | None, *, event_id: str) -> tuple[d.AnyDecision, ...]:
        """Let the engine decide a decoded event (None: undecodable)."""
        decisions = self.engine.decide(
            event, event_id=event_id, event_offset=self.offset, appended_at_ms=self.now_ms
        )
        check_all(self.engine.state)
        if self.twin is not None:
            assert decisions == self.twin.decide(
                event, event_id=event_id, event_offset=self.offset, appended_at_ms=self.now_ms
            )
        record = DecisionRecord(
            epoch=0,
            number=self.offset + 1,
            event_offset=self.offset,
            event_id=event_id,
            event_type=event.type if event is not None else "",
            now_ms=self.engine.now_ms,
            decisions=decisions,
        )
        decoded = decode_record(encode_record(record))
        assert isinstance(decoded, DecisionRecord)
        self.records.append(decoded)
        self.offset += 1
        return decisions

    def tick(self, *, after_s: float = 0, is_alive: bool = True) -> tuple[d.AnyDecision, ...]:
        """Let time pass, then tick; the replicas say that they are alive unless told not to.

        Measures of queues, which any tick may hold, are left out of what is returned.
        """
        self.now_ms += round(after_s * 1000)
        for replica_id in sorted(self.engine.state.agents_of_replica) if is_alive else ():
            self.hear(e.NotifierAlive(replica_id=replica_id))
        decisions = self.hear(e.ClockTicked(owner="owner"))
        return tuple(one for one in decisions if not isinstance(one, d.QueueMeasured))

    def folded(self) -> Engine:
        """A second engine that knows the log alone."""
        engine = Engine()
        for record in self.records:
            engine.fold(record)
        return engine

    def arrives(
        self, agent_id: str, *, replica_id: str = "notifier-0", connection_id: str | None = None
    ) -> tuple[d.AnyDecision, ...]:
        """The agent connects and is available."""
        connection = connection_id or f"{agent_id}-{self.offset}"
        connected = self.hear(
            e.AgentConnected(agent_id=agent_id, connection_id=connection, replica_id=replica_id)
        )
        return (*connected, *self.presence(agent_id, Presence.AVAILABLE))

    def presence(self, agent_id: str, presence: Presence) -> tuple[d.AnyDecision, ...]:
        """The agent says whether to be offered work."""
        return self.hear(e.AgentPresenceSet(agent_id=agent_id, presence=presence))

    def message(
        self,
        customer: str,
        text: str = "Hello?",
        *,
        event_id: str | None = None,
        channel: str = "web_chat",
        **labels: str,
    ) -> tuple[d.AnyDecision, ...]:
        """The customer of this name writes, in a web chat unless another channel is named."""
        return self.hear(a_message(customer, text, channel=channel, **labels), event_id=event_id)

    def accept(self, reservation: d.ReservationOpened) -> tuple[d.AnyDecision, ...]:
        """The agent takes what was offered."""
        return self.hear(
            e.ReservationAccepted(
                agent_id=reservation.agent_id, reservation_id=reservation.reservation_id
            )
        )

    def reject(self, reservation: d.ReservationOpened) -> tuple[d.AnyDecision, ...]:
        """The agent declines what was offered."""
        return self.hear(
            e.ReservationRejected(
                agent_id=reservation.agent_id, reservation_id=reservation.reservation_id
            )
        )


def a_message(
    customer: str, text: str = "Hello?", *, channel: str = "web_chat", **labels: str
) -> e.MessageReceived:
    """A message of the customer of this name, a web chat's unless another channel is named."""
    return e.MessageReceived(
        reply_to=ReplyAddress(
            channel=channel,
            endpoint_id="site",
            contact_point_id=contact_point(customer),
            family=AddressFamily.WEB,
            address=customer,
        ),
        provider_message_id=f"{customer}-1",
        content=Content(text=text),
        labels=labels,
    )


def types(decisions: tuple[d.AnyDecision, ...]) -> list[str]:
    """The decisions' types in order: a turn as a line of a story."""
    return [decision.type for decision in decisions]


def offered(decisions: tuple[d.AnyDecision, ...]) -> d.ReservationOpened:
    """The one reservation among the decisions."""
    found = [one for one in decisions if isinstance(one, d.ReservationOpened)]
    assert len(found) == 1, types(decisions)
    return found[0]


def refusal(decisions: tuple[d.AnyDecision, ...]) -> d.EventRefused:
    """The refusal, which stands alone."""
    assert len(decisions) == 1, types(decisions)
    assert isinstance(decisions[0], d.EventRefused)
    return decisions[0]
