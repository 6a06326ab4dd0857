"""Builds endpoints, requests and replies for the channels' tests, and finds the samples."""

import hashlib
import hmac
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from libs.channels.channel import InboundRequest, OutgoingReply
from libs.channels.endpoint import Endpoint
from libs.channels.endpoints import load_endpoints
from libs.common.contracts.content import Content, ReplyAddress
from libs.common.contracts.terms import AddressFamily, ConversationId, EndpointId

SAMPLES = Path(__file__).parent / "samples"
# The larger collection lies beside the repository where the project is developed.
SHARED = Path(__file__).parents[4].parent / "shared" / "data"
NO_SHARED = "the shared data folder is not beside the repository"

OLD_SECRET = "old-signing-secret"
NEW_SECRET = "new-signing-secret"
WRONG_SECRET = "some-other-secret"
NOW_S = 1_760_000_000
NOW_MS = NOW_S * 1_000

ENDPOINTS = f"""
- endpoint_id: shop-web
  channel: web_chat
  tenant_id: acme
  desk_id: sales
- endpoint_id: shop-bot
  channel: telegram
  tenant_id: acme
  desk_id: sales
  secrets: [{OLD_SECRET}, {NEW_SECRET}]
  settings: {{token: "123:bot-token", api_base_url: "http://127.0.0.1:9/"}}
- endpoint_id: shop-mail
  channel: email
  tenant_id: acme
  desk_id: sales
  secrets: [{OLD_SECRET}, {NEW_SECRET}]
  settings: {{address: Help@Shop.example, display_name: "Лавка, Shop", smtp_host: mail.example,
             smtp_username: shop, smtp_password: hidden-password}}
"""


@cache
def endpoint_of(endpoint_id: str) -> Endpoint:
    """One of the three endpoints: shop-web, shop-bot, shop-mail."""
    return load_endpoints(ENDPOINTS)[EndpointId(endpoint_id)]


def request_of(body: bytes, **headers: str) -> InboundRequest:
    """A POST that arrived now; header names with underscores for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return InboundRequest(method="POST", headers=named, query={}, body=body, received_at_ms=NOW_MS)


def telegram_request(body: bytes, *, secret: str = NEW_SECRET) -> InboundRequest:
    """An update as Telegram posts it."""
    return request_of(body, x_telegram_bot_api_secret_token=secret)


def mailgun_request(
    mail: bytes, *, secret: str = NEW_SECRET, at_s: int = NOW_S, token: str = "t" * 50
) -> InboundRequest:
    """A mail as Mailgun's route posts it, signed with `secret` at `at_s`."""
    signed = hmac.new(secret.encode(), f"{at_s}{token}".encode(), hashlib.sha256).hexdigest()
    fields: dict[str, str | bytes] = {
        "timestamp": str(at_s),
        "token": token,
        "signature": signed,
        "sender": "envelope@customer.example",
        "body-mime": mail,
    }
    return request_of(urlencode(fields).encode(), content_type="application/x-www-form-urlencoded")


def reply_of(
    *, family: AddressFamily, address: str, text: str = "Hello.", **thread: str
) -> OutgoingReply:
    """An agent's reply to that address."""
    return OutgoingReply(
        reply_id="0a1b2c3d-reply",
        conversation_id=ConversationId("cnv_00000000000000000001"),
        reply_to=ReplyAddress(
            channel="any",
            endpoint_id="any",
            contact_point_id="ctp_00000000000000000001",
            family=family,
            address=address,
            thread=thread,
        ),
        content=Content(text=text),
        filed_at_ms=NOW_MS,
    )
