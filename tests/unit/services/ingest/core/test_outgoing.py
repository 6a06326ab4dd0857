"""Where an event goes, and as which bytes."""

from datetime import UTC, datetime

import orjson
import pytest

from libs.common.contracts.events import AgentPresenceSet, CustomerEventRecorded, EventData
from libs.common.contracts.terms import AddressFamily, Presence
from libs.common.contracts.wire import decode_event
from libs.common.errors import InvalidInputError
from services.ingest.core.outgoing import OutgoingEvent

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
PRESENCE = AgentPresenceSet(agent_id="anna", presence=Presence.AWAY)
ORDER = CustomerEventRecorded(
    kind="order",
    family=AddressFamily.EMAIL,
    address="a@example.org",
    contact_point_id="ctp_0123456789abcdef0123",
    summary="Two books",
)


def event(data: EventData, *, source: str = "switchboard/ingest") -> OutgoingEvent:
    """An event of the desk acme/support."""
    return OutgoingEvent(
        event_id="e1",
        tenant_id="acme",
        desk_id="support",
        source=source,
        time=datetime(2026, 1, 2, tzinfo=UTC),
        data=data,
    )


def test_routing_event_is_keyed_by_its_desk() -> None:
    """One desk is one ordered history."""
    made = event(PRESENCE)

    assert (made.topic, made.key) == ("routing.events.v1", b"acme/support")


def test_timeline_event_is_keyed_by_its_customer() -> None:
    """What routing need not know is ordered by customer."""
    made = event(ORDER)

    assert (made.topic, made.key) == ("customer.events.v1", b"acme/cus_0123456789abcdef0123")


def test_bytes_decode_to_the_same_event() -> None:
    """Readers find id, tenant, desk, trace and data as they were sent."""
    decoded = decode_event(event(PRESENCE).encode(TRACE))

    assert decoded.data == PRESENCE
    assert (decoded.id, decoded.tenant_id, decoded.desk_id) == ("e1", "acme", "support")
    assert decoded.traceparent == TRACE


def test_event_without_trace_names_none() -> None:
    """An absent trace is absent, not null."""
    assert "traceparent" not in orjson.loads(event(PRESENCE).encode(None))


def test_invalid_envelope_is_refused_without_its_values() -> None:
    """What no reader could decode is not published."""
    with pytest.raises(InvalidInputError, match="source: string_too_long"):
        event(PRESENCE, source="x" * 300).encode(None)
