"""Telegram: the webhook's secret, and every update that Telegram is known to send."""

from pathlib import Path

import pytest

from libs.channels.channel import Ignored, InboundMessage, InboundRequest, OutgoingReply
from libs.channels.registry import channel_named
from libs.common.contracts.terms import AddressFamily
from libs.common.errors import UnauthenticatedError
from tests.unit.libs.channels.builders import (
    NEW_SECRET,
    NO_SHARED,
    SAMPLES,
    SHARED,
    endpoint_of,
    reply_of,
    telegram_request,
)
from tests.unit.libs.channels.contract import ChannelContract

CHANNEL = channel_named("telegram")
UPDATES = sorted((SAMPLES / "telegram").glob("*.json"))
SHARED_UPDATES = sorted((SHARED / "webhooks" / "telegram").glob("*.json"))


class TestTelegramContract(ChannelContract):
    """Telegram keeps the promises of every channel."""

    name = "telegram"
    endpoint_id = "shop-bot"

    def request(self, *, secret: str = NEW_SECRET) -> InboundRequest:
        """A text message."""
        body = (SAMPLES / "telegram" / "message.json").read_bytes()
        return telegram_request(body, secret=secret)

    def request_with(self, body: bytes) -> InboundRequest:
        """A body of Telegram's, if it were one."""
        return telegram_request(body)

    def reply(self) -> OutgoingReply:
        """A reply to a private chat."""
        return reply_of(family=AddressFamily.TELEGRAM, address="456", text="secret words")


@pytest.mark.parametrize("presented", ["", NEW_SECRET[:-1], NEW_SECRET + "x", "\udcff", "é"])
def test_nearly_right_secret_is_refused(presented: str) -> None:
    """Only the whole secret will do, and odd characters are only wrong ones."""
    with pytest.raises(UnauthenticatedError):
        CHANNEL.verify(telegram_request(b"{}", secret=presented), endpoint_of("shop-bot"))


def test_answer_calls_no_method() -> None:
    """Telegram would carry out a method named in the answer; ours names none."""
    assert CHANNEL.answer(()).body == b"{}"


def read_file(path: Path) -> InboundMessage | Ignored:
    """The one item of an update in a file."""
    (item,) = CHANNEL.read(telegram_request(path.read_bytes()), endpoint_of("shop-bot"), None)
    assert isinstance(item, InboundMessage | Ignored)
    return item


@pytest.mark.parametrize("path", UPDATES, ids=lambda path: path.stem)
def test_sample_update_is_read_or_ignored(path: Path) -> None:
    """Each sample is a message or has a reason not to be."""
    assert isinstance(read_file(path), InboundMessage | Ignored)


@pytest.mark.skipif(not SHARED_UPDATES, reason=NO_SHARED)
def test_every_known_update_is_understood() -> None:
    """Of 68 kinds of update none is unknown, and just what a customer said is routed."""
    read = {path.stem: read_file(path) for path in SHARED_UPDATES}

    reasons = {item.reason for item in read.values() if isinstance(item, Ignored)}
    messages = {name for name, item in read.items() if isinstance(item, InboundMessage)}
    assert "telegram.unknown_update" not in reasons
    assert messages == {
        *("audio", "command", "command_message", "command_tag_wrong", "command_with_parameters"),
        *("contact", "dice", "document", "entities", "food", "game", "location", "message"),
        *("message_forward_origin", "message_poll", "not_command", "photo", "sticker", "text"),
        *("venue", "video", "video_note"),
    }
