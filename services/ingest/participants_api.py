"""The agents' door for company in a conversation: invite, monitor, leave, hand over.

202 says that the event is safe; whether it takes effect the router decides, as for every action
of an agent. Who may monitor is decided here and nowhere else: a supervisor's credential.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from libs.common.contracts.events import (
    EscalationAcknowledged,
    EventData,
    OwnerLeft,
    ParticipantInvited,
    ParticipantLeft,
)
from libs.common.contracts.terms import ParticipantKind, Role
from services.ingest.access import JSON, Accepted, DeskCaller, desk_caller, read_body
from services.ingest.agent_api import Agent, ConversationId
from services.ingest.core import doors
from services.ingest.core.agent_actions import (
    HandOverInput,
    InvitationInput,
    NothingInput,
    agent_id_of,
)
from services.ingest.openapi import body, problem_responses
from services.ingest.publisher import EventPublisher

Supervisor = Annotated[DeskCaller, Depends(desk_caller(Role.SUPERVISOR))]
Participant = Annotated[DeskCaller, Depends(desk_caller(Role.AGENT, Role.SUPERVISOR))]


class ParticipantDoor:
    """One method per action; who acts is the credential's subject."""

    def __init__(self, publisher: EventPublisher) -> None:
        self._publisher = publisher

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
        return await self._accept(agent, data, conversation_id)

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
        return await self._accept(supervisor, data, conversation_id)

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
        return await self._accept(supervisor, data, conversation_id)

    async def leave(
        self, request: Request, participant: Participant, conversation_id: ConversationId
    ) -> Accepted:
        """End your part in a conversation that somebody else owns."""
        await read_body(request, NothingInput, may_be_empty=True)
        data = ParticipantLeft(
            agent_id=agent_id_of(participant.subject), conversation_id=conversation_id
        )
        return await self._accept(participant, data, conversation_id)

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
        return await self._accept(agent, data, conversation_id)

    async def _accept(self, caller: DeskCaller, data: EventData, conversation_id: str) -> Accepted:
        event = caller.event(data, about=conversation_id)
        await self._publisher.accept([event], door=doors.AGENT, caller_trace=caller.traceparent)
        return Accepted(event_id=event.event_id)


def participant_routes(publisher: EventPublisher) -> APIRouter:
    """The routes below a conversation that concern more than its owner."""
    door = ParticipantDoor(publisher)
    prefix = "/v1/desks/{desk}/conversations/{conversation}"
    router = APIRouter(prefix=prefix, tags=["agents"])
    for path, action, sent in (
        ("/participants", door.invite, InvitationInput),
        ("/monitor", door.monitor, NothingInput),
        ("/acknowledge", door.acknowledge, NothingInput),
        ("/leave", door.leave, NothingInput),
        ("/hand-over", door.hand_over, HandOverInput),
    ):
        router.add_api_route(
            path,
            action,
            methods=["POST"],
            status_code=202,
            response_model=Accepted,
            operation_id=f"agent_{action.__name__}",
            responses=problem_responses(),
            openapi_extra=body({JSON: sent}, is_required=sent is InvitationInput),
        )
    return router
