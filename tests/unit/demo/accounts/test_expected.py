"""What the outside expects of the platform."""

from typing import Any

from demo.accounts.expected import Reply, expected_of, message_id_of
from deploy.local.simulated.provider_log import Noted
from deploy.local.simulated.webhook_requests import (
    customer_event,
    mailgun_post,
    telegram_update,
)
from libs.channels.channel import InboundMessage, InboundRequest
from libs.channels.endpoints import load_endpoints
from libs.channels.registry import channel_named
from libs.common.contracts.terms import ChannelName, EndpointId

MAIL = b"From: jo@b.example\nMessage-ID: <4/1234@b.example>\nSubject: Hello\n\nHi\n"


def test_expected_ids_are_those_that_the_channels_derive() -> None:
    """Who counts by other ids than the platform's would find everything lost."""
    endpoints = load_endpoints(
        """
        - {endpoint_id: bot, channel: telegram, tenant_id: t, desk_id: d, secrets: [long-secret],
           settings: {token: x}}
        - {endpoint_id: box, channel: email, tenant_id: t, desk_id: d, secrets: [long-secret],
           settings: {address: a@b.example, smtp_host: localhost}}
        """
    )
    requests = [
        telegram_update(endpoint_id="bot", secret="long-secret", chat_id=7, number=3, text="?"),
        mailgun_post(
            endpoint_id="box",
            signing_key="long-secret",
            address="jo@b.example",
            message_id="4/1234@b.example",
            text="Hi",
            mail=MAIL,
        ),
    ]

    for request in requests:
        inbound = InboundRequest(
            method="POST",
            headers=request.headers,
            query={},
            body=request.body,
            received_at_ms=10**12,
        )
        [item] = channel_named(ChannelName(request.channel)).read(
            inbound, endpoints[EndpointId(request.endpoint_id)], None
        )
        assert isinstance(item, InboundMessage)
        assert message_id_of(request) == item.event_id


def test_a_message_sent_twice_is_expected_once() -> None:
    """Providers repeat; events for the timeline are counted by their sender's address."""
    message = telegram_update(endpoint_id="bot", secret="s", chat_id=7, number=3, text="?")
    order = customer_event(
        source="/shop",
        event_id="1",
        kind="order_placed",
        family="telegram",
        address="7",
        summary="An order",
        api_key="k",
    )

    expected = expected_of([message, message, order], [])

    assert expected.messages == {"7": {message_id_of(message)}}
    assert expected.events == {"7": 1}


def test_replies_are_known_by_their_address_and_words() -> None:
    """A channel may break lines anew, and only what was accepted or received counts."""
    lines: list[dict[str, Any]] = [
        {"kind": Noted.REACHED, "address": "7", "text": "Good\n day"},
        {"kind": Noted.REFUSED, "address": "7", "text": "Good day"},
        {"kind": Noted.ACTED, "path": "conversations/c/replies", "event_id": "e1"},
        {"kind": Noted.ACTED, "path": "conversations/c/replies", "event_id": None},
        {"kind": Noted.ACTED, "path": "conversations/c/close", "event_id": "e2"},
    ]

    expected = expected_of([], lines)

    assert expected.received == {Reply("7", "Good day"): 1}
    assert expected.accepted_replies == {"e1"}
