"""Reading the dead letters back, and publishing one anew where it came from."""

from collections.abc import AsyncIterator

import orjson

from libs.common.contracts.topics import dead_letter_topic
from libs.common.dead_letters.letters import OWN_HEADERS, DeadLetter, event_of, read
from libs.common.identifiers import event_id_of
from libs.common.kafka import Publisher
from libs.common.kafka_log import LogConsumer
from libs.common.kafka_records import RecordPlace

REPLAY_OF = "replayof"


async def read_all(
    bootstrap_servers: str, topic: str, *, partitions: int = 1
) -> AsyncIterator[DeadLetter]:
    """The dead letters of `topic` (its name without ".dlq"), oldest first in each partition, up to
    the end as it was at the call. Raises UnavailableError when no broker answers.
    """
    consumer = LogConsumer(bootstrap_servers, dead_letter_topic(topic))
    await consumer.start()
    try:
        begins = await consumer.beginning_offsets(range(partitions))
        ends = await consumer.end_offsets(range(partitions))
        unread = {number: end for number, end in ends.items() if end > begins[number]}
        consumer.assign(unread)
        for number in unread:
            consumer.seek(number, begins[number])
        while unread:
            for number, records in (await consumer.get_many(unread)).items():
                for record in records:
                    if record.offset < ends[number]:
                        yield read(record)
                if records[-1].offset + 1 >= ends[number]:
                    unread.pop(number)
    finally:
        await consumer.stop()


async def replay(publisher: Publisher, letter: DeadLetter) -> RecordPlace:
    """Publish the record anew where it came from, under an event id that is new to everyone.

    Replaying a letter twice publishes the same id twice, so it takes effect once. Bytes that are
    no CloudEvent are published as they are. Raises what `publish` raises.
    """
    kept = [(name, value) for name, value in letter.record.headers if name not in OWN_HEADERS]
    return await publisher.publish(
        letter.origin_topic,
        key=letter.record.key,
        value=renewed(letter.record.value or b"", origin=letter.origin),
        headers=kept,
    )


def renewed(value: bytes, *, origin: str) -> bytes:
    """The event under a new id, with the old one as `replayof`: the old id would count as a
    repeat and do nothing. The new id derives from `origin`, the place of the failed record.
    """
    document = event_of(value)
    if document is None:
        return value
    fresh_id = event_id_of(endpoint="replay", provider_message_id=origin)
    return orjson.dumps({**document, "id": fresh_id, REPLAY_OF: document["id"]})
