"""Reading the dead letters back, and publishing one anew where it came from."""

from collections.abc import AsyncIterator
from datetime import datetime

import orjson

from libs.common import clock
from libs.common.contracts.topics import ROUTING_DECISIONS, ROUTING_EVENTS, dead_letter_topic
from libs.common.dead_letters.letters import (
    OWN_HEADERS,
    DeadLetter,
    event_of,
    mark_replayed,
    read,
    replayed_origin,
)
from libs.common.errors import InvalidInputError
from libs.common.identifiers import event_id_of
from libs.common.kafka import Publisher
from libs.common.kafka_log import LogConsumer
from libs.common.kafka_records import RecordPlace
from libs.common.kafka_tail import records_between

REPLAY_OF = "replayof"
# A decision counts by its place in the log, so a copy of its record is void to every reader.
NOT_REPLAYABLE = frozenset({ROUTING_DECISIONS})


async def read_all(
    bootstrap_servers: str, topic: str, *, partitions: int = 1
) -> AsyncIterator[DeadLetter]:
    """The dead letters of `topic` (its name without ".dlq") that were not replayed yet, oldest
    first in each partition, up to the end as it was at the call. Raises UnavailableError when no
    broker answers.
    """
    consumer = LogConsumer(bootstrap_servers, dead_letter_topic(topic))
    await consumer.start()
    try:
        begins = await consumer.beginning_offsets(range(partitions))
        ends = await consumer.end_offsets(range(partitions))
        # Read twice, since what was replayed is noted behind its letter.
        replayed = {
            origin
            async for record in records_between(consumer, begins, ends)
            if (origin := replayed_origin(record)) is not None
        }
        async for record in records_between(consumer, begins, ends):
            letter = read(record)
            if replayed_origin(record) is None and letter.origin not in replayed:
                yield letter
    finally:
        await consumer.stop()


async def replay(publisher: Publisher, letter: DeadLetter) -> RecordPlace:
    """Publish the record anew where it came from, under an event id that is new to everyone, and
    mark the letter as replayed.

    Replaying a letter twice publishes the same id twice, so it takes effect once as long as the
    router remembers ids. Bytes that are no CloudEvent are published as they are. Raises
    InvalidInputError for a record of the decision log, and what `publish` raises.
    """
    if letter.origin_topic in NOT_REPLAYABLE:
        raise InvalidInputError(f"{letter.origin}: records of the decision log can't be replayed")
    kept = [(name, value) for name, value in letter.record.headers if name not in OWN_HEADERS]
    # Routing asks how old an event is, and refuses what its memory of ids no longer reaches; for
    # the timeline the time says when it happened, which no replay changes.
    time = clock.now() if letter.origin_topic == ROUTING_EVENTS else None
    place = await publisher.publish(
        letter.origin_topic,
        key=letter.record.key,
        value=renewed(letter.record.value or b"", origin=letter.origin, time=time),
        headers=kept,
    )
    await mark_replayed(publisher, letter, place=place)
    return place


def renewed(value: bytes, *, origin: str, time: datetime | None = None) -> bytes:
    """The event under a new id, with the old one as `replayof`: the old id would count as a
    repeat and do nothing. The new id derives from `origin`, the place of the failed record;
    `time`, if given, replaces the event's own.
    """
    document = event_of(value)
    if document is None:
        return value
    fresh_id = event_id_of(endpoint="replay", provider_message_id=origin)
    fresh = {"id": fresh_id, REPLAY_OF: document["id"]}
    return orjson.dumps({**document, **fresh, **({"time": time} if time else {})})
