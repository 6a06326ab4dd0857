"""Which channels there are: each module of this package registers its own."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import TypeVar

from libs.channels.channel import Channel
from libs.common.contracts.terms import ChannelName
from libs.common.errors import NotFoundError

_PACKAGE = "libs.channels"
_registered: dict[ChannelName, Channel] = {}

C = TypeVar("C", bound=Channel)


def register(kind: type[C]) -> type[C]:
    """Class decorator: one instance of the class becomes the channel of its name.

    Raises ValueError if another class has that name.
    """
    channel = kind()
    known = _registered.get(channel.name)
    if known is not None and type(known) is not kind:
        raise ValueError(f"channel {channel.name} is registered twice")
    _registered[channel.name] = channel
    return kind


@cache
def channels() -> Mapping[ChannelName, Channel]:
    """All channels by name, in the order of their names. Modules are found on the first call."""
    package = importlib.import_module(_PACKAGE)
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{_PACKAGE}.{module.name}")
    return MappingProxyType(dict(sorted(_registered.items())))


def channel_named(name: str) -> Channel:
    """The channel of that name. Raises NotFoundError if there is none."""
    channel = channels().get(ChannelName(name))
    if channel is None:
        raise NotFoundError("no such channel")
    return channel
