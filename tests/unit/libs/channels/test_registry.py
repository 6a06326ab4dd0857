"""Channels found by registration."""

import pytest

from libs.channels.registry import channel_named, channels, register
from libs.channels.web_chat import WebChatChannel
from libs.common.errors import NotFoundError


def test_every_module_of_the_package_is_found() -> None:
    """Nobody names the channels; the package holds them."""
    assert {"email", "telegram", "web_chat"} <= set(channels())
    assert all(name == channel.name for name, channel in channels().items())


@pytest.mark.parametrize("name", ["", "fax", "../email"])
def test_unknown_channel_is_not_found(name: str) -> None:
    """A path that names no channel answers 404."""
    with pytest.raises(NotFoundError):
        channel_named(name)


def test_name_belongs_to_one_class() -> None:
    """Two channels of one name are a mistake that shows at start."""

    class Impostor(WebChatChannel):
        """Another class of the same name."""

    with pytest.raises(ValueError, match="web_chat is registered twice"):
        register(Impostor)

    assert register(WebChatChannel) is WebChatChannel
