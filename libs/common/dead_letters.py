"""Records that could not be processed: kept with the reason, listed, and replayed by a person."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import orjson
from pydantic import ValidationError

from libs.common import identifiers
from libs.common.contracts.envelope import Envelope
from libs.common.contracts.topics import dead_letter_topic
from libs.common.errors import ServiceError
from libs.common.kafka import Publisher
from libs.common.kafka_log import LogConsumer
from libs.common.kafka_records import Record, RecordPlace

REASON_LENGTH_MAX = 300
ORIGIN = "x-origin"
ERROR = "x-error"
ATTEMPTS = "x-attempts"
CONSUMER = "x-consumer"
REPLAY_OF = "replayof"
_OWN_HEADERS = frozenset({ORIGIN, ERROR, ATTEMPTS, CONSUMER})


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """One dead letter. `origin` is "topic/partition/offset" of the record as first read.

    `event_id` is empty when the bytes are no CloudEvent.
    """

    record: Record
    origin: str
    reason: str
    attempts: int
    event_id: str

    @property
    def origin_topic(self) -> str:
        """Where the record came from and a replay goes."""
        return self.origin.rsplit("/", 2)[0]


def reason_of(error: Exception) -> str:
    """What may be said of an error: our own sentences, of others only their kind, since their
    messages may quote the record.
    """
    said = str(error) if isinstance(error, ServiceError) else ""
    return f"{type(error).__name__}: {said}".removesuffix(": ")[:REASON_LENGTH_MAX]


async def send(
    publisher: Publisher, record: Record, *, reason: str, attempts: int, consumer: str
) -> RecordPlace:
    """Put a record aside: same key, bytes and headers, with where it came from and why.

    `consumer` names who gave up. Raises UnavailableError when it could not be put aside.
    """
    headers = [
        *((name, value) for name, value in record.headers if name not in _OWN_HEADERS),
        (ORIGIN, record.place.encode()),
        (ERROR, reason[:REASON_LENGTH_MAX].encode()),
        (ATTEMPTS, b"%d" % attempts),
        (CONSUMER, consumer.encode()),
    ]
    return await publisher.publish(
        dead_letter_topic(record.topic),
        key=record.key,
        value=record.value or b"",
        headers=headers,
    )


def read(record: Record) -> DeadLetter:
    """A record of a dead-letter topic as what it says about itself."""
    found = {name: value.decode(errors="replace") for name, value in record.headers}
    fallback = f"{record.topic.removesuffix('.dlq')}/{record.partition}/{record.offset}"
    attempts = found.get(ATTEMPTS, "")
    return DeadLetter(
        record=record,
        origin=found.get(ORIGIN, fallback),
        reason=found.get(ERROR, ""),
        attempts=int(attempts) if attempts.isdigit() else 0,
        event_id=_event_id_of(record.value),
    )


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
        open_ends = {number: end for number, end in ends.items() if end > begins[number]}
        consumer.assign(open_ends)
        for number in open_ends:
            consumer.seek(number, begins[number])
        while open_ends:
            for number, records in (await consumer.get_many(open_ends)).items():
                for record in records:
                    if record.offset < ends[number]:
                        yield read(record)
                if records[-1].offset + 1 >= ends[number]:
                    open_ends.pop(number)
    finally:
        await consumer.stop()


async def replay(publisher: Publisher, letter: DeadLetter) -> RecordPlace:
    """Publish the record anew where it came from, under a new event id that names the old one.

    Bytes that are no CloudEvent are published as they are. Raises what `publish` raises.
    """
    kept = [(name, value) for name, value in letter.record.headers if name not in _OWN_HEADERS]
    return await publisher.publish(
        letter.origin_topic,
        key=letter.record.key,
        value=renewed(letter.record.value or b""),
        headers=kept,
    )


def renewed(value: bytes) -> bytes:
    """The event under a fresh id, with the old one as `replayof`: the same id would count as a
    repeat and do nothing.
    """
    document = _event_of(value)
    if document is None:
        return value
    return orjson.dumps({**document, "id": identifiers.fresh_event_id(), REPLAY_OF: document["id"]})


def _event_of(value: bytes | None) -> dict[str, object] | None:
    try:
        document = orjson.loads(value or b"")
        Envelope.model_validate(document)
    except (orjson.JSONDecodeError, ValidationError):
        return None
    return dict(document)


def _event_id_of(value: bytes | None) -> str:
    document = _event_of(value)
    return str(document["id"]) if document else ""
