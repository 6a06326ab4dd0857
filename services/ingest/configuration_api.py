"""The administrators' door: a desk's whole configuration as one document, valid or refused."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from libs.common.bodies import require_media_type
from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.events import DeskConfigured
from libs.common.contracts.terms import Role
from libs.common.documents.desk_document import read_desk_configuration
from services.ingest.access import JSON, Accepted, DeskCaller, desk_caller
from services.ingest.core import doors
from services.ingest.openapi import body, problem_responses
from services.ingest.publisher import EventPublisher

DOOR = doors.CONFIGURATION
YAML_TYPES = ("application/yaml", "application/x-yaml", "text/yaml")
# A large document takes seconds of processor time: one at a time, so that messages go on.
READERS_MAX = 1

Administrator = Annotated[DeskCaller, Depends(desk_caller(Role.ADMINISTRATOR))]


class ConfigurationDoor:
    """Takes configurations; what is in force the router's decisions tell."""

    def __init__(self, publisher: EventPublisher) -> None:
        self._publisher = publisher
        self._readers = asyncio.Semaphore(READERS_MAX)

    async def configure(self, request: Request, administrator: Administrator) -> Accepted:
        """Replace the desk's configuration: YAML or JSON, validated whole. A refusal lists each
        mistake with its line, field and problem, and changes nothing.
        """
        is_json = require_media_type(request, JSON, *YAML_TYPES) == JSON
        document = await request.body()
        async with self._readers:
            configuration = await asyncio.to_thread(
                read_desk_configuration, document, is_json=is_json
            )
        event = administrator.event(
            DeskConfigured(configuration=configuration), about=administrator.desk_id
        )
        await self._publisher.accept([event], door=DOOR, caller_trace=administrator.traceparent)
        return Accepted(event_id=event.event_id)


def configuration_routes(publisher: EventPublisher) -> APIRouter:
    """The one route, below the desk."""
    door = ConfigurationDoor(publisher)
    router = APIRouter(prefix="/v1/desks/{desk}", tags=["configuration"])
    router.add_api_route(
        "/configuration",
        door.configure,
        methods=["PUT"],
        status_code=202,
        response_model=Accepted,
        operation_id="configuration_configure",
        responses=problem_responses(),
        openapi_extra=body({JSON: DeskConfiguration, YAML_TYPES[0]: DeskConfiguration}),
    )
    return router
