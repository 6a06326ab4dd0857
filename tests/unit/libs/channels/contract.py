"""What every channel promises: a new channel inherits these tests and fills in the examples."""

from abc import ABC, abstractmethod
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from libs.channels.channel import (
    Authentication,
    Channel,
    Ignored,
    InboundMessage,
    InboundRequest,
    OutgoingReply,
)
from libs.channels.endpoint import Endpoint
from libs.channels.registry import channel_named
from libs.channels.transport import (
    HttpResponse,
    MailResponse,
    NoResponse,
    NoResponseReason,
    StreamResponse,
    TransportResponse,
)
from libs.common.contracts.terms import DeliveryOutcome
from libs.common.contracts.wire import decode_event, encode_event
from libs.common.errors import InvalidInputError, UnauthenticatedError
from libs.common.identifiers import contact_point_id_of, event_id_of
from tests.unit.libs.channels.builders import NEW_SECRET, OLD_SECRET, WRONG_SECRET, endpoint_of

RESPONSES: tuple[TransportResponse, ...] = (
    *(HttpResponse(status=status, headers={}, body=b"?") for status in (200, 302, 400, 429, 503)),
    *(MailResponse(code=code) for code in (0, 250, 421, 550, 999)),
    *(NoResponse(reason) for reason in NoResponseReason),
    StreamResponse(),
)
# The examples belong to no instance; one class runs them for each channel.
quick = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.differing_executors]
)


class ChannelContract(ABC):
    """The promises. A channel's test class gives its name, its endpoint and three examples."""

    name: str
    endpoint_id: str
    customer: str | None = None

    @abstractmethod
    def request(self, *, secret: str = NEW_SECRET) -> InboundRequest:
        """A request with one message, signed with `secret` where the channel signs."""

    @abstractmethod
    def request_with(self, body: bytes) -> InboundRequest:
        """A request with this body where the provider puts what it has to say."""

    @abstractmethod
    def reply(self) -> OutgoingReply:
        """A reply to an address of this channel."""

    @property
    def channel(self) -> Channel:
        """The channel under test, found by its name alone."""
        return channel_named(self.name)

    @property
    def endpoint(self) -> Endpoint:
        """The endpoint under test."""
        return endpoint_of(self.endpoint_id)

    def read_one(self) -> InboundMessage:
        """The example request, read."""
        (item,) = self.channel.read(self.request(), self.endpoint, self.customer)
        assert isinstance(item, InboundMessage)
        return item

    def test_channel_is_found_by_its_name(self) -> None:
        """A channel is registered under the name that paths and endpoints use."""
        assert self.channel.name == self.name
        assert self.channel.body_size_bytes_max > 0

    @pytest.mark.parametrize("secret", [OLD_SECRET, NEW_SECRET])
    def test_both_secrets_verify_while_they_are_rotated(self, secret: str) -> None:
        """A request signed with the old or the new secret is accepted."""
        self.channel.verify(self.request(secret=secret), self.endpoint)

    def test_other_secret_does_not_verify(self) -> None:
        """A request signed with a secret that isn't the endpoint's is refused."""
        if self.channel.authentication is Authentication.SIGNED:
            with pytest.raises(UnauthenticatedError):
                self.channel.verify(self.request(secret=WRONG_SECRET), self.endpoint)

    def test_unsigned_request_does_not_verify(self) -> None:
        """A request without headers is refused, or needs the customer's token to be read."""
        bare = InboundRequest(method="POST", headers={}, query={}, body=b"{}", received_at_ms=0)
        if self.channel.authentication is Authentication.SIGNED:
            with pytest.raises(InvalidInputError):
                self.channel.verify(bare, self.endpoint)
        else:
            with pytest.raises(UnauthenticatedError):
                self.channel.read(self.request(), self.endpoint, None)

    def test_endpoint_without_secrets_verifies_nothing(self) -> None:
        """Even if an endpoint had no secret, no request would be accepted for it."""
        endpoint = Endpoint(
            endpoint_id=self.endpoint.endpoint_id,
            channel=self.endpoint.channel,
            tenant_id=self.endpoint.tenant_id,
            desk_id=self.endpoint.desk_id,
            settings=self.endpoint.settings,
        )
        if self.channel.authentication is Authentication.SIGNED:
            with pytest.raises(UnauthenticatedError):
                self.channel.verify(self.request(secret=""), endpoint)

    def test_message_survives_the_wire(self) -> None:
        """What is read is valid by the contract, as encoding and decoding shows."""
        message = self.read_one()

        value = encode_event(
            message.data,
            event_id=message.event_id,
            source="channel",
            time=datetime.fromtimestamp(message.sent_at_ms / 1000, tz=UTC),
            tenant_id=self.endpoint.tenant_id,
            desk_id=self.endpoint.desk_id,
        )

        assert decode_event(value).data == message.data

    def test_message_names_its_endpoint_and_contact_point(self) -> None:
        """The way back leads through the endpoint, and the contact point derives from it."""
        to = self.read_one().data.reply_to

        assert (to.channel, to.endpoint_id) == (self.name, self.endpoint_id)
        assert to.contact_point_id == contact_point_id_of(
            self.endpoint.tenant_id, to.family, to.address
        )

    def test_repeat_is_the_same_event(self) -> None:
        """A provider's repeat has the same event id, which derives from the provider's id."""
        first, second = self.read_one(), self.read_one()

        assert first.event_id == second.event_id
        assert first.event_id == event_id_of(
            endpoint=self.endpoint_id, provider_message_id=first.data.provider_message_id
        )

    @quick
    @given(body=st.binary(max_size=400))
    def test_any_body_is_read_or_refused(self, body: bytes) -> None:
        """No body raises anything but InvalidInputError, in verify or in read."""
        request = self.request_with(body)
        for attempt in (
            lambda: self.channel.verify(request, self.endpoint),
            lambda: self.channel.read(request, self.endpoint, self.customer),
        ):
            try:
                attempt()
            except InvalidInputError as error:
                assert str(error)  # noqa: PT017 - most bodies are refused, some are read

    def test_answer_is_a_success(self) -> None:
        """Whatever the items, the provider hears a 2xx."""
        for items in ((self.read_one(),), (Ignored("test.nothing"),), ()):
            assert self.channel.answer(items).status // 100 == 2

    def test_reply_becomes_requests(self) -> None:
        """A reply gives at least one request, with a name that is fit for a log."""
        requests = self.channel.build(self.reply(), self.endpoint)

        assert requests
        assert all(request.name.isascii() for request in requests)

    def test_nothing_secret_is_shown(self) -> None:
        """No token, address or text appears when an endpoint or a request is printed."""
        shown = repr(
            (self.endpoint, self.request(), self.channel.build(self.reply(), self.endpoint))
        )

        for secret in (NEW_SECRET, "bot-token", "hidden-password", self.reply().content.text):
            assert secret not in shown

    @pytest.mark.parametrize("response", RESPONSES, ids=repr)
    def test_every_response_has_a_meaning(self, response: TransportResponse) -> None:
        """Any response is a result; silence may be retried, and a failure says why."""
        result = self.channel.read_result(response)

        if isinstance(response, NoResponse):
            assert result.is_retriable
        if result.outcome is DeliveryOutcome.FAILED:
            assert result.detail
        else:
            assert not result.is_retriable
