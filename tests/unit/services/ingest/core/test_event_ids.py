"""Which request is which event."""

from libs.common.identifiers import event_id_of
from services.ingest.core.event_ids import cloud_event_id, keyed_event_id, reservation_answer_id


def test_cloud_event_is_known_by_tenant_source_and_id() -> None:
    """Each of the three tells events apart; together they are the same event for ever."""
    ids = [
        cloud_event_id(tenant_id="acme", source="/shop/orders", sender_id="order-1"),
        cloud_event_id(tenant_id="globex", source="/shop/orders", sender_id="order-1"),
        cloud_event_id(tenant_id="acme", source="/kiosk", sender_id="1"),
        cloud_event_id(tenant_id="acme", source="/shop", sender_id="2"),
    ]

    assert ids[0] == "d2ecddb6-a9c0-5d05-8510-8617fd9392ac"
    assert len(set(ids)) == 4


def test_kinds_of_ids_never_meet() -> None:
    """The same words as a webhook's, a CloudEvent's, a key's and an offer's are four events."""
    scope = {"tenant_id": "t", "subject": "s", "desk_id": "d", "event_type": "e"}

    ids = {
        event_id_of(endpoint="t", provider_message_id="k"),
        cloud_event_id(tenant_id="t", source="s", sender_id="k"),
        keyed_event_id(**scope, about="", key="k"),
        reservation_answer_id(**scope, reservation_id="k"),
    }

    assert len(ids) == 4
