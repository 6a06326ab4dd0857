"""The agents' door: what an agent's app does becomes events on the agent's desk.

202 says that the event is safe. Whether it takes effect (does this agent own the conversation?
is the offer still open?) the router decides, and the agent's stream tells.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from libs.common.contracts.events import (
    AgentPresenceSet,
    CloseRequested,
    ParkRequested,
    ReplySent,
    ReservationAccepted,
    ReservationRejected,
    TransferRequested,
    WrapUpFinished,
)
from libs.common.contracts.terms import Identifier, Role
from services.ingest.access import JSON, Accepted, DeskCaller, desk_caller, read_body
from services.ingest.core import doors
from services.ingest.core.agent_actions import (
    NothingInput,
    PresenceInput,
    ReplyInput,
    TransferInput,
    WrapUpInput,
    agent_id_of,
    written_text,
)
from services.ingest.core.event_ids import reservation_answer_id
from services.ingest.core.outgoing import OutgoingEvent
from services.ingest.openapi import body, problem_responses
from services.ingest.publisher import EventPublisher

DOOR = doors.AGENT

Agent = Annotated[DeskCaller, Depends(desk_caller(Role.AGENT))]
ReservationId = Annotated[Identifier, Path(alias="reservation")]
ConversationId = Annotated[Identifier, Path(alias="conversation")]
WorkItemId = Annotated[Identifier, Path(alias="work_item")]


class AgentDoor:
    """One method per action; the agent is the credential's subject."""

    def __init__(self, publisher: EventPublisher) -> None:
        self._publisher = publisher

    async def set_presence(self, request: Request, agent: Agent) -> Accepted:
        """Say whether to be offered work."""
        sent = await read_body(request, PresenceInput)
        data = AgentPresenceSet(agent_id=agent_id_of(agent.subject), presence=sent.presence)
        return await self._accept(agent, agent.event(data))

    async def accept(
        self, request: Request, agent: Agent, reservation_id: ReservationId
    ) -> Accepted:
        """Take the offered work. Repeating it is harmless."""
        await read_body(request, NothingInput, may_be_empty=True)
        data = ReservationAccepted(
            agent_id=agent_id_of(agent.subject), reservation_id=reservation_id
        )
        return await self._answer(agent, data)

    async def reject(
        self, request: Request, agent: Agent, reservation_id: ReservationId
    ) -> Accepted:
        """Decline the offered work. Repeating it is harmless."""
        await read_body(request, NothingInput, may_be_empty=True)
        data = ReservationRejected(
            agent_id=agent_id_of(agent.subject), reservation_id=reservation_id
        )
        return await self._answer(agent, data)

    async def reply(
        self, request: Request, agent: Agent, conversation_id: ConversationId
    ) -> Accepted:
        """Answer the customer, who gets it over the channel that they wrote on."""
        sent = await read_body(request, ReplyInput)
        data = ReplySent(
            agent_id=agent_id_of(agent.subject),
            conversation_id=conversation_id,
            text=written_text(sent.text),
        )
        return await self._accept(agent, agent.event(data, about=conversation_id))

    async def transfer(
        self, request: Request, agent: Agent, conversation_id: ConversationId
    ) -> Accepted:
        """Move the conversation to another queue, or to an agent, with a note for who has it next.

        An agent is asked whatever their skills; if they are busy or decline, the queue goes on.
        """
        sent = await read_body(request, TransferInput)
        data = TransferRequested(
            agent_id=agent_id_of(agent.subject),
            conversation_id=conversation_id,
            queue_id=sent.queue_id,
            to_agent_id=sent.to_agent_id,
            note=sent.note,
        )
        return await self._accept(agent, agent.event(data, about=conversation_id))

    async def park(
        self, request: Request, agent: Agent, conversation_id: ConversationId
    ) -> Accepted:
        """Wait for the customer; the conversation stays the agent's."""
        await read_body(request, NothingInput, may_be_empty=True)
        data = ParkRequested(agent_id=agent_id_of(agent.subject), conversation_id=conversation_id)
        return await self._accept(agent, agent.event(data, about=conversation_id))

    async def close(
        self, request: Request, agent: Agent, conversation_id: ConversationId
    ) -> Accepted:
        """End the conversation."""
        await read_body(request, NothingInput, may_be_empty=True)
        data = CloseRequested(agent_id=agent_id_of(agent.subject), conversation_id=conversation_id)
        return await self._accept(agent, agent.event(data, about=conversation_id))

    async def wrap_up(self, request: Request, agent: Agent, work_item_id: WorkItemId) -> Accepted:
        """Finish the work after the conversation, with its outcome code."""
        sent = await read_body(request, WrapUpInput, may_be_empty=True)
        data = WrapUpFinished(
            agent_id=agent_id_of(agent.subject), work_item_id=work_item_id, code=sent.code
        )
        return await self._accept(agent, agent.event(data, about=work_item_id))

    async def _answer(
        self, agent: DeskCaller, data: ReservationAccepted | ReservationRejected
    ) -> Accepted:
        event_id = reservation_answer_id(
            tenant_id=agent.tenant_id,
            subject=agent.subject,
            desk_id=agent.desk_id,
            event_type=data.type,
            reservation_id=data.reservation_id,
        )
        event = agent.event(data, about=data.reservation_id, event_id=event_id)
        return await self._accept(agent, event)

    async def _accept(self, agent: DeskCaller, event: OutgoingEvent) -> Accepted:
        await self._publisher.accept([event], door=DOOR, caller_trace=agent.traceparent)
        return Accepted(event_id=event.event_id)


def agent_routes(publisher: EventPublisher) -> APIRouter:
    """The agents' routes, all below the desk."""
    door = AgentDoor(publisher)
    router = APIRouter(prefix="/v1/desks/{desk}", tags=["agents"])
    for path, action, sent in (
        ("/presence", door.set_presence, PresenceInput),
        ("/reservations/{reservation}/accept", door.accept, NothingInput),
        ("/reservations/{reservation}/reject", door.reject, NothingInput),
        ("/conversations/{conversation}/replies", door.reply, ReplyInput),
        ("/conversations/{conversation}/transfer", door.transfer, TransferInput),
        ("/conversations/{conversation}/park", door.park, NothingInput),
        ("/conversations/{conversation}/close", door.close, NothingInput),
        ("/work-items/{work_item}/wrap-up", door.wrap_up, WrapUpInput),
    ):
        may_be_empty = sent in (NothingInput, WrapUpInput)
        router.add_api_route(
            path,
            action,
            methods=["POST"],
            status_code=202,
            response_model=Accepted,
            operation_id=f"agent_{action.__name__}",
            responses=problem_responses(),
            openapi_extra=body({JSON: sent}, is_required=not may_be_empty),
        )
    return router
