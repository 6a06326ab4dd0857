"""Telegram's two halves joined: the webhook of a bot in, `sendMessage` out."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, SecretStr

from libs.channels.channel import (
    Authentication,
    DeliveryResult,
    InboundItem,
    InboundRequest,
    OutgoingReply,
    ProviderAnswer,
)
from libs.channels.endpoint import Endpoint, EndpointSettings
from libs.channels.json_object import JsonObject
from libs.channels.registry import register
from libs.channels.secrets_match import is_any_of, secrets_of
from libs.channels.telegram.replies import build_requests, read_response
from libs.channels.telegram.updates import read_update
from libs.channels.transport import OutgoingRequest, TransportResponse
from libs.common.contracts.terms import ChannelName
from libs.common.errors import UnauthenticatedError

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - a header's name
BODY_SIZE_BYTES_MAX = 256 * 1024


class TelegramSettings(EndpointSettings):
    """A bot: its token, and where the Bot API is (another address for a local server)."""

    token: Annotated[SecretStr, Field(min_length=1, max_length=256)]
    api_base_url: Annotated[str, Field(pattern=r"^https?://[^\s/?#]+(/[^\s?#]*)?$")] = (
        "https://api.telegram.org"
    )
    timeout_s: Annotated[float, Field(gt=0, le=60)] = 10.0


@register
class TelegramChannel:
    """Telegram. The webhook's secret token proves the sender; Telegram signs neither the body nor
    a time, so a repeat is recognised by its event id alone.
    """

    name = ChannelName("telegram")
    authentication = Authentication.SIGNED
    body_size_bytes_max = BODY_SIZE_BYTES_MAX
    settings_type: type[EndpointSettings] = TelegramSettings

    def verify(self, request: InboundRequest, endpoint: Endpoint) -> None:
        """Compare the secret token of `setWebhook`. Raises UnauthenticatedError."""
        presented = request.headers.get(SECRET_HEADER, "").encode(errors="replace")
        if not is_any_of(presented, secrets_of(endpoint)):
            raise UnauthenticatedError("request does not verify")

    def read(
        self,
        request: InboundRequest,
        endpoint: Endpoint,
        customer: str | None,  # noqa: ARG002 - the webhook itself says who wrote
    ) -> tuple[InboundItem, ...]:
        """The one message of the update, or the reason why there is none.

        Raises MalformedBodyError if the body isn't JSON, InvalidInputError if it isn't an update.
        """
        update = JsonObject.parse(request.body)
        return (read_update(update, endpoint=endpoint, request=request),)

    def answer(
        self,
        items: Sequence[InboundItem],  # noqa: ARG002 - Telegram wants to know nothing of them
    ) -> ProviderAnswer:
        """200 with an empty object, which calls no method of the Bot API."""
        return ProviderAnswer(status=200, media_type="application/json", body=b"{}")

    def build(self, reply: OutgoingReply, endpoint: Endpoint) -> tuple[OutgoingRequest, ...]:
        """One `sendMessage` for each 4,096 characters of the text."""
        settings = endpoint.settings_as(TelegramSettings)
        url = f"{settings.api_base_url.rstrip('/')}/bot{settings.token.get_secret_value()}"
        return build_requests(reply, url=url, timeout_s=settings.timeout_s)

    def read_result(self, response: TransportResponse) -> DeliveryResult:
        """Sent, or refused for good (blocked, 4xx), or to be retried (429, 5xx, no answer)."""
        return read_response(response)
