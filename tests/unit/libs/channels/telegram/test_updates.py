"""Telegram's updates: who wrote what, and what is none of ours."""

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.channels.channel import Ignored, InboundItem, InboundMessage
from libs.channels.json_object import JsonObject
from libs.channels.telegram.updates import read_update
from libs.common.contracts.terms import AddressFamily
from libs.common.errors import InvalidInputError
from tests.unit.libs.channels.builders import NOW_MS, SAMPLES, endpoint_of, telegram_request

CHAT = {"id": 456, "type": "private"}
Members = dict[str, object]


def read(update: Members) -> InboundItem:
    """Read an update."""
    return read_update(
        JsonObject.parse(orjson.dumps(update)),
        endpoint=endpoint_of("shop-bot"),
        request=telegram_request(b""),
    )


def read_message(**members: object) -> InboundMessage:
    """Read an update with a private message that has these members."""
    item = read({"update_id": 1, "message": {"message_id": 7, "chat": CHAT} | members})
    assert isinstance(item, InboundMessage)
    return item


def sample(name: str) -> InboundItem:
    """Read one of the samples."""
    return read(orjson.loads((SAMPLES / "telegram" / f"{name}.json").read_bytes()))


def test_text_message_is_read_whole() -> None:
    """Who, where, when, in which language, and what."""
    item = sample("message")

    assert isinstance(item, InboundMessage)
    data = item.data
    assert (data.content.text, data.sender_name, data.language) == ("Ciao", "Mario", "en")
    assert (data.reply_to.family, data.reply_to.address) == (AddressFamily.TELEGRAM, "456")
    assert data.provider_message_id == "456/123"
    assert data.reply_to.thread == {"message_id": "123"}
    assert item.sent_at_ms == 1_684_984_664_000


def test_repeat_under_another_update_id_is_the_same_event() -> None:
    """The message counts, not the update that carried it."""
    message = {"message_id": 7, "chat": CHAT, "text": "x"}
    first, second = (read({"update_id": number, "message": message}) for number in (1, 2))

    assert isinstance(first, InboundMessage)
    assert isinstance(second, InboundMessage)
    assert first.event_id == second.event_id


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("edited_message", "telegram.edited_message"),
        ("callback_query", "telegram.callback_query"),
        ("message_general_topic", "telegram.not_a_private_chat"),
        ("left_chat_member", "telegram.service_message"),
        ("rich_message", "telegram.sent_by_a_bot"),
    ],
)
def test_what_is_not_ours_is_ignored_with_a_reason(name: str, reason: str) -> None:
    """Valid updates without a customer's message are ignored, and say why."""
    assert sample(name) == Ignored(reason)


def test_update_of_a_later_api_is_ignored() -> None:
    """A kind of update that nobody knew when this was written is not an error."""
    assert read({"update_id": 1, "brain_wave": {}}) == Ignored("telegram.unknown_update")


def test_message_of_a_later_api_still_reaches_a_person() -> None:
    """A customer's message of an unknown kind is routed with words that stand for it."""
    assert read_message(hologram={}).data.content.text == "[unsupported message]"


def test_command_becomes_a_label() -> None:
    """A command stands in a label for the desk's rules, and stays in the text."""
    item = sample("command_with_parameters")

    assert isinstance(item, InboundMessage)
    assert item.data.labels == {"command": "register"}
    assert item.data.content.text == "/register HR John Doe"


def test_topic_of_a_private_chat_is_kept_for_the_answer() -> None:
    """An answer can go to the topic that the question came from."""
    thread = read_message(text="x", message_thread_id=33).data.reply_to.thread

    assert thread == {"message_id": "7", "message_thread_id": "33"}


@pytest.mark.parametrize("date", [None, "soon", -5, 0, 10**15])
def test_impossible_date_gives_way_to_the_time_of_receipt(date: object) -> None:
    """A date that can't be true is replaced."""
    assert read_message(text="x", date=date).sent_at_ms == NOW_MS


@pytest.mark.parametrize(
    "update",
    [
        {},
        {"update_id": "1"},
        {"update_id": True},
        {"update_id": 1, "message": None},
        {"update_id": 1, "message": []},
        {"update_id": 1, "message": {"chat": 5}},
        {"update_id": 1, "message": {"chat": CHAT}},
        {"update_id": 1, "message": {"chat": {"type": "private"}, "message_id": 1}},
        {"update_id": 1, "message": {"chat": CHAT, "message_id": 1.5}},
    ],
    ids=str,
)
def test_update_without_identity_is_refused(update: Members) -> None:
    """What names no chat or message can't be told from its repeats."""
    with pytest.raises(InvalidInputError):
        read(update)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["file_id", "file_size", "width", "title"]), inner)
    ),
    max_leaves=6,
)
_NAMES = ["text", "caption", "photo", "document", "from", "date", "venue", "contact", "sticker"]


@settings(max_examples=150, deadline=None)
@given(members=st.dictionaries(st.sampled_from(_NAMES), _JSON))
def test_any_members_beside_the_identity_are_bearable(members: Members) -> None:
    """A message that names its chat and number is read whatever else stands in it."""
    assert read_message(**members).data.content.text
