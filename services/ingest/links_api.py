"""The door for links: two addresses are one customer, or turn out not to be."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from libs.common.contracts.events import ContactPointsLinked, ContactPointsUnlinked
from libs.common.contracts.terms import Role
from services.ingest.access import JSON, Accepted, DeskCaller, desk_caller, read_body
from services.ingest.core import doors
from services.ingest.core.cloud_events import LinkInput
from services.ingest.core.contact_points import linked_pair
from services.ingest.openapi import body, problem_responses
from services.ingest.publisher import EventPublisher

DOOR = doors.LINKS

Linker = Annotated[
    DeskCaller,
    Depends(desk_caller(Role.AGENT, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.INTEGRATOR)),
]


class LinksDoor:
    """Links and un-links on one desk; nothing is rewritten, so both are reversible."""

    def __init__(self, publisher: EventPublisher) -> None:
        self._publisher = publisher

    async def link(self, request: Request, caller: Linker) -> Accepted:
        """Two addresses are the same customer on this desk."""
        pair = linked_pair(caller.tenant_id, await read_body(request, LinkInput))
        return await self._accept(caller, ContactPointsLinked(contact_point_ids=pair))

    async def unlink(self, request: Request, caller: Linker) -> Accepted:
        """That link was wrong: everything is as if it had never been."""
        pair = linked_pair(caller.tenant_id, await read_body(request, LinkInput))
        return await self._accept(caller, ContactPointsUnlinked(contact_point_ids=pair))

    async def _accept(
        self, caller: DeskCaller, data: ContactPointsLinked | ContactPointsUnlinked
    ) -> Accepted:
        event = caller.event(data, about=data.contact_point_ids[0])
        await self._publisher.accept([event], door=DOOR, caller_trace=caller.traceparent)
        return Accepted(event_id=event.event_id)


def link_routes(publisher: EventPublisher) -> APIRouter:
    """The two routes, below the desk."""
    door = LinksDoor(publisher)
    router = APIRouter(prefix="/v1/desks/{desk}", tags=["customers"])
    for path, action in (("/links", door.link), ("/unlinks", door.unlink)):
        router.add_api_route(
            path,
            action,
            methods=["POST"],
            status_code=202,
            response_model=Accepted,
            operation_id=f"customers_{action.__name__}",
            responses=problem_responses(),
            openapi_extra=body({JSON: LinkInput}),
        )
    return router
