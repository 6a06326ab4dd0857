"""The agents' door for company in a conversation: invite, monitor, leave, hand over.

202 says that the event is safe; whether it takes effect the router decides, as for every action
of an agent. Who may monitor is decided here and nowhere else: a supervisor's credential.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from libs.common.contracts.events import (
    EscalationAcknowledged,
    OwnerLeft,
    ParticipantInvited,
    ParticipantLeft,
)
from libs.common.contracts.terms import ParticipantKind, Role
from services.ingest.access import Accepted, DeskCaller, desk_caller, read_body
from services.ingest.action_doors import (
    ActionDoor,
    Agent,
    ConversationId,
    Supervisor,
    action_routes,
)
from services.ingest.core.agent_actions import (
    HandOverInput,
    InvitationInput,
    NothingInput,
    agent_id_of,
)
from services.ingest.publisher import EventPublisher

Participant = Annotated[DeskCaller, Depends(desk_caller(Role.AGENT, Role.SUPERVISOR))]


class ParticipantDoor(ActionDoor):
    """Who takes part in a conversation beside its owner."""

    async def invite(
        self, request: Request, agent: Agent, conversation_id: ConversationId
    ) -> Accepted:
        """Bring another agent into a conversation that you own.

        They take part at once if they are there and have room for it.
        """
        sent = await read_body(request, InvitationInput)
        data = ParticipantInvited(
            agent_id=agent_id_of(agent.subject),
            conversation_id=conversation_id,
            participant_id=sent.participant_id,
            kind=sent.kind,
        )
        return await self._accept(agent, agent.event(data, about=conversation_id))

    async def monitor(
        self, request: Request, supervisor: Supervisor, conversation_id: ConversationId
    ) -> Accepted:
        """Follow somebody's conversation without taking part in it, as a supervisor.

        The supervisor must be one of the desk's agents too; it costs them no capacity.
        """
        await read_body(request, NothingInput, may_be_empty=True)
        supervisor_id = agent_id_of(supervisor.subject)
        data = ParticipantInvited(
            agent_id=supervisor_id,
            conversation_id=conversation_id,
            participant_id=supervisor_id,
            kind=ParticipantKind.MONITOR,
        )
        return await self._accept(supervisor, supervisor.event(data, about=conversation_id))

    async def acknowledge(
        self, request: Request, supervisor: Supervisor, conversation_id: ConversationId
    ) -> Accepted:
        """Say that you see to a conversation that was escalated: nothing more is told of it.

        A trouble that begins later escalates anew.
        """
        await read_body(request, NothingInput, may_be_empty=True)
        data = EscalationAcknowledged(
            agent_id=agent_id_of(supervisor.subject), conversation_id=conversation_id
        )
        return await self._accept(supervisor, supervisor.event(data, about=conversation_id))

    async def leave(
        self, request: Request, participant: Participant, conversation_id: ConversationId
    ) -> Accepted:
        """End your part in a conversation that somebody else owns."""
        await read_body(request, NothingInput, may_be_empty=True)
        data = ParticipantLeft(
            agent_id=agent_id_of(participant.subject), conversation_id=conversation_id
        )
        return await self._accept(participant, participant.event(data, about=conversation_id))

    async def hand_over(
        self, request: Request, agent: Agent, conversation_id: ConversationId
    ) -> Accepted:
        """Leave a conversation that you own: to a participant, or else back to its queue."""
        sent = await read_body(request, HandOverInput, may_be_empty=True)
        data = OwnerLeft(
            agent_id=agent_id_of(agent.subject),
            conversation_id=conversation_id,
            successor_id=sent.successor_id,
        )
        return await self._accept(agent, agent.event(data, about=conversation_id))


def participant_routes(publisher: EventPublisher) -> APIRouter:
    """The routes below a conversation that concern more than its owner."""
    door = ParticipantDoor(publisher)
    prefix = "/v1/desks/{desk}/conversations/{conversation}"
    routes = (
        ("/participants", door.invite, InvitationInput),
        ("/monitor", door.monitor, NothingInput),
        ("/acknowledge", door.acknowledge, NothingInput),
        ("/leave", door.leave, NothingInput),
        ("/hand-over", door.hand_over, HandOverInput),
    )
    return action_routes(prefix, routes, may_be_empty={NothingInput, HandOverInput})
