"""The agents' door: what an agent's app does becomes events on the agent's desk.

202 says that the event is safe. Whether it takes effect (does this agent own the conversation?
is the offer still open?) the router decides, and the agent's stream tells.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Request

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
from libs.common.contracts.terms import Identifier
from services.ingest.access import Accepted, DeskCaller, read_body
from services.ingest.action_doors import ActionDoor, Agent, ConversationId, action_routes
from services.ingest.core.agent_actions import (
    CloseInput,
    NothingInput,
    PresenceInput,
    ReplyInput,
    TransferInput,
    WrapUpInput,
    agent_id_of,
    written_text,
)
from services.ingest.core.event_ids import reservation_answer_id
from services.ingest.publisher import EventPublisher

ReservationId = Annotated[Identifier, Path(alias="reservation")]
WorkItemId = Annotated[Identifier, Path(alias="work_item")]


class AgentDoor(ActionDoor):
    """What an agent does with the work that is offered or theirs."""

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
        """End the conversation; with `after_sequence` only if nothing stands after that place."""
        sent = await read_body(request, CloseInput, may_be_empty=True)
        data = CloseRequested(
            agent_id=agent_id_of(agent.subject),
            conversation_id=conversation_id,
            after_sequence=sent.after_sequence,
        )
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


def agent_routes(publisher: EventPublisher) -> APIRouter:
    """The agents' routes, all below the desk."""
    door = AgentDoor(publisher)
    routes = (
        ("/presence", door.set_presence, PresenceInput),
        ("/reservations/{reservation}/accept", door.accept, NothingInput),
        ("/reservations/{reservation}/reject", door.reject, NothingInput),
        ("/conversations/{conversation}/replies", door.reply, ReplyInput),
        ("/conversations/{conversation}/transfer", door.transfer, TransferInput),
        ("/conversations/{conversation}/park", door.park, NothingInput),
        ("/conversations/{conversation}/close", door.close, CloseInput),
        ("/work-items/{work_item}/wrap-up", door.wrap_up, WrapUpInput),
    )
    return action_routes(
        "/v1/desks/{desk}", routes, may_be_empty={NothingInput, CloseInput, WrapUpInput}
    )
