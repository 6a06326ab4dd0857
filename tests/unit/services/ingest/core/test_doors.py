"""Metrics know a bounded set of doors, whatever paths are asked for."""

import pytest

from libs.common.contracts.terms import ChannelName
from services.ingest.core.doors import door_of


@pytest.mark.parametrize(
    ("path", "door"),
    [
        ("/v1/channels/telegram/acme-bot", "telegram"),
        ("/v1/channels/pigeon/acme-bot", "unknown"),
        ("/v1/events", "events"),
        ("/v1/desks/support/conversations/cnv_1/replies", "agent"),
        ("/v1/desks/support/links", "links"),
        ("/v1/desks/support/configuration", "configuration"),
        ("/v1/desks/support/anything", "unknown"),
        ("/", "unknown"),
    ],
)
def test_path_belongs_to_a_door(path: str, door: str) -> None:
    """A path of ours has its door's name; every other is unknown."""
    assert door_of(path, {ChannelName("telegram")}) == door
