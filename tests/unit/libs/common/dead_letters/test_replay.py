"""What a replay publishes."""

from datetime import UTC, datetime

import orjson
import pytest

from libs.common.contracts.topics import ROUTING_DECISIONS, dead_letter_topic
from libs.common.dead_letters import letters
from libs.common.dead_letters.replay import renewed, replay
from libs.common.errors import InvalidInputError
from libs.common.kafka import Publisher
from libs.common.kafka_records import Record

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


def test_event_gets_the_time_of_its_replay() -> None:
    """However long it lay there, it is not older than what the router remembers."""
    time = datetime(2026, 11, 30, tzinfo=UTC)

    fresh = orjson.loads(renewed(orjson.dumps(EVENT), origin="events/0/1", time=time))

    assert datetime.fromisoformat(fresh["time"]) == time
    assert fresh["data"] == EVENT["data"]


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


async def test_record_of_the_decision_log_is_not_replayed() -> None:
    """It counts by its place, so a copy would do nothing; that is said before anything is sent."""
    topic = dead_letter_topic(ROUTING_DECISIONS)
    letter = letters.read(Record(topic=topic, partition=0, offset=3, key=None, value=b"{}"))

    with pytest.raises(InvalidInputError, match="can't be replayed"):
        await replay(Publisher("nobody:1"), letter)
