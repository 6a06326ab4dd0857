"""An event on its way to the log: its id, its topic and key, and its bytes."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from libs.common.contracts.envelope import describe
from libs.common.contracts.event_groups import SPILLABLE_EVENT_TYPES
from libs.common.contracts.events import (
    ROUTING_EVENT_TYPES,
    CustomerEventRecorded,
    EventData,
)
from libs.common.contracts.terms import ContactPointId
from libs.common.contracts.topics import (
    CUSTOMER_EVENTS,
    ROUTING_EVENTS,
    customer_key,
    routing_key,
)
from libs.common.contracts.wire import encode_event
from libs.common.errors import InvalidInputError
from libs.common.identifiers import customer_id_of

OUR_SOURCE = "switchboard/ingest"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingEvent:
    """One event, complete but for its trace. Tenant and desk come from credential or endpoint."""

    event_id: str
    tenant_id: str
    desk_id: str
    source: str = OUR_SOURCE
    time: datetime
    subject: str | None = None
    data: EventData

    @property
    def topic(self) -> str:
        """Where it goes: what routing need not know goes to the customers' topic."""
        return ROUTING_EVENTS if self.data.type in ROUTING_EVENT_TYPES else CUSTOMER_EVENTS

    @property
    def may_be_spilled(self) -> bool:
        """Whether it may have to wait when its desk is flooded; what agents and administrators do
        never has.
        """
        return self.data.type in SPILLABLE_EVENT_TYPES

    @property
    def key(self) -> bytes:
        """The desk for routing, the customer for the timeline: the unit of order."""
        if isinstance(self.data, CustomerEventRecorded):
            customer_id = customer_id_of(ContactPointId(self.data.contact_point_id))
            return customer_key(self.tenant_id, customer_id)
        return routing_key(self.tenant_id, self.desk_id)

    def encode(self, traceparent: str | None) -> bytes:
        """Its bytes as a CloudEvent, part of this trace.

        Raises InvalidInputError, naming fields only, when an envelope field is not valid.
        """
        try:
            return encode_event(
                self.data,
                event_id=self.event_id,
                source=self.source,
                time=self.time,
                tenant_id=self.tenant_id,
                desk_id=self.desk_id,
                subject=self.subject,
                traceparent=traceparent,
            )
        except ValidationError as error:
            raise InvalidInputError(f"not a valid event: {describe(error)}") from error
