"""Dead letters on a real broker: put aside, listed without their content, replayed once."""

import os
import subprocess
import sys

import orjson

from libs.common import dead_letters
from libs.common.kafka import Publisher
from libs.common.kafka_records import Record
from libs.common.kafka_tail import tail
from tests.integration.conftest import TopicMaker

EVENT = orjson.dumps(
    {
        "specversion": "1.0",
        "id": "evt-1",
        "source": "test",
        "type": "switchboard.events.message-received.v1",
        "time": "2026-11-22T10:00:00Z",
        "tenantid": "acme",
        "deskid": "support",
        "data": {"text": "CANARY my card number"},
    }
)


def letter_box(kafka: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the operator's program."""
    return subprocess.run(
        [sys.executable, "-m", "libs.common.dead_letters", *arguments],
        env={**os.environ, "KAFKA_BOOTSTRAP_SERVERS": kafka},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


async def records_of(kafka: str, topic: str, *, count: int) -> list[Record]:
    """The first records of the topic's only partition."""
    records: list[Record] = []
    async for batch in tail(kafka, topic, offsets={0: 0}):
        records += batch.records
        if len(records) >= count:
            break
    return records


async def put_aside(publisher: Publisher, topic: str, value: bytes) -> None:
    """A record that stood at offset 7 of partition 3."""
    record = Record(
        topic=topic, partition=3, offset=7, key=b"acme/support", value=value, headers=(("h", b"v"),)
    )
    await dead_letters.send(publisher, record, reason="KeyError", attempts=3, consumer="history")


async def test_list_shows_all_but_the_content(
    kafka: str, publisher: Publisher, make_topic: TopicMaker
) -> None:
    """Origin, reason, attempts and id are there; what the customer wrote is not."""
    topic = await make_topic("events")
    await put_aside(publisher, topic, EVENT)

    shown = letter_box(kafka, "list", "--topic", topic)

    assert shown.returncode == 0
    assert f"{topic}/3/7" in shown.stdout
    for part in ("ORIGIN", "KeyError", "3", "evt-1"):
        assert part in shown.stdout
    assert "CANARY" not in shown.stdout + shown.stderr


async def test_replay_publishes_a_new_id_that_names_the_old(
    kafka: str, publisher: Publisher, make_topic: TopicMaker
) -> None:
    """Two replays of a letter carry one id, so it takes effect once."""
    topic = await make_topic("events")
    await put_aside(publisher, topic, EVENT)
    (letter,) = [letter async for letter in dead_letters.read_all(kafka, topic)]

    for _ in range(2):
        await dead_letters.replay(publisher, letter)

    records = await records_of(kafka, topic, count=2)
    first, second = (orjson.loads(record.value or b"") for record in records)
    assert first["id"] == second["id"] != "evt-1"
    assert first["replayof"] == "evt-1"
    assert first["data"] == orjson.loads(EVENT)["data"]
    assert records[0].key == b"acme/support"
    assert records[0].headers == (("h", b"v"),)


async def test_replayed_letter_is_done_with(
    kafka: str, publisher: Publisher, make_topic: TopicMaker
) -> None:
    """Replaying all, again and again, publishes each letter once and lists it no more."""
    topic = await make_topic("events")
    await put_aside(publisher, topic, EVENT)
    first = letter_box(kafka, "replay", "--topic", topic, "--all")
    # A second copy: whoever puts aside does it at least once.
    await put_aside(publisher, topic, EVENT)

    again = letter_box(kafka, "replay", "--topic", topic, "--all")
    shown = letter_box(kafka, "list", "--topic", topic)

    assert first.stdout.strip() == f"{topic}/3/7 -> {topic}/0/0"
    assert again.stdout == ""
    assert shown.stdout == "No dead letters.\n"


async def test_undecodable_bytes_are_replayed_as_they_are(
    kafka: str, publisher: Publisher, make_topic: TopicMaker
) -> None:
    """What is no event has no id to renew."""
    topic = await make_topic("events")
    await put_aside(publisher, topic, b"\xff not json")
    (letter,) = [letter async for letter in dead_letters.read_all(kafka, topic)]

    await dead_letters.replay(publisher, letter)

    async for batch in tail(kafka, topic, offsets={0: 0}):
        assert batch.records[0].value == b"\xff not json"
        break


def test_absent_broker_is_told_in_one_sentence() -> None:
    """The operator reads a sentence, not a traceback."""
    shown = letter_box("127.0.0.1:1", "list")

    assert shown.returncode == 1
    assert shown.stderr.startswith("Kafka does not answer")
    assert "Traceback" not in shown.stderr
