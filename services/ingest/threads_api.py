"""The agents' door to threads: two conversations that are one, one that is two, spam.

As at `agent_api`, 202 says that the event is safe; whether it takes effect the stream tells.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from libs.common.contracts.events import MergeRequested, SplitRequested
from libs.common.contracts.terms import Identifier, Role
from libs.common.contracts.thread_events import SpamMarked, UnblockRequested
from services.ingest.access import JSON, Accepted, DeskCaller, desk_caller, read_body
from services.ingest.core import doors
from services.ingest.core.agent_actions import (
    MergeInput,
    SpamInput,
    SplitInput,
    UnblockInput,
    agent_id_of,
)
from services.ingest.core.outgoing import OutgoingEvent
from services.ingest.openapi import body, problem_responses
from services.ingest.publisher import EventPublisher

Agent = Annotated[DeskCaller, Depends(desk_caller(Role.AGENT))]
Supervisor = Annotated[DeskCaller, Depends(desk_caller(Role.SUPERVISOR))]
ConversationId = Annotated[Identifier, Path(alias="conversation")]


class ThreadsDoor:
    """One method per action; the agent is the credential's subject."""

    def __init__(self, publisher: EventPublisher) -> None:
        self._publisher = publisher

    async def merge(
        self, request: Request, agent: Agent, conversation_id: ConversationId
    ) -> Accepted:
        """Say that two conversations are one: the older goes on, with its owner if it has one."""
        sent = await read_body(request, MergeInput)
        data = MergeRequested(
            agent_id=agent_id_of(agent.subject),
            conversation_id=conversation_id,
            with_conversation_id=sent.with_conversation_id,
            across_customers=sent.across_customers,
        )
        return await self._accept(agent, agent.event(data, about=conversation_id))

    async def split(
        self, request: Request, agent: Agent, conversation_id: ConversationId
    ) -> Accepted:
        """Open a conversation of its own for a second matter; what was said stays where it is."""
        sent = await read_body(request, SplitInput, may_be_empty=True)
        data = SplitRequested(
            agent_id=agent_id_of(agent.subject),
            conversation_id=conversation_id,
            queue_id=sent.queue_id,
            note=sent.note,
        )
        return await self._accept(agent, agent.event(data, about=conversation_id))

    async def mark_spam(
        self, request: Request, agent: Agent, conversation_id: ConversationId
    ) -> Accepted:
        """End a conversation that nobody wants, without a word to its sender, and block them."""
        sent = await read_body(request, SpamInput, may_be_empty=True)
        data = SpamMarked(
            agent_id=agent_id_of(agent.subject),
            conversation_id=conversation_id,
            blocks=sent.blocks,
            block_for_s=sent.block_for_s,
        )
        return await self._accept(agent, agent.event(data, about=conversation_id))

    async def unblock(self, request: Request, supervisor: Supervisor) -> Accepted:
        """Let a blocked contact point open work again."""
        sent = await read_body(request, UnblockInput)
        data = UnblockRequested(
            agent_id=agent_id_of(supervisor.subject), contact_point_id=sent.contact_point_id
        )
        return await self._accept(supervisor, supervisor.event(data, about=sent.contact_point_id))

    async def _accept(self, agent: DeskCaller, event: OutgoingEvent) -> Accepted:
        await self._publisher.accept([event], door=doors.AGENT, caller_trace=agent.traceparent)
        return Accepted(event_id=event.event_id)


def threads_routes(publisher: EventPublisher) -> APIRouter:
    """The routes about threads, all below the desk."""
    door = ThreadsDoor(publisher)
    router = APIRouter(prefix="/v1/desks/{desk}", tags=["agents"])
    for path, action, sent in (
        ("/conversations/{conversation}/merge", door.merge, MergeInput),
        ("/conversations/{conversation}/split", door.split, SplitInput),
        ("/conversations/{conversation}/spam", door.mark_spam, SpamInput),
        ("/unblock", door.unblock, UnblockInput),
    ):
        router.add_api_route(
            path,
            action,
            methods=["POST"],
            status_code=202,
            response_model=Accepted,
            operation_id=f"agent_{action.__name__}",
            responses=problem_responses(),
            openapi_extra=body({JSON: sent}, is_required=sent in (MergeInput, UnblockInput)),
        )
    return router
