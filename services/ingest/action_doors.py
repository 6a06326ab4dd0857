"""What doors for agents' actions share: who asks, how an event is accepted, how routes are made.

202 says that the event is safe. Whether it takes effect the router decides, and the stream tells.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable
from typing import Annotated

from fastapi import APIRouter, Depends, Path

from libs.common.contracts.terms import Identifier, Role
from services.ingest.access import JSON, Accepted, DeskCaller, desk_caller
from services.ingest.core import doors
from services.ingest.core.agent_actions import ActionInput
from services.ingest.core.outgoing import OutgoingEvent
from services.ingest.openapi import body, problem_responses
from services.ingest.publisher import EventPublisher

Agent = Annotated[DeskCaller, Depends(desk_caller(Role.AGENT))]
Supervisor = Annotated[DeskCaller, Depends(desk_caller(Role.SUPERVISOR))]
ConversationId = Annotated[Identifier, Path(alias="conversation")]
# Below which path, what is done, and what is sent.
Route = tuple[str, Callable[..., Awaitable[Accepted]], type[ActionInput]]


class ActionDoor:
    """One method per action; who acts is the credential's subject."""

    def __init__(self, publisher: EventPublisher) -> None:
        self._publisher = publisher

    async def _accept(self, caller: DeskCaller, event: OutgoingEvent) -> Accepted:
        await self._publisher.accept([event], door=doors.AGENT, caller_trace=caller.traceparent)
        return Accepted(event_id=event.event_id)


def action_routes(
    prefix: str, routes: Iterable[Route], *, may_be_empty: Collection[type[ActionInput]]
) -> APIRouter:
    """The routes of a door, in their order; of some inputs nothing need be sent."""
    router = APIRouter(prefix=prefix, tags=["agents"])
    for path, action, sent in routes:
        router.add_api_route(
            path,
            action,
            methods=["POST"],
            status_code=202,
            response_model=Accepted,
            operation_id=f"agent_{action.__name__}",
            responses=problem_responses(),
            openapi_extra=body({JSON: sent}, is_required=sent not in may_be_empty),
        )
    return router
