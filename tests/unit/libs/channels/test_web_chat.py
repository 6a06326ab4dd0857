"""Web chat: our own JSON API, read and answered."""

import orjson
import pytest

from libs.channels.channel import (
    InboundDeparture,
    InboundMessage,
    InboundRequest,
    OutgoingReply,
)
from libs.channels.registry import channel_named
from libs.channels.transport import StreamRequest, StreamResponse
from libs.common.contracts.terms import TEXT_LENGTH_MAX, AddressFamily, DeliveryOutcome
from libs.common.errors import InvalidInputError, MalformedBodyError
from tests.unit.libs.channels.builders import NEW_SECRET, endpoint_of, reply_of, request_of
from tests.unit.libs.channels.contract import ChannelContract

CHANNEL = channel_named("web_chat")


def read(customer: str = "visitor-7", **members: object) -> InboundMessage:
    """Read a body with these members over an ordinary one."""
    return read_members(members, customer)


def read_members(members: dict[str, object], customer: str = "visitor-7") -> InboundMessage:
    """The same, with the members as they are."""
    body = orjson.dumps({"message_id": "m1", "text": "Hello"} | members)
    (item,) = CHANNEL.read(request_of(body), endpoint_of("shop-web"), customer)
    assert isinstance(item, InboundMessage)
    return item


def leave(members: dict[str, object], customer: str = "visitor-7") -> InboundDeparture:
    """Read a body that says that the customer left."""
    body = orjson.dumps({"message_id": "m1", "leaves": True} | members)
    (item,) = CHANNEL.read(request_of(body), endpoint_of("shop-web"), customer)
    assert isinstance(item, InboundDeparture)
    return item


class TestWebChatContract(ChannelContract):
    """Web chat keeps the promises of every channel."""

    name = "web_chat"
    endpoint_id = "shop-web"
    customer = "visitor-7"

    def request(self, *, secret: str = NEW_SECRET) -> InboundRequest:
        """A message; the token was checked before."""
        assert secret is not None
        return self.request_with(b'{"message_id": "m1", "text": "Hello, Shop"}')

    def request_with(self, body: bytes) -> InboundRequest:
        """A JSON body."""
        return request_of(body, content_type="application/json")

    def reply(self) -> OutgoingReply:
        """A reply to the visitor."""
        return reply_of(family=AddressFamily.WEB, address="visitor-7", text="secret words")


def test_message_carries_all_that_the_client_said() -> None:
    """Text, language, labels and name arrive; the language in lower case with hyphens."""
    data = read(language="zh_TW", labels={"page": "/cart"}, sender_name=" Ann\n").data

    assert data.content.text == "Hello"
    assert (data.language, data.labels, data.sender_name) == ("zh-tw", {"page": "/cart"}, "Ann")
    assert (data.reply_to.family, data.reply_to.address) == (AddressFamily.WEB, "visitor-7")


def test_same_message_id_of_two_customers_is_two_events() -> None:
    """Clients number on their own, so the id counts together with the customer."""
    assert read("ann").event_id != read("bob").event_id


def test_parts_of_two_customers_never_join_to_one_id() -> None:
    """A customer whose name ends where the other's id begins is still another customer."""
    assert read("a/b", message_id="c").event_id != read("a", message_id="b/c").event_id


def test_long_text_is_cut_and_marked() -> None:
    """A text beyond the limit is cut, and says so."""
    content = read(text="ж" * (TEXT_LENGTH_MAX + 1)).data.content

    assert (len(content.text), content.is_cut) == (TEXT_LENGTH_MAX, True)


@pytest.mark.parametrize(
    "members",
    [
        {"text": ""},
        {"text": " \n\x00"},
        {"text": 5},
        {"message_id": "two words"},
        {"message_id": ""},
        {"message_id": "m" * 129},
        {"language": "no language!"},
        {"language": 5},
        {"labels": {"Bad Name": "x"}},
        {"labels": {f"l{number}": "x" for number in range(17)}},
        {"surprise": 1},
    ],
    ids=str,
)
def test_wrong_member_is_refused(members: dict[str, object]) -> None:
    """A client that is wrong hears so; the answer names the field and not the value."""
    with pytest.raises(InvalidInputError) as caught:
        read_members(members)

    assert next(iter(members)) in str(caught.value)


@pytest.mark.parametrize("customer", ["", "x" * 321, "line\nbreak", " ann"])
def test_unusable_subject_is_refused(customer: str) -> None:
    """A token whose subject is no address can't write."""
    with pytest.raises(InvalidInputError):
        read(customer)


def test_departure_ends_the_contact_of_its_customer() -> None:
    """It is about the same contact point as the customer's messages, and a repeat is the same."""
    departure = leave({})

    assert departure.data.contact_point_id == read().data.reply_to.contact_point_id
    assert departure.data.cause == "left"
    assert departure.event_id == leave({}).event_id
    assert departure.event_id != leave({"message_id": "m2"}).event_id


def test_departure_is_never_taken_for_a_message() -> None:
    """A client that numbers both alike loses neither."""
    assert leave({}).event_id != read().event_id


@pytest.mark.parametrize("members", [{"leaves": False}, {"leaves": "no"}, {"text": "Bye"}], ids=str)
def test_unclear_departure_is_refused(members: dict[str, object]) -> None:
    """A body says one thing: a text, or that the customer left."""
    with pytest.raises(InvalidInputError):
        leave(members)


def test_broken_json_is_malformed() -> None:
    """What isn't JSON is a malformed body."""
    with pytest.raises(MalformedBodyError):
        CHANNEL.read(request_of(b'{"text": '), endpoint_of("shop-web"), "ann")


def test_answer_names_the_event() -> None:
    """The client learns the event's id with a 202."""
    message = read()

    answer = CHANNEL.answer((message,))

    assert (answer.status, orjson.loads(answer.body)) == (202, {"event_id": message.event_id})


def test_reply_goes_to_the_customers_stream() -> None:
    """The stream entry carries the reply's id, so that a repeat is the same entry."""
    reply = reply_of(family=AddressFamily.WEB, address="visitor-7")

    (request,) = CHANNEL.build(reply, endpoint_of("shop-web"))

    assert isinstance(request, StreamRequest)
    assert (request.reply_id, request.content) == (reply.reply_id, reply.content)
    assert request.contact_point_id == reply.reply_to.contact_point_id


def test_stored_reply_is_sent() -> None:
    """Once the stream has stored it, nothing loses it."""
    assert CHANNEL.read_result(StreamResponse()).outcome is DeliveryOutcome.SENT
