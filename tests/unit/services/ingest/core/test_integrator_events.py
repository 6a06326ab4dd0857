"""Who may say what, and which ids follow."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import TypeAdapter

from libs.channels.endpoint import Endpoint
from libs.common.contracts.events import (
    ContactEnded,
    ContactPointsLinked,
    ContactPointsUnlinked,
    CustomerEventRecorded,
    MessageReceived,
)
from libs.common.contracts.terms import ChannelName, DeskId, EndpointId, TenantId
from libs.common.errors import ForbiddenError, InvalidInputError, NotFoundError
from services.ingest.core.cloud_events import IntegratorEvent
from services.ingest.core.integrator_events import Sender, outgoing_all, outgoing_from
from services.ingest.core.outgoing import OutgoingEvent

NOW = datetime(2026, 1, 2, tzinfo=UTC)
ANNA = {"family": "email", "address": "Anna@example.org"}
MESSAGE = {"endpoint_id": "acme-mail", "customer": ANNA, "text": "Hi\x00", "message_id": "m1"}
LINK = {"a": ANNA, "b": {"family": "phone", "address": "+491701234567"}}
ORDER = {"kind": "order", "customer": ANNA, "summary": "Two books"}
ENDPOINTS = {
    EndpointId(name): Endpoint(
        endpoint_id=EndpointId(name),
        channel=ChannelName("email"),
        tenant_id=TenantId(tenant),
        desk_id=DeskId(desk),
    )
    for name, tenant, desk in (
        ("acme-mail", "acme", "support"),
        ("sales-mail", "acme", "sales"),
        ("globex-mail", "globex", "support"),
    )
}


def event(kind: str, data: object, **attributes: Any) -> IntegratorEvent:  # noqa: ANN401
    """A CloudEvent of the kiosk."""
    read: IntegratorEvent = TypeAdapter(IntegratorEvent).validate_python(
        {
            "specversion": "1.0",
            "id": "1",
            "source": "/kiosk",
            "type": f"switchboard.{kind}.v1",
            "data": data,
            **attributes,
        }
    )
    return read


def message(**attributes: Any) -> IntegratorEvent:  # noqa: ANN401 - any attribute
    """A message to acme's mailbox."""
    return event("event.message-received", MESSAGE, **attributes)


def take(taken: IntegratorEvent, *desks: str) -> OutgoingEvent:
    """The event that it becomes for an integrator of acme with these desks, by default all."""
    sender = Sender(tenant_id=TenantId("acme"), desks=frozenset(desks or ("*",)))
    return outgoing_from(taken, sender=sender, endpoints=ENDPOINTS, received_at=NOW)


def test_message_comes_from_its_endpoint() -> None:
    """Desk, channel and ids follow from the endpoint and the address."""
    made = take(message())

    assert isinstance(made.data, MessageReceived)
    assert made.desk_id == "support"
    assert made.data.reply_to.channel == "email"
    assert made.data.reply_to.address == "anna@example.org"
    assert made.data.provider_message_id == "m1"
    assert made.data.content.text == "Hi"


def test_end_of_a_contact_names_the_contact_point_and_the_cause() -> None:
    """A hang-up is about the address, in whichever spelling, on the desk that is named."""
    end = {"customer": ANNA, "cause": "left"}

    made = take(event("event.contact-ended", end, deskid="support"))

    ended = take(event("event.contact-ended", {"customer": ANNA}), "support")
    message_from = take(message()).data
    assert isinstance(made.data, ContactEnded)
    assert isinstance(ended.data, ContactEnded)
    assert isinstance(message_from, MessageReceived)
    assert (made.desk_id, made.data.cause, ended.data.cause) == ("support", "left", "hung_up")
    assert made.data.contact_point_id == message_from.reply_to.contact_point_id


def test_links_are_kept_by_desk() -> None:
    """A link and its end are two events about the same pair."""
    linked = take(event("event.contact-points-linked", LINK, deskid="sales"))
    unlinked = take(event("event.contact-points-unlinked", LINK, deskid="sales"))

    assert isinstance(linked.data, ContactPointsLinked)
    assert isinstance(unlinked.data, ContactPointsUnlinked)
    assert linked.data.contact_point_ids == unlinked.data.contact_point_ids
    assert linked.desk_id == "sales"


def test_only_desk_of_a_credential_need_not_be_named() -> None:
    """Where there is no choice none is asked for."""
    assert take(event("event.contact-points-linked", LINK), "support").desk_id == "support"


@pytest.mark.parametrize("desks", [("*",), ("support", "sales")])
def test_desk_must_be_named_where_there_is_a_choice(desks: tuple[str, ...]) -> None:
    """A link belongs to one desk."""
    with pytest.raises(InvalidInputError, match="deskid"):
        take(event("event.contact-points-linked", LINK), *desks)


def test_timeline_entry_needs_no_desk() -> None:
    """It is ordered by customer; a desk may be named."""
    made = take(event("customer.event-recorded", ORDER))
    on_desk = take(event("customer.event-recorded", ORDER, deskid="sales"))

    assert isinstance(made.data, CustomerEventRecorded)
    assert (made.desk_id, on_desk.desk_id) == ("", "sales")


def test_time_defaults_to_the_receipt() -> None:
    """An event that tells no time happened now."""
    told = take(message(time="2025-01-01T00:00:00Z"))

    assert take(message()).time == NOW
    assert told.time == datetime(2025, 1, 1, tzinfo=UTC)


def test_another_tenant_is_refused() -> None:
    """The tenant is the credential's, whatever the body says."""
    with pytest.raises(ForbiddenError):
        take(message(tenantid="globex"))

    assert take(message(tenantid="acme")).tenant_id == "acme"


@pytest.mark.parametrize("endpoint_id", ["nowhere", "globex-mail", "sales-mail"])
def test_endpoints_out_of_reach_do_not_exist(endpoint_id: str) -> None:
    """Unknown, another tenant's and another desk's endpoints answer alike."""
    with pytest.raises(NotFoundError, match=r"^data\.endpoint_id: no such endpoint$"):
        take(event("event.message-received", {**MESSAGE, "endpoint_id": endpoint_id}), "support")


def test_desks_out_of_reach_do_not_exist() -> None:
    """A desk that the credential does not name answers like none."""
    with pytest.raises(NotFoundError):
        take(message(deskid="sales"), "support")


def test_desk_that_contradicts_the_endpoint_is_refused() -> None:
    """A message goes to its endpoint's desk and nowhere else."""
    with pytest.raises(InvalidInputError, match="deskid"):
        take(message(deskid="sales"))

    assert take(message(deskid="support")).desk_id == "support"


def test_mistake_in_a_batch_names_its_place() -> None:
    """The kind of the error stays, and its event is named."""
    sender = Sender(tenant_id=TenantId("acme"), desks=frozenset({"*"}))
    batch = [message(), message(tenantid="globex")]

    with pytest.raises(ForbiddenError, match=r"^event 1: "):
        outgoing_all(batch, sender=sender, endpoints=ENDPOINTS, received_at=NOW)
    with pytest.raises(ForbiddenError, match=r"^tenantid"):
        outgoing_all(batch[1:], sender=sender, endpoints=ENDPOINTS, received_at=NOW)

    assert len(outgoing_all(batch[:1], sender=sender, endpoints=ENDPOINTS, received_at=NOW)) == 1
