"""What a replay publishes."""

import orjson
import pytest

from libs.common.dead_letters.replay import renewed

EVENT = {
    "specversion": "1.0",
    "id": "evt-1",
    "source": "s",
    "type": "t",
    "time": "2026-11-22T10:00:00Z",
    "unknownextension": "kept",
    "data": {"n": 1},
}


def test_event_gets_a_new_id_that_names_the_old() -> None:
    """Everything else stays, fields of other releases included."""
    fresh = orjson.loads(renewed(orjson.dumps(EVENT), origin="events/0/1"))

    assert fresh["id"] != "evt-1"
    assert fresh == {**EVENT, "id": fresh["id"], "replayof": "evt-1"}


def test_same_letter_gets_the_same_id_and_another_place_another() -> None:
    """Replaying twice takes effect once; a replay that failed can be replayed again."""
    first, same, other = (
        orjson.loads(renewed(orjson.dumps(EVENT), origin=origin))["id"]
        for origin in ("events/0/1", "events/0/1", "events/0/2")
    )

    assert first == same != other


@pytest.mark.parametrize("value", [b"", b"\xff", b'{"id": 1}'])
def test_bytes_that_are_no_event_stay_as_they_are(value: bytes) -> None:
    """They have no id to renew."""
    assert renewed(value, origin="events/0/1") == value
