"""The integrators' door: CloudEvents, one or a batch, all taken or none."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from libs.channels.endpoint import Endpoint
from libs.common import clock
from libs.common.bodies import parse_json
from libs.common.contracts.terms import EndpointId, Role
from services.ingest.access import Accepted, Caller, trace_of
from services.ingest.core import doors
from services.ingest.core.cloud_event_forms import BATCH, STRUCTURED, Form, form_of, read_events
from services.ingest.core.cloud_events import IntegratorEvent
from services.ingest.core.integrator_events import Sender, outgoing_all
from services.ingest.openapi import body, problem_responses
from services.ingest.publisher import EventPublisher

DOOR = doors.EVENTS
PATH = "/v1/events"


class AcceptedBatch(BaseModel):
    """Kafka has acknowledged all events of the batch; the ids stand in the batch's order."""

    model_config = ConfigDict(frozen=True)

    event_ids: list[str]


class EventsDoor:
    """Takes an integrator's events; knows its endpoints for messages that are to be routed."""

    def __init__(
        self,
        *,
        publisher: EventPublisher,
        endpoints: Mapping[EndpointId, Endpoint],
        events_max: int,
    ) -> None:
        self._publisher = publisher
        self._endpoints = endpoints
        self._events_max = events_max

    async def receive(self, request: Request, caller: Caller) -> Response:
        """Send one CloudEvent or a batch: all events are taken, or none is.

        A message goes to people, and so does the end of a contact (the customer hung up or left);
        a link joins two addresses of one customer, and everything else (an order, a visit, a
        payment) stands in the customer's timeline. An event is known by
        its `source` and `id`: sent again with the same two, it is the same event.
        """
        caller.require_role(Role.INTEGRATOR)
        form = form_of(request.headers.get("content-type", ""), request.headers.items())
        document = await request.body()
        events = read_events(
            document,
            parse_json(document),
            form=form,
            headers=request.headers.items(),
            events_max=self._events_max,
        )
        outgoing = outgoing_all(
            events,
            sender=Sender(tenant_id=caller.tenant_id, desks=caller.desks),
            endpoints=self._endpoints,
            received_at=clock.now(),
        )
        await self._publisher.accept(outgoing, door=DOOR, caller_trace=trace_of(request))
        event_ids = [event.event_id for event in outgoing]
        answer: BaseModel = Accepted(event_id=event_ids[0])
        if form is Form.BATCH:
            answer = AcceptedBatch(event_ids=event_ids)
        return Response(answer.model_dump_json(), 202, media_type="application/json")


def event_routes(
    *, publisher: EventPublisher, endpoints: Mapping[EndpointId, Endpoint], events_max: int
) -> APIRouter:
    """The one route of the integrators."""
    door = EventsDoor(publisher=publisher, endpoints=endpoints, events_max=events_max)
    router = APIRouter(tags=["integrators"])
    batch = Annotated[tuple[IntegratorEvent, ...], Field(min_length=1, max_length=events_max)]
    router.add_api_route(
        PATH,
        door.receive,
        methods=["POST"],
        status_code=202,
        response_model=Accepted | AcceptedBatch,
        operation_id="integrators_send_events",
        responses=problem_responses(),
        openapi_extra=body({STRUCTURED: IntegratorEvent, BATCH: batch}),
    )
    return router
