"""The replay's router is the real engine: happenings become events, decisions become answers.

One desk and one queue that hands out calls directly: a call rings where it is answered. The engine
is driven as its owner drives it, in engine time, with ticks when a deadline has passed.
"""

from collections.abc import Iterable, Sequence

from benchmarks.call_center.calls import Caller
from benchmarks.call_center.replay import Answer
from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.content import Content, ReplyAddress
from libs.common.contracts.terms import AddressFamily, Presence, TenantId
from libs.common.contracts.wire import Event
from libs.common.identifiers import contact_point_id_of
from services.router.core.engine import Engine

TENANT, DESK, CHANNEL, REPLICA = "bank", "calls", "voice", "notifier"
CLASS_LABEL, TYPE_LABEL = "customer-class", "call-type"
# 1 January 1999 UTC: the engine's time where the replay's is 0.
START_MS = 915_148_800_000


class EngineRouter:
    """One partition's engine, with every agent connected and away at first."""

    def __init__(self, configuration: DeskConfiguration, agents: Iterable[str]) -> None:
        self.engine = Engine()
        self.events = 0
        self._now_ms = START_MS
        self._call_of: dict[str, str] = {}
        self._conversation_of: dict[str, str] = {}
        self._decide(e.DeskConfigured(configuration=configuration))
        self._decide(e.ClockTicked(owner=REPLICA))
        for agent_id in agents:
            self._decide(
                e.AgentConnected(
                    agent_id=agent_id, connection_id=f"of-{agent_id}", replica_id=REPLICA
                )
            )

    def agent_comes(self, agent_id: str, *, now_ms: int) -> Sequence[Answer]:
        """The agent says to be available."""
        available = e.AgentPresenceSet(agent_id=agent_id, presence=Presence.AVAILABLE)
        return self._hear(available, now_ms=now_ms)

    def agent_goes(self, agent_id: str, *, now_ms: int) -> Sequence[Answer]:
        """The agent says to be away; the engine lets a call that lasts be finished."""
        away = e.AgentPresenceSet(agent_id=agent_id, presence=Presence.AWAY)
        return self._hear(away, now_ms=now_ms)

    def call_arrives(self, caller: Caller, *, now_ms: int) -> Sequence[Answer]:
        """A call is a message on the voice channel; class and type are its labels."""
        return self._hear(_call(caller), now_ms=now_ms)

    def caller_hangs_up(self, call_id: str, *, now_ms: int) -> Sequence[Answer]:
        """The caller is gone: the engine cancels what waits for them."""
        return self._hear(e.ContactEnded(contact_point_id=_line_of(call_id)), now_ms=now_ms)

    def call_ends(self, answer: Answer, *, now_ms: int) -> Sequence[Answer]:
        """The agent closes the conversation."""
        return self._hear(self._close(answer), now_ms=now_ms)

    def wakes_at_ms(self) -> int | None:
        """The engine's next deadline, in the replay's time."""
        due_ms = self.engine.next_deadline_ms()
        return max(due_ms, self._now_ms) - START_MS if due_ms is not None else None

    def wake(self, *, now_ms: int) -> Sequence[Answer]:
        """The notifier says that it lives, as it always does in time; the rest is the tick's."""
        answers = self._hear(e.NotifierAlive(replica_id=REPLICA), now_ms=now_ms)
        due_ms = self.engine.next_deadline_ms()
        if due_ms is not None and due_ms <= self._now_ms:
            answers = [*answers, *self._hear(e.ClockTicked(owner=REPLICA), now_ms=now_ms)]
        return answers

    def _hear(self, data: e.EventData, *, now_ms: int) -> Sequence[Answer]:
        self._now_ms = START_MS + now_ms
        return self._decide(data)

    def _decide(self, data: e.EventData) -> list[Answer]:
        """The calls that this event's decisions give to agents. Raises ValueError for a refusal."""
        event_id = f"event-{self.events}"
        event = Event(
            id=event_id,
            type=data.type,
            tenant_id="" if data.type in e.PARTITION_EVENT_TYPES else TENANT,
            desk_id="" if data.type in e.PARTITION_EVENT_TYPES else DESK,
            time_ms=self._now_ms,
            traceparent=None,
            data=data,
        )
        decisions = self.engine.decide(
            event, event_id=event_id, event_offset=self.events, appended_at_ms=self._now_ms
        )
        self.events += 1
        return [
            answer for decision in decisions if (answer := self._learn(decision, data)) is not None
        ]

    def _learn(self, decision: d.AnyDecision, data: e.EventData) -> Answer | None:
        match decision:
            case d.ConversationOpened() if isinstance(data, e.MessageReceived):
                self._call_of[decision.conversation_id] = data.provider_message_id
                self._conversation_of[data.provider_message_id] = decision.conversation_id
            case d.WorkItemAssigned():
                return Answer(self._call_of[decision.conversation_id], decision.agent_id)
            case d.EventRefused():
                raise ValueError(f"{data.type} refused: {decision.reason} {decision.detail}")
            case _:
                pass
        return None

    def _close(self, answer: Answer) -> e.CloseRequested:
        return e.CloseRequested(
            agent_id=answer.agent_id, conversation_id=self._conversation_of[answer.call_id]
        )


def _call(caller: Caller) -> e.MessageReceived:
    return e.MessageReceived(
        reply_to=ReplyAddress(
            channel=CHANNEL,
            endpoint_id="bank-number",
            contact_point_id=_line_of(caller.call_id),
            family=AddressFamily.PHONE,
            address=caller.call_id,
        ),
        provider_message_id=caller.call_id,
        content=Content(text="(a call)"),
        labels={CLASS_LABEL: caller.customer_class, TYPE_LABEL: caller.call_type},
    )


def _line_of(call_id: str) -> str:
    """Every call is a line of its own: who called before is not known to the log."""
    return contact_point_id_of(TenantId(TENANT), AddressFamily.PHONE, call_id)
