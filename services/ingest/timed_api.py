"""The agents' door for what shall happen later: put a conversation aside.

202 says that the event is safe; whether it takes effect the router decides, as for every action
of an agent. A time that has passed or is years ahead is refused here already.
"""

from fastapi import APIRouter, Request
from pydantic import AwareDatetime, Field

from libs.common import clock
from libs.common.contracts.events import EventData, SnoozeRequested
from services.ingest.access import JSON, Accepted, DeskCaller, read_body
from services.ingest.agent_api import Agent, ConversationId
from services.ingest.core import doors
from services.ingest.core.agent_actions import ActionInput, agent_id_of
from services.ingest.core.due_times import due_ms_of
from services.ingest.openapi import body, problem_responses
from services.ingest.publisher import EventPublisher


class SnoozeInput(ActionInput):
    """Until when the conversation is put aside; its customer's next message ends it before."""

    until: AwareDatetime = Field(examples=["2026-12-01T15:00:00+01:00"])


class TimedDoor:
    """One method per action; who acts is the credential's subject."""

    def __init__(self, publisher: EventPublisher) -> None:
        self._publisher = publisher

    async def snooze(
        self, request: Request, agent: Agent, conversation_id: ConversationId
    ) -> Accepted:
        """Put a conversation that you own aside until a time, at most 366 days ahead.

        It comes back to you, or to its queue if you are not there. Calls can't be put aside.
        """
        sent = await read_body(request, SnoozeInput)
        data = SnoozeRequested(
            agent_id=agent_id_of(agent.subject),
            conversation_id=conversation_id,
            until_ms=due_ms_of(sent.until, now=clock.now(), field="until"),
        )
        return await self._accept(agent, data, conversation_id)

    async def _accept(self, caller: DeskCaller, data: EventData, conversation_id: str) -> Accepted:
        event = caller.event(data, about=conversation_id)
        await self._publisher.accept([event], door=doors.AGENT, caller_trace=caller.traceparent)
        return Accepted(event_id=event.event_id)


def timed_routes(publisher: EventPublisher) -> APIRouter:
    """The routes below a conversation that name a later time."""
    door = TimedDoor(publisher)
    prefix = "/v1/desks/{desk}/conversations/{conversation}"
    router = APIRouter(prefix=prefix, tags=["agents"])
    for path, action, sent in (("/snooze", door.snooze, SnoozeInput),):
        router.add_api_route(
            path,
            action,
            methods=["POST"],
            status_code=202,
            response_model=Accepted,
            operation_id=f"agent_{action.__name__}",
            responses=problem_responses(),
            openapi_extra=body({JSON: sent}),
        )
    return router
