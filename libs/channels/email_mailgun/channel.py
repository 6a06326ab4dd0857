"""Email's two halves joined: Mailgun's route with the raw mail in, SMTP out."""

from collections.abc import Sequence

from libs.channels.channel import (
    Authentication,
    DeliveryResult,
    Ignored,
    InboundItem,
    InboundRequest,
    OutgoingReply,
    ProviderAnswer,
)
from libs.channels.email_mailgun.form import read_form
from libs.channels.email_mailgun.reading import read_mail
from libs.channels.email_mailgun.replies import build_mail, read_response
from libs.channels.email_mailgun.settings import EmailSettings
from libs.channels.email_mailgun.signature import verify_signature
from libs.channels.endpoint import Endpoint, EndpointSettings
from libs.channels.inbound import message_of
from libs.channels.registry import register
from libs.channels.transport import OutgoingRequest, TransportResponse
from libs.common.contracts.terms import ChannelName

# Mailgun takes mails of up to 25 MiB; urlencoded, three quarters of a binary one grow threefold,
# but what carries attachments is posted as multipart, with its fields around it.
BODY_SIZE_BYTES_MAX = 26 * 1024 * 1024


@register
class EmailChannel:
    """Email through a Mailgun route `forward("https://.../mime")`, answered over SMTP."""

    name = ChannelName("email")
    authentication = Authentication.SIGNED
    body_size_bytes_max = BODY_SIZE_BYTES_MAX
    settings_type: type[EndpointSettings] = EmailSettings

    def verify(self, request: InboundRequest, endpoint: Endpoint) -> None:
        """Check Mailgun's signature and its age. Raises UnauthenticatedError if either is wrong,
        and another InvalidInputError if the body is no form at all.
        """
        settings = endpoint.settings_as(EmailSettings)
        verify_signature(
            read_form(request),
            endpoint=endpoint,
            request=request,
            window_s=settings.replay_window_s,
        )

    def read(
        self,
        request: InboundRequest,
        endpoint: Endpoint,
        customer: str | None,  # noqa: ARG002 - the mail itself says who wrote
    ) -> tuple[InboundItem, ...]:
        """The mail as one message, or the reason why it is none (a delivery report, say)."""
        settings = endpoint.settings_as(EmailSettings)
        reading = read_mail(read_form(request), settings=settings)
        if isinstance(reading, Ignored):
            return (reading,)
        return (message_of(reading, endpoint=endpoint, request=request),)

    def answer(
        self,
        items: Sequence[InboundItem],  # noqa: ARG002 - Mailgun wants to know nothing of them
    ) -> ProviderAnswer:
        """200 and no other: Mailgun repeats its post for 8 hours at any other 2xx."""
        return ProviderAnswer(status=200, media_type="text/plain", body=b"ok")

    def build(self, reply: OutgoingReply, endpoint: Endpoint) -> tuple[OutgoingRequest, ...]:
        """One mail, however long the text."""
        return (build_mail(reply, settings=endpoint.settings_as(EmailSettings)),)

    def read_result(self, response: TransportResponse) -> DeliveryResult:
        """Taken by the mail server, refused for now, or refused for good."""
        return read_response(response)
