"""The agents' door to threads: two conversations that are one, one that is two, spam.

As at `agent_api`, 202 says that the event is safe; whether it takes effect the stream tells.
"""

from fastapi import APIRouter, Request

from libs.common.contracts.events import MergeRequested, SplitRequested
from libs.common.contracts.thread_events import SpamMarked, UnblockRequested
from services.ingest.access import Accepted, read_body
from services.ingest.action_doors import (
    ActionDoor,
    Agent,
    ConversationId,
    Supervisor,
    action_routes,
)
from services.ingest.core.agent_actions import (
    MergeInput,
    SpamInput,
    SplitInput,
    UnblockInput,
    agent_id_of,
)
from services.ingest.publisher import EventPublisher


class ThreadsDoor(ActionDoor):
    """What an agent does to whole threads."""

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


def threads_routes(publisher: EventPublisher) -> APIRouter:
    """The routes about threads, all below the desk."""
    door = ThreadsDoor(publisher)
    routes = (
        ("/conversations/{conversation}/merge", door.merge, MergeInput),
        ("/conversations/{conversation}/split", door.split, SplitInput),
        ("/conversations/{conversation}/spam", door.mark_spam, SpamInput),
        ("/unblock", door.unblock, UnblockInput),
    )
    return action_routes("/v1/desks/{desk}", routes, may_be_empty={SplitInput, SpamInput})
