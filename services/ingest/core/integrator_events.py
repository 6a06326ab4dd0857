"""From an integrator's CloudEvents to events of ours: who may say what, and which ids follow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from libs.channels.endpoint import Endpoint
from libs.channels.normalisation import clean_short, content_of
from libs.common.contracts.content import ReplyAddress
from libs.common.contracts.events import (
    ContactEnded,
    ContactPointsLinked,
    ContactPointsUnlinked,
    CustomerEventRecorded,
    EventData,
    MessageReceived,
)
from libs.common.contracts.terms import EndpointId, TenantId
from libs.common.errors import ForbiddenError, InvalidInputError, NotFoundError
from services.ingest.core.cloud_events import (
    ContactEndEvent,
    CustomerEventInput,
    IntegratorEvent,
    LinkEvent,
    MessageEvent,
    MessageInput,
    TimelineEvent,
    UnlinkEvent,
)
from services.ingest.core.contact_points import contact_point_of, linked_pair
from services.ingest.core.event_ids import cloud_event_id
from services.ingest.core.outgoing import OutgoingEvent

ALL_DESKS = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Whom the credential names: a tenant, and those of its desks that the sender may use."""

    tenant_id: TenantId
    desks: frozenset[str]

    def may_use(self, desk_id: str) -> bool:
        """Whether the credential names this desk, or all of them."""
        return ALL_DESKS in self.desks or desk_id in self.desks

    @property
    def only_desk(self) -> str | None:
        """The desk that is meant where none is named, if the credential leaves no choice."""
        return next(iter(self.desks - {ALL_DESKS}), None) if len(self.desks) == 1 else None


def outgoing_from(
    event: IntegratorEvent,
    *,
    sender: Sender,
    endpoints: Mapping[EndpointId, Endpoint],
    received_at: datetime,
) -> OutgoingEvent:
    """The event that an integrator's CloudEvent becomes.

    Raises ForbiddenError when it names another tenant, NotFoundError for a desk or endpoint that
    is not the sender's, InvalidInputError when it names no desk or contradicts itself.
    """
    if event.tenantid is not None and event.tenantid != sender.tenant_id:
        raise ForbiddenError("tenantid is not the credential's tenant")
    if event.deskid is not None and not sender.may_use(event.deskid):
        raise NotFoundError("deskid: no such desk")
    event_id = cloud_event_id(tenant_id=sender.tenant_id, source=event.source, sender_id=event.id)
    desk_id, data = _desk_and_data(event, sender, endpoints, event_id)
    return OutgoingEvent(
        event_id=event_id,
        tenant_id=sender.tenant_id,
        desk_id=desk_id,
        source=event.source,
        time=event.time or received_at,
        subject=event.subject,
        data=data,
    )


def outgoing_all(
    events: Sequence[IntegratorEvent],
    *,
    sender: Sender,
    endpoints: Mapping[EndpointId, Endpoint],
    received_at: datetime,
) -> list[OutgoingEvent]:
    """All events of a request. Raises as `outgoing_from`, with the event's place in a batch."""
    outgoing = []
    for place, event in enumerate(events):
        try:
            made = outgoing_from(event, sender=sender, endpoints=endpoints, received_at=received_at)
        except InvalidInputError as error:
            if len(events) == 1:
                raise
            raise type(error)(f"event {place}: {error}") from error
        outgoing.append(made)
    return outgoing


def _desk_and_data(
    event: IntegratorEvent,
    sender: Sender,
    endpoints: Mapping[EndpointId, Endpoint],
    event_id: str,
) -> tuple[str, EventData]:
    match event:
        case MessageEvent(data=message):
            endpoint = _endpoint(event, message, sender, endpoints)
            return endpoint.desk_id, _message(message, endpoint, event_id)
        case ContactEndEvent(data=end):
            left = contact_point_of(sender.tenant_id, end.customer)
            ended = ContactEnded(contact_point_id=left.contact_point_id, cause=end.cause)
            return _needed_desk(event, sender), ended
        case LinkEvent(data=link):
            pair = linked_pair(sender.tenant_id, link)
            return _needed_desk(event, sender), ContactPointsLinked(contact_point_ids=pair)
        case UnlinkEvent(data=link):
            pair = linked_pair(sender.tenant_id, link)
            return _needed_desk(event, sender), ContactPointsUnlinked(contact_point_ids=pair)
        case TimelineEvent(data=entry):
            return event.deskid or sender.only_desk or "", _timeline_entry(entry, sender)
        case _:
            assert_never(event)


def _endpoint(
    event: MessageEvent,
    message: MessageInput,
    sender: Sender,
    endpoints: Mapping[EndpointId, Endpoint],
) -> Endpoint:
    """Another tenant's endpoint answers like one that does not exist."""
    endpoint = endpoints.get(EndpointId(message.endpoint_id))
    if (
        endpoint is None
        or endpoint.tenant_id != sender.tenant_id
        or not sender.may_use(endpoint.desk_id)
    ):
        raise NotFoundError("data.endpoint_id: no such endpoint")
    if event.deskid is not None and event.deskid != endpoint.desk_id:
        raise InvalidInputError("deskid: not the desk of data.endpoint_id; leave it out")
    return endpoint


def _needed_desk(event: IntegratorEvent, sender: Sender) -> str:
    desk_id = event.deskid or sender.only_desk
    if desk_id is None:
        raise InvalidInputError("deskid: needed, since the credential is good for several desks")
    return desk_id


def _message(message: MessageInput, endpoint: Endpoint, event_id: str) -> MessageReceived:
    contact_point = contact_point_of(endpoint.tenant_id, message.customer)
    return MessageReceived(
        reply_to=ReplyAddress(
            channel=endpoint.channel,
            endpoint_id=endpoint.endpoint_id,
            contact_point_id=contact_point.contact_point_id,
            family=message.customer.family,
            address=contact_point.address,
            thread=message.thread,
        ),
        provider_message_id=message.message_id or event_id,
        content=content_of(message.text, subject=message.subject, attachments=message.attachments),
        sender_name=clean_short(message.sender_name),
        language=message.language,
        labels=message.labels,
    )


def _timeline_entry(entry: CustomerEventInput, sender: Sender) -> CustomerEventRecorded:
    contact_point = contact_point_of(sender.tenant_id, entry.customer)
    return CustomerEventRecorded(
        kind=entry.kind,
        family=entry.customer.family,
        address=contact_point.address,
        contact_point_id=contact_point.contact_point_id,
        summary=entry.summary,
        attributes=entry.attributes,
    )
