"""How identifiers derive from what caused them, so that a repeat is the same thing.

Nothing in the platform draws an identifier at random except where a fresh one is the point
(a takeover's nonce, an event whose sender gave no id): those two live at the end.
"""

import uuid
from hashlib import blake2b

from libs.common.contracts.terms import (
    AddressFamily,
    ContactPointId,
    ConversationId,
    CustomerId,
    EventId,
    ReservationId,
    TenantId,
    WorkItemId,
)

_EVENTS = uuid.UUID("5b1c9a52-5c1c-4b53-9a0e-0a4f5a6f7d01")
_DIGEST_BYTES = 10


def _digest(*parts: str) -> str:
    # The separator can't occur in identifiers, so different parts never collide by joining.
    return blake2b("\x1f".join(parts).encode(), digest_size=_DIGEST_BYTES).hexdigest()


def event_id_of(*, endpoint: str, provider_message_id: str) -> EventId:
    """The id of the event that a provider's message becomes; the same for every repeat of it."""
    return EventId(str(uuid.uuid5(_EVENTS, f"{endpoint}\x1f{provider_message_id}")))


def decision_id(event_id: str, ordinal: int) -> str:
    """A decision's id: its event's id and its place (from 0) among that event's decisions."""
    return f"{event_id}.{ordinal}"


def conversation_id_of(event_id: str) -> ConversationId:
    """The id of the conversation that the event opened."""
    return ConversationId("cnv_" + _digest("conversation", event_id))


def work_item_id_of(event_id: str, ordinal: int) -> WorkItemId:
    """The id of the work item that the event's decision number `ordinal` created."""
    return WorkItemId("itm_" + _digest("work_item", event_id, str(ordinal)))


def reservation_id_of(work_item_id: str, offer: int) -> ReservationId:
    """The id of an item's reservation number `offer` (from 1)."""
    return ReservationId(f"{work_item_id}.{offer}")


def work_item_of(reservation_id: str) -> WorkItemId:
    """The item that a reservation is for; whatever stands before the last dot."""
    return WorkItemId(reservation_id.rpartition(".")[0])


def contact_point_id_of(
    tenant_id: TenantId, family: AddressFamily, normalised_address: str
) -> ContactPointId:
    """The id of one address; phone numbers are one family whichever channel carried them."""
    return ContactPointId("ctp_" + _digest("contact_point", tenant_id, family, normalised_address))


def customer_id_of(contact_point_id: ContactPointId) -> CustomerId:
    """The customer that a contact point is before any link: its own."""
    return CustomerId("cus_" + contact_point_id.removeprefix("ctp_"))


def fresh_event_id() -> EventId:
    """An id for an event whose sender named none."""
    return EventId(str(uuid.uuid4()))


def fresh_nonce() -> str:
    """A takeover's nonce: never repeated, whoever draws it."""
    return uuid.uuid4().hex
