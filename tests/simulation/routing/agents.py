"""Agents of the simulated desks: they come, flap, answer, refuse, stay silent and do their work.

They look at the state that the log has made; what they say may be late by the time it is heard.
"""

import random
from collections.abc import Callable

from libs.common.contracts import events as e
from libs.common.contracts.terms import ParticipantKind, Presence
from libs.common.contracts.terms import WorkItemState as S
from services.router.core.engine import Engine
from services.router.core.entities import Agent, Conversation, WorkItem
from tests.simulation.routing.desks import AGENTS, CODES, QUEUES, DeskKey

REPLICAS = ("notifier-0", "notifier-1")
Said = tuple[str, e.EventData]


class Agents:
    """Everybody who works at one desk."""

    def __init__(self, rng: random.Random, desk: DeskKey, shadow: Engine) -> None:
        self._rng = rng
        self._desk = desk
        self._shadow = shadow
        # Seeds differ: here nobody leaves, there everybody flaps; here all accept, there hardly.
        self._flaps = rng.choice((0.02, 0.05, 0.2))
        self._accepts = rng.choice((0.5, 0.8, 0.95))
        self._silence = rng.choice((0.0, 0.1, 0.3))
        self._connections = 0

    def speak(self) -> Said | None:
        """Whose lane, and what they say; None when nobody has anything to do."""
        absent = self._absent()
        if absent and self._rng.random() < 0.4:
            return self._come(self._rng.choice(absent))
        if self._rng.random() < self._flaps:
            return self._flap()
        if self._rng.random() < 0.5:
            return self._about_offers()
        return self._about_work()

    def come_and_work(self) -> list[e.EventData]:
        """Everybody does the next useful thing; nothing when nothing is to be done."""
        said: list[e.EventData] = [self._come(agent)[1] for agent in self._absent()]
        for item in self._items():
            owner = item.agent_id or ""
            if item.state is S.RESERVED:
                agent_id, reservation_id = item.offered[0]
                said.append(e.ReservationAccepted(agent_id=agent_id, reservation_id=reservation_id))
            elif item.state is S.WRAPPING_UP:
                said.append(
                    e.WrapUpFinished(agent_id=owner, work_item_id=item.work_item_id, code=CODES[0])
                )
            elif item.state is not S.QUEUED:
                said.append(self._said(item, e.CloseRequested)[1])
        return said

    def _agents(self) -> list[Agent]:
        table = self._shadow.state.tables["agent"]
        profiles = self._shadow.state.index_of(self._desk).profiles.of_agent
        return [
            agent
            for key, agent in sorted(table.items())
            if isinstance(agent, Agent) and key[:2] == self._desk and key[2] in profiles
        ]

    def _absent(self) -> list[Agent]:
        """Who has not come yet; who has come may be off shift all the same."""
        return [agent for agent in self._agents() if not _has_come(agent)]

    def _come(self, agent: Agent) -> Said:
        if agent.connection_id is None:
            return self._connect(agent.agent_id)
        return self._present(agent.agent_id, Presence.AVAILABLE)

    def _connect(self, agent_id: str) -> Said:
        self._connections += 1
        return agent_id, e.AgentConnected(
            agent_id=agent_id,
            connection_id=f"{agent_id}-{self._connections}",
            replica_id=self._rng.choice(REPLICAS),
        )

    def _present(self, agent_id: str, presence: Presence) -> Said:
        return agent_id, e.AgentPresenceSet(agent_id=agent_id, presence=presence)

    def _flap(self) -> Said:
        agents = self._agents()
        # A name that is not configured here, or is not any more, says something now and then.
        agent_id = self._rng.choice(AGENTS)
        choice = self._rng.random()
        if choice < 0.4 and agents:
            agent = self._rng.choice(agents)
            connection_id = agent.connection_id or "gone-1"
            return agent.agent_id, e.AgentDisconnected(
                agent_id=agent.agent_id, connection_id=connection_id
            )
        if choice < 0.6:
            return self._connect(agent_id)
        return self._present(agent_id, self._rng.choice((Presence.AWAY, Presence.OFFLINE)))

    def _about_offers(self) -> Said | None:
        item = self._any_item(S.RESERVED)
        if item is None or self._rng.random() < self._silence:
            return self._about_work()
        agent_id, reservation_id = self._rng.choice(item.offered)
        if self._rng.random() < 0.03:
            agent_id = self._rng.choice(AGENTS)
        answer: type[e.ReservationAccepted | e.ReservationRejected] = e.ReservationRejected
        if self._rng.random() < self._accepts:
            answer = e.ReservationAccepted
        return agent_id, answer(agent_id=agent_id, reservation_id=reservation_id)

    def _about_work(self) -> Said | None:
        item = self._any_item(S.ASSIGNED, S.ASSIGNED, S.PARKED, S.HELD, S.WRAPPING_UP)
        if item is None:
            return None
        if item.state is S.WRAPPING_UP:
            code = self._rng.choice((None, *CODES))
            owner = item.agent_id or ""
            return owner, e.WrapUpFinished(
                agent_id=owner, work_item_id=item.work_item_id, code=code
            )
        acts: tuple[Callable[[WorkItem], Said], ...] = (
            *(self._close,) * 2,
            *(self._close_as_read,) * 2,
            *(self._reply,) * 2,
            *(self._park,) * 4,
            *(self._transfer,) * 2,
            self._invite,
            self._leave,
        )
        return self._rng.choice(acts)(item)

    def _close(self, item: WorkItem) -> Said:
        return self._said(item, e.CloseRequested)

    def _close_as_read(self, item: WorkItem) -> Said:
        """Whether its customer wrote meanwhile only the router knows."""
        owner = item.agent_id or AGENTS[0]
        read = self._shadow.state.need(Conversation, item.conversation_id).sequence
        return owner, e.CloseRequested(
            agent_id=owner, conversation_id=item.conversation_id, after_sequence=read
        )

    def _park(self, item: WorkItem) -> Said:
        return self._said(item, e.ParkRequested)

    def _reply(self, item: WorkItem) -> Said:
        owner = item.agent_id or AGENTS[0]
        return owner, e.ReplySent(
            agent_id=owner, conversation_id=item.conversation_id, text="Certainly."
        )

    def _transfer(self, item: WorkItem) -> Said:
        owner = item.agent_id or AGENTS[0]
        to_agent = self._rng.random() < 0.5
        return owner, e.TransferRequested(
            agent_id=owner,
            conversation_id=item.conversation_id,
            queue_id=None if to_agent else self._rng.choice(QUEUES),
            to_agent_id=self._rng.choice(AGENTS) if to_agent else None,
        )

    def _invite(self, item: WorkItem) -> Said:
        owner = item.agent_id or AGENTS[0]
        return owner, e.ParticipantInvited(
            agent_id=owner,
            conversation_id=item.conversation_id,
            participant_id=self._rng.choice(AGENTS),
            kind=self._rng.choice(tuple(ParticipantKind)),
        )

    def _leave(self, item: WorkItem) -> Said:
        beside = sorted(item.participants)
        if beside and self._rng.random() < 0.5:
            name = self._rng.choice(beside)
            return name, e.ParticipantLeft(agent_id=name, conversation_id=item.conversation_id)
        owner = item.agent_id or AGENTS[0]
        return owner, e.OwnerLeft(
            agent_id=owner,
            conversation_id=item.conversation_id,
            successor_id=self._rng.choice((*beside, None)),
        )

    def _said(self, item: WorkItem, request: type[e.CloseRequested | e.ParkRequested]) -> Said:
        owner = item.agent_id or AGENTS[0]
        return owner, request(agent_id=owner, conversation_id=item.conversation_id)

    def _any_item(self, *states: S) -> WorkItem | None:
        found = [item for item in self._items() if item.state in states]
        return self._rng.choice(found) if found else None

    def _items(self) -> list[WorkItem]:
        table = self._shadow.state.tables["work_item"]
        return [
            item
            for _, item in sorted(table.items())
            if isinstance(item, WorkItem) and (item.tenant_id, item.desk_id) == self._desk
        ]


def _has_come(agent: Agent) -> bool:
    return agent.connection_id is not None and agent.presence is Presence.AVAILABLE
