"""A desk's day for the real engine: customers write, agents come, answer, refuse and leave."""

import random
from collections.abc import Callable
from datetime import UTC, datetime

from libs.common.contracts import events as e
from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.content import Content, ReplyAddress
from libs.common.contracts.terms import AddressFamily, Presence, TenantId
from libs.common.contracts.terms import WorkItemState as S
from libs.common.contracts.wire import encode_event
from libs.common.identifiers import contact_point_id_of
from services.router.core.engine import Engine
from services.router.core.entities import WorkItem
from tests.simulation.upgraded import POISON

TENANT, DESK = "acme", "support"
AGENTS = ("ann", "bob", "cem")
CUSTOMERS = tuple(f"customer-{number}" for number in range(8))
LONG_TEXT = "x" * 12_000


def configuration(version: int) -> DeskConfiguration:
    """Short times, so that everything falls due within a run; odd versions lack a queue."""
    queues = [{"queue_id": "general", "offer": {"timeout_s": 1}, "wrap_up_s": 1}]
    if version % 2 == 0:
        queues.append({"queue_id": "billing", "requires": {"billing": 2}})
    ranks = {str(queue["queue_id"]): place + 1 for place, queue in enumerate(queues)}
    return DeskConfiguration.model_validate(
        {
            "skills": ["billing"],
            "queues": queues,
            "agents": [
                {"agent_id": name, "queues": ranks, "skills": {"billing": 3}, "capacity_units": 4}
                for name in AGENTS
            ],
            "default": {"queue": "general"},
            "migrate_to": {"billing": "general"},
            "capacity_weights": {"web_chat": 2},
            "policies": {"take_back_after_s": 2, "refusal_forgotten_after_s": 2, "owner_hold_s": 1},
        }
    )


class DeskTalk:
    """Looks at the state that the log has made, and says what people would say next."""

    def __init__(self, rng: random.Random, shadow: Engine) -> None:
        self._rng = rng
        self._shadow = shadow
        self._count = 0
        self._sent: list[bytes] = []
        self._poison_at = rng.randrange(10, 60)

    def next(self, now_ms: int) -> bytes:
        """The next event; sometimes one that was there before, or nonsense."""
        self._count += 1
        chance = self._rng.random()
        if self._sent and chance < 0.1:
            return self._rng.choice(self._sent[-50:])
        if chance < 0.12:
            return b"{" + str(self._count).encode()
        value = encode_event(
            self._data(),
            event_id=f"event-{self._count}",
            source="simulation",
            time=datetime.fromtimestamp(now_ms / 1000, UTC),
            tenant_id=TENANT,
            desk_id=DESK,
        )
        self._sent.append(value)
        return value

    def _data(self) -> e.EventData:
        if self._count == self._poison_at:
            return self._message(POISON)
        if self._count <= 1 or self._rng.random() < 0.02:
            return e.DeskConfigured(configuration=configuration(self._count))
        talks: tuple[Callable[[], e.EventData], ...] = (
            lambda: self._message("Hello?"),
            lambda: self._message("Hello?"),
            lambda: self._message(LONG_TEXT if self._rng.random() < 0.1 else "Me again"),
            self._arrival,
            self._about_offers,
            self._about_offers,
            self._about_work,
            self._about_work,
        )
        return self._rng.choice(talks)()

    def _message(self, text: str) -> e.EventData:
        name = self._rng.choice(CUSTOMERS)
        contact_point_id = contact_point_id_of(TenantId(TENANT), AddressFamily.WEB, name)
        return e.MessageReceived(
            reply_to=ReplyAddress(
                channel="web_chat",
                endpoint_id="web",
                contact_point_id=contact_point_id,
                family=AddressFamily.WEB,
                address=name,
            ),
            provider_message_id=f"message-{self._count}",
            content=Content(text=text),
        )

    def _arrival(self) -> e.EventData:
        agent_id, replica_id = self._rng.choice(AGENTS), f"notifier-{self._rng.randrange(2)}"
        choice = self._rng.random()
        if choice < 0.5:
            connection = f"connection-{self._count}"
            return e.AgentConnected(
                agent_id=agent_id, connection_id=connection, replica_id=replica_id
            )
        if choice < 0.9:
            presence = Presence.AVAILABLE if choice < 0.8 else Presence.AWAY
            return e.AgentPresenceSet(agent_id=agent_id, presence=presence)
        return e.NotifierAlive(replica_id=replica_id)

    def _about_offers(self) -> e.EventData:
        item = self._any_item(S.RESERVED)
        if item is None:
            return self._arrival()
        agent_id, reservation_id = self._rng.choice(item.offered)
        answer = e.ReservationAccepted if self._rng.random() < 0.7 else e.ReservationRejected
        return answer(agent_id=agent_id, reservation_id=reservation_id)

    def _about_work(self) -> e.EventData:
        item = self._any_item(S.ASSIGNED, S.PARKED, S.HELD, S.WRAPPING_UP)
        if item is None:
            return self._arrival()
        agent_id = item.agent_id or AGENTS[0]
        conversation_id = item.conversation_id
        if item.state is S.WRAPPING_UP:
            return e.WrapUpFinished(agent_id=agent_id, work_item_id=item.work_item_id)
        choice = self._rng.random()
        if choice < 0.5:
            return e.ReplySent(agent_id=agent_id, conversation_id=conversation_id, text="Yes")
        if choice < 0.65:
            return e.ParkRequested(agent_id=agent_id, conversation_id=conversation_id)
        if choice < 0.8:
            return e.TransferRequested(
                agent_id=agent_id, conversation_id=conversation_id, queue_id="general"
            )
        return e.CloseRequested(agent_id=agent_id, conversation_id=conversation_id)

    def _any_item(self, *states: S) -> WorkItem | None:
        table = self._shadow.state.tables["work_item"]
        found = [
            item
            for _, item in sorted(table.items())
            if isinstance(item, WorkItem) and item.state in states
        ]
        return self._rng.choice(found) if found else None
