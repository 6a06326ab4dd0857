"""Simulated requests are what the channels verify and read, under the ids that the log notes."""

import httpx

from deploy.local.simulated.webhook_requests import (
    WebhookRequest,
    mailgun_post,
    plain_mail,
    telegram_update,
    web_chat_message,
)
from libs.channels.channel import InboundMessage, InboundRequest
from libs.channels.endpoint import Endpoint
from libs.channels.endpoints import load_endpoints
from libs.channels.registry import channel_named
from libs.common import clock

ENDPOINTS = load_endpoints(
    """
- {endpoint_id: bot, channel: telegram, tenant_id: acme, desk_id: support,
   secrets: [our-16-byte-secret], settings: {token: t}}
- {endpoint_id: mail, channel: email, tenant_id: acme, desk_id: support,
   secrets: [our-16-byte-secret],
   settings: {address: desk@acme.example, smtp_host: localhost}}
- {endpoint_id: web, channel: web_chat, tenant_id: acme, desk_id: support}
"""
)


def read(request: WebhookRequest, *, customer: str | None = None) -> InboundMessage:
    """What ingest would make of it."""
    endpoint: Endpoint = next(one for one in ENDPOINTS.values() if one.channel == request.channel)
    inbound = InboundRequest(
        method="POST",
        headers=httpx.Headers(request.headers),
        query={},
        body=request.body,
        received_at_ms=clock.now_ms(),
    )
    channel = channel_named(request.channel)
    channel.verify(inbound, endpoint)
    (item,) = channel.read(inbound, endpoint, customer)
    assert isinstance(item, InboundMessage)
    return item


def test_a_telegram_update_is_read() -> None:
    """Chat, number and text arrive as they were sent."""
    request = telegram_update(
        endpoint_id="bot", secret="our-16-byte-secret", chat_id=7, number=3, text="hello"
    )

    item = read(request)

    assert item.data.provider_message_id == request.provider_message_id == "7/3"
    assert item.data.reply_to.address == request.address
    assert item.data.content.text == request.text


def test_a_mailgun_post_is_read() -> None:
    """The signature verifies, and the mail's own id is the message's."""
    mail = plain_mail(
        address="zoe@shop.example",
        to="desk@acme.example",
        message_id="1@shop.example",
        subject="Parcel",
        text="where?",
    )
    request = mailgun_post(
        endpoint_id="mail",
        signing_key="our-16-byte-secret",
        address="zoe@shop.example",
        message_id="1@shop.example",
        text="where?",
        mail=mail,
    )

    item = read(request)

    assert item.data.provider_message_id == request.provider_message_id
    assert item.data.reply_to.address == request.address
    assert item.data.content.text == request.text


def test_a_web_chat_message_is_read() -> None:
    """The customer's own message id makes it the same message when it is repeated."""
    request = web_chat_message(
        endpoint_id="web", token="t", address="visitor", message_id="1", text="hi"
    )

    item = read(request, customer="visitor")

    assert item.data.provider_message_id == request.provider_message_id
    assert item.data.content.text == request.text
