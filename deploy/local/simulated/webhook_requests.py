"""What customers' messages look like when their providers hand them to us, one form per channel."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlencode

import orjson

from libs.common import clock


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookRequest:
    """One message as one request to ingest, and what the provider knows it by."""

    channel: str
    endpoint_id: str
    provider_message_id: str
    address: str
    text: str
    path: str
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)


def telegram_update(
    *, endpoint_id: str, secret: str, chat_id: int, number: int, text: str, language: str = "en"
) -> WebhookRequest:
    """A private message to a bot, as the Bot API posts it."""
    person = {"id": chat_id, "is_bot": False, "first_name": "Simulated", "language_code": language}
    update = {
        "update_id": chat_id * 1_000 + number,
        "message": {
            "message_id": number,
            "date": clock.now_ms() // 1_000,
            "chat": {"id": chat_id, "type": "private", "first_name": "Simulated"},
            "from": person,
            "text": text,
        },
    }
    return WebhookRequest(
        channel="telegram",
        endpoint_id=endpoint_id,
        provider_message_id=f"{chat_id}/{number}",
        address=str(chat_id),
        text=text,
        path=f"/v1/channels/telegram/{endpoint_id}",
        headers={
            "content-type": "application/json",
            "x-telegram-bot-api-secret-token": secret,
        },
        body=orjson.dumps(update),
    )


def web_chat_message(
    *,
    endpoint_id: str,
    token: str,
    address: str,
    message_id: str,
    text: str,
    language: str = "en",
    labels: Mapping[str, str] | None = None,
) -> WebhookRequest:
    """A message of the person in whose name `token` was made, as our chat's client posts it."""
    return WebhookRequest(
        channel="web_chat",
        endpoint_id=endpoint_id,
        provider_message_id=f"{address}/{message_id}",
        address=address,
        text=text,
        path=f"/v1/channels/web_chat/{endpoint_id}",
        headers={"content-type": "application/json", "authorization": f"Bearer {token}"},
        body=orjson.dumps(
            {
                "message_id": message_id,
                "text": text,
                "language": language,
                "labels": labels or {},
            }
        ),
    )


def plain_mail(*, address: str, to: str, message_id: str, subject: str, text: str) -> bytes:
    """A mail of one text part; `message_id` without its brackets."""
    mail = EmailMessage()
    mail["From"] = address
    mail["To"] = to
    mail["Subject"] = subject
    mail["Message-ID"] = f"<{message_id}>"
    mail["Date"] = format_datetime(clock.now())
    mail.set_content(text)
    return mail.as_bytes()


def mailgun_post(
    *, endpoint_id: str, signing_key: str, address: str, message_id: str, text: str, mail: bytes
) -> WebhookRequest:
    """A mail as a Mailgun route posts it, raw and signed; `message_id` is the mail's own."""
    timestamp = str(clock.now_ms() // 1_000)
    token = hashlib.blake2b(mail, digest_size=25).hexdigest()
    proof = hmac.new(signing_key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256)
    form = {
        "sender": address,
        "timestamp": timestamp,
        "token": token,
        "signature": proof.hexdigest(),
        "body-mime": mail,
    }
    return WebhookRequest(
        channel="email",
        endpoint_id=endpoint_id,
        provider_message_id=message_id,
        address=address,
        text=text,
        path=f"/v1/channels/email/{endpoint_id}",
        headers={"content-type": "application/x-www-form-urlencoded"},
        body=urlencode(form).encode(),
    )


def customer_event(
    *, source: str, event_id: str, kind: str, family: str, address: str, summary: str, api_key: str
) -> WebhookRequest:
    """An order, a visit, a payment: a CloudEvent for the customer's timeline alone."""
    event = {
        "specversion": "1.0",
        "id": event_id,
        "source": source,
        "type": "switchboard.customer.event-recorded.v1",
        "data": {
            "kind": kind,
            "customer": {"family": family, "address": address},
            "summary": summary,
        },
    }
    return WebhookRequest(
        channel="events",
        endpoint_id=source,
        provider_message_id=event_id,
        address=address,
        text=summary,
        path="/v1/events",
        headers={
            "content-type": "application/cloudevents+json",
            "authorization": f"Bearer {api_key}",
        },
        body=orjson.dumps(event),
    )
