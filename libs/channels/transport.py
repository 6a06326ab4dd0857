"""What the notifier is asked to carry out for a channel, and what it hands back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import SecretStr

from libs.common.contracts.content import Content
from libs.common.contracts.terms import ContactPointId, ConversationId, EndpointId


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """An HTTP request to a provider. `name` is safe for logs and spans; the URL may hold a token
    and the body holds the customer's text, so neither is shown.
    """

    name: str
    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    timeout_s: float


class MailSecurity(StrEnum):
    """How the connection to a mail server is protected; `none` is for a server on loopback."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """The SMTP server that takes our mails."""

    host: str
    port: int
    security: MailSecurity
    username: str | None
    password: SecretStr | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRequest:
    """A finished mail to hand to an SMTP server. `message_id` derives from the reply's id."""

    name: str
    server: MailServer
    envelope_from: str = field(repr=False)
    envelope_to: str = field(repr=False)
    message: bytes = field(repr=False)
    message_id: str
    timeout_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamRequest:
    """A reply that the notifier's own customer stream delivers. A repeat of `reply_id` is the
    same entry.
    """

    name: str
    endpoint_id: EndpointId
    contact_point_id: ContactPointId
    conversation_id: ConversationId
    reply_id: str
    content: Content = field(repr=False)
    filed_at_ms: int


OutgoingRequest = HttpRequest | MailRequest | StreamRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResponse:
    """A provider's answer: header names in lower case, the body cut at the shell's limit."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailResponse:
    """A mail server's last reply: 250 when it took the mail, else the code that refused it."""

    code: int
    message: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class StreamResponse:
    """The reply is stored for the customer's stream, so that no later failure loses it."""


class NoResponseReason(StrEnum):
    """Why there is no answer. After a timeout the provider may have acted all the same."""

    TIMEOUT = "timeout"
    CONNECTION_FAILED = "connection_failed"


@dataclass(frozen=True, slots=True)
class NoResponse:
    """The provider did not answer at all."""

    reason: NoResponseReason


TransportResponse = HttpResponse | MailResponse | StreamResponse | NoResponse
